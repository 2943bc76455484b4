import itertools
import unittest

from ..errors import KeyUnknown, PermanentError
from ..keyring import Keyring, fingerprint_entry, generate_entry, key_id_of


def counter():
    """A stand-in for os.urandom: never the same bytes twice, always the same in a test."""
    numbers = itertools.count(1)
    return lambda length: next(numbers).to_bytes(4, "big").rjust(length, b"\0")


class KeyringTest(unittest.TestCase):
    def setUp(self):
        self.random = counter()
        self.old, self.new = generate_entry("k0", self.random), generate_entry("k1", self.random)
        self.ring = Keyring(f"{self.new}, {self.old}")

    def encrypt(self, plaintext=b"content", row_uuid="row-1", ring=None, **options):
        ring = ring or self.ring
        return ring.encrypt(plaintext, row_uuid=row_uuid, random_bytes=self.random, **options)

    def assert_fails(self, code, function, *args, **options):
        with self.assertRaises(PermanentError) as caught:
            function(*args, **options)
        self.assertEqual(code, caught.exception.code)

    def test_what_was_encrypted_is_decrypted(self):
        for plaintext in (b"", b"content", bytes(range(256)) * 50):
            data = self.encrypt(plaintext)
            self.assertEqual(plaintext, self.ring.decrypt(memoryview(data), row_uuid="row-1"))

    def test_the_first_key_is_current_and_its_id_is_readable(self):
        data = self.encrypt()
        self.assertEqual("k1", key_id_of(data))
        self.assertEqual("k1", self.ring.current_key_id)

    def test_after_a_rotation_old_values_are_read_and_known_as_old(self):
        data = self.encrypt(ring=Keyring(self.old))
        self.assertEqual(b"content", self.ring.decrypt(data, row_uuid="row-1"))
        self.assertEqual("k0", key_id_of(data))

    def test_a_value_of_a_key_that_is_not_known_yet_can_be_read_later(self):
        with self.assertRaises(KeyUnknown) as caught:
            Keyring(self.old).decrypt(self.encrypt(), row_uuid="row-1")
        self.assertTrue(caught.exception.is_retryable)
        self.assertEqual(30, caught.exception.retry_after)

    def test_keys_of_before_decrypt_and_do_nothing_else(self):
        both = Keyring(self.new, formerly=self.old)
        data = self.encrypt(ring=Keyring(self.old))
        self.assertEqual(b"content", both.decrypt(data, row_uuid="row-1"))
        self.assertEqual("k1", both.current_key_id)
        self.assertEqual(Keyring(self.new).fingerprint_key, both.fingerprint_key)
        self.assertEqual(("k0", "k1"), both.key_ids)

    def test_a_key_of_the_configuration_is_stronger_than_one_of_before(self):
        other = generate_entry("k1", self.random)
        data = self.encrypt(ring=Keyring(self.new))
        ring = Keyring(self.new, formerly=other)
        self.assertEqual(b"content", ring.decrypt(data, row_uuid="row-1"))

    def test_what_a_rotation_has_done_begins_with_the_current_header(self):
        self.assertTrue(self.encrypt().startswith(self.ring.current_header))
        self.assertFalse(self.encrypt(ring=Keyring(self.old)).startswith(self.ring.current_header))

    def test_a_value_belongs_to_its_row_and_its_purpose(self):
        data = self.encrypt(purpose="secret")
        self.assertEqual(b"content", self.ring.decrypt(data, row_uuid="row-1", purpose="secret"))
        self.assert_fails("ciphertext_invalid", self.ring.decrypt, data, row_uuid="row-1")
        self.assert_fails(
            "ciphertext_invalid", self.ring.decrypt, data, row_uuid="row-2", purpose="secret"
        )

    def test_every_altered_bit_and_every_cut_is_noticed(self):
        data = self.encrypt()
        for position in range(len(data)):
            altered = bytearray(data)
            altered[position] ^= 1
            # the id of a key may have become one that nobody knows
            with self.assertRaises((PermanentError, KeyUnknown), msg=position):
                self.ring.decrypt(bytes(altered), row_uuid="row-1")
            with self.assertRaises(PermanentError, msg=position):
                self.ring.decrypt(data[:position], row_uuid="row-1")

    def test_two_encryptions_of_one_text_differ(self):
        self.assertNotEqual(self.encrypt(), self.encrypt())

    def test_the_same_key_under_another_id_does_not_decrypt(self):
        renamed = Keyring("k9:" + self.new.partition(":")[2])
        data = self.encrypt(ring=renamed)
        moved = data.replace(b"k9", b"k1", 1)
        self.assert_fails("ciphertext_invalid", self.ring.decrypt, moved, row_uuid="row-1")

    def test_a_rotation_does_not_change_fingerprints(self):
        self.assertEqual(Keyring(self.old).fingerprint_key, self.ring.fingerprint_key)
        self.assertNotEqual(Keyring(self.new).fingerprint_key, self.ring.fingerprint_key)

    def test_the_oldest_key_can_go_when_its_value_stays_for_fingerprints(self):
        kept = "fp:" + self.old.partition(":")[2]
        self.assertEqual(self.ring.fingerprint_key, Keyring(f"{self.new},{kept}").fingerprint_key)
        self.assertEqual("k1", Keyring(f"{kept},{self.new}").current_key_id)

    def test_an_entry_keeps_fingerprints_when_the_last_key_goes(self):
        for line in (self.old, f"{self.new},{self.old}", f"{self.new},fp:{self.old[3:]}"):
            with self.subTest(keys=line.count(":")):
                kept = Keyring(f"{self.new},{fingerprint_entry(line)}")
                self.assertEqual(self.ring.fingerprint_key, kept.fingerprint_key)

    def test_no_key_no_ring(self):
        for text in ("", " , ", generate_entry("fp", self.random)):
            self.assert_fails("key_missing", Keyring, text)

    def test_a_malformed_line_is_refused(self):
        value = self.new.partition(":")[2]
        lines = ("k1", "k1:", f":{value}", f"k 1:{value}", f"k1:{value[:-1]}", "k1:AAAA", "k1:é")
        for text in (*lines, f"{self.new},{self.new}", f"{'k' * 33}:{value}", f"k1:{value}\n!"):
            self.assert_fails("keyring_malformed", Keyring, text)
        self.assert_fails("keyring_malformed", generate_entry, "k:1", self.random)

    def test_a_ring_does_not_show_its_keys(self):
        self.assertEqual("<Keyring current=k1>", repr(self.ring))
