"""An earlier release of this add-on: which revision that was, and its files in the cache.

A release is a tag `v*`. Of those that were made before there were tags, the commits stand here.
"""

import ast
import shutil
import subprocess
import tarfile

from devkit import console, locks, paths

#: {version: commit}
UNTAGGED = {"19.0.0.1.0": "bd1cb746e3a68d0c68bbbb4dcd0e0a1616839196"}
MANIFEST = "__manifest__.py"


class NoHistory(console.Failure):
    """This clone does not have the revision: its history is cut off, or there is none."""


def find(named=""):
    """The whole id of the commit to update from: ``named``, or that of the release before this one.

    ``NoHistory`` where this clone lacks it.
    """
    if _git("rev-parse", "--git-dir") is None:
        raise NoHistory("this is no clone of a git repository: there is no earlier release in it")
    wanted = named or release_before(
        paths.manifest()["version"], _tags(), _commits(), _version_at, UNTAGGED
    )
    if not wanted:
        raise NoHistory(
            f"no revision in the history of this clone says another version; {_remedy()}"
        )
    found = _git("rev-parse", "--verify", "--quiet", f"{wanted}^{{commit}}")
    if not found or _git("cat-file", "-e", f"{found}:{MANIFEST}") is None:
        raise NoHistory(f"this clone has no revision {wanted}; {_remedy()}")
    return found


def release_before(version, tags, commits, version_at, untagged):
    """The newest of ``tags`` of another version than ``version``; without any, the last commit that says another one.

    ``commits`` are those that changed the manifest, the newest first; ``version_at`` reads a revision's, or gives None.
    ``untagged`` are releases that have no tag. "" where none is known.
    """
    for tag in tags:
        if version_at(tag) not in (None, version):
            return tag
    before_bump = "HEAD"
    for commit in commits:
        said = version_at(commit)
        if said not in (None, version):
            return untagged.get(said, before_bump)
        before_bump = f"{commit}^"
    return ""


def _tags():
    return (_git("tag", "--list", "v*", "--sort=-version:refname") or "").splitlines()


def _commits():
    return (_git("log", "--format=%H", "--", MANIFEST) or "").splitlines()


def _version_at(revision):
    text = _git("show", f"{revision}:{MANIFEST}")
    return ast.literal_eval(text)["version"] if text else None


def _remedy():
    if _git("rev-parse", "--is-shallow-repository") == "true":
        return "its history is cut off, git fetch --unshallow brings it"
    return "git fetch --tags may bring it"


def _git(*arguments):
    """What git says, or None where it fails."""
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=paths.CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    except OSError:
        return None
    return None if done.returncode else done.stdout.strip()


def checkout(commit):
    """The folder of add-ons that holds this one as it was at ``commit``; it stays in the cache."""
    folder = paths.cache() / f"release-{commit[:12]}"
    if not folder.exists():
        with locks.cache():
            if not folder.exists():
                _unpack(commit, folder)
    return folder


def _unpack(commit, folder):
    building = folder.with_name(folder.name + ".part")
    shutil.rmtree(building, ignore_errors=True)
    target = building / paths.ADDON
    target.mkdir(parents=True)
    with (
        subprocess.Popen(
            ["git", "archive", "--format=tar", commit], cwd=paths.CHECKOUT, stdout=subprocess.PIPE
        ) as made,
        tarfile.open(fileobj=made.stdout, mode="r|") as archive,
    ):
        archive.extractall(target, filter="data")
    if made.returncode:
        raise console.Failure(f"git archive {commit} ended with {made.returncode}")
    building.rename(folder)
