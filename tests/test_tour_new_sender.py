"""A sender that nobody has mapped before, from an empty system to its messages done: all of it in the browser."""

import json
from unittest.mock import patch

from odoo.tests import tagged

from .common import InteropHttpCase
from .common_samples import samples

FOLDER = "hl7v2/linuxforhealth/"
SYSTEM = "desk"


@tagged("post_install", "-at_install", "tour")
class TestTourNewSender(InteropHttpCase):
    """No shipped mapping reads HL7 v2 here, so that nothing but what the tour makes can map its messages.

    Contracts, concept maps and routes are as they ship: what may be stored and where it goes is the house's, whoever sends.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.samples = [sample for sample in samples() if sample.name.startswith(FOLDER)]
        cls.env["interop.mapping"].search([("format", "=", "hl7v2")]).active = False
        # the common fixture's routes would take the facts in the place of the shipped ones
        (cls.route | cls.house_route).active = False
        cls.ward = cls.env["interop.location"].create({"name": "Ward Y", "kind": "ward"})

    def test_from_an_empty_system_to_all_its_messages_done(self):
        self.tour(
            "/odoo/action-healthcare_interop.system_action", "interop_new_sender", self.samples[0]
        )
        system = self.env["interop.system"].search([("code", "=", SYSTEM)])
        endpoint = system.endpoint_ids
        self.assertEqual((endpoint.state, endpoint.format), ("live", "hl7v2"))
        self.assertFalse(system.env["interop.message"].search([("system_id", "=", system.id)]))
        self.assert_mapped_by_its_own(system)

        for sample in self.samples:
            response = self.url_open(
                f"/interop/v1/in/{endpoint.code}",
                data=sample.body,
                headers={
                    **self.credentials(sample.body, endpoint),
                    "Content-Type": sample.media,
                },
            )
            self.assertIn("MSA|CA|", response.text)
        self.drain_all()
        self.assertEqual(self.states(system), {"party": "done", "encounter": "pending"})
        # the place is waited for, until the route's time is over
        self.env["interop.route"].search([]).wait_seconds = 0
        self.let_time_pass()
        self.drain_all()
        self.assertEqual(self.stuck(system), ["unknown_location"])
        self.tour("/odoo/action-healthcare_interop.exception_action", "interop_new_sender_place")
        self.drain_all()
        self.assertEqual(self.stuck(system), ["unknown_employee"])
        self.tour("/odoo/action-healthcare_interop.exception_action", "interop_new_sender_staff")
        self.drain_all()
        self.assertEqual(self.states(system), {"party": "done", "encounter": "done"})
        visit = self.env["interop.encounter"].search([("system_id", "=", system.id)])
        self.assertEqual((visit.encounter_class, visit.location_id), ("inpatient", self.ward))
        self.assertEqual(visit.start_at.year, 2012, "as the workbench's rule reads it")
        self.assertFalse(self.env["interop.untranslated"].search([("system_id", "=", system.id)]))

    def assert_mapped_by_its_own(self, system):
        chosen = self.env["interop.mapping"]._chosen_for(system.id)
        own = [record for mapping, record in chosen if mapping.format == "hl7v2"]
        own = [record for record in own if record.name != "test hl7"]
        self.assertEqual([record.system_id for record in own], [system, system])
        self.assertEqual({record.entity for record in own}, {"party", "encounter"})

    def states(self, system):
        self.env.invalidate_all()
        found = self.env["interop.delivery"].search([("system_id", "=", system.id)])
        states = {delivery.entity: delivery.state for delivery in found}
        self.assertEqual(len(found), len(states), "each is told of once")
        return states

    def stuck(self, system):
        self.env.invalidate_all()
        of_system = [("system_id", "=", system.id), ("state", "=", "failed")]
        return self.env["interop.delivery"].search(of_system).mapped("error_code")

    def tour(self, url, name, sample=None):
        """Go through a tour that may paste ``sample``; the secrets that it is shown are known to the test as well."""
        text = sample.body.decode() if sample else ""
        issue = self.registry["interop.credential"]._issue

        def _issue(credential):
            secret = issue(credential)
            self.secrets[credential.endpoint_id.code] = secret
            return secret

        options = json.dumps({"stepDelay": 0, "startUrl": url, "delayToCheckUndeterminisms": 0})
        with patch.object(self.registry["interop.credential"], "_issue", _issue):
            self.start_tour(
                url,
                name,
                login="admin",
                timeout=180,
                code=f"sessionStorage.setItem('interop_sample', {json.dumps(text)});"
                f"odoo.startTour({name!r}, {options})",
            )
        self.env.invalidate_all()
