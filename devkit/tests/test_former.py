"""Which revision is the release before this one."""

import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from devkit import console, former, paths

NOW = "19.0.0.3.0"


class TestReleaseBefore(unittest.TestCase):
    def before(self, versions, *, tags=(), commits=(), untagged=()):
        return former.release_before(NOW, tags, commits, versions.get, dict(untagged))

    def test_the_newest_tag_of_another_version(self):
        versions = {"v3": NOW, "v2": "19.0.0.2.0", "v1": "19.0.0.1.0", "c": "19.0.0.1.0"}
        self.assertEqual(self.before(versions, tags=["v3", "v2", "v1"], commits=["c"]), "v2")

    def test_a_tag_of_something_else_is_none(self):
        versions = {"v1": "19.0.0.1.0"}
        self.assertEqual(self.before(versions, tags=["v-before-the-manifest", "v1"]), "v1")

    def test_without_a_tag_the_commit_before_the_version_rose(self):
        versions = {"c": NOW, "b": NOW, "a": "19.0.0.2.0"}
        self.assertEqual(self.before(versions, commits=["c", "b", "a"]), "b^")

    def test_a_version_that_is_not_committed_yet_comes_after_head(self):
        self.assertEqual(self.before({"a": "19.0.0.2.0"}, commits=["a"]), "HEAD")

    def test_a_release_that_was_made_before_there_were_tags(self):
        versions = {"c": NOW, "a": "19.0.0.2.0"}
        found = self.before(versions, commits=["c", "a"], untagged={"19.0.0.2.0": "then"})
        self.assertEqual(found, "then")

    def test_history_without_another_version(self):
        self.assertEqual(self.before({"c": NOW, "b": NOW}, tags=["x"], commits=["c", "b"]), "")


class TestHistory(unittest.TestCase):
    """In small repositories of their own."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name) / "full"
        self.folder.mkdir()
        self.put(former, "UNTAGGED", {})
        self.put(paths, "CHECKOUT", self.folder)
        # the add-on of each small repository is its own
        self.put(paths, "manifest", lambda: {"version": former._version_at("HEAD")})

    def put(self, where, name, value):
        patch = mock.patch.object(where, name, value)
        patch.start()
        self.addCleanup(patch.stop)

    def git(self, *arguments, folder=None):
        own = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=m"]
        command = ["git", *own, "-C", str(folder or self.folder), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, version):
        (self.folder / former.MANIFEST).write_text(f'{{"version": "{version}"}}', encoding="utf-8")
        self.git("add", ".")
        self.git("commit", "-q", "-m", version)
        return self.git("rev-parse", "HEAD")

    def test_without_a_repository(self):
        with self.assertRaisesRegex(former.NoHistory, "no clone"):
            former.find()

    def test_the_release_before_and_its_files(self):
        self.git("init", "-q")
        first = self.commit("1.0")
        self.commit("2.0")
        self.assertEqual(former.find(), first)
        cache = self.folder.parent / "cache"
        cache.mkdir()
        self.put(paths, "cache", lambda: cache)
        folder = former.checkout(first)
        text = (folder / paths.ADDON / former.MANIFEST).read_text(encoding="utf-8")
        self.assertIn("1.0", text)

    def test_a_named_revision(self):
        self.git("init", "-q")
        first = self.commit("1.0")
        self.commit("2.0")
        self.assertEqual(former.find("HEAD^"), first)
        with self.assertRaisesRegex(former.NoHistory, "no revision nowhere"):
            former.find("nowhere")

    def test_a_clone_whose_history_is_cut_off_says_what_brings_it(self):
        self.git("init", "-q")
        self.commit("1.0")
        self.commit("2.0")
        shallow = self.folder.parent / "shallow"
        self.git("clone", "-q", "--depth=1", f"file://{self.folder}", str(shallow))
        self.put(paths, "CHECKOUT", shallow)
        with self.assertRaisesRegex(former.NoHistory, "--unshallow"):
            former.find()

    def test_no_history_is_something_that_a_person_reads(self):
        self.assertTrue(issubclass(former.NoHistory, console.Failure))
