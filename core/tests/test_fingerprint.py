import hashlib
import unittest

from ..document import Envelope
from ..errors import BusinessRule, MappingError, MissingCode
from ..fingerprint import body_fingerprint, error_fingerprint, identity, keyed_identity

KEY = b"1"


class BodyFingerprint(unittest.TestCase):
    def test_it_depends_on_the_content_and_on_the_key(self):
        prints = {body_fingerprint(key, text) for key in (b"1", b"2") for text in (b"a", b"b")}
        self.assertEqual(4, len(prints))
        self.assertEqual({64}, set(map(len, prints)))


class MessageIdentity(unittest.TestCase):
    def key(self, request_id="", fingerprint="f1", index=0, **said):
        envelope = Envelope(type="t", **said)
        found = identity(
            envelope, key=KEY, fingerprint=fingerprint, request_id=request_id, index=index
        )
        return found and found.dedup_key

    def test_an_id_that_is_promised_unique_does_not_depend_on_the_content(self):
        said = {"id": "1", "source": "/s", "is_id_unique": True}
        self.assertEqual(self.key(**said), self.key(fingerprint="f2", **said))
        found = identity(Envelope(type="t", **said), key=KEY, fingerprint="")
        self.assertTrue(found.is_id_unique)

    def test_one_id_of_two_sources_is_two_messages(self):
        keys = {self.key(id="1", source=source, is_id_unique=True) for source in ("/a", "/b")}
        self.assertEqual(2, len(keys))

    def test_an_id_that_senders_reuse_is_joined_by_sender_and_content(self):
        said = {"id": "1", "source": "EHR", "facility": "MAIN"}
        keys = {
            self.key(**said),
            self.key(fingerprint="f2", **said),
            self.key(**said | {"facility": "WEST"}),
            self.key(**said | {"source": "LAB"}),
            self.key(**said | {"id": "2"}),
        }
        self.assertEqual(5, len(keys))
        self.assertEqual(self.key(**said), self.key(**said))

    def test_the_requests_id_serves_documents_that_have_none(self):
        self.assertEqual(self.key(request_id="r"), self.key(request_id="r", fingerprint="f2"))
        self.assertNotEqual(self.key(request_id="r"), self.key(request_id="r", index=1))
        self.assertEqual(self.key(id="1"), self.key(id="1", request_id="r"))

    def test_who_has_no_key_can_confirm_no_guess(self):
        said = Envelope(type="t", id="Patient/P4711/3", is_id_unique=True)
        found, other = (identity(said, key=key, fingerprint="f").dedup_key for key in (KEY, b"2"))
        self.assertNotEqual(found, other)
        self.assertRegex(found, r"^id:~[0-9a-f]{64}$")

    def test_what_was_kept_without_a_key_becomes_what_is_looked_for(self):
        plain = "id:" + hashlib.sha256(b"0:0:15:Patient/P4711/3").hexdigest()
        said = Envelope(type="t", id="Patient/P4711/3", is_id_unique=True)
        wanted = identity(said, key=KEY, fingerprint="f").dedup_key
        self.assertEqual(keyed_identity(KEY, plain), wanted)
        self.assertEqual(keyed_identity(KEY, wanted), wanted)
        self.assertEqual(keyed_identity(b"2", wanted), wanted)

    def test_nothing_given_is_no_identity(self):
        self.assertIsNone(self.key())

    def test_no_choice_of_words_makes_two_identities_one(self):
        self.assertNotEqual(
            self.key(source="a", id="b c", is_id_unique=True),
            self.key(source="a b", id="c", is_id_unique=True),
        )
        self.assertNotEqual(self.key(id="x", is_id_unique=True), self.key(request_id="x"))

    def test_the_key_is_short_whatever_the_sender_writes(self):
        self.assertLess(len(self.key(id="\ud800" * 100_000)), 80)


class ErrorFingerprint(unittest.TestCase):
    def test_one_cause_has_one_fingerprint(self):
        first = error_fingerprint("charges", MappingError("required", path="FT1[1]-7"))
        again = error_fingerprint("charges", MappingError("required", path="FT1[12]-7"))
        self.assertEqual(first, again)

    def test_route_class_code_and_path_tell_causes_apart(self):
        prints = {
            error_fingerprint("charges", MappingError("required", path="FT1-7")),
            error_fingerprint("orders", MappingError("required", path="FT1-7")),
            error_fingerprint("charges", MappingError("required", path="FT1-10")),
            error_fingerprint("charges", MappingError("bad_number", path="FT1-7")),
            error_fingerprint("charges", BusinessRule("required", path="FT1-7")),
        }
        self.assertEqual(5, len(prints))

    def test_a_missing_code_is_one_cause_wherever_it_stands(self):
        def missing(value, path):
            error = MissingCode("no_product", path=path, system="local", value=value)
            return error_fingerprint("charges", error)

        self.assertEqual(missing("A1", "FT1-7"), missing("A1", "RXD-2"))
        self.assertNotEqual(missing("A1", "FT1-7"), missing("A2", "FT1-7"))

    def test_an_unexpected_error_is_known_by_class_and_place_never_by_its_text(self):
        one = error_fingerprint("r", ValueError("Smith"), place="party.py:apply")
        self.assertEqual(one, error_fingerprint("r", ValueError("Jones"), place="party.py:apply"))
        self.assertNotEqual(
            one, error_fingerprint("r", ValueError("Smith"), place="party.py:write")
        )
