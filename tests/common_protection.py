"""A person of whom everything is kept, and who may find and erase her."""

from odoo.tests import new_test_user

from .common import InteropCase
from .common_audit import AuditMixin

GROUP = "healthcare_interop.group_{}"
#: who may do what with the models of data protection (``test_access``)
PROTECTION = {
    "interop.open.content": {"payload": "rwc"},
    "interop.content.reading": {"payload": "r"},
    "interop.person": {"protection": "r"},
    "interop.person.line": {"protection": "r"},
    "interop.find.person": {"protection": "rwc"},
    "interop.find.person.match": {"protection": "rwcd"},
    "interop.erase.person": {"protection": "rwc"},
    "interop.erasure": {"protection": "r", "auditor": "r"},
    "interop.erasure.line": {"protection": "r", "auditor": "r"},
    "interop.erasure.digest": {"protection": "r", "auditor": "r"},
    "interop.erasure.work": {},
}
#: what must be found nowhere once she is erased
SECRETS = ("P4711Q", "Winterbourne", "555-0199", "Rue Cachée", "V-90017", "POL-8812", "ACC-331")


class ProtectionCase(AuditMixin, InteropCase):
    """``self.jane`` came by messages under the numbers P4711Q and (merged) P4712Q; ``self.joe`` under 99."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = new_test_user(
            cls.env, "protection-officer", groups=GROUP.format("data_protection")
        )

    def setUp(self):
        super().setUp()
        self.send(
            self.party(
                "P4711Q",
                version=1,
                name="Winterbourne, Jane",
                contacts=[{"kind": "phone", "value": "555-0199"}],
            ),
            self.party("P4712Q", version=1, name="Winterbourne, J."),
            self.party("99", version=1, name="Joe Public"),
        )
        self.drain_all()
        self.send(self.merge("P4712Q", "P4711Q"))
        self.drain_all()
        self.jane, self.joe = self.partner("P4711Q"), self.partner("99")
        self.jane.write(
            {"interop_birth_date": "1980-04-12", "street": "Rue Cachée 7", "city": "Lyon"}
        )
        self.encounter = self.env["interop.encounter"].create(
            {"name": "V-90017", "partner_id": self.jane.id, "account": "ACC-331"}
        )
        self.env["interop.coverage"].create(
            {"partner_id": self.jane.id, "member_id": "POL-8812", "relationship": "spouse"}
        )
        self.appointment = self.env["interop.appointment"].create(
            {"name": "V-90017", "partner_id": self.jane.id}
        )
        self.env.flush_all()
        self.mark = self.newest()

    def found(self, record=None, user=None):
        record = (record or self.jane).with_user(user or self.officer)
        return self.env["interop.person"].with_user(user or self.officer)._found(record)

    def kept(self, person=None):
        return {line.kind: line.count for line in (person or self.found()).line_ids}

    def erase(self, record=None, user=None, words="letter of 3 May, DP-2026-17", basis="request"):
        erasures = self.env["interop.erasure"].with_user(user or self.officer)
        erasure = erasures._erase(
            (record or self.jane).with_user(user or self.officer), basis, words
        )
        self.env.flush_all()
        self.env.invalidate_all()
        return erasure

    def charge(self, **values):
        return self.env["interop.charge"].create(
            {
                "name": "T-1",
                "encounter_id": self.encounter.id,
                "partner_id": self.jane.id,
                "amount": 100,
                "currency_id": self.env.company.currency_id.id,
                **values,
            }
        )

    def invoice(self, *, is_posted=True):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.jane.id,
                "invoice_date": "2026-01-05",
                "invoice_line_ids": [(0, 0, {"name": "Visit", "price_unit": 100, "tax_ids": []})],
            }
        )
        if is_posted:
            move.action_post()
        return move
