"""Telling of somebody's work on one day, and looking at it on others."""

from datetime import date, datetime

from freezegun import freeze_time

from ..core.canonical import Employee, PersonName
from .common_entities import NOW
from .common_master import MasterCase


class DaysCase(MasterCase):
    cls_ = Employee

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clock = freeze_time(NOW)
        clock.start()
        cls.addClassCleanup(clock.stop)
        cls.wards = cls.env["hr.department"].create([{"name": name} for name in "ABC"])
        for ward in cls.wards:
            cls.bind(ward, "department", ward.name)

    def ward(self, name):
        return self.wards.filtered(lambda ward: ward.name == name)

    def move(self, ward, day, *, said=8, number="E-1", **more):
        """News that E-1 works in ``ward`` from a day in April on; ``said`` on that hour of the first of March."""
        day = date(2026, 4, day) if isinstance(day, int) else day
        organization = ward and self.ref("organization", ward)
        return self.told(number, said, organization=organization, effective_at=day, **more)

    def onboarded(self, ward="A", **said):
        with freeze_time("2026-01-01 08:00"):
            return self.done(
                self.told(
                    "E-1",
                    0,
                    event="onboarded",
                    name=PersonName("Wren"),
                    organization=self.ref("organization", ward),
                    **said,
                ),
                now=datetime(2026, 1, 1, 8),
            )

    def on(self, day, *, with_odoo=False):
        """The scheduler's run on a day in April; ``with_odoo``: Odoo's own, too, for what people planned."""
        with freeze_time(datetime(2026, 4, day, 1)):
            self.env["hr.employee"]._cron_interop_take_effect()
            if with_odoo:
                self.env["hr.employee"]._cron_update_current_version_id()
            self.env.flush_all()
            self.env.invalidate_all()

    def seen(self, employee, *days):
        """What Odoo shows as the ward on days in April, one after the other."""
        found = []
        for day in days:
            self.on(day)
            found.append(employee.department_id.name)
        return found
