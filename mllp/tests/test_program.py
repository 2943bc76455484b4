"""The bridge as a program: its signals, its check, and what its log does not say."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from devkit import mllp as command

from .fake import SECRET, BridgeCase, Sender, code_of, frame, message, problem

CHECKOUT = Path(__file__).parents[2]


class TestProgram(BridgeCase):
    async def start(self, odoo, *arguments, python=("-m", "mllp"), **environ):
        url = f"http://127.0.0.1:{odoo.port}/interop/v1/in/adt"
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-B",
            *python,
            *("--listen", "127.0.0.1:0", "--url", url, "--credential-env", "SECRET"),
            *arguments,
            cwd=CHECKOUT,
            env={**os.environ, "SECRET": SECRET, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.addCleanup(_end, process)
        return process

    async def listening(self, process):
        """A sender at the program's port."""
        line = (await process.stdout.readline()).decode()
        self.assertIn("adt" if "adt" in line else "mllp", line)
        port = int(line.rsplit(maxsplit=1)[1])
        sender = Sender(*await asyncio.open_connection("127.0.0.1", port))
        self.addCleanup(sender.close)
        return sender

    async def test_sigterm_answers_what_is_under_way_and_exits_with_0(self):
        odoo = await self.odoo()
        process = await self.start(odoo)
        sender = await self.listening(process)
        odoo.delay = 0.5
        sender.writer.write(frame(message("1")))
        await self.until(lambda: odoo.posts)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(code_of(await sender.block()), ("AA", "1"))
        self.assertEqual(await asyncio.wait_for(process.wait(), 10), 0)

    async def test_the_log_says_numbers_and_no_content(self):
        odoo = await self.odoo()
        process = await self.start(odoo, "--verbose")
        sender = await self.listening(process)
        odoo.script = [problem(422, "no_type", "There is no type"), "drop"]
        for text in ("SECRETNAME", "x" * 70_000):
            await sender.ask(message("CONTROLID", text))
        sender.writer.write(b"NOISENOISE" + frame(b"RUBBISH") + frame(message("X"))[:50])
        await sender.block()
        sender.close()
        await asyncio.sleep(0.2)
        process.send_signal(signal.SIGHUP)
        await asyncio.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        log = (await asyncio.wait_for(process.communicate(), 10))[0].decode()
        self.assertIn("3 messages, 1 relayed, 2 refused, 0 unanswered, 1 cut, 10 noise bytes", log)
        self.assertIn("422 no_type", log)
        self.assertIn("reloaded", log)
        for word in ("SECRETNAME", "CONTROLID", "RUBBISH", "NOISE", "4711", SECRET, "whsec"):
            self.assertNotIn(word, log)

    async def test_check(self):
        odoo = await self.odoo()
        for secret, status, words in (
            (SECRET, 0, b"mllp: ready"),
            ("whsec_" + "A" * 43 + "=", 1, b"mllp: HTTP 401"),
        ):
            process = await self.start(odoo, "--check", SECRET=secret)
            told = (await asyncio.wait_for(process.communicate(), 20))[0]
            self.assertEqual((process.returncode, told[: len(words)]), (status, words))
        self.assertEqual(odoo.committed, {})
        await odoo.stop()
        process = await self.start(odoo, "--check")
        told = (await asyncio.wait_for(process.communicate(), 20))[0]
        self.assertEqual((process.returncode, told[:15]), (1, b"mllp: no answer"))

    async def test_bad_settings_and_a_taken_port(self):
        odoo = await self.odoo()
        process = await self.start(odoo, SECRET="nothing")
        self.assertEqual(await asyncio.wait_for(process.wait(), 10), 2)
        process = await self.start(odoo, "--settings", "x.ini")
        self.assertEqual(await asyncio.wait_for(process.wait(), 10), 2)
        process = await self.start(odoo, "--listen", f"127.0.0.1:{odoo.port}")
        self.assertEqual(await asyncio.wait_for(process.wait(), 10), 1)

    async def test_one_file_that_needs_nothing_but_python(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "interop-mllp"
            await asyncio.to_thread(command.pack, file)
            odoo = await self.odoo()
            # -I: no site-packages of the user, no PYTHONPATH; -S: none at all
            process = await self.start(odoo, python=("-I", "-S", str(file)))
            sender = await self.listening(process)
            self.assertEqual(code_of(await sender.ask(message("1"))), ("AA", "1"))
            odoo.script = [problem(403, "endpoint_not_live", "Not live")]
            self.assertEqual(code_of(await sender.ask(message("2"))), ("AR", "2"))
            process.send_signal(signal.SIGTERM)
            self.assertEqual(await asyncio.wait_for(process.wait(), 10), 0)


def _end(process):
    if process.returncode is None:
        process.kill()
        time.sleep(0.05)


if __name__ == "__main__":
    unittest.main()
