"""What a person sees while `dev` works: steps with elapsed seconds, notes, and one way to fail.

Everything goes to stderr, so that stdout stays clean for the commands that answer in JSON.
"""

import collections
import contextlib
import os
import subprocess
import sys
import threading
import time

STARTED = time.monotonic()
_printing = threading.Lock()


class Failure(Exception):
    """Something a person must read: `dev` prints the message and exits with 1."""


def note(text):
    """Print one line with the seconds since `dev` was started."""
    with _printing:
        print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(title, *, every_seconds=15):
    """Announce a piece of work, say that it is alive while it lasts, and how long it took."""
    began, finished = time.monotonic(), threading.Event()
    note(f"{title} …")

    def heartbeat():
        while not finished.wait(every_seconds):
            note(f"{title} … {time.monotonic() - began:.0f} s so far")

    threading.Thread(target=heartbeat, daemon=True).start()
    try:
        yield
    finally:
        finished.set()
    took = time.monotonic() - began
    if took > 2:
        note(f"{title}: done in {took:.1f} s")


def run(command, *, quiet=True, log=None, **options):
    """Run a command and return its output; on failure raise with the last lines of it."""
    command = [str(part) for part in command]
    options.setdefault("stdin", subprocess.DEVNULL if "input" not in options else None)
    if options["stdin"] is None:
        del options["stdin"]
    if not quiet:
        subprocess.run(command, check=True, **options)
        return ""
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    )
    if log:
        with open(log, "a", encoding="utf-8") as file:
            file.write(done.stdout)
    if done.returncode:
        tail = "\n".join(collections.deque(done.stdout.splitlines(), 25))
        raise Failure(
            f"{os.path.basename(command[0])} {command[1:3]} ended with {done.returncode}:\n{tail}"
        )
    return done.stdout
