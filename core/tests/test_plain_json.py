import unittest
from decimal import Decimal

from ..codecs import plain_json
from ..codecs.plain_json import JsonOptions
from ..document import Envelope
from ..errors import BadBatch, BadDocument, PermanentError

BILL = (
    b'{"type": "vendor_bill", "id": 17, "source": "ERP", "facility": "WEST", "subject": "bill/17",'
    b' "time": "2026-11-23T12:00:00Z", "data": {"number": "F-17", "total": 10.50}}'
)


def decode(body, content_type="application/json", **options):
    return plain_json.decode(body, content_type=content_type, options=JsonOptions(**options))


class PlainJson(unittest.TestCase):
    def assert_refused(self, code, path, *arguments, **options):
        with self.assertRaises(BadDocument) as caught:
            decode(*arguments, **options)
        self.assertEqual((code, path), (caught.exception.code, caught.exception.path))

    def test_an_object_is_one_document(self):
        (document,) = plain_json.decode(BILL)
        self.assertEqual(
            ("json", "vendor_bill", 0), (document.format, document.kind, document.index)
        )
        self.assertEqual({"number": "F-17", "total": Decimal("10.50")}, document.body)
        expected = Envelope(
            type="vendor_bill",
            id="17",
            is_id_unique=True,
            source="ERP",
            facility="WEST",
            subject="bill/17",
            time="2026-11-23T12:00:00Z",
        )
        self.assertEqual(expected, document.envelope)

    def test_the_envelope_stands_where_the_paths_say(self):
        body = b'{"head": {"kind": "x", "no": 1.50, "ok": true, "flow": "f", "v": "s/1"}, "lines": [1]}'
        (document,) = decode(
            body,
            type="head.kind",
            id="join('-', ['a', head.kind])",
            source="head.no",
            facility="head.ok",
            subject="nowhere.at.all",
            correlation="head.flow",
            schema="head.v",
            data="lines",
        )
        envelope = document.envelope
        self.assertEqual(("x", "a-x", "1.50"), (envelope.type, envelope.id, envelope.source))
        self.assertEqual(
            ("true", "", "f"), (envelope.facility, envelope.subject, envelope.correlation)
        )
        self.assertEqual(("s/1", [1]), (envelope.schema, document.body))

    def test_without_an_id_nothing_is_promised(self):
        (document,) = decode(b'{"type": "x"}')
        self.assertEqual(("", False), (document.envelope.id, document.envelope.is_id_unique))
        (document,) = decode(BILL, id="")
        self.assertFalse(document.envelope.is_id_unique)

    def test_an_object_without_content_of_its_own_is_the_content(self):
        for body, options in (
            (b'{"type": "x", "name": "n"}', {}),
            (b'{"type": "x", "data": null}', {}),
            (BILL, {"data": ""}),
        ):
            (document,) = decode(body, **options)
            self.assertEqual(document.kind, document.body["type"])

    def test_a_feed_of_one_kind_need_not_name_it(self):
        (document,) = decode(b'{"name": "n"}', default_type="supplier")
        self.assertEqual(("supplier", "supplier"), (document.kind, document.envelope.type))
        (document,) = decode(b'{"name": "n", "type": "y"}', type="", default_type="supplier")
        self.assertEqual("supplier", document.kind)

    def test_an_array_is_a_batch(self):
        documents = decode(b'[{"type": "a"}, {"type": "b"}]')
        self.assertEqual([(0, "a"), (1, "b")], [(found.index, found.kind) for found in documents])
        self.assertEqual((), decode(b"[]"))

    def test_lines_are_a_batch(self):
        for content_type in ("application/x-ndjson", "application/NDJSON; charset=utf-8"):
            documents = decode(b'{"type": "a"}\r\n\n{"type": "b"}\n', content_type)
            self.assertEqual([(0, "a"), (1, "b")], [(it.index, it.kind) for it in documents])

    def test_every_bad_object_of_a_batch_is_listed(self):
        for body, content_type in (
            (b'[1, {"type": "a"}, {}, [{"type": "a"}]]', "application/json"),
            (b'{\n{"type": "a"}\n{}\n[]', "application/x-ndjson"),
        ):
            with self.assertRaises(BadBatch) as caught:
                decode(body, content_type)
            self.assertEqual([0, 2, 3], [error.index for error in caught.exception.errors])
            self.assertEqual([1], [found.index for found in caught.exception.documents])

    def test_what_is_not_an_object_of_a_known_type_is_refused(self):
        for body in (b"1", b'"x"', b"null"):
            self.assert_refused("not_an_object", "", body)
        for body in (b"{}", b'{"type": ""}', b'{"type": null}'):
            self.assert_refused("missing_type", "type", body)
        self.assert_refused("not_json", "", b"")
        self.assert_refused("duplicate_key", "", b'{"type": "a", "type": "b"}')

    def test_an_envelope_value_is_one_short_text(self):
        for value in (b"[]", b'["a"]', b"{}", b'"' + b"x" * 1025 + b'"'):
            self.assert_refused("envelope_value", "id", b'{"type": "a", "id": ' + value + b"}")
        path = "to_number(id)"
        self.assert_refused("envelope_value", path, b'{"type": "a", "id": "1.5"}', id=path)

    def test_a_path_that_fails_on_a_document_is_named(self):
        body = b'{"type": "a", "id": 1}'
        for path in ("length(id)", "sort(@)", "`[1]`[::0]"):
            self.assert_refused("envelope_path", path, body, id=path)

    def test_a_malformed_path_is_told_when_it_is_saved(self):
        JsonOptions().check()
        with self.assertRaises(PermanentError) as caught:
            JsonOptions(subject="a..b").check()
        self.assertEqual(
            ("path_malformed", "subject"), (caught.exception.code, caught.exception.path)
        )

    def test_canonical_bytes_do_not_depend_on_how_it_was_written(self):
        (first,) = decode(BILL)
        (second,) = decode(BILL.replace(b" ", b""))
        (other,) = decode(BILL.replace(b"F-17", b"F-18"))
        canonical = plain_json.canonical_bytes
        self.assertEqual(canonical(first), canonical(second))
        self.assertNotEqual(canonical(first), canonical(other))
        self.assertEqual(first.body, plain_json.load(plain_json.dump(first.body)))
