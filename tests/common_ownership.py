"""Two systems that speak of the same records, and rules on whose word stands."""

from datetime import datetime

from odoo import Command

from ..core.canonical import Contact, Party, PersonName
from .common_entities import EntityCase

#: somebody who edits what messages write
ROLES = ",".join(
    (
        "base.group_partner_manager",
        "product.group_product_manager",
        "hr.group_hr_manager",
        "healthcare_interop.group_operator",
    )
)


def at(hour):
    return datetime(2026, 3, 1, hour)


class OwnershipCase(EntityCase):
    """A second system ``x-lab`` that knows records by the numbers of the first."""

    #: messages of a crowd
    NUMBERS = 30

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lab = cls.env["interop.system"].create(
            {
                "name": "Laboratory",
                "code": "x-lab",
                "identity_domain": cls.system.identity_domain,
            }
        )
        cls.env["interop.ownership"].search([]).active = False

    @classmethod
    def own(cls, entity, *attributes, owner=None, policy="ignore", **values):
        """``owner``: a system, the first by default; False for people."""
        system = cls.system if owner is None else owner
        rule = cls.env["interop.ownership"].create(
            {
                "entity": entity,
                "attribute_ids": [Command.set(cls.attributes(entity, *attributes).ids)],
                "system_id": system.id if system else False,
                "policy": policy,
                **values,
            }
        )
        cls.env.flush_all()
        return rule

    @classmethod
    def attributes(cls, entity, *names):
        found = cls.env["interop.attribute"].search(
            [("entity", "=", entity), ("name", "in", names)]
        )
        assert len(found) == len(names), names
        return found

    def by_lab(self, *items):
        return self.apply(*items, system=self.lab.id, system_code=self.lab.code)

    def party(self, name="Ada", hour=8, *, number="4711", event="updated", **said):
        said = {"name": PersonName(text=name)} | said if name else said
        return self.item(event, Party(identifiers=self.ids(number), **said), at=at(hour))

    def assertRefused(self, outcome, attribute, owner="x-ehr"):
        self.assertEqual("failed", outcome.state, outcome)
        error = outcome.error
        self.assertEqual(
            ("ownership", "owned_elsewhere", attribute, owner),
            (error.category, error.code, error.path, error.detail),
        )

    def crowd(self, name, hour, **said):
        return [
            self.party(f"{name} {number}", hour, number=f"c{number}", **said)
            for number in range(self.NUMBERS)
        ]

    def statements(self, apply, *items):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        apply(*items)
        return self.env.cr.sql_log_count - before


def phone(number):
    return (Contact("phone", number),)


class DisagreementCase(OwnershipCase):
    def listed(self, state="open", **where):
        self.env.invalidate_all()
        domain = [("state", "=", state), *((name, "=", value) for name, value in where.items())]
        return self.env["interop.disagreement"].search(domain, order="id")

    def told(self):
        """(attribute, who says otherwise, whose word stands) of what is open."""
        return [
            (one.attribute, one.system_id.code or "Odoo", one.stands_system_id.code or "Odoo")
            for one in self.listed()
        ]

    def after_commit(self):
        """What was registered for after the commit: a test's transaction never commits."""
        self.env.flush_all()
        waiting = list(self.env.cr.postcommit._funcs)
        self.env.cr.postcommit._funcs.clear()
        for function in waiting:
            if "healthcare_interop" in function.__module__:
                function()
        self.env.invalidate_all()

    def exceptions(self):
        self.after_commit()
        return self.env["interop.exception"].search(
            [("category", "=", "disagreement"), ("state", "=", "open")], order="id"
        )
