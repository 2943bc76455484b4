"""The fuzzer finds what it is there for: each of its checks can fail, and a case can be made again."""

import unittest

from core import openapi
from core.inventory import Interface
from core.tests import fuzzing
from core.tests.fuzzing import MARK, PROBLEM, Source, faults, operation_of, reproduction, shrunk

SOURCES = (
    Source("a", "application/json", b'{"type": "test", "data": {"name": "Jane Doe"}, "n": 12}'),
    Source("b", "application/hl7-v2", b"MSH|^~\\&|APP|GH\rPID|1||4711||Doe^Jane\r"),
)
DOCUMENT = openapi.document(
    [Interface("a", "A", "json", ("api_key",)), Interface("b", "B", "hl7v2", ("api_key",))],
    server="",
    version="1",
)


class TestCases(unittest.TestCase):
    def test_a_seed_gives_the_same_again_and_each_case_alone(self):
        first = list(fuzzing.cases(SOURCES, 7, 200))
        self.assertEqual(first, list(fuzzing.cases(SOURCES, 7, 200)))
        self.assertEqual(first[123], fuzzing.case(SOURCES, 7, 123))
        self.assertNotEqual(first, list(fuzzing.cases(SOURCES, 8, 200)))

    def test_everything_is_done_to_them_sometime(self):
        words, proofs, methods = set(), set(), set()
        for case in fuzzing.cases(SOURCES, 1, 1500):
            words.update(case.words)
            proofs.add(case.proof)
            methods.add(case.method)
        known = {name for name, _how in (*fuzzing.BODIES, *fuzzing.HEADERS)}
        self.assertEqual(words, known | {"method", "path"})
        self.assertEqual(proofs, set(fuzzing.PROOFS))
        self.assertGreaterEqual(methods, {"POST", *fuzzing.METHODS})

    def test_the_mark_stands_where_a_patients_word_would(self):
        plain = [case for case in fuzzing.cases(SOURCES, 3, 400) if not case.words]
        self.assertTrue(plain)
        for case in plain:
            self.assertIn(MARK.encode(), case.body)
            # what comes back in an acknowledgement is the header's
            self.assertNotIn(
                MARK.encode(), case.body.partition(b"\r")[0] if case.endpoint == "b" else b""
            )


class TestFaults(unittest.TestCase):
    def found(
        self,
        status=202,
        media="application/json",
        body=b"{}",
        *,
        path="/interop/v1/in/a",
        method="POST",
        **headers,
    ):
        case = fuzzing.Case(0, method, path, (), b"", fuzzing.VALID, "a", ())
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return faults(DOCUMENT, case, status, {"content-type": media, **told}, body)

    def test_a_good_answer_has_none(self):
        self.assertEqual(self.found(), [])
        self.assertEqual(self.found(400, PROBLEM), [])
        self.assertEqual(self.found(503, PROBLEM, retry_after="5"), [])
        self.assertEqual(self.found(404, PROBLEM, path="/interop/v9"), [])
        self.assertEqual(self.found(405, PROBLEM, b"", method="HEAD"), [])
        self.assertEqual(
            self.found(200, "text/plain", path="/interop/v1/problems/x", method="GET"), []
        )

    def test_each_fault_is_found(self):
        for word, found in {
            "status 500": self.found(500, PROBLEM),
            "status 503": self.found(503, PROBLEM),
            "HTML": self.found(400, "text/html"),
            "a stack trace": self.found(400, PROBLEM, b"Traceback (most recent call last)"),
            "a value of the body": self.found(400, PROBLEM, MARK.encode()),
            "a cookie": self.found(set_cookie="session_id=1"),
            "418 is not documented": self.found(418, PROBLEM),
            "text/plain is not documented with 202": self.found(202, "text/plain"),
            "202 application/json at no operation": self.found(path="/interop/v9"),
        }.items():
            with self.subTest(word):
                self.assertIn(word, found)
        self.assertIn("HTML", self.found(400, PROBLEM, b"<!DOCTYPE html>"))
        self.assertIn("a value of the body", self.found(location=MARK))
        hl7 = {"path": "/interop/v1/in/b", "media": "application/hl7-v2; charset=utf-8"}
        told = f"MSH|^~\\&|{MARK}\rMSA|AE|{MARK}\r".encode()
        self.assertEqual(self.found(200, body=told, **hl7), [])
        self.assertIn("a value of the body", self.found(200, body=told + MARK.encode(), **hl7))

    def test_an_operation_is_found_by_its_path(self):
        for method, path, name in (
            ("POST", "/interop/v1/in/a?x=1", "send-a"),
            ("GET", "/interop/v1/messages/7", "status"),
            ("HEAD", "/interop/health/live", "live"),
        ):
            self.assertEqual(operation_of(DOCUMENT, method, path)["operationId"], name)
        self.assertIsNone(operation_of(DOCUMENT, "POST", "/interop/v1/in/a/b"))
        self.assertIsNone(operation_of(DOCUMENT, "DELETE", "/interop/v1/in/a"))


class TestShrinking(unittest.TestCase):
    def test_a_reproduction_is_small_and_says_nobodys_words(self):
        case = fuzzing.Case(
            5,
            "POST",
            "/x",
            (("A", "1"), ("B", "2")),
            b"Jane Doe, born 1960 {" * 40,
            fuzzing.VALID,
            "a",
            ("cut",),
        )
        small = shrunk(case, lambda one: b"{" in one.body and ("B", "2") in one.headers)
        self.assertEqual((small.body, small.headers), (b"{", (("B", "2"),)))
        self.assertIn('"body": "{"', reproduction(small))

    def test_what_can_not_be_masked_is_told_by_its_length(self):
        case = fuzzing.Case(5, "POST", "/x", (), b"Jane Doe", fuzzing.VALID, "a", ())
        small = shrunk(case, lambda one: b"Jane" in one.body)
        self.assertEqual(small.body, b"Jane")
        self.assertIn('"body": "4 bytes"', reproduction(small))
        self.assertNotIn("Jane", small.told())

    def test_it_gives_up_in_time(self):
        asked = []
        shrunk(
            fuzzing.Case(5, "POST", "/x", (), b"x" * 5000, fuzzing.VALID, "a", ()),
            lambda one: asked.append(one) or False,
            most=50,
        )
        self.assertLessEqual(len(asked), 51)
