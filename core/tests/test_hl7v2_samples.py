"""Messages that real senders wrote, whole and damaged: each is read, or refused with a stable code."""

from __future__ import annotations

import gzip
import random
import unittest

from ..ack import AckHeader
from ..codecs import hl7v2
from ..codecs.hl7v2_message import Message
from ..errors import BadBatch, BadDocument
from .samples import ROOT

REFUSED = {
    "CELR-config.txt": "no_msh",
    "Hepatitis_V1_0_1_TM_TC02_HEP_B_ACUTE_MOD.hl7": "no_type",
    "Lyme_WithBadDelimiters.txt": "bad_delimiters",
    "empty-batch.hl7": "batch_count",
    "empty.hl7": "empty",
    "invalid_messages.yml": "no_msh",
}
CODES = {
    "bad_character", "bad_delimiters", "bad_documents", "bad_encoding", "bad_segment", "bad_type",
    "batch_count", "empty", "no_msh", "no_type", "too_long",
}  # fmt: skip
FRAGMENTS = (
    b"|",
    b"^",
    b"~",
    b"\\",
    b"&",
    b"\r",
    b"\n",
    b"MSH",
    b"\0",
    b"\xff",
    b"\\X",
    b"BTS|9",
    b'""',
    b"\xef\xbb\xbf",
)
PATHS = tuple(map(hl7v2.compile_path, ("PID-3", "PID-3[5=MR].1", "PV1[*]-3[*].4.2 | MSH-4.1")))


def samples() -> dict[str, bytes]:
    """The bodies under samples/hl7v2 by file name; skips where they are absent."""
    folder = ROOT / "hl7v2"
    if not folder.exists():
        raise unittest.SkipTest(f"samples are not beside this checkout: {folder}")
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.name.endswith(".hl7.gz"):
            found[path.name] = gzip.decompress(path.read_bytes())
        elif path.suffix in (".hl7", ".txt", ".yml"):
            found[path.name] = path.read_bytes()
    return found


def everything(message: Message) -> frozenset[str]:
    return frozenset(f"{segment.name}-*" for segment in message.segments)


def leaves(message: Message) -> list[tuple[str, int, int, int, str]]:
    """Every text of a message with its place, a repetition's components split no deeper than subcomponents."""
    return [
        (segment.name, number, component, sub, text)
        for segment in message.segments
        for number in range(3, len(segment.fields))
        for repetition in segment.repetitions(number)
        for component in range(1, repetition.raw.count(message.separators.component) + 2)
        for sub in (1, 2)
        if (text := repetition.text(component, sub))
    ]


class RealMessages(unittest.TestCase):
    def test_each_file_is_read_or_refused_with_its_code(self):
        for name, data in samples().items():
            with self.subTest(name):
                try:
                    documents = hl7v2.decode(data)
                except BadDocument as error:
                    self.assertEqual(error.code, REFUSED.get(name))
                else:
                    self.assertNotIn(name, REFUSED)
                    self.assertTrue(documents)

    def test_a_stream_of_two_hundred_is_read(self):
        documents = hl7v2.decode(samples()["stream-first-200.hl7.gz"])
        self.assertEqual(len(documents), 200)
        self.assertEqual(len({hl7v2.canonical_bytes(document) for document in documents}), 200)

    def test_what_is_kept_is_stored_without_loss(self):
        for name, data in samples().items():
            if name in REFUSED or name.startswith("stream"):
                continue
            for document in hl7v2.decode(data):
                with self.subTest(name, index=document.index):
                    kept, _ = hl7v2.minimise(document.body, everything(document.body))
                    loaded = hl7v2.load(hl7v2.dump(kept))
                    self.assertEqual(leaves(loaded), leaves(kept))
                    self.assertEqual(hl7v2.dump(loaded), hl7v2.dump(kept))

    def test_no_clinical_segment_survives(self):
        names = set()
        for name, data in samples().items():
            if name not in REFUSED:
                for document in hl7v2.decode(data):
                    kept, _ = hl7v2.minimise(document.body, everything(document.body))
                    names |= {segment.name for segment in kept.segments}
        self.assertFalse(names & {"DG1", "OBX", "NTE", "AL1", "IAM"})
        self.assertLess({"MSH", "PID", "PV1", "FT1", "OBR"}, names)


class DamagedMessages(unittest.TestCase):
    ROUNDS = 250

    def test_damage_is_refused_or_read_and_nothing_else(self):
        chance = random.Random(20261123)
        bodies = [data for data in samples().values() if 0 < len(data) < 3000]
        for _ in range(self.ROUNDS):
            damaged = self.damaged(chance.choice(bodies), chance)
            try:
                documents = hl7v2.decode(damaged)
            except (BadDocument, BadBatch) as error:
                self.assertIn(error.code, CODES)
            else:
                for document in documents:
                    self.used(document)

    def damaged(self, data: bytes, chance: random.Random) -> bytes:
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(min(len(data), 200) if chance.random() < 0.5 else len(data))
            width = chance.choice((0, 1, 1, 3, 40))
            data = (
                data[:at]
                + chance.choice((b"", *FRAGMENTS)) * chance.choice((1, 1, 9))
                + data[at + width :]
            )
            data = data or b"|"
        return data

    def used(self, document: hl7v2.Document) -> None:
        """All that is done with a document works on whatever was read."""
        kept, _ = hl7v2.minimise(document.body, everything(document.body))
        data = hl7v2.dump(kept)
        self.assertEqual(hl7v2.dump(hl7v2.load(data)), data)
        self.assertTrue(hl7v2.canonical_bytes(document))
        AckHeader.of(document.body)
        for view in (document.body, *hl7v2.groups(document.body, "ORC,OBR")):
            for path in PATHS:
                path.values(view)


if __name__ == "__main__":
    unittest.main()
