"""What real systems send: the third-party files of ../shared/samples, posted as they are to a hospital that knows nothing."""

import gzip
import logging
import pathlib
import unittest
from typing import NamedTuple

from ..core.door import Answer
from .common import MEDIA, InteropCase, InteropHttpCase

_logger = logging.getLogger(__name__)

ROOT = pathlib.Path(__file__).resolve().parents[2] / "shared"
CANON = ROOT / "CANON.md"
FHIR_NDJSON = "application/fhir+ndjson"
#: drains are bounded; so many are more than all samples need
MOST_DRAINS = 400


class Sample(NamedTuple):
    """One file: what is posted, and as what."""

    name: str
    format: str
    media: str
    body: bytes


class Posted(NamedTuple):
    """A sample with its answer and the ids of the messages that were stored of it."""

    sample: Sample
    answer: Answer
    messages: tuple


def samples():
    """Every file under samples/hl7v2 and samples/fhir, in order of their names; skips where they are absent."""
    folder = ROOT / "samples"
    if not folder.exists():
        raise unittest.SkipTest(f"the samples are not beside this checkout: {folder}")
    paths = [path for part in ("hl7v2", "fhir") for path in sorted((folder / part).rglob("*"))]
    return [_sample(folder, path) for path in paths if path.is_file()]


def _sample(folder, path):
    name = str(path.relative_to(folder))
    body = path.read_bytes()
    is_fhir = name.startswith("fhir/") or path.suffix == ".fhir" or "expected-fhir" in name
    format_ = "fhir" if is_fhir else "hl7v2"
    return Sample(
        name=name,
        format=format_,
        media=FHIR_NDJSON if path.suffix == ".ndjson" else MEDIA[format_],
        body=gzip.decompress(body) if path.suffix == ".gz" else body,
    )


def tell(title, rows):
    """A table for whoever reads the run, as output and in the log."""
    lines = [f"{title}:", *("   " + "  ".join(str(cell) for cell in row) for row in rows)]
    text = "\n".join(lines)
    print(text)  # pylint: disable=print-used
    _logger.info("%s", text)


class SamplesMixin:
    """A hospital that knows nothing and creates what it is told of, with an endpoint for each format of the samples."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.samples = samples()
        # the add-on's own mappings, contracts and routes, and a system that none of the common fixture's is for
        cls.system = cls.env["interop.system"].create({"name": "Samples", "code": "t-samples"})
        cls.env["interop.route"].search([]).write({"unknown_master": "create"})
        cls.endpoints = {
            format_: cls.make_endpoint(format_, unknown_facility="endpoint")
            for format_ in ("hl7v2", "fhir")
        }

    def signed(self, sample):
        """The sample as its sender would knock with it; the same every time, but for the time."""
        return self.knock(
            sample.body,
            self.endpoints[sample.format],
            message_id=f"msg_{self.samples.index(sample)}",
            content_type=sample.media,
        )


class SamplesHttpCase(SamplesMixin, InteropHttpCase):
    """Through the real routes."""


class SamplesCase(SamplesMixin, InteropCase):
    """Every sample has been posted and drained before the first test. ``posted`` says how each was answered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the helpers are a test's methods; what they need is the class's
        cls("setUp").ingest()

    def ingest(self):
        """Post every sample, then drain until nothing is due and nothing will be."""
        type(self).posted = [self.post(sample) for sample in self.samples]
        self.drain_all(MOST_DRAINS)
        # what waits for a reference that never comes, comes to its end when the route's time is over
        self.env["interop.route"].search([]).write({"wait_seconds": 0})
        self.let_time_pass()
        self.drain_all(MOST_DRAINS)

    def post(self, sample):
        before = self.newest_message()
        answer = self.env["interop.door"]._receive(self.signed(sample))
        self.env.invalidate_all()
        self.env.cr.execute("SELECT id FROM interop_message WHERE id > %s ORDER BY id", (before,))
        return Posted(sample, answer, tuple(row[0] for row in self.env.cr.fetchall()))

    def newest_message(self):
        self.env.cr.execute("SELECT COALESCE(max(id), 0) FROM interop_message")
        return self.env.cr.fetchone()[0]
