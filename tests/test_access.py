"""Who may do what: one table of every model, walked for every role; whose records, in `test_access_companies`."""

import itertools

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..core.canonical import ENTITIES
from .common_protection import PROTECTION

ROLES = {
    "outsider": "base.group_user",
    "viewer": "healthcare_interop.group_viewer",
    "resolver": "healthcare_interop.group_resolver",
    "operator": "healthcare_interop.group_operator",
    "administrator": "healthcare_interop.group_administrator",
    "auditor": "healthcare_interop.group_auditor",
    "payload": "healthcare_interop.group_payload_reader",
    "protection": "healthcare_interop.group_data_protection",
    "patient": "base.group_user,healthcare_interop.group_patient_reader",
    "accountant": "account.group_account_invoice",
    # the most that a system's own user may hold: what each may follows from what it sends (service_rights)
    "service": ",".join(
        ["healthcare_interop.group_service"]
        + [f"healthcare_interop.group_apply_{entity}" for entity in ENTITIES]
    ),
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}

_CONFIGURATION = {"viewer": "r", "administrator": "rwcd"}
_MEANING = {"operator": "r", "auditor": "r", "administrator": "rwcd"}
_LEDGER = {"viewer": "r"}
_IDENTITY = {"operator": "r", "auditor": "r", "protection": "r"}
_CARE = _IDENTITY | {"accountant": "r", "service": "rwc"}
_NOBODY = {}
#: what a role may do with a model; roles hold what those before them hold (``HOLDS``), and nothing else
EXPECTED = {
    "interop.system": _CONFIGURATION | {"service": "r"},
    "interop.endpoint": _CONFIGURATION,
    "interop.endpoint.source": _CONFIGURATION,
    "interop.endpoint.use": _NOBODY,
    "interop.caller": {"viewer": "r"},
    "interop.credential": {"operator": "r", "auditor": "r", "administrator": "rwc"},
    "interop.credential.use": _NOBODY,
    "interop.facility": _CONFIGURATION | {"service": "r"},
    "interop.facility.code": _CONFIGURATION | {"service": "r"},
    "interop.route": _CONFIGURATION,
    "interop.team": _CONFIGURATION,
    "interop.lane": _NOBODY,
    "interop.lane.try": _NOBODY,
    "interop.message": _LEDGER,
    "interop.delivery": _LEDGER,
    "interop.attempt": _LEDGER,
    "interop.payload": _NOBODY,
    "interop.exception": {"viewer": "r", "resolver": "rw"},
    "interop.audit.entry": {"auditor": "r", "administrator": "r"},
    # who gives roles to people is Odoo's own administrator, not this add-on's
    "interop.role.claim": {"auditor": "r", "administrator": "r"},
    "interop.audit.seal": {"auditor": "r", "administrator": "r"},
    "interop.audit.unsealed": _NOBODY,
    "interop.audit.verification": {"auditor": "r", "administrator": "r"},
    "interop.contract": _MEANING,
    "interop.contract.attribute": _MEANING,
    "interop.contract.version": {"operator": "r", "auditor": "r"},
    "interop.contract.sending": _NOBODY,
    "interop.contract.sender": {"operator": "r", "auditor": "r"},
    "interop.contract.difference": {"operator": "rwc", "auditor": "rwc"},
    "interop.compare.contract": {"operator": "rwc", "auditor": "rwc"},
    "interop.publish.contract": {"administrator": "rwc"},
    "interop.end.contract.version": {"administrator": "rwc"},
    "interop.mapping": _MEANING,
    "interop.mapping.rule": _MEANING,
    "interop.mapping.effective": _MEANING,
    "interop.mapping.test": _MEANING,
    "interop.mapping.version": {"operator": "r", "auditor": "r"},
    "interop.concept.map": {"resolver": "r", "auditor": "r", "administrator": "rwcd"},
    "interop.concept.map.line": {"resolver": "r", "auditor": "r", "operator": "rwcd"},
    "interop.untranslated": {"resolver": "r", "auditor": "r", "operator": "rwd"},
    "interop.attribute": {"viewer": "r"},
    # a line goes by being archived, which its chatter tells
    "interop.ownership": {"viewer": "r", "administrator": "rwc"},
    "interop.accounting.rule": {
        "viewer": "r",
        "accountant": "r",
        "service": "r",
        "administrator": "rwc",
    },
    "interop.disagreement": {"viewer": "r", "resolver": "rw"},
    "interop.binding": _IDENTITY,
    "interop.identifier.check": _MEANING,
    "interop.identifier.fault": {"operator": "rw", "auditor": "r", "protection": "r"},
    "interop.duplicate": {"operator": "rw", "auditor": "r", "protection": "r"},
    "interop.duplicate.rule": _MEANING,
    "interop.duplicate.key": _NOBODY,
    "interop.alias": _IDENTITY,
    "interop.version": {"auditor": "r", "administrator": "r", "protection": "r"},
    "interop.list.price": {"auditor": "r", "administrator": "r"},
    "interop.location": {
        "viewer": "r",
        "operator": "rwc",
        "administrator": "rwcd",
        "service": "rwc",
    },
    "interop.encounter": _CARE,
    "interop.encounter.stay": _CARE | {"service": "rwcd"},
    "interop.appointment": _CARE,
    "interop.coverage": _CARE,
    "interop.authorization": _CARE,
    "interop.claim": _CARE | {"accountant": "rw"},
    "interop.claim.line": _CARE | {"service": "rwcd"},
    "interop.claim.decision": _CARE | {"service": "rwcd"},
    "interop.payment.allocation": _CARE | {"accountant": "rw"},
    "interop.charge": _CARE,
    "interop.order": _CARE,
    "interop.packaging": dict.fromkeys(ROLES, "r") | {"service": "rwc"},
    "interop.cost.share": {"viewer": "r"},
    "interop.post": {"operator": "r", "auditor": "r", "service": "rwc"},
    "interop.try.sample": {"administrator": "rwc"},
    **PROTECTION,
    "interop.issue.credential": {"administrator": "rwc"},
    "interop.readiness": {"administrator": "rcd"},
    "interop.register.line": {"administrator": "rcd", "auditor": "rcd", "protection": "rcd"},
    "interop.export.register": {"administrator": "rwc", "auditor": "rwc", "protection": "rwc"},
    "interop.reencryption": {"administrator": "r", "auditor": "r"},
    "interop.encryption.keys": {"administrator": "rwc"},
    "interop.deprecate.endpoint": {"administrator": "rwc"},
    "interop.retire.endpoint": {"administrator": "rwc"},
    "interop.api.description": {"viewer": "rc"},
    "interop.revoke.credential": {"administrator": "rwc"},
    "interop.discard.deliveries": {"resolver": "rwc"},
    "interop.bind.code": {"resolver": "rwc"},
    "interop.import.concept.map": {"administrator": "rwc"},
    "interop.survey": {"operator": "rwc"},
    "interop.survey.place": {"operator": "rwc"},
    "interop.survey.code": {"operator": "rwc"},
    "interop.adapt.mapping": {"administrator": "rwc"},
    "interop.account.sample": {"operator": "rwc", "auditor": "rwc", "protection": "rwc"},
    "interop.allow.place": {"administrator": "rwc"},
    "interop.allow.read": {"administrator": "rwc"},
    "interop.allow.read.line": {"administrator": "rwc"},
    "interop.copy.configuration": {"administrator": "rwc"},
    "interop.export.configuration": {"administrator": "rwc"},
    "interop.export.audit": {"auditor": "rwc", "administrator": "rwc"},
    "interop.import.configuration": {"administrator": "rwc"},
    "interop.import.configuration.company": {"administrator": "rwcd"},
    "interop.import.configuration.field": {"administrator": "rwcd"},
    "interop.import.configuration.line": {"administrator": "rwcd"},
    "interop.put.in.use": {"administrator": "rwc"},
}
HOLDS = {
    "resolver": ("viewer",),
    "operator": ("resolver", "viewer"),
    "administrator": ("operator", "resolver", "viewer"),
    "auditor": ("viewer",),
    "payload": ("viewer",),
    "protection": ("viewer",),
}
#: what nobody may delete, whatever happens
LEDGER = (
    "interop.message",
    "interop.delivery",
    "interop.attempt",
    "interop.payload",
    "interop.exception",
    "interop.audit.entry",
    "interop.audit.seal",
    "interop.erasure",
)


class AccessCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(cls.env, f"interop-{role}", groups=groups)
            for role, groups in ROLES.items()
        }

    def as_(self, role, model):
        return self.env[model].with_user(self.users[role])


@tagged("post_install", "-at_install")
class TestAccess(AccessCase):
    def test_every_model_is_in_the_table(self):
        models = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("interop.") and not model._abstract
        }
        self.assertEqual(models, set(EXPECTED))

    def test_every_role_may_do_what_the_table_says_and_no_more(self):
        for model, role in itertools.product(EXPECTED, ROLES):
            held = (role, *HOLDS.get(role, ()))
            expected = {letter for one in held for letter in EXPECTED[model].get(one, "")}
            found = {
                letter
                for letter, operation in OPERATIONS.items()
                if self.as_(role, model).has_access(operation)
            }
            with self.subTest(model=model, role=role):
                self.assertEqual(found, expected)

    def test_nobody_deletes_from_the_ledger(self):
        for model, role in itertools.product(LEDGER, ROLES):
            with self.subTest(model=model, role=role):
                self.assertFalse(self.as_(role, model).has_access("unlink"))

    def test_secrets_and_content_can_be_read_by_nobody(self):
        hidden = {
            "interop.credential": ("secret", "key_hash"),
            "interop.payload": ("body",),
            "interop.disagreement": ("told", "mark", "stands_mark"),
            "interop.version": ("said",),
        }
        for model, names in hidden.items():
            for name, role in itertools.product(names, ROLES):
                with self.subTest(field=f"{model}.{name}", role=role):
                    records = self.as_(role, model)
                    self.assertFalse(records._has_field_access(records._fields[name], "read"))

    def test_birth_date_and_gender_are_for_those_who_were_given_them(self):
        allowed = {
            role
            for role in ROLES
            if self.as_(role, "res.partner")._has_field_access(
                self.env["res.partner"]._fields["interop_birth_date"], "read"
            )
        }
        self.assertEqual(allowed, {"patient", "protection", "administrator", "service"})

    def test_an_operator_pauses_an_endpoint_but_does_not_change_it(self):
        endpoint = self._endpoint()
        with self.assertRaises(AccessError):
            endpoint.with_user(self.users["resolver"]).action_test()
        endpoint.with_user(self.users["operator"]).action_test()
        self.assertEqual(endpoint.state, "test")
        with self.assertRaises(AccessError):
            endpoint.with_user(self.users["operator"]).write({"code": "other"})

    def test_only_resolvers_try_again_or_discard(self):
        delivery = self._delivery()
        for role in ("viewer", "auditor", "payload"):
            with self.subTest(role=role):
                theirs = delivery.with_user(self.users[role])
                with self.assertRaises(AccessError):
                    theirs.action_try_again()
                with self.assertRaises(AccessError):
                    theirs._discard("because")
        delivery.with_user(self.users["resolver"]).action_try_again()
        self.assertEqual(delivery.state, "pending")

    def test_a_delivery_cannot_be_written_past_its_buttons(self):
        for role in ROLES:
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._delivery().with_user(self.users[role]).write({"state": "done"})

    def test_a_service_user_cannot_be_chosen_on_a_form(self):
        self.assertFalse(self.env.ref("healthcare_interop.group_service").privilege_id)

    def _endpoint(self):
        system = self.env["interop.system"].create({"name": "T", "code": "access-t"})
        facility = self.env["interop.facility"].create({"name": "F"})
        return self.env["interop.endpoint"].create(
            {"name": "E", "code": "access-e", "system_id": system.id, "facility_id": facility.id}
        )

    def _delivery(self, **values):
        message = self.env["interop.message"].create(
            {"uuid": self.env["interop.message"]._new_uuid(), "received_at": "2026-01-01 00:00:00"}
        )
        route = self.env["interop.route"].create({"name": "R", "entity": "party"})
        return self.env["interop.delivery"].create(
            {"message_id": message.id, "route_id": route.id, "lane": 0, "state": "failed", **values}
        )
