"""Entities tested by themselves: canonical facts go in, records come out; no HTTP, no mapping, no drain."""

import itertools
from contextlib import contextmanager
from datetime import datetime, timezone
from decimal import Decimal

from odoo.tests import TransactionCase

from ..core.applying import Call, Item
from ..core.canonical import (
    ENTITIES,
    Coding,
    Identifier,
    Moment,
    Money,
    Period,
    Quantity,
    Reference,
)
from ..core.versions import version_text

NOW = datetime(2026, 3, 20, 12, 0)


class EntityCase(TransactionCase):
    """A system ``x-ehr`` with a facility; ``apply`` acts as the drain does, as the system's service user."""

    #: what else the system sends, for what follows later in its name
    also_sends = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = itertools.count(1)
        cls.company = cls.env.company
        cls.system = cls.env["interop.system"].create({"name": "Entities", "code": "x-ehr"})
        every = ("", "unknown_master", "bill_on_finish")
        cls.system.user_id.group_ids |= cls.system._rights_for(itertools.product(ENTITIES, every))
        cls.centre = cls.make_centre("Facility")
        cls.facility = cls.env["interop.facility"].create(
            {"name": "Main", "analytic_account_id": cls.centre.id}
        )

    @classmethod
    def make_centre(cls, name):
        plan = cls.env["account.analytic.plan"].search([], limit=1) or cls.env[
            "account.analytic.plan"
        ].create({"name": "Departments"})
        return cls.env["account.analytic.account"].create({"name": name, "plan_id": plan.id})

    # -- facts --

    def call(self, **changed):
        values = {
            "system": self.system.id,
            "system_code": self.system.code,
            "identity_domain": self.system.identity_domain,
            "company": self.company.id,
            "facility": self.facility.id,
            "route": 1,
            "may_create": True,
            "wait_seconds": 0,
            "now": NOW,
        }
        return Call(**(values | changed))

    def item(self, event, entity, *, at=None, version=None, **more):
        """``at``: when it happened, as the version says; without it, the order of arrival decides."""
        number = next(self.numbers)
        if version is None:
            version = version_text(at.replace(tzinfo=timezone.utc)) if at else ""
        return Item(
            delivery=number,
            subject=f"{entity.NAME}/{number}",
            event=event,
            entity=entity,
            version=version,
            received_at=more.pop("received_at", NOW),
            **more,
        )

    def ids(self, *values, system="GRH", kind=""):
        return tuple(Identifier(value, system, kind) for value in values)

    def ref(self, entity, value, system="GRH", **more):
        return Reference(entity, (Identifier(value, system),), **more)

    def code(self, code, system="CDM", display=""):
        return Coding(code, system, display)

    def money(self, amount, currency=""):
        return Money(Decimal(str(amount)), currency)

    def quantity(self, value, unit=""):
        return Quantity(Decimal(str(value)), unit)

    def moment(self, at):
        return Moment(at.replace(tzinfo=timezone.utc))

    def period(self, start=None, end=None):
        return Period(start and self.moment(start), end and self.moment(end))

    # -- applying --

    def plugin(self, name, call=None):
        call = call or self.call()
        self._restrict(name, call)
        acting = self.env["interop.system"]._acting(call.system, call.company)
        return acting[f"interop.entity.{name}"]

    def _restrict(self, name, call):
        """The service user has what this plug-in asks for and nothing else, or tests would not show what it lacks."""
        if "statement" in self.id().lower():
            # other rights are other statements, which are not what is counted
            return
        system = self.env["interop.system"].browse(call.system)
        options = {"unknown_master"} if call.may_create else set()
        options |= {"bill_on_finish"} if call.bill_on_finish else set()
        sent = (name, *self.also_sends)
        wanted = system._rights_for((one, option) for one in sent for option in ("", *options))
        wanted |= self.env.ref("healthcare_interop.group_service")
        if system.user_id.group_ids != wanted:
            system.user_id.group_ids = wanted
            self.env.flush_all()

    def apply(self, *items, **call):
        """Outcomes in the order of ``items``, all of one entity; each apply in a savepoint, as in a drain."""
        made = self.call(**call)
        plugin = self.plugin(items[0].entity.NAME, made)
        with self.env.cr.savepoint():
            outcomes = {outcome.delivery: outcome for outcome in plugin._apply(made, list(items))}
            plugin.env.flush_all()
        self.env.flush_all()
        self.assertEqual(set(outcomes), {item.delivery for item in items})
        return [outcomes[item.delivery] for item in items]

    def done(self, *items, **call):
        """Apply what has to succeed; the records, one an item."""
        outcomes = self.apply(*items, **call)
        for outcome in outcomes:
            self.assertEqual(outcome.state, "done", outcome.error)
        return self.env[outcomes[0].model].browse([outcome.record for outcome in outcomes])

    def effects(self, *items, **call):
        return [outcome.effect or outcome.state for outcome in self.apply(*items, **call)]

    def fails(self, item, code, **call):
        (outcome,) = self.apply(item, **call)
        self.assertEqual(outcome.state, "failed", outcome.effect)
        self.assertEqual(outcome.error.code, code)
        return outcome.error

    @contextmanager
    def at_most(self, statements, *warm, per):
        """No more SQL statements than this, for each of ``per`` messages, in a cold environment.

        ``warm`` are facts applied before: what a process learns once (access rules, defaults) is not counted. From a cold
        environment too, or rules that only reading needs would not be learnt; and twice, since the first time may make a
        product, and Odoo then forgets all that it has learnt.
        """
        for _time in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            self.apply(*warm)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        yield
        self.env.flush_all()
        used = (self.env.cr.sql_log_count - before) / per
        print(f"\n{self._testMethodName}: {used:.2f} statements a message")  # pylint: disable=print-used
        self.assertLessEqual(used, statements)

    # -- what a hospital has --

    @classmethod
    def bind(cls, record, entity, value, system="GRH"):
        cls.env["interop.binding"]._bind(record, entity, (Identifier(value, system),), cls.system)
        return record

    @classmethod
    def make_product(cls, code, *, entity="product", system="CDM", **values):
        kind = {"type": "service"} if entity == "service" else {"is_storable": True}
        product = cls.env["product.product"].create({"name": code, **kind, **values})
        return cls.bind(product, entity, code, system)

    @classmethod
    def make_partner(cls, value, entity="party", **values):
        partner = cls.env["res.partner"].create({"name": value, **values})
        return cls.bind(partner, entity, value)

    @classmethod
    def make_encounter(cls, value="V1", **values):
        partner = values.pop("partner", None) or cls.make_partner(f"P-{value}")
        encounter = cls.env["interop.encounter"].create(
            {"name": value, "partner_id": partner.id, "facility_id": cls.facility.id, **values}
        )
        return cls.bind(encounter, "encounter", value)

    @classmethod
    def make_place(cls, value, **values):
        return cls.bind(
            cls.env["interop.location"].create({"name": value, **values}), "location", value
        )
