"""From a sender's bytes to its acknowledgement, and every way in which that fails between."""

import asyncio
import os
import signal
from unittest import mock

from ..bridge import Bridge
from ..settings import Limits, Settings
from .fake import BridgeCase, Sender, code_of, frame, message, problem


class TestRelaying(BridgeCase):
    async def test_the_acknowledgement_is_odoo_s_byte_for_byte(self):
        odoo, _bridge, sender = await self.both()
        block = await sender.ask(message("1"))
        self.assertEqual(block, frame(odoo.committed["1"]))
        self.assertEqual(odoo.posts, [message("1")])

    async def test_a_refusal_with_200_is_relayed_as_it_is(self):
        odoo, _bridge, sender = await self.both()
        told = b"MSH|^~\\&|ODOO||PAS||||ACK|9|P|2.5\rMSA|AE|1\r\r\n"
        odoo.script = [(200, {"Content-Type": "application/hl7-v2"}, told)]
        self.assertEqual(await sender.ask(message("1")), frame(told))

    async def test_many_at_once_on_one_connection_keep_their_order(self):
        odoo, _bridge, sender = await self.both()
        sent = [message(str(number)) for number in range(30)]
        sender.writer.write(b"".join(map(frame, sent)))
        codes = [code_of(await sender.block()) for _one in sent]
        self.assertEqual(codes, [("AA", str(number)) for number in range(30)])
        self.assertEqual(odoo.posts, sent)
        self.assertEqual(odoo.most_busy, 1)

    async def test_a_sender_without_cr_gets_its_answer(self):
        odoo, _bridge, sender = await self.both()
        sender.writer.write(b"\x0b" + message("1") + b"\x1c")
        self.assertEqual(code_of(await sender.block()), ("AA", "1"))
        self.assert_committed(odoo, ["1"])

    async def test_the_same_again_gets_the_same(self):
        odoo, bridge, sender = await self.both()
        first = await sender.ask(message("1"))
        other = await self.sender(bridge)
        self.assertEqual(await other.ask(message("1")), first)
        self.assertEqual(len(set(odoo.identities)), 1)
        await other.ask(message("2"))
        self.assertEqual(len(set(odoo.identities)), 2)

    async def test_a_sender_that_leaves_before_its_answer_gets_it_when_it_comes_again(self):
        odoo, bridge, sender = await self.both()
        odoo.delay = 0.2
        sender.writer.write(frame(message("1")))
        await self.until(lambda: odoo.posts)
        sender.close()
        await self.until(lambda: odoo.committed)
        again = await self.sender(bridge)
        self.assertEqual(await again.ask(message("1")), frame(odoo.committed["1"]))
        self.assert_committed(odoo, ["1"])

    async def test_an_api_key_instead_of_a_signature(self):
        key = "hio_" + "a" * 8 + "_" + "b" * 52
        odoo = await self.odoo(secret=key)
        sender = await self.sender(await self.bridge(odoo, secret=key))
        for number in ("1", "1", "2"):
            self.assertEqual(code_of(await sender.ask(message(number))), ("AA", number))
        self.assertEqual(len(set(odoo.identities)), 2)
        odoo.secret = key.replace("b", "c")
        self.assertEqual(code_of(await sender.ask(message("3"))), ("AR", "3"))

    async def test_what_was_cut_in_a_message_is_not_passed_on(self):
        odoo, bridge, sender = await self.both()
        sender.writer.write(frame(message("1"))[:-1][:60])
        await sender.writer.drain()
        await asyncio.sleep(0.05)
        sender.close()
        await self.until(lambda: bridge.tally.cut == 1)
        self.assertEqual(odoo.posts, [])

    async def test_odoo_may_answer_in_chunks_and_close_each_time(self):
        for options in ({"chunked": True}, {"keeps": False}, {"chunked": True, "keeps": False}):
            with self.subTest(options):
                odoo = await self.odoo(**options)
                sender = await self.sender(await self.bridge(odoo))
                for number in ("1", "2", "3"):
                    self.assertEqual(code_of(await sender.ask(message(number))), ("AA", number))
                self.assert_committed(odoo, "123")
                self.assertEqual(odoo.connections, 1 if odoo.keeps else 3)


class TestTryingAgain(BridgeCase):
    """The sender waits while the same bytes are posted again, and gets AA only from a commit."""

    async def test_what_passes_is_waited_for(self):
        html = (404, {"Content-Type": "text/html"}, b"<p>not here</p>")
        cut = (200, {"Content-Type": "application/hl7-v2", "Transfer-Encoding": "gzip"}, b"x")
        for told in (
            "drop",
            "lose",
            "half",
            problem(503, "unavailable", "Later"),
            problem(429, "rate_limited", "Slower", **{"Retry-After": "0"}),
            problem(500, "internal_error", "Ours"),
            (502, {"Content-Type": "text/html"}, b"bad gateway"),
            (200, {"Content-Type": "text/html"}, b"a captive portal"),
            (200, {"Content-Type": "application/hl7-v2"}, b""),
            html,
            cut,
        ):
            with self.subTest(told):
                odoo, bridge, sender = await self.both()
                odoo.script = [told]
                self.assertEqual(code_of(await sender.ask(message("1"))), ("AA", "1"))
                self.assert_committed(odoo, ["1"])
                self.assertEqual(odoo.posts, [message("1")] * 2)
                self.assertEqual(len(set(odoo.identities)), 1)

    async def test_a_hanging_request_is_given_up_and_tried_again(self):
        odoo, _bridge, sender = await self.both(limits={"request_seconds": 0.2})
        odoo.script = ["hang"]
        self.assertEqual(code_of(await sender.ask(message("1"))), ("AA", "1"))

    async def test_retry_after_is_honoured(self):
        odoo, _bridge, sender = await self.both()
        odoo.script = [problem(429, "rate_limited", "Slower", **{"Retry-After": "1"})]
        began = asyncio.get_running_loop().time()
        self.assertEqual(code_of(await sender.ask(message("1"))), ("AA", "1"))
        self.assertGreaterEqual(asyncio.get_running_loop().time() - began, 1)

    async def test_odoo_that_stays_away_gets_the_connection_closed_without_a_word(self):
        odoo, bridge, sender = await self.both(limits={"retry_seconds": 0.5})
        await odoo.stop()
        self.assertEqual(await sender.ask(message("1")), b"")
        await self.until(lambda: bridge.tally.unanswered == 1)
        self.assertEqual(bridge.tally.relayed, 0)

    async def test_or_an_error_where_the_listener_says_so(self):
        odoo, bridge, sender = await self.both(limits={"retry_seconds": 0.5}, unavailable="error")
        odoo.script = [problem(503, "endpoint_paused", "Paused", **{"Retry-After": "300"})]
        self.assertEqual(code_of(await sender.ask(message("1"))), ("AE", "1"))
        self.assertEqual(len(odoo.posts), 1)
        # the connection goes on
        self.assertEqual(code_of(await sender.ask(message("2"))), ("AA", "2"))

    async def test_an_answer_of_no_stated_length_is_none(self):
        odoo = await self.odoo(length=False, keeps=False)
        bridge = await self.bridge(odoo, limits={"retry_seconds": 0.4})
        sender = await self.sender(bridge)
        self.assertEqual(await sender.ask(message("1")), b"")

    async def test_a_kept_connection_that_odoo_closed_costs_no_wait(self):
        odoo, bridge, sender = await self.both()
        await sender.ask(message("1"))
        odoo.script = ["drop"]
        began = asyncio.get_running_loop().time()
        self.assertEqual(code_of(await sender.ask(message("2"))), ("AA", "2"))
        self.assertLess(asyncio.get_running_loop().time() - began, 0.1)


class TestRefusing(BridgeCase):
    """What no repeat would heal is refused with the problem's own words, and the connection goes on."""

    async def test_each_status_has_its_code(self):
        for status, code in (
            (400, "AE"),
            (413, "AE"),
            (415, "AE"),
            (422, "AE"),
            (401, "AR"),
            (403, "AR"),
            (404, "AR"),
            (409, "AR"),
            (302, "AR"),
        ):
            with self.subTest(status):
                odoo, bridge, sender = await self.both()
                odoo.script = [problem(status, "some_code", "Some title")]
                block = await sender.ask(message("7"))
                self.assertEqual(code_of(block), (code, "7"))
                self.assertIn(b"Some title", block)
                self.assertIn(b"some_code", block)
                self.assertEqual(code_of(await sender.ask(message("8"))), ("AA", "8"))
                self.assertEqual((bridge.tally.refused, len(odoo.posts)), (0, 2))

    async def test_a_wrong_secret_is_an_ar(self):
        odoo = await self.odoo()
        odoo.secret = "whsec_" + "A" * 43 + "="
        sender = await self.sender(await self.bridge(odoo))
        self.assertEqual(code_of(await sender.ask(message("1"))), ("AR", "1"))
        self.assertEqual(odoo.committed, {})

    async def test_a_problem_that_is_none_or_holds_rubbish(self):
        for body in (
            b"",
            b"<html>",
            b"[1]",
            b'{"title": 7, "code": "A B"}',
            b'{"title": "a\\u000b\\u001c\\r|b"}',
            b"[" * 9999,
        ):
            with self.subTest(body[:20]):
                odoo, _bridge, sender = await self.both()
                odoo.script = [(403, {"Content-Type": "application/json"}, body)]
                self.assertEqual(code_of(await sender.ask(message("1"))), ("AR", "1"))

    async def test_enhanced_mode_gets_its_own_codes(self):
        odoo, _bridge, sender = await self.both()
        odoo.script = [problem(403, "endpoint_not_live", "Not live")]
        content = message("1").replace(b"|P|2.5||||||", b"|P|2.5|||AL|NE||")
        self.assertEqual(code_of(await sender.ask(content)), ("CR", "1"))

    async def test_rubbish_is_refused_and_not_sent_for_ever(self):
        for content in (b"", b"hello", b"\xff\xfe\x00", b"MSH", b"MSH|", b"PID|1\rMSH"):
            with self.subTest(content):
                _odoo, _bridge, sender = await self.both()
                self.assertEqual(code_of(await sender.ask(content))[0], "AE")
                self.assertEqual(code_of(await sender.ask(message("2"))), ("AA", "2"))

    async def test_marks_in_the_header_do_not_break_the_answer_s_frame(self):
        odoo, _bridge, sender = await self.both()
        odoo.script = [problem(403, "endpoint_not_live", "Not live")]
        content = message("1").replace(b"|PAS|", b"|P\x0bA\x1cS|")
        self.assertEqual(code_of(await sender.ask(content)), ("AR", "1"))
        self.assertEqual(code_of(await sender.ask(message("2"))), ("AA", "2"))


class TestStopping(BridgeCase):
    async def test_what_is_under_way_is_answered_and_nothing_more_is_taken(self):
        odoo, bridge, sender = await self.both()
        idle = await self.sender(bridge)
        await idle.ask(message("0"))
        odoo.delay = 0.3
        sender.writer.write(frame(message("1")) + frame(message("2")))
        await self.until(lambda: len(odoo.posts) == 2)
        stopping = asyncio.ensure_future(bridge.close())
        self.assertEqual(code_of(await sender.block()), ("AA", "1"))
        self.assertEqual(await sender.block(), b"")
        self.assertEqual(await idle.block(), b"")
        await stopping
        self.assert_committed(odoo, "01")
        with self.assertRaises(OSError):
            await asyncio.open_connection("127.0.0.1", 1)

    async def test_but_not_for_longer_than_its_time(self):
        odoo, bridge, sender = await self.both(limits={"stop_seconds": 0.3})
        odoo.script = ["hang"]
        sender.writer.write(frame(message("1")))
        await self.until(lambda: odoo.posts)
        began = asyncio.get_running_loop().time()
        await bridge.close()
        self.assertLess(asyncio.get_running_loop().time() - began, 2.5)
        self.assertEqual(await sender.block(), b"")
        self.assertEqual(bridge.tally.relayed, 0)

    async def test_a_port_that_nobody_answers_any_more_ends_the_program(self):
        odoo = await self.odoo()
        limits = Limits(stop_seconds=1)
        bridge = Bridge(Settings(limits, (self.listener(odoo.port, peers=(None,)),)))
        running = asyncio.ensure_future(bridge.run())
        await self.until(lambda: bridge.addresses)
        with self.assertLogs("mllp", "ERROR"):
            # no network at all is a defect: the settings never give one
            await self.sender(bridge)
            self.assertFalse(await asyncio.wait_for(running, 5))

    async def test_no_more_file_descriptors_for_a_while(self):
        loop = asyncio.get_running_loop()
        accept, failures = loop.sock_accept, [OSError(24, "Too many open files")] * 2

        async def failing(socket):
            if failures:
                raise failures.pop()
            return await accept(socket)

        odoo = await self.odoo()
        with (
            mock.patch("mllp.bridge.PAUSE_SECONDS", 0.01),
            mock.patch.object(loop, "sock_accept", failing),
            self.assertLogs("mllp", "WARNING") as caught,
        ):
            sender = await self.sender(await self.bridge(odoo))
            self.assertEqual(code_of(await sender.ask(message("1"))), ("AA", "1"))
        self.assertEqual([one for one in caught.output if "can't accept" in one], caught.output)

    async def test_a_defect_ends_one_connection_and_tells_no_value(self):
        _odoo, bridge, sender = await self.both()
        defect = mock.patch("mllp.relay.judge", side_effect=KeyError("4711"))
        with defect, self.assertLogs("mllp", "ERROR") as caught:
            self.assertEqual(await sender.ask(message("1")), b"")
            await self.until(lambda: bridge.open_connections == 0)
        self.assertIn("KeyError", caught.output[0])
        self.assertNotIn("4711", "".join(caught.output))
        other = await self.sender(bridge)
        self.assertEqual(code_of(await other.ask(message("2"))), ("AA", "2"))

    async def test_the_status_line_is_told_again_and_again(self):
        odoo = await self.odoo()
        limits = Limits(status_seconds=0.05, stop_seconds=1)
        bridge = Bridge(Settings(limits, (self.listener(odoo.port),)))
        with self.assertLogs("mllp", "INFO") as caught:
            running = asyncio.ensure_future(bridge.run())
            await self.until(lambda: len([one for one in caught.output if "under way" in one]) > 2)
            os.kill(os.getpid(), signal.SIGTERM)
            self.assertTrue(await asyncio.wait_for(running, 5))

    async def test_the_status_line_counts_open_connections_too(self):
        _odoo, bridge, sender = await self.both()
        await sender.ask(message("1"))
        with self.assertLogs("mllp", "INFO") as caught:
            bridge.tell_status()
        self.assertIn("1 connections, 0 messages under way", caught.output[0])
        self.assertIn("1 messages, 1 relayed, 0 refused", caught.output[0])


class TestBeingManyAtOnce(BridgeCase):
    async def test_in_flight_is_bounded_over_all_connections(self):
        odoo = await self.odoo()
        odoo.delay = 0.02
        bridge = await self.bridge(odoo, limits={"max_in_flight": 3})
        senders = [await self.sender(bridge) for _one in range(20)]
        blocks = await asyncio.gather(
            *(one.ask(message(str(number))) for number, one in enumerate(senders))
        )
        self.assertEqual(
            [code_of(block) for block in blocks], [("AA", str(number)) for number in range(20)]
        )
        self.assertEqual(odoo.most_busy, 3)

    async def test_a_waiting_retry_takes_nobody_s_turn(self):
        odoo = await self.odoo()
        bridge = await self.bridge(odoo, limits={"max_in_flight": 1})
        waiting, other = await self.sender(bridge), await self.sender(bridge)
        odoo.script = [problem(503, "unavailable", "Later", **{"Retry-After": "3"})]
        waiting.writer.write(frame(message("1")))
        await self.until(lambda: odoo.posts)
        began = asyncio.get_running_loop().time()
        self.assertEqual(code_of(await other.ask(message("2"))), ("AA", "2"))
        self.assertLess(asyncio.get_running_loop().time() - began, 1)

    async def test_two_hundred_senders_of_whom_a_hundred_are_let_in(self):
        odoo = await self.odoo()
        bridge = await self.bridge(odoo)
        senders = [await self.sender(bridge) for _one in range(200)]
        blocks = await asyncio.gather(
            *(one.ask(message(str(number))) for number, one in enumerate(senders))
        )
        answered = [block for block in blocks if block]
        self.assertEqual((len(answered), bridge.turned_away), (100, 100))
        self.assertEqual(len(odoo.committed), 100)
        # who leaves makes room
        for one in senders:
            one.close()
        await self.until(lambda: bridge.open_connections == 0)
        self.assertEqual(code_of(await (await self.sender(bridge)).ask(message("x")))[0], "AA")

    async def test_cut_anywhere_and_sent_again_each_is_there_once(self):
        """Senders that cut in the middle of frames, an Odoo that loses answers: what is acknowledged is committed."""
        odoo = await self.odoo()
        bridge = await self.bridge(odoo)
        odoo.script = ["lose", "commit", "drop", "half", "commit", "commit", "lose"] * 10
        acked = await asyncio.gather(*(_stubborn(bridge, place) for place in range(20)))
        ids = [one for part in acked for one in part]
        self.assertEqual(len(ids), 200)
        self.assert_committed(odoo, ids)
        self.assertGreaterEqual(bridge.tally.cut, 20)


async def _stubborn(bridge, place):
    """Sends ten messages, each cut once in the middle first; the control ids that were acknowledged."""
    acked, host_and_port = [], bridge.addresses[0]
    for number in range(10):
        control_id = f"{place}-{number}"
        block = frame(message(control_id))
        cut = Sender(*await asyncio.open_connection(*host_and_port))
        cut.writer.write(block[: 1 + (place * 10 + number) % (len(block) - 2)])
        await cut.writer.drain()
        await asyncio.sleep(0.01)
        cut.close()
        while True:
            sender = Sender(*await asyncio.open_connection(*host_and_port))
            answer = await sender.ask(message(control_id))
            sender.close()
            if answer:
                break
        if code_of(answer) == ("AA", control_id):
            acked.append(control_id)
    return acked
