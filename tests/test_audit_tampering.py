"""Whoever holds the database and not the key: each thing they do is found, and its place is named (issue 5, bar 4).

Triggers are switched off, as who owns the tables can.
"""

import hashlib
import hmac

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..core.audit import Entry, Seal, digest_of_entries, entry_mac, seal_head
from ..core.audit_heads import read_heads
from .common_audit import AuditMixin

OTHER_KEY = hashlib.sha256(b"somebody else's").digest()


@tagged("post_install", "-at_install")
class TestTampering(AuditMixin, TransactionCase):
    def setUp(self):
        super().setUp()
        self.seal()
        self.one = self.record(4)
        [self.first] = self.seal()
        self.two = self.record(4)
        [self.second] = self.seal()
        self.three = self.record(4)
        [self.third] = self.seal()
        self.assertEqual(self.found(), [])
        # the verification is recorded as well
        self.env.cr.execute("SELECT max(id) FROM interop_audit_entry")
        self.check_entries = self.ids(self.three[-1])
        self.seal()

    def tamper(self, statement, *values):
        with self.without_triggers() as execute:
            execute(statement, values)

    def row(self, number):
        columns = list(Entry._fields)
        self.env.cr.execute("SELECT * FROM interop_audit_entry WHERE id = %s", (number,))
        [found] = self.env.cr.dictfetchall()
        return Entry(*(found[name] for name in columns))

    # -- altered --

    def test_altered_in_any_column(self):
        number = self.two[1]
        changes = {
            "at": SQL("at + interval '1 microsecond'"),
            "action": SQL("'login'"),
            "outcome": SQL("'refused'"),
            "actor_kind": SQL("'system'"),
            "actor_id": SQL("actor_id + 1"),
            "actor": SQL("'nobody'"),
            "remote_address": SQL("'10.0.0.1'"),
            "res_model": SQL("'res.users'"),
            "res_id": SQL("7"),
            "res_name": SQL("res_name || ' '"),
            "company_id": SQL("1 + COALESCE(company_id, 0)"),
            "message_uuid": SQL("'x'"),
            "count": SQL("count + 1"),
            "details": SQL("'{}'"),
            "mac": SQL("repeat('0', 64)"),
        }
        self.assertEqual(set(changes), set(Entry._fields) - {"id", "key_id"})
        for column, value in changes.items():
            with self.subTest(column):
                savepoint = self.env.cr.savepoint()
                with self.without_triggers():
                    self._set(column, value, number)
                self.assertIn(("altered_entry", number, self.second.id, None), self.found())
                savepoint.rollback()
                savepoint.close(rollback=True)

    def _set(self, column, value, number):
        statement = SQL(
            "UPDATE interop_audit_entry SET %s = %s WHERE id = %s",
            SQL.identifier(column),
            value,
            number,
        )
        self.env.cr.execute(statement)

    def test_altered_and_signed_anew_with_another_key(self):
        number = self.two[1]
        forged = self.row(number)._replace(actor="nobody")
        statement = "UPDATE interop_audit_entry SET actor = %s, mac = %s WHERE id = %s"
        self.tamper(statement, forged.actor, entry_mac(OTHER_KEY, forged), number)
        self.assertEqual(self.found(), [("altered_entry", number, self.second.id, None)])

    def test_altered_and_signed_anew_with_a_key_of_ones_own(self):
        number = self.two[1]
        forged = self.row(number)._replace(actor="nobody", key_id="mine")
        statement = "UPDATE interop_audit_entry SET actor = %s, key_id = %s, mac = %s WHERE id = %s"
        self.tamper(statement, forged.actor, "mine", entry_mac(OTHER_KEY, forged), number)
        self.assertEqual(self.found(), [("missing_key", number, self.second.id, None)])

    # -- deleted, inserted, reordered --

    def test_deleted(self):
        for gone in (self.two[1:2], self.two[:1], self.two[-1:], self.two[1:3], self.two):
            with self.subTest(gone):
                savepoint = self.env.cr.savepoint()
                self.tamper("DELETE FROM interop_audit_entry WHERE id = ANY(%s)", gone)
                expected = ("missing_entry", gone[0], self.second.id, gone[-1])
                self.assertEqual(self.found(), [expected])
                savepoint.rollback()
                savepoint.close(rollback=True)

    def test_inserted(self):
        number = self.two[1]
        statement = """
            INSERT INTO interop_audit_entry SELECT (jsonb_populate_record(e, jsonb_build_object('id', %s))).*
              FROM interop_audit_entry e WHERE id = %s
            """
        self.env.cr.execute("SELECT nextval('interop_audit_entry_id_seq')")
        [new] = self.env.cr.fetchone()
        self.tamper(statement, new, number)
        self.assertEqual(self.found(), [("inserted_entry", new, None, None)])

    def test_inserted_in_the_place_of_one_that_was_deleted(self):
        number = self.two[1]
        forged = self.row(number)._replace(actor="nobody")
        self.tamper("DELETE FROM interop_audit_entry WHERE id = %s", number)
        forged = forged._replace(mac=entry_mac(OTHER_KEY, forged))
        with self.without_triggers():
            self._insert(forged)
        self.assertEqual(self.found(), [("altered_entry", number, self.second.id, None)])

    def test_inserted_and_sealed_by_the_sealer_itself(self):
        """With the triggers on, it goes the way of any entry; without the key that does not help it."""
        forged = self.row(self.two[1])
        self.env.cr.execute("SELECT nextval('interop_audit_entry_id_seq')")
        [new] = self.env.cr.fetchone()
        forged = forged._replace(id=new, actor="nobody")
        forged = forged._replace(mac=entry_mac(OTHER_KEY, forged))
        self._insert(forged)
        [*_, seal] = self.seal()
        self.assertEqual(self.found(), [("altered_entry", new, seal.id, None)])

    def test_reordered(self):
        one, other = self.two[1:3]
        self._swap("interop_audit_entry", one, other)
        self.assertEqual(
            self.found(),
            [
                ("reordered_entry", one, self.second.id, None),
                ("reordered_entry", other, self.second.id, None),
            ],
        )

    def test_reordered_between_seals(self):
        one, other = self.one[1], self.three[1]
        self._swap("interop_audit_entry", one, other)
        self.assertEqual(
            self.found(),
            [
                ("altered_entry", one, self.first.id, None),
                ("altered_entry", other, self.third.id, None),
            ],
        )

    def _swap(self, table, one, other):
        with self.without_triggers():
            for was, becomes in ((one, -1), (other, one), (-1, other)):
                self.env.cr.execute(
                    SQL("UPDATE %s SET id = %s WHERE id = %s", SQL.identifier(table), becomes, was)
                )

    def _insert(self, entry):
        self.env.cr.execute(
            SQL(
                "INSERT INTO interop_audit_entry (%s) VALUES %s",
                SQL(", ").join(map(SQL.identifier, Entry._fields)),
                tuple(entry),
            )
        )

    # -- the seals --

    def test_a_seal_altered(self):
        self.tamper("UPDATE interop_audit_seal SET count = 3 WHERE id = %s", self.second.id)
        self.assertEqual(self.found(), [("altered_seal", None, self.second.id, None)])

    def test_a_seal_made_anew_with_another_key_over_altered_entries(self):
        """All that can be done without the key: entry, digest, head, and the link of the seal after it."""
        number = self.two[1]
        forged = self.row(number)._replace(actor="nobody")
        mac = entry_mac(OTHER_KEY, forged)
        macs = [(one, mac if one == number else self.row(one).mac) for one in self.two]
        seal = self.second._replace(digest=digest_of_entries(macs))
        seal = seal._replace(head=seal_head(OTHER_KEY, seal))
        with self.without_triggers() as execute:
            execute(
                "UPDATE interop_audit_entry SET actor = 'nobody', mac = %s WHERE id = %s",
                (mac, number),
            )
            execute(
                "UPDATE interop_audit_seal SET digest = %s, head = %s WHERE id = %s",
                (seal.digest, seal.head, seal.id),
            )
            execute(
                "UPDATE interop_audit_seal SET previous = %s WHERE id = %s",
                (seal.head, seal.id + 1),
            )
        self.assertEqual(
            self.found(),
            [
                ("altered_seal", None, seal.id, None),
                ("other_head", None, seal.id, None),
                ("altered_entry", number, seal.id, None),
                ("altered_seal", None, seal.id + 1, None),
            ],
        )

    def test_a_seal_missing_in_the_middle(self):
        with self.without_triggers() as execute:
            execute("DELETE FROM interop_audit_seal WHERE id = %s", (self.second.id,))
            execute("DELETE FROM interop_audit_entry WHERE id = ANY(%s)", (self.two,))
        self.assertEqual(self.found(), [("missing_seal", None, self.second.id, self.second.id)])

    def test_seals_reordered(self):
        self._swap("interop_audit_seal", self.first.id, self.second.id)
        found = self.found()
        self.assertIn(("altered_seal", None, self.first.id, None), found)
        self.assertIn(("altered_seal", None, self.second.id, None), found)

    # -- the tail --

    def test_a_tail_of_entries_cut_off_is_known_from_its_seal(self):
        gone = self.three[2:] + self.check_entries
        self.tamper("DELETE FROM interop_audit_entry WHERE id = ANY(%s)", gone)
        found = self.found()
        self.assertEqual(found[0], ("missing_entry", gone[0], self.third.id, self.three[-1]))

    def _cut(self):
        with self.without_triggers() as execute:
            execute("DELETE FROM interop_audit_seal WHERE id >= %s", (self.third.id,))
            execute("DELETE FROM interop_audit_entry WHERE id >= %s", (self.three[0],))
            execute("DELETE FROM interop_audit_unsealed")

    def test_a_tail_cut_off_with_its_seals_is_known_from_the_file(self):
        newest = max(read_heads(self.env.cr.dbname, self.heads.read_text().splitlines()))
        self._cut()
        self.assertEqual(self.found(), [("cut_off", None, self.third.id, newest)])

    def test_without_the_file_the_verification_says_that_the_end_is_not_proven(self):
        self._cut()
        self.heads.unlink()
        check = self.verified()
        self.assertEqual((check.state, check.is_end_proven), ("holds", False))

    def test_a_tail_cut_off_and_written_anew_is_not_what_was_told_outside(self):
        self._cut()
        self.record(4, res_name="another story")
        [seal] = self.seal()
        self.assertEqual(seal.id, self.third.id)
        self.assertIn(("other_head", None, seal.id, None), self.found())

    def test_deleted_before_it_was_sealed(self):
        [number] = self.record()
        self.tamper("DELETE FROM interop_audit_entry WHERE id = %s", number)
        self.seal()
        self.assertEqual(self.found(), [("missing_entry", number, None, number)])

    def test_kept_from_its_seal(self):
        [number] = self.record()
        entry = self.row(number)
        self.assertTrue(hmac.compare_digest(entry.mac, self._mac(entry)))
        old = entry._replace(at=entry.at.replace(year=2020))
        self.tamper("DELETE FROM interop_audit_unsealed WHERE entry_id = %s", number)
        self.tamper(
            "UPDATE interop_audit_entry SET at = %s, mac = %s WHERE id = %s",
            old.at,
            self._mac(old),
            number,
        )
        self.seal()
        self.assertEqual(self.found(), [("unsealed_entry", number, None, None)])

    def test_all_of_it_gone(self):
        newest = max(read_heads(self.env.cr.dbname, self.heads.read_text().splitlines()))
        with self.without_triggers() as execute:
            execute("TRUNCATE interop_audit_entry, interop_audit_seal, interop_audit_unsealed")
        self.assertEqual(self.found(), [("cut_off", None, 1, newest)])

    def test_every_finding_has_its_words(self):
        self._cut()
        self.tamper("UPDATE interop_audit_entry SET actor = 'x' WHERE id = %s", self.one[0])
        check = self.verified()
        self.assertIn(str(self.one[0]), check.places)
        self.assertIn("cut off", check.places)
        self.assertNotIn("%(", check.places)

    def _mac(self, entry):
        ring = self.env["interop.keyring"]._keyring()
        return entry_mac(ring.audit_keys[entry.key_id], entry)

    def test_seal_rows_are_read_as_they_were_made(self):
        self.env.cr.execute("SELECT * FROM interop_audit_seal WHERE id = %s", (self.second.id,))
        [row] = self.env.cr.dictfetchall()
        self.assertEqual(Seal(*(row[name] for name in Seal._fields)), self.second)
