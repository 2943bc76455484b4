import pathlib
import re
import unittest

from ..errors import (
    BadBatch,
    BadDocument,
    IdentityConflict,
    MappingError,
    MessageRefused,
    PermanentError,
    TransientError,
    Unauthenticated,
    UnknownSource,
)
from ..problem import for_status, headers_of, operation_outcome, problem, status_of
from ..problem_catalog import explain

BATCH = BadBatch((BadDocument("missing_attribute", path="id", index=3), BadDocument("bad_value")))


class Problem(unittest.TestCase):
    def test_a_refusal_says_what_and_where(self):
        error = BadDocument("attribute_empty", path="subject", detail="line 1 column 5")
        expected = {
            "type": "/interop/v1/problems/attribute_empty",
            "title": "An attribute is empty",
            "status": 400,
            "code": "attribute_empty",
            "path": "subject",
            "detail": "line 1 column 5",
        }
        self.assertEqual(expected, problem(error))
        self.assertEqual("urn:uuid:1", problem(error, instance="urn:uuid:1")["instance"])

    def test_a_failed_authentication_says_nothing_more(self):
        error = Unauthenticated("unauthenticated", path="webhook-id", detail="bad_signature")
        self.assertEqual({"type", "title", "status", "code"}, problem(error).keys())
        self.assertEqual(401, status_of(error))
        self.assertIn("WWW-Authenticate", headers_of(error))

    def test_a_batch_lists_every_bad_document(self):
        found = problem(BATCH)
        self.assertEqual((422, "bad_documents"), (found["status"], found["code"]))
        self.assertEqual(
            [(3, "missing_attribute", "id"), (0, "bad_value", None)],
            [(entry["index"], entry["code"], entry.get("path")) for entry in found["errors"]],
        )

    def test_our_own_trouble_is_not_described(self):
        for error in (
            PermanentError("key_missing", path="p", detail="d"),
            MappingError("required"),
        ):
            found = problem(error)
            self.assertEqual((500, "internal_error"), (found["status"], found["code"]))
            self.assertEqual({"type", "title", "status", "code"}, found.keys())

    def test_what_time_heals_says_when_to_come_back(self):
        error = TransientError("database_busy", retry_after=0.2)
        self.assertEqual((503, "unavailable"), (status_of(error), problem(error)["code"]))
        self.assertEqual({"Retry-After": "1"}, headers_of(error))
        self.assertEqual({}, headers_of(TransientError("database_busy")))

    def test_an_http_status_of_others_becomes_a_problem(self):
        for status, code in (
            (400, "bad_request"),
            (404, "not_found"),
            (405, "method_not_allowed"),
            (418, "bad_request"),
            (500, "internal_error"),
            (502, "internal_error"),
            (503, "unavailable"),
        ):
            found = problem(for_status(status))
            self.assertEqual((status, code), (found["status"], found["code"]))

    def test_a_code_without_explanation_still_has_a_title(self):
        self.assertEqual("The message is refused", problem(MessageRefused("brand_new"))["title"])
        self.assertIsNone(explain("brand_new"))


class Outcome(unittest.TestCase):
    def issue(self, error):
        outcome = operation_outcome(error)
        self.assertEqual("OperationOutcome", outcome["resourceType"])
        return outcome["issue"][0]

    def test_an_issue_has_code_text_and_place(self):
        issue = self.issue(BadDocument("bad_value", path="Patient.birthDate", detail="date"))
        self.assertEqual(("error", "invalid"), (issue["severity"], issue["code"]))
        self.assertEqual("bad_value", issue["details"]["coding"][0]["code"])
        self.assertEqual(["Patient.birthDate"], issue["expression"])
        self.assertEqual("date", issue["diagnostics"])

    def test_empty_elements_are_left_out(self):
        self.assertEqual(
            {"severity", "code", "details"}, self.issue(BadDocument("not_json")).keys()
        )

    def test_fhirs_own_words_are_used(self):
        for error, expected in (
            (Unauthenticated("unauthenticated", detail="expired"), "login"),
            (UnknownSource("unknown_source"), "forbidden"),
            (IdentityConflict("identity_conflict"), "conflict"),
            (BadDocument("missing_element"), "required"),
            (BadDocument("too_many_documents", http_status=413), "too-long"),
            (BadDocument("wrong_fhir_version", http_status=415), "not-supported"),
            (TransientError("database_busy"), "transient"),
            (PermanentError("key_missing"), "exception"),
            (MessageRefused("acknowledgement"), "processing"),
            (for_status(404), "not-found"),
        ):
            self.assertEqual(expected, self.issue(error)["code"], error.code)
        self.assertNotIn("diagnostics", self.issue(Unauthenticated("u", detail="expired")))
        self.assertEqual("fatal", self.issue(PermanentError("key_missing"))["severity"])

    def test_a_batch_has_an_issue_for_each(self):
        issues = operation_outcome(BATCH)["issue"]
        self.assertEqual(["document 3", "document 0"], [issue["diagnostics"] for issue in issues])


class Catalog(unittest.TestCase):
    RAISED = re.compile(
        r"\b(?:BadDocument|MessageRefused|UnknownSource|IdentityConflict|bad|_Misfit)"
        r'\(\s*"([a-z0-9_]+)"'
    )

    def test_every_code_a_sender_can_get_is_explained(self):
        core = pathlib.Path(__file__).parents[1]
        files = [path for path in core.rglob("*.py") if "tests" not in path.parts]
        raised = {code for path in files for code in self.RAISED.findall(path.read_text("utf-8"))}
        self.assertGreater(len(raised), 30)
        self.assertEqual(set(), {code for code in raised if explain(code) is None})
