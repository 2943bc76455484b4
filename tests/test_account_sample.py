"""What goes and what stays of a sample, on the screens: shown to whoever pasted it, and kept nowhere."""

import json
import re

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import InteropCase


@tagged("post_install", "-at_install")
class TestAccountSample(InteropCase):
    def shown(self, body, format_="json", user=None, **values):
        """What the dialog shows after a press of its button, which asks the server without saving."""
        values |= {
            "format": format_,
            "sample": body if isinstance(body, str) else json.dumps(body),
            "asked": 1,
        }
        wizard = self.env["interop.account.sample"].with_user(user or self.env.user)
        return str(wizard.onchange(values, ["asked"], {"result": {}})["value"]["result"])

    def row(self, shown, path):
        """The text of the table's row of one place."""
        (found,) = [
            row for row in re.findall(r"<tr[^>]*>(.*?)</tr>", shown, re.S) if f">{path}<" in row
        ]
        return found

    def sample(self):
        party = self.party("T1", name="Nora", diagnosis="Gout", shoe_size="44")
        return {**party, "source": self.system.code}

    def test_plain_json_as_the_endpoint_reads_it(self):
        shown = self.shown(self.sample(), endpoint_id=self.endpoint.id)
        name = self.row(shown, "name")
        for words in ("test json", "tests", "Confidential", "kept"):
            self.assertIn(words, name)
        self.assertIn(f"{self.endpoint.payload_days} days at the most", shown)
        gout = self.row(shown, "diagnosis")
        self.assertIn("never stored", gout)
        self.assertNotIn("o_interop_allow_place", gout)
        size = self.row(shown, "shoe_size")
        self.assertIn('data-path="shoe_size"', size)
        self.assertIn("No contract lists it", size)

    def test_all_formats(self):
        self.contract_of("fhir", "Patient", "name")
        fhir = {"resourceType": "Patient", "birthDate": "1970-01-01", "name": [{"family": "F"}]}
        event = {
            "specversion": "1.0",
            "id": "1",
            "source": "s",
            "type": "test.patient.updated.v1",
            "data": {"name": "N", "mood": "good"},
        }
        for format_, body, kept, dropped in (
            ("fhir", fhir, "name[0].family", "resourceType"),
            ("cloudevents", event, "name", "mood"),
            ("hl7v2", self.hl7().decode(), "PID-3.1", "MSH-10"),
        ):
            with self.subTest(format_):
                shown = self.shown(body, format_)
                self.assertIn("kept", self.row(shown, kept))
                self.assertTrue(self.row(shown, dropped))

    def test_without_a_format_it_says_so(self):
        self.assertIn("which format", self.shown(self.sample(), False))

    def test_places_of_hl7v2_are_called_by_their_names(self):
        shown = self.shown(self.hl7().decode(), "hl7v2")
        self.assertIn("Patient identifier list", self.row(shown, "PID-3.1"))

    def contract_of(self, format_, document, path):
        found = self.env["interop.contract"]._for_kind(format_, document)
        self.assertIn(path, found.attribute_ids.mapped("path"))

    def test_rubbish_is_told_and_breaks_nothing(self):
        for format_ in ("json", "fhir", "hl7v2", "cloudevents"):
            for body in ("\x00", "{", "[]", "MSH|", "null", '"<script>alert(1)</script>"'):
                with self.subTest(format=format_, body=body):
                    shown = self.shown(body, format_)
                    self.assertNotIn("<script>", shown)
        told = self.shown("rubbish", "hl7v2")
        self.assertIn("There is no MSH segment", told)
        self.assertNotIn("no_msh", told)
        self.assertFalse(self.env["interop.account.sample"]._body())

    def test_a_batch_shows_the_good_and_names_the_bad(self):
        shown = self.shown(json.dumps(self.sample()) + "\n{]", endpoint_id=self.endpoint.id)
        self.assertIn("can't be read", shown)

    def test_nothing_is_a_column(self):
        fields = self.env["interop.account.sample"]._fields
        stored = {name for name, field in fields.items() if field.store}
        self.assertLessEqual(stored, {"id", "create_uid", "create_date", "write_uid", "write_date"})

    def test_whoever_may_not_allow_sees_no_button(self):
        auditor = new_test_user(
            self.env, "account-auditor", groups="healthcare_interop.group_auditor"
        )
        shown = self.shown(self.sample(), user=auditor)
        self.assertIn("shoe_size", shown)
        self.assertNotIn("o_interop_allow_place", shown)
        viewer = new_test_user(self.env, "account-viewer", groups="healthcare_interop.group_viewer")
        with self.assertRaises(AccessError):
            self.shown(self.sample(), user=viewer)

    def test_the_contract_that_lists_what_stands_beside_the_place_is_proposed(self):
        for path, wanted in (("PID-1", "PID-3"), ("PV1-40", "PV1-2"), ("ZZZ-1", None)):
            wizard = self.env["interop.allow.place"].new(
                {"format": "hl7v2", "kind": "ADT^A01", "path": path}
            )
            with self.subTest(path):
                self.assertIn(wizard.contract_id, wizard.contract_ids)
                if wanted:
                    self.assertIn(wanted, wizard.contract_id.attribute_ids.mapped("path"))
                else:
                    self.assertEqual(wizard.contract_id, wizard.contract_ids[0])
        unknown = self.env["interop.allow.place"].new(
            {"format": "hl7v2", "kind": "ZZZ^Z01", "path": "ZZZ-1"}
        )
        self.assertFalse(unknown.contract_id)

    def test_the_contract_gives_the_format(self):
        contract = self.env["interop.contract"].search([("format", "=", "hl7v2")], limit=1)
        wizard = self.env["interop.account.sample"].with_context(
            active_model="interop.contract", active_id=contract.id
        )
        self.assertEqual(wizard.default_get(["format"]), {"format": "hl7v2"})
