"""A Chromium for the browser tests and screenshots: found, or installed where there is apt and root."""

import shutil

from devkit import apt, console

NAMES = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable")


def find():
    """Its program, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def ensure():
    """Its program, installed if it can be, and a reason where there is none: (program, reason)."""
    if program := find():
        return program, ""
    if not apt.is_available():
        return None, "there is no Chromium, and no apt to install it with"
    if not apt.is_root():
        return None, "there is no Chromium, and installing it needs root (apt install chromium)"
    try:
        with console.step("Chromium: installing it with apt"):
            apt.install(["chromium"])
    except console.Failure as failure:
        return None, f"there is no Chromium, and installing it failed: {failure}"
    program = find()
    return program, "" if program else "apt installed no program named chromium"
