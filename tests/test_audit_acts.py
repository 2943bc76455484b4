"""What leaves an entry: changes of configuration, credentials, refusals, what people decide."""

import base64
import hashlib
import json
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..core.audit import Act
from ..core.canonical import Identifier
from .common_audit import AuditCase


@tagged("post_install", "-at_install")
class TestConfiguration(AuditCase):
    def setUp(self):
        super().setUp()
        self.user = new_test_user(
            self.env, "audit-admin", groups="healthcare_interop.group_administrator"
        )
        self.mark = self.newest()

    def told(self, **equal):
        self.env.flush_all()
        return [
            (one.action, json.loads(one.details or "{}"))
            for one in self.entries(self.mark, **equal)
        ]

    def test_a_change_tells_before_and_after_and_nothing_else(self):
        endpoint = self.endpoint.with_user(self.user)
        endpoint.write({"max_body_kb": 2048, "max_batch": endpoint.max_batch, "tz": "Europe/Rome"})
        [entry] = self.entries(self.mark)
        self.assertEqual((entry.action, entry.actor), ("changed", "audit-admin"))
        self.assertEqual((entry.res_model, entry.res_id), ("interop.endpoint", endpoint.id))
        self.assertEqual(entry.company_id, endpoint.company_id)
        self.assertEqual(
            json.loads(entry.details), {"max_body_kb": [1024, 2048], "tz": ["UTC", "Europe/Rome"]}
        )

    def test_a_change_to_the_same_is_none(self):
        self.endpoint.write({"max_body_kb": self.endpoint.max_body_kb})
        self.assertEqual(self.told(), [])

    def test_an_entry_speaks_in_words_and_leads_to_its_record(self):
        self.endpoint.with_user(self.user).write({"max_body_kb": 2048})
        [entry] = self.entries(self.mark)
        self.assertEqual(entry.res_kind, "Endpoint")
        self.assertEqual(entry.details_words, "Largest body (kB): 1024 → 2048")
        action = entry.with_user(self.user).action_open_record()
        self.assertEqual((action["res_model"], action["res_id"]), (entry.res_model, entry.res_id))

    def test_what_is_gone_is_told_and_not_opened(self):
        line = self.env["interop.contract.attribute"].search([], limit=1)
        name = f"{line.contract_id.name}: {line.path}"
        line.unlink()
        [entry] = self.entries(self.mark, action="deleted")
        self.assertEqual(entry.res_name, name)
        with self.assertRaisesRegex(UserError, "any more"):
            entry.action_open_record()

    def test_what_no_model_is_known_for_stays_as_it_stands(self):
        log = self.env["interop.audit"]
        log._record(
            [Act("changed", res_model="gone.model", res_id=7, details={"max_body_kb": [1, None]})]
        )
        [entry] = self.entries(self.mark)
        self.assertEqual(
            (entry.res_kind, entry.details_words), ("gone.model", "max_body_kb: 1 → –")
        )
        with self.assertRaises(UserError):
            entry.action_open_record()

    def test_the_status_of_an_endpoint_has_its_own_word(self):
        self.endpoint.with_user(self.user).action_pause()
        self.assertEqual(self.told(), [("endpoint_state", {"state": ["live", "paused"]})])

    def test_references_are_told_by_name_and_number(self):
        house = self.env["interop.facility"].create({"name": "Annex"})
        self.endpoint.facility_id = house
        [(_action, told)] = self.told(action="changed")
        before = f"General ({self.facility.id})"
        self.assertEqual(told, {"facility_id": [before, f"Annex ({house.id})"]})

    def test_created_and_deleted(self):
        house = self.env["interop.facility"].create(
            {"name": "Annex", "code_ids": [(0, 0, {"code": "AX"})]}
        )
        number = house.id
        house.unlink()
        found = [(one.action, one.res_model, one.res_id) for one in self.entries(self.mark)]
        self.assertEqual(found[0][:2], ("created", "interop.facility.code"))
        self.assertIn(("created", "interop.facility", number), found)
        self.assertEqual(found[-1], ("deleted", "interop.facility", number))
        self.assertEqual(self.entries(self.mark)[-1].res_name, "Annex")

    def test_many_at_once_cost_what_one_costs(self):
        codes = self.env["interop.facility.code"]
        values = [{"facility_id": self.facility.id, "code": f"C{n}"} for n in range(50)]
        codes.create([{"facility_id": self.facility.id, "code": "warm"}])
        self.env.flush_all()
        counts = []
        for part in (values[:1], values[1:]):
            with patch.object(type(self.log), "_insert") as insert:
                codes.create(part)
            counts.append(insert.call_count)
        self.assertEqual(counts, [1, 1])
        annex = self.env["interop.facility"].create({"name": "Annex"})
        mark = self.newest()
        codes.search([("code", "like", "C"), ("facility_id", "=", self.facility.id)]).write(
            {"facility_id": annex.id}
        )
        self.assertEqual(len(self.entries(mark, action="changed")), 50)

    def test_what_is_rolled_back_leaves_nothing(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.endpoint.max_body_kb = 99
            self.env.flush_all()
            raise ZeroDivisionError
        self.assertEqual(self.told(), [])

    def test_credentials_tell_no_secret(self):
        keyed = self.make_endpoint(scheme="api_key")
        for endpoint in (self.endpoint, keyed):
            mark = self.newest()
            credential = self.issue(endpoint)
            secret = self.secrets[endpoint.code]
            credential._keep_secret("whsec_0123456789abcdefWXYZ")
            credential.action_revoke()
            entries = self.entries(mark, res_model="interop.credential")
            words = entries.mapped("action")
            self.assertEqual(words[0], "credential_issued")
            self.assertEqual(words[-1], "credential_revoked")
            text = " ".join(str(value) for one in entries.read() for value in one.values())
            credential.invalidate_recordset()
            # only the engine reads these
            own = credential.sudo()
            for hidden in (secret, own.key_hash, "0123456789abcdef", secret[6:20]):
                if hidden:
                    self.assertNotIn(hidden, text)
            if endpoint == keyed:
                self.assertIn('"key_hash":"changed"', text)

    def test_a_mapping_put_in_use(self):
        mapping = self.env["interop.mapping"].search([("name", "=", "test party")])
        mapping.rule_ids[0].default_value = "created"
        mapping._go_live()
        [entry] = self.entries(self.mark, action="approved")
        self.assertEqual(json.loads(entry.details), {"version": [1, 2]})
        changed = self.entries(self.mark, res_model="interop.mapping.rule")
        self.assertEqual(json.loads(changed.details), {"default_value": ["updated", "created"]})

    def test_a_configuration_file_goes_out_and_comes_in(self):
        contract = self.env["interop.contract"].search([("name", "=", "test json")])
        wizard = self.env["interop.export.configuration"].create(
            {
                "scope": "chosen",
                "mapping_ids": [(5,)],
                "concept_map_ids": [(5,)],
                "ownership_ids": [(5,)],
                "contract_ids": [(6, 0, contract.ids)],
            }
        )
        wizard.action_export()
        text = base64.b64decode(wizard.file).decode()
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.assertEqual(
            self.told(action="exported"),
            [("exported", {"entries": {"contracts": 1}, "sha256": digest})],
        )
        self.env["interop.configuration.file"]._take(text)
        self.assertEqual(
            self.told(action="imported"),
            [("imported", {"entries": {"contracts": {"same": 1}}, "sha256": digest})],
        )


@tagged("post_install", "-at_install")
class TestRoles(AuditCase):
    def told(self, mark):
        self.env.flush_all()
        return [
            (one.res_name, json.loads(one.details)["roles"])
            for one in self.entries(mark, action="rights_changed")
        ]

    def test_a_role_given_and_taken_by_whatever_way(self):
        mark = self.newest()
        user = new_test_user(self.env, "audit-roles", groups="healthcare_interop.group_resolver")
        self.assertEqual(self.told(mark), [("audit-roles", [[], ["viewer", "resolver"]])])
        reader = self.env.ref("healthcare_interop.group_payload_reader")
        mark = self.newest()
        reader.write({"user_ids": [(4, user.id)]})
        given = [["viewer", "resolver"], ["viewer", "resolver", "payload_reader"]]
        self.assertEqual(self.told(mark), [("audit-roles", given)])
        [entry] = self.entries(mark, action="rights_changed")
        self.assertEqual(
            entry.details_words, "roles: viewer, resolver → viewer, resolver, payload reader"
        )
        mark = self.newest()
        user.write({"group_ids": [(3, reader.id)]})
        self.assertEqual(self.told(mark), [("audit-roles", given[::-1])])

    def test_a_role_held_by_another_group(self):
        group = self.env["res.groups"].create({"name": "Night shift"})
        user = new_test_user(self.env, "audit-night", groups="base.group_user")
        user.group_ids = [(4, group.id)]
        mark = self.newest()
        group.implied_ids = self.env.ref("healthcare_interop.group_payload_reader")
        self.assertEqual(self.told(mark), [("audit-night", [[], ["viewer", "payload_reader"]])])

    def test_what_concerns_no_role_tells_nothing(self):
        mark = self.newest()
        user = new_test_user(self.env, "audit-plain", groups="base.group_user")
        user.write({"name": "Other", "group_ids": [(4, self.env.ref("base.group_no_one").id)]})
        self.assertEqual(self.told(mark), [])


@tagged("post_install", "-at_install")
class TestDecisions(AuditCase):
    def setUp(self):
        super().setUp()
        self.user = new_test_user(
            self.env, "audit-resolver", groups="healthcare_interop.group_resolver"
        )
        self.receive(self.party("warm"))
        self.drain_all()

    def failed(self, count):
        deliveries = self.env["interop.delivery"]
        messages = self.send(*(self.party(str(n), name="Jane Doe") for n in range(count)))
        found = deliveries.search([("message_id.uuid", "in", messages)])
        self.env.cr.execute(
            "UPDATE interop_delivery SET state = 'failed' WHERE id = ANY(%s)", (found.ids,)
        )
        self.env.invalidate_all()
        self.mark = self.newest()
        return found.with_user(self.user)

    def test_a_replay_is_found_by_its_message(self):
        delivery = self.failed(1)
        delivery.action_try_again()
        [entry] = self.entries(self.mark)
        self.assertEqual((entry.action, entry.actor), ("replayed", "audit-resolver"))
        # the ledger is not the resolver's to read in full
        self.assertEqual(entry.message_uuid, delivery.sudo().message_id.uuid)
        self.assertNotIn("Jane", str(entry.read()))

    def test_many_share_an_entry(self):
        deliveries = self.failed(30)
        deliveries._discard("sent twice by mistake")
        [entry] = self.entries(self.mark)
        self.assertEqual((entry.action, entry.count), ("discarded", 30))
        told = json.loads(entry.details)
        self.assertEqual(told["reason"], "sent twice by mistake")
        self.assertEqual(told["deliveries"], f"{min(deliveries.ids)}-{max(deliveries.ids)}")

    def test_nothing_moved_nothing_told(self):
        delivery = self.failed(1)
        delivery._discard("because")
        mark = self.newest()
        self.assertFalse(delivery._try_again())
        self.assertFalse(self.entries(mark))

    def test_binding_tells_neither_name_nor_number_of_a_patient(self):
        partner = self.env["res.partner"].create({"name": "Jane Doe"})
        mark = self.newest()
        self.env["interop.binding"]._bind(
            partner, "party", (Identifier("4711", "MRN"),), self.system
        )
        [entry] = self.entries(mark)
        self.assertEqual((entry.action, entry.res_id), ("bound", partner.id))
        self.assertNotIn("Jane", str(entry.read()))
        self.assertNotIn("4711", str(entry.read()))

    def test_who_is_shown_a_part_of_it_is_told_once(self):
        delivery = self.failed(1)
        self.env.cr.precommit.data.clear()
        for _ in range(3):
            self.assertTrue(delivery._read_entity())
        [entry] = self.entries(self.mark, action="payload_read")
        self.assertEqual(json.loads(entry.details), {"part": "party"})
        self.assertEqual(entry.message_uuid, delivery.sudo().message_id.uuid)
        self.assertNotIn("Jane", str(entry.read()))

    def test_all_of_it_holds(self):
        self.failed(3).action_try_again()
        self.endpoint.max_batch = 7
        self.seal()
        self.assertEqual(self.found(), [])
