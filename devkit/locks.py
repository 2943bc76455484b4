"""Locks between runs of `dev`: one on the cache, one on the checkout.

The kernel drops them when a process ends, however it ends.
"""

import contextlib
import fcntl
import os

from devkit import console, paths

_held = set()


@contextlib.contextmanager
def _hold(folder, name=".lock"):
    file = folder / name
    if file in _held:  # by this process, further out
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.note(f"another run of dev works in {folder}; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        _held.add(file)
        yield
    finally:
        _held.discard(file)
        os.close(handle)


def cache():
    """Only one process downloads or builds in the cache."""
    return _hold(paths.cache())


def tests():
    """Only one run of the tests at a time works on the test database."""
    return _hold(paths.RUN, ".lock-tests")


def checkout():
    """Only one process sets up, starts or stops what belongs to this checkout."""
    return _hold(paths.RUN)
