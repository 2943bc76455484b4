import random
import unittest
from decimal import Decimal

from ..codecs import strict_json
from ..errors import BadDocument


class StrictJson(unittest.TestCase):
    def assert_refused(self, code, data, **limits):
        with self.assertRaises(BadDocument) as caught:
            strict_json.loads(data, **limits)
        self.assertEqual(code, caught.exception.code, data[:60])

    def test_values_keep_their_types_and_digits(self):
        value = strict_json.loads(
            b'{"a": [1, 1.50, true, null, "\\u00e9\\ud83d\\ude00"], "b": 1E2}'
        )
        self.assertEqual(
            {"a": [1, Decimal("1.50"), True, None, "é😀"], "b": Decimal("1E+2")}, value
        )
        self.assertEqual("1.50", str(value["a"][1]))

    def test_a_byte_order_mark_is_ignored(self):
        self.assertEqual({}, strict_json.loads(b"\xef\xbb\xbf{}"))
        self.assertEqual({}, strict_json.loads("\ufeff{}"))

    def test_what_is_not_json_is_refused_with_its_place(self):
        for data in (
            b"",
            b"{",
            b"{'a': 1}",
            b'{"a": 01}',
            b"[1,]",
            b"{} {}",
            b'"\t"',
            b"\xc2\xa0{}",
        ):
            self.assert_refused("not_json", data)
        with self.assertRaises(BadDocument) as caught:
            strict_json.loads(b'{\n"name": Smith}')
        self.assertEqual("line 2 column 9", caught.exception.detail)
        self.assertNotIn("Smith", str(caught.exception))

    def test_what_json_has_no_word_for_is_refused(self):
        for data in (b"NaN", b"[Infinity]", b'{"a": -Infinity}'):
            self.assert_refused("not_json", data)

    def test_a_name_given_twice_is_refused_at_any_depth(self):
        self.assert_refused("duplicate_key", b'{"a": 1, "a": 1}')
        self.assert_refused("duplicate_key", b'[{"b": {"a": 1, "\\u0061": 2}}]')

    def test_only_utf8_is_read(self):
        for data in ("é".encode("latin-1"), '{"a": 1}'.encode("utf-16"), b'"\xed\xa0\x80"'):
            self.assert_refused("not_utf8", data)

    def test_integers_of_64_bits_are_read_and_no_others(self):
        for number in (0, -1, 2**63 - 1, -(2**63), 10**17):
            self.assertEqual(number, strict_json.loads(b"%d" % number))
        for number in (2**63, -(2**63) - 1):
            self.assert_refused("number_out_of_range", b"%d" % number)
        self.assert_refused("number_out_of_range", b"9" * 100_000)

    def test_decimals_that_no_one_can_write_out_are_refused(self):
        for text in (
            b"1e309",
            b"1e-309",
            b"0e999999999",
            b"1E+99999999999999999999",
            b"0." + b"1" * 63,
        ):
            self.assert_refused("number_out_of_range", text)
        self.assertEqual(Decimal("1E+308"), strict_json.loads(b"1e0308"))
        self.assertEqual(Decimal("1.5"), strict_json.loads(b"1.5e-0"))

    def test_nesting_is_limited_and_never_exhausts_the_stack(self):
        self.assertEqual([[1]], strict_json.loads(b"[[1]]", max_depth=2))
        self.assert_refused("too_deep", b"[[[1]]]", max_depth=2)
        self.assert_refused("too_deep", b'{"a": [{"b": 1}]}', max_depth=2)
        self.assertEqual(64, strict_json.loads(b"[" * 64 + b"]" * 64).__repr__().count("["))
        self.assert_refused("too_deep", b"[" * 65 + b"]" * 65)
        self.assert_refused("too_deep", b"[" * 200_000 + b"]" * 200_000)
        self.assert_refused("too_deep", b'{"a":' * 200_000 + b"1" + b"}" * 200_000)

    def test_many_shallow_brackets_are_not_depth(self):
        self.assertEqual([[]] * 100, strict_json.loads(b"[" + b"[]," * 99 + b"[]]"))

    def test_characters_that_no_database_takes_are_refused(self):
        for data in (b'"\\u0000"', b'{"\\uDEAD": 1}', b'["a", {"b": "\\ud800"}]'):
            self.assert_refused("bad_character", data)
        self.assert_refused("bad_character", '"\ud800"')
        self.assertEqual("\\ud800", strict_json.loads(b'"\\\\ud800"'))

    def test_the_canonical_form_is_stable_and_is_read_back(self):
        value = strict_json.loads('{"b": [], "a": {"é": "x\\"", "d": [1.0, 2, {}, null, false]}}')
        text = '{"a":{"d":[1.0,2,{},null,false],"é":"x\\""},"b":[]}'
        self.assertEqual(text.encode(), strict_json.dumps(value))
        self.assertEqual(value, strict_json.loads(strict_json.dumps(value)))
        self.assertEqual(b'{"a":[1,"x"],"b":{}}', strict_json.dumps({"b": {}, "a": (1, "x")}))

    def test_both_ways_of_writing_agree(self):
        numberless = {"z": [1, {"k": None}, []], "a": {"b": "ü", "c": True}, "e": {}}
        with_decimal = numberless | {"zz": Decimal("0.10")}
        expected = strict_json.dumps(numberless)[:-1] + b',"zz":0.10}'
        self.assertEqual(expected, strict_json.dumps(with_decimal))

    def test_what_is_not_a_json_value_is_not_written(self):
        for value in ({1, 2}, b"bytes", [Decimal("1"), object()]):
            self.assertRaises(TypeError, strict_json.dumps, value)
        for value in (float("nan"), Decimal("NaN"), [Decimal("Infinity")]):
            self.assertRaises(ValueError, strict_json.dumps, value)

    def test_lines_are_numbered_and_blank_ones_left_out(self):
        lines = strict_json.iter_lines(b'\xef\xbb\xbf{"a":1}\r\n\n  \n{"b":2}')
        self.assertEqual([(0, b'{"a":1}'), (1, b'{"b":2}')], list(lines))

    def test_no_input_raises_anything_but_bad_document(self):
        rng = random.Random(20261123)
        seed = b'{"a": [1, -2.5e3, "x\\u00e9\\ud83d", null], "b": {"c": true}}'
        for _ in range(2000):
            data = bytearray(seed)
            for _ in range(rng.randrange(1, 6)):
                data[rng.randrange(len(data))] = rng.choice(b'{}[]",:\\u0de9-+.\x00\xff\xed')
            try:
                value = strict_json.loads(bytes(data))
            except BadDocument:
                continue
            self.assertEqual(value, strict_json.loads(strict_json.dumps(value)))
