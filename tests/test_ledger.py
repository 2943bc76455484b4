"""The ledger of messages and deliveries names configuration without foreign keys: what is named can't be deleted."""

from odoo.exceptions import ValidationError

from .common import InteropCase

NAMED = ("endpoint_id", "system_id", "facility_id", "company_id")


class TestLedger(InteropCase):
    def foreign_keys(self, table):
        self.env.cr.execute(
            "SELECT a.attname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
            "WHERE c.contype = 'f' AND c.conrelid = %s::regclass",
            (table,),
        )
        return {row[0] for row in self.env.cr.fetchall()}

    def test_a_row_of_the_ledger_locks_no_configuration(self):
        self.assertEqual(self.foreign_keys("interop_message") & set(NAMED), set())
        self.assertEqual(self.foreign_keys("interop_delivery"), {"message_id", "route_id"})

    def test_a_foreign_key_of_an_earlier_version_goes(self):
        self.env.cr.execute(
            "ALTER TABLE interop_message ADD CONSTRAINT of_old FOREIGN KEY (system_id) REFERENCES interop_system(id)"
        )
        message = self.env["interop.message"]
        message._fields["system_id"].update_db_foreign_key(message, None)
        self.assertNotIn("system_id", self.foreign_keys("interop_message"))

    def test_what_has_carried_messages_cannot_be_deleted(self):
        self.send(self.party("1", name="Jane Roe"))
        for record in (self.route, self.endpoint, self.system):
            with self.subTest(record._name), self.assertRaises(ValidationError) as caught:
                record.unlink()
            self.assertIn(record.display_name, str(caught.exception))

    def test_what_has_carried_nothing_can(self):
        facility = self.env["interop.facility"].create({"name": "Planned"})
        facility.unlink()
        self.assertFalse(facility.exists())
