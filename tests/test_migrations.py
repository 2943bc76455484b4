"""What an update says for rows that were made when less was asked for: on rows that are made old here."""

import importlib.util
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from ..core.contract import RESTRICTED_DAYS

FOLDER = Path(__file__).parents[1] / "migrations" / "19.0.0.2.0"


def script(name):
    """A migration script as a module; its name is none that Python could import."""
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@tagged("post_install", "-at_install")
class TestGovernance(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.before, cls.after = script("pre-governance"), script("post-governance")
        cls.contract = cls._contract("own.made", "data.number", "data.secret", "data.told")

    @classmethod
    def _contract(cls, document, *paths):
        lines = [(0, 0, {"path": path, "purpose": "billing"}) for path in paths]
        values = {"name": document, "format": "json", "document": document, "attribute_ids": lines}
        return cls.env["interop.contract"].create(values)

    def age(self, sql, *values):
        self.env.flush_all()
        self.env.cr.execute(sql, values)

    def run_before(self):
        self.before.migrate(self.env.cr, "19.0.0.1.0")
        self.env.invalidate_all()

    def line(self, path):
        return self.contract.attribute_ids.filtered(lambda line: line.path == path)

    def test_an_empty_purpose_says_that_none_was_stated(self):
        self.age("ALTER TABLE interop_contract_attribute ALTER COLUMN purpose DROP NOT NULL")
        self.age(
            "UPDATE interop_contract_attribute SET purpose = NULL WHERE id = %s",
            self.line("data.number").id,
        )
        self.age(
            "UPDATE interop_contract_attribute SET purpose = '  ' WHERE id = %s",
            self.line("data.secret").id,
        )
        self.run_before()
        self.assertEqual(self.line("data.number").purpose, self.before.PURPOSE)
        self.assertEqual(self.line("data.secret").purpose, self.before.PURPOSE)
        self.assertEqual(self.line("data.told").purpose, "billing")
        self.contract._go_live()
        self.assertEqual(self.contract.version, "1.0")

    def test_what_is_restricted_is_kept_for_the_proposed_days(self):
        self.age(
            "UPDATE interop_contract_attribute SET data_class = 'restricted', retention_days = "
            "CASE WHEN path = 'data.told' THEN 7 END WHERE contract_id = %s AND path <> 'data.number'",
            self.contract.id,
        )
        self.run_before()
        self.assertEqual(
            [self.line(f"data.{name}").retention_days for name in ("number", "secret", "told")],
            [0, RESTRICTED_DAYS, 7],
        )
        self.contract.attribute_ids._check_said()

    def test_a_schema_that_is_none_goes_into_the_history(self):
        bad = "any <b>JSON</b> & more"
        good = self._contract("own.good", "data.number")
        lab = self.env["interop.contract"].create(
            {"name": "Lab", "format": "hl7v2", "document": "ZZZ^Z01"}
        )
        self.age(
            'UPDATE interop_contract SET schema = CASE id WHEN %s THEN %s ELSE \'{"type": "object"}\' END '
            "WHERE id IN (%s, %s, %s)",
            *(self.contract.id, bad, self.contract.id, good.id, lab.id),
        )
        self.run_before()
        self.assertFalse(self.contract.schema)
        self.assertFalse(lab.schema)
        self.assertEqual(good.schema, '{"type": "object"}')
        told = self.contract.message_ids[0].body
        self.assertIn("any &lt;b&gt;JSON&lt;/b&gt; &amp; more", told)
        self.assertNotIn("Set aside", "".join(good.message_ids.mapped("body")))
        (self.contract | good | lab)._go_live()

    def test_where_a_schema_begins_to_act_what_does_not_fit_is_kept(self):
        self.contract.schema = '{"type": "object"}'
        system = self.env["interop.system"].create({"name": "Before", "code": "before"})
        endpoints = self.env["interop.endpoint"].create(
            [
                {"name": kind, "code": f"before_{kind}", "system_id": system.id, "format": kind}
                for kind in ("json", "cloudevents", "hl7v2")
            ]
        )
        self.age("ALTER TABLE interop_endpoint DROP COLUMN on_invalid")
        self.run_before()
        self.assertEqual(endpoints.mapped("on_invalid"), ["fail", "fail", "refuse"])

    def test_who_made_an_endpoint_owns_it_where_that_is_a_person(self):
        system = self.env["interop.system"].create({"name": "Before", "code": "before"})
        person, gone = self.env["res.users"].create(
            [{"name": name, "login": f"before-{name}"} for name in ("here", "gone")]
        )
        makers = {"here": person.id, "gone": gone.id, "machine": 1}
        endpoints = self.env["interop.endpoint"].create(
            [
                {"name": name, "code": f"before_{name}", "system_id": system.id, "format": "json"}
                for name in makers
            ]
        )
        gone.active = False
        for endpoint in endpoints:
            self.age(
                "UPDATE interop_endpoint SET create_uid = %s WHERE id = %s",
                makers[endpoint.name],
                endpoint.id,
            )
        self.age("ALTER TABLE interop_endpoint DROP COLUMN user_id")
        self.run_before()
        owners = {endpoint.name: endpoint.user_id.id for endpoint in endpoints}
        self.assertEqual(owners, {"here": person.id, "gone": False, "machine": False})

    def test_nothing_is_done_twice(self):
        self.run_before()
        self.age("SELECT md5(array_agg(a ORDER BY id)::text) FROM interop_contract_attribute a")
        [once] = self.env.cr.fetchone()
        owner = self.env.user
        endpoints = self.env["interop.endpoint"].search([])
        endpoints.user_id = owner
        self.env.flush_all()
        self.run_before()
        self.age("SELECT md5(array_agg(a ORDER BY id)::text) FROM interop_contract_attribute a")
        self.assertEqual(self.env.cr.fetchone(), (once,))
        self.assertLessEqual(set(endpoints.user_id), {owner})

    def test_a_contracts_old_number_stands_in_its_first_version(self):
        version = self.contract._go_live().active_version_id
        note = version.note
        self.age("ALTER TABLE interop_contract ADD COLUMN version varchar")
        self.age("UPDATE interop_contract SET version = '2.3' WHERE id = %s", self.contract.id)
        self.after.migrate(self.env.cr, "19.0.0.1.0")
        version.invalidate_recordset()
        self.assertEqual(version.note, f"{note} (2.3)")
        self.age("SELECT * FROM interop_contract LIMIT 0")
        self.assertNotIn("version", [column.name for column in self.env.cr.description])
        self.after.migrate(self.env.cr, "19.0.0.2.0")
        version.invalidate_recordset()
        self.assertEqual(version.note, f"{note} (2.3)")
