"""Try a sample: it shows what a message would do, and keeps nothing."""

import json

from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import SQL

from .common import InteropCase

TABLES = """interop_message interop_delivery interop_payload interop_binding interop_version interop_try_sample
    res_partner interop_exception""".split()


@tagged("post_install", "-at_install")
class TestTrySample(InteropCase):
    def _counts(self):
        self.env.flush_all()
        counts = {}
        for table in TABLES:
            self.env.cr.execute(SQL("SELECT count(*) FROM %s", SQL.identifier(table)))
            counts[table] = self.env.cr.fetchone()[0]
        return counts

    def _try(self, body, endpoint=None):
        """What the dialog shows after a press of its button, which asks the server without saving."""
        values = {
            "endpoint_id": (endpoint or self.endpoint).id,
            "sample": body if isinstance(body, str) else json.dumps(body),
            "asked": 1,
        }
        answer = self.env["interop.try.sample"].onchange(values, ["asked"], {"result": {}})
        return str(answer["value"]["result"])

    def test_a_new_patient_is_shown_with_the_fields_it_would_have(self):
        before = self._counts()
        shown = self._try(self.party("T1", name="Nora Tryout"))
        self.assertIn("Nora Tryout", shown)
        self.assertIn(">New<", shown)
        self.assertIn("Patients and parties", shown)
        self.assertEqual(self._counts(), before)

    def test_a_known_patient_is_shown_before_and_after(self):
        self.send(self.party("T1", name="Nora Before", version=1))
        self.drain_all()
        shown = self._try(self.party("T1", name="Nora After", version=2))
        self.assertIn(">Changed<", shown)
        self.assertIn("Nora Before", shown)
        self.assertIn("Nora After", shown)
        self.assertEqual(self.partner("T1").name, "Nora Before")

    def test_two_messages_of_one_body_see_each_other(self):
        first = self.party("T1", name="Nora First", version=1)
        second = self.party("T1", name="Nora Second", version=2)
        shown = self._try([first, second])
        self.assertIn("<del", shown)
        self.assertIn("Nora Second", shown)

    def test_what_minimisation_drops_is_struck_out(self):
        shown = self._try(self.party("T1", name="Nora", diagnosis="Gout", shoe_size="44"))
        self.assertRegex(shown, r"<del>\s*Gout\s*</del>(?:(?!</tr>)[\s\S])*>never stored<")
        self.assertRegex(shown, r"<del>\s*44\s*</del>(?:(?!</tr>)[\s\S])*>dropped<")

    def test_an_hl7_sample_is_read_with_any_line_ends(self):
        body = self.hl7().decode().replace("\r", "\n")
        shown = self._try(body, self.endpoints["hl7v2"])
        self.assertIn("PID-3", shown)
        self.assertIn("Jane Doe", shown)

    def test_what_the_door_would_refuse_is_explained(self):
        shown = self._try("no json at all")
        self.assertIn("The door would refuse", shown)

    def test_a_missing_reference_is_named(self):
        parent = {"identifiers": [{"value": "NOWHERE", "system": "ORG"}]}
        shown = self._try(self.party("W1", kind="house", name="Ward 1", parent=parent))
        self.assertIn("NOWHERE", shown)

    def test_values_are_escaped(self):
        shown = self._try(self.party("T1", name="<script>alert(1)</script>"))
        self.assertNotIn("<script>", shown)

    def test_nothing_can_be_saved_but_the_endpoint(self):
        stored = {
            name for name, field in self.env["interop.try.sample"]._fields.items() if field.store
        }
        self.assertLessEqual(
            stored, {"id", "endpoint_id", "create_uid", "create_date", "write_uid", "write_date"}
        )


@tagged("post_install", "-at_install")
class TestIssueCredential(InteropCase):
    def test_a_secret_is_shown_once_and_stored_nowhere_in_clear(self):
        wizard = self.env["interop.issue.credential"].create(
            {"endpoint_id": self.endpoint.id, "name": "New"}
        )
        action = wizard.action_issue()
        secret = action["context"]["interop_shown_once"]
        form = Form(self.env["interop.issue.credential"].with_context(**action["context"]))
        self.assertEqual(form.secret, secret)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT w::text FROM interop_issue_credential w UNION ALL SELECT c::text FROM interop_credential c"
        )
        self.assertFalse([row for row in self.env.cr.fetchall() if secret in row[0]])
        self.secrets[self.endpoint.code] = secret
        self.assertEqual(self.receive(self.party("1")).status, 202)

    def test_the_old_one_goes_on_for_as_long_as_was_chosen(self):
        old = self.issue(self.endpoint)
        old_secret = self.secrets[self.endpoint.code]
        wizard = self.env["interop.issue.credential"].create(
            {
                "endpoint_id": self.endpoint.id,
                "name": "New",
                "replaces_id": old.id,
                "overlap": "week",
            }
        )
        new_secret = wizard.action_issue()["context"]["interop_shown_once"]
        for secret in (old_secret, new_secret):
            self.secrets[self.endpoint.code] = secret
            self.assertEqual(self.receive(self.party(secret[-3:])).status, 202)

    def test_the_old_one_ends_at_once_where_that_was_chosen(self):
        old = self.issue(self.endpoint)
        wizard = self.env["interop.issue.credential"].create(
            {
                "endpoint_id": self.endpoint.id,
                "name": "New",
                "replaces_id": old.id,
                "overlap": "now",
            }
        )
        wizard.action_issue()
        self.assertEqual(old.state, "revoked")
        self.env.flush_all()
        self.assertEqual(self.receive(self.party("1")).status, 401)


@tagged("post_install", "-at_install")
class TestDiscard(InteropCase):
    def test_a_reason_is_kept_and_the_exception_closes(self):
        self.send(self.party("1", name="A"))
        delivery = self.env["interop.delivery"].search([("system_id", "=", self.system.id)])
        delivery.write({"state": "failed", "fingerprint": "test/discard"})
        self.env.flush_all()
        self.env["interop.exception"].create(
            {"fingerprint": "test/discard", "system_id": self.system.id, "category": "business"}
        )
        wizard = (
            self.env["interop.discard.deliveries"]
            .with_context(active_model="interop.delivery", active_ids=delivery.ids)
            .create({"reason": "  Sent by mistake "})
        )
        self.assertEqual(wizard.count, 1)
        wizard.action_discard()
        self.after_commit()
        self.assertEqual((delivery.state, delivery.reason), ("discarded", "Sent by mistake"))
        self.assertFalse(self.exceptions())


@tagged("post_install", "-at_install")
class TestBindCode(InteropCase):
    """The purchaser's way: say once what a code means, and everything that waited for it goes on."""

    def setUp(self):
        super().setUp()
        self.house = self.env["res.partner"].create({"name": "North House", "is_company": True})
        self.resolver = new_test_user(
            self.env,
            "bind-resolver",
            groups="healthcare_interop.group_resolver,base.group_partner_manager",
        )
        for key in ("W1", "W2"):
            parent = {"identifiers": [{"value": "NH", "system": "ORG"}]}
            self.send(self.party(key, kind="house", name=f"Ward {key}", parent=parent))
        self.drain_all()
        self.exception = self.exceptions()

    def test_one_code_is_one_exception_that_can_be_bound(self):
        self.assertEqual(len(self.exception), 1)
        self.assertEqual((self.exception.delivery_count, self.exception.value), (2, "NH"))
        self.assertTrue(self.exception.is_bindable)
        self.assertIn("NH", self.exception.name)

    def test_binding_it_lets_everything_go_on(self):
        theirs = self.exception.with_user(self.resolver)
        action = theirs.action_bind()
        wizard = (
            self.env["interop.bind.code"].with_user(self.resolver).with_context(**action["context"])
        )
        wizard.create({"partner_id": self.house.id}).action_bind()
        self.drain_all()
        self.assertEqual(self.states(), ["done", "done"])
        self.assertFalse(self.exceptions())

    def test_nothing_chosen_is_asked_for_again(self):
        wizard = self.env["interop.bind.code"].create({"exception_id": self.exception.id})
        with self.assertRaises(UserError):
            wizard.action_bind()

    def test_content_that_is_gone_is_said(self):
        self.env.cr.execute("DELETE FROM interop_payload")
        wizard = self.env["interop.bind.code"].create(
            {"exception_id": self.exception.id, "partner_id": self.house.id}
        )
        with self.assertRaisesRegex(UserError, "can't be read"):
            wizard.action_bind()

    def test_a_product_whose_code_begins_like_it_is_suggested(self):
        gloves = self.env["product.product"].create({"name": "Gloves", "default_code": "ZQX-M"})
        self.env["product.product"].create({"name": "Others", "default_code": "ZQX"})
        self.exception.write({"code": "unknown_product", "value": "ZQX-M-NEW"})
        wizard = self.env["interop.bind.code"].create({"exception_id": self.exception.id})
        self.assertEqual(wizard.product_id, gloves)
        self.assertIn("ZQX-M", wizard.hint)
