"""Bar 2: every message and resource of other people's, posted as it is. What becomes of each is printed as a table."""

import collections
import json
import re

from odoo.tests import tagged

from ..core import answers
from .common_samples import CANON, SamplesCase, SamplesHttpCase, tell

NOT_BILLABLE = "no billable content"
#: why something is discarded → what CANON.md says of it; CANON names what issue 2 leaves to a later version, too
QUOTES = {
    NOT_BILLABLE: "where no order is known: `discarded: no billable content`, counted",
    "known, without business content": "known, without business content: RDE, MDM, REF, RSP, A-events not named here",
    "clinical content, never stored": "Diagnosis (DG1, Condition), observations (OBX, Observation), notes (NTE,",
    "entity of a later version: task": "| ServiceRequest, SupplyRequest, Task | reservation, purchase, charge trigger |",
}
#: (README there) must be refused or set aside, not half-taken
MALFORMED = re.compile(
    r"google-primitive-cases/|microsoft-stu3/|microsoft-fhir-server/(Bundle-(?!Batch\.)|Import-InvalidPatient|Money|Observation"
    r"|PatientMissing)|empty(-batch)?\.hl7|BadDelimiters|Hepatitis|CELR-config|invalid_messages"
)
ACCEPTED_CODES = {"AA", "CA"}
LEAST_DONE = 0.95
STREAM = "stream-first-200"


@tagged("-at_install", "post_install")
class TestSamples(SamplesCase):
    # -- the answers --

    def test_every_sender_is_answered_in_its_own_terms_and_never_in_html(self):
        statuses = collections.Counter()
        for sample, answer, messages in self.posted:
            with self.subTest(sample.name):
                statuses[sample.format, answer.status] += 1
                self.assertLess(answer.status, 500)
                self.assertNotIn(b"<html", answer.body.lower())
                if sample.format == "fhir":
                    self.assertOutcome(answer)
                elif answer.status == 200:
                    self.assertAcknowledged(answer, messages)
                else:
                    self.assertProblem(answer)
                if answer.status >= 400:
                    self.assertFalse(messages, "refused, but stored")
        rows = [(format_, status, count) for (format_, status), count in sorted(statuses.items())]
        tell("answers (format, status, files)", rows)
        tell("refused (file, status, code, path)", [self.refusal(one) for one in self.refused()])
        self.assertGreaterEqual(sum(statuses.values()), 200)

    def assertOutcome(self, answer):
        self.assertEqual(answer.content_type, "application/fhir+json")
        said = json.loads(answer.body)
        self.assertEqual(said["resourceType"], "OperationOutcome")
        self.assertTrue(said["issue"])
        self.assertIn(answer.status, (202, 400, 409, 413, 422))
        severity = "information" if answer.status == 202 else "error"
        self.assertEqual({issue["severity"] for issue in said["issue"]}, {severity})
        if severity == "error":
            for issue in said["issue"]:
                self.assertExplained(issue["details"]["coding"][0]["code"])

    def assertProblem(self, answer):
        self.assertEqual(answer.content_type, "application/problem+json")
        said = json.loads(answer.body)
        self.assertEqual((said["status"], bool(said["title"])), (answer.status, True))
        self.assertExplained(said["code"])

    def assertExplained(self, code):
        self.assertEqual(answers.explanation(code).status, 200, f"nothing explains {code}")

    def assertAcknowledged(self, answer, messages):
        """One ACK a message of the body; what was stored got a positive one, and so did what had come before."""
        self.assertTrue(answer.content_type.startswith("application/hl7-v2"))
        acks = [ack.split("\r") for ack in re.split(r"\r(?=MSH)", answer.body.decode())]
        codes = []
        for segments in acks:
            self.assertRegex(segments[0], r"^MSH.+ACK")
            codes += [line.split(line[3])[1] for line in segments if line.startswith("MSA")]
        self.assertEqual(len(codes), len(acks))
        self.assertEqual(set(codes), ACCEPTED_CODES & set(codes) if messages else set(codes))
        self.assertGreaterEqual(len(codes), len(messages))

    def test_what_its_publisher_calls_malformed_is_refused_and_most_else_is_taken(self):
        taken = [one.sample.name for one in self.posted if one.answer.status < 400]
        self.assertFalse([name for name in taken if MALFORMED.search(name)])
        self.assertGreaterEqual(len(taken), 190)

    def test_what_comes_again_is_answered_as_before_and_stored_once(self):
        before = self.newest_message()
        for sample, answer, _messages in self.posted:
            with self.subTest(sample.name):
                self.assertEqual(self.post(sample).answer, answer)
        self.assertEqual(self.newest_message(), before)

    def refused(self):
        return [one for one in self.posted if one.answer.status >= 400]

    def refusal(self, posted):
        said = json.loads(posted.answer.body)
        if "issue" in said:
            issue = said["issue"][0]
            path = (issue.get("expression") or [""])[0]
            return (
                posted.sample.name,
                posted.answer.status,
                issue["details"]["coding"][0]["code"],
                path,
            )
        return posted.sample.name, posted.answer.status, said["code"], said.get("path", "")

    # -- what became of them --

    def deliveries(self):
        self.env.cr.execute(
            """
            SELECT d.message_id, m.kind, d.route_id, d.entity, d.event, d.state, d.reason, d.effect, d.error_category,
                   d.error_code, d.error_path, d.fingerprint, (d.not_before = 'infinity') IS TRUE AS is_parked, d.id,
                   d.subject
              FROM interop_delivery d JOIN interop_message m ON m.id = d.message_id
             WHERE d.system_id = %s ORDER BY d.id
            """,
            (self.system.id,),
        )
        return self.env.cr.dictfetchall()

    def file_of(self, row):
        return next(one.sample.name for one in self.posted if row["message_id"] in one.messages)

    def test_every_accepted_message_comes_to_its_end(self):
        rows = self.deliveries()
        states = collections.Counter(row["state"] for row in rows)
        self.assertEqual(
            {row["message_id"] for row in rows},
            {id_ for one in self.posted for id_ in one.messages},
        )
        failed = {row["subject"] for row in rows if row["state"] == "failed"}
        waiting = [row for row in rows if row["state"] == "pending"]
        for row in waiting:
            self.assertTrue(row["is_parked"] and row["subject"] in failed, row)
        tell("deliveries (state, how many)", sorted(states.items()))
        tell(
            "waiting behind a failed one of their subject (file, entity, event)",
            [(self.file_of(row), row["entity"], row["event"]) for row in waiting],
        )

    def test_every_failure_says_where_and_what_and_stands_on_an_exception(self):
        failed = [row for row in self.deliveries() if row["state"] == "failed"]
        open_fingerprints = set(self.exceptions().mapped("fingerprint"))
        for row in failed:
            with self.subTest(self.file_of(row)):
                self.assertTrue(row["error_code"])
                self.assertNotEqual(row["error_category"], "defect", row)
                self.assertTrue(row["error_path"], row)
                self.assertIn(row["fingerprint"], open_fingerprints)
        tell(
            "failed (file, entity, event, code, path)",
            [
                (
                    self.file_of(row),
                    *(row[name] for name in ("entity", "event", "error_code", "error_path")),
                )
                for row in failed
            ],
        )

    def test_nearly_all_of_what_this_version_covers_is_done(self):
        """Covered: a message with a fact that a route takes. Done: each of its deliveries, or nothing to bill."""
        by_message = collections.defaultdict(list)
        for row in self.deliveries():
            by_message[row["message_id"]].append(row)
        covered = {
            id_: rows for id_, rows in by_message.items() if any(r["route_id"] for r in rows)
        }
        done = {id_ for id_, rows in covered.items() if all(map(self.is_done, rows))}
        from_stream = {i for one in self.posted if STREAM in one.sample.name for i in one.messages}
        apart = covered.keys() - from_stream
        table = [
            ("accepted", len(by_message)),
            ("without anything for this version", len(by_message) - len(covered)),
            ("covered", len(covered)),
            ("done", len(done), f"{len(done) / len(covered):.1%}"),
            ("covered, without the stream of 200", len(apart)),
            (
                "done, without the stream of 200",
                len(done & apart),
                f"{len(done & apart) / len(apart):.1%}",
            ),
        ]
        tell("messages", table)
        effects = collections.Counter(
            (row["entity"], row["state"], row["effect"])
            for row in self.deliveries()
            if row["route_id"]
        )
        tell(
            "effects (entity, state, effect, deliveries)",
            [(*k, n) for k, n in sorted(effects.items(), key=str)],
        )
        self.assertGreater(len(covered), 250)
        self.assertGreaterEqual(len(done) / len(covered), LEAST_DONE)

    @staticmethod
    def is_done(row):
        return row["state"] == "done" or row["reason"] == NOT_BILLABLE

    def test_every_discard_has_a_reason_that_canon_gives(self):
        canon = CANON.read_text() if CANON.exists() else ""
        counts = collections.Counter()
        kinds = collections.defaultdict(collections.Counter)
        for row in self.deliveries():
            if row["state"] == "discarded":
                counts[row["reason"]] += 1
                kinds[row["reason"]][row["kind"]] += 1
        table = []
        for reason, count in counts.most_common():
            with self.subTest(reason):
                quote = QUOTES.get(reason)
                self.assertIsNotNone(quote, "no line of CANON.md is known for it")
                if canon:
                    self.assertIn(quote, canon)
            listed = ", ".join(f"{kind} {n}" for kind, n in kinds[reason].most_common())
            table.append((count, reason, f"“{quote}”", listed))
        tell("discarded (deliveries, reason, CANON.md, kinds)", table)


@tagged("-at_install", "post_install")
class TestSamplesHttp(SamplesHttpCase):
    def test_no_file_makes_odoo_speak_html_or_break(self):
        for sample in self.samples:
            with self.subTest(sample.name):
                knock = self.signed(sample)
                response = self.url_open(
                    knock.path,
                    data=sample.body,
                    headers={**knock.headers, "Content-Type": sample.media},
                    method="POST",
                    allow_redirects=False,
                )
                self.assertLess(response.status_code, 500)
                self.assertNotIn("<html", response.text.lower())
                self.assertRegex(
                    response.headers["Content-Type"], "application/(fhir|problem)[+]json|hl7-v2"
                )
                self.assertNotIn("Traceback", response.text)
