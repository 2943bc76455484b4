"""Debian packages: unpacked into a folder without installing, or installed where we are root.

The mirror is the one that the machine's own sources name. Unpacking touches nothing of the machine's
state and needs no root: package lists and downloads are in a folder of their own.
"""

import os
import shutil
import subprocess

from devkit import console

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def is_available():
    """Whether the machine has apt and dpkg."""
    return all(shutil.which(tool) for tool in ("apt-get", "dpkg"))


def is_root():
    return os.geteuid() == 0


def mirror():
    """The address of the package archive that this machine uses, or None."""
    command = ["apt-get", "indextargets", "--format", "$(COMPONENT) $(REPO_URI)"]
    told = subprocess.run(command, capture_output=True, text=True).stdout
    for line in told.splitlines():
        component, _space, address = line.partition(" ")
        if component == "main" and "security" not in address:
            return address
    return None


class Source:
    """A place to download packages from: the machine's own sources, or another suite of its mirror."""

    def __init__(self, folder, suite=None):
        self._debs = folder / "debs"
        for name in ("lists/partial", "archives/partial", "debs"):
            (folder / name).mkdir(parents=True)
        self._options = [
            f"-oDir::State::Lists={folder / 'lists'}",
            f"-oDir::Cache={folder}",
            "-oAPT::Sandbox::User=root",
        ]
        if suite:
            self._options += self._only(folder, suite)

    @staticmethod
    def _only(folder, suite):
        address = mirror()
        if not address:
            raise console.Failure("apt on this machine names no archive")
        signed = f" [signed-by={KEYRING}]" if os.path.exists(KEYRING) else ""
        line = f"deb{signed} {address} {suite} main\n"
        (folder / "sources.list").write_text(line, encoding="utf-8")
        (folder / "status").touch()
        return [
            f"-oDir::Etc::sourcelist={folder / 'sources.list'}",
            "-oDir::Etc::sourceparts=-",
            "-oDir::Etc::preferencesparts=-",
            f"-oDir::State::status={folder / 'status'}",
        ]

    def unpack(self, packages, prefix):
        """Download packages, without what they depend on, and unpack them into a folder."""
        console.run(["apt-get", *self._options, "-qq", "update"])
        console.run(["apt-get", *self._options, "-qq", "download", *packages], cwd=self._debs)
        for file in sorted(self._debs.glob("*.deb")):
            console.run(["dpkg", "-x", file, prefix])


def install(packages):
    """Install packages on the machine; needs root."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    console.run(["apt-get", "update", "-qq"], env=environment)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    console.run(command, env=environment)
