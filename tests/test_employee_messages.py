"""Personnel news from the door to Odoo's versions, in each format, by the shipped mappings."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import InteropCase

TODAY = fields.Date.today()
SOON = TODAY + timedelta(20)
OWN = "https://interop.example.org/fhir/StructureDefinition/"


@tagged("post_install", "-at_install")
class EmployeeMessagesTest(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_route("employee")
        cls.make_route("organization")
        cls.env["interop.route"].search([]).write({"unknown_master": "create", "wait_seconds": 0})

    def tell(self, body, format_):
        answer = self.receive(body, self.endpoints[format_])
        self.assertIn(answer.status, (200, 202), answer.body)
        self.drain_all()
        self.assertEqual({row["state"] for row in self.rows()}, {"done"})

    def hl7_message(self, kind, *segments):
        lines = (
            f"MSH|^~\\&|APP|GH|ODOO|X|{TODAY:%Y%m%d}12||{kind}|{next(self.numbers)}|P|2.5",
            *segments,
        )
        return "\r".join(lines).encode()

    def department(self, name):
        body = self.hl7_message(
            "MFN^M05", "MFI|LOC||UPD", f"MFE|MAD|1||{name}", f"LOC|{name}|{name}|D"
        )
        self.tell(body, "hl7v2")

    def seen(self, name):
        self.env.invalidate_all()
        employee = (
            self.env["hr.employee"].with_context(active_test=False).search([("name", "=", name)])
        )
        return employee.department_id.name, employee.active

    def later(self, day=SOON):
        with freeze_time(day):
            self.env["hr.employee"]._cron_interop_take_effect()

    def test_master_files_and_personnel_records(self):
        for ward in ("CARD", "ICU", "SUR"):
            self.department(ward)
        staff = "STF|S1|||||||{0}"
        self.tell(
            self.hl7_message(
                "MFN^M02",
                "MFI|STF||UPD",
                f"MFE|MAD|1|{TODAY:%Y%m%d}|S1",
                "STF|S1||Wren^Ada|||||CARD",
            ),
            "hl7v2",
        )
        self.tell(
            self.hl7_message(
                "MFN^M02", "MFI|STF||UPD", f"MFE|MUP|2|{SOON:%Y%m%d}|S1", staff.format("ICU")
            ),
            "hl7v2",
        )
        self.assertEqual(("CARD", True), self.seen("Ada Wren"))
        gone = SOON + timedelta(5)
        self.tell(
            self.hl7_message("PMU^B06", f"EVN||{TODAY:%Y%m%d}13|{gone:%Y%m%d}", "STF|S1"), "hl7v2"
        )
        self.later()
        self.assertEqual(("ICU", True), self.seen("Ada Wren"))
        self.later(gone)
        self.assertEqual(("ICU", False), self.seen("Ada Wren"))

    def test_departments_close_on_their_day(self):
        self.department("CARD")
        for ward, day in (("CARD", SOON), ("ICU", TODAY)):
            self.tell(
                self.hl7_message(
                    "MFN^M05", "MFI|LOC||UPD", f"MFE|MDC|1|{day:%Y%m%d}|{ward}", f"LOC|{ward}||D"
                ),
                "hl7v2",
            )
        self.tell(
            {
                "resourceType": "Organization",
                "id": "SUR",
                "name": "SUR",
                "type": [{"coding": [{"code": "dept"}]}],
                "extension": [
                    {"url": f"{OWN}closed-on", "valueDate": SOON.isoformat()},
                    {"url": f"{OWN}replaced-by", "valueReference": {"reference": "Organization/N"}},
                ],
            },
            "fhir",
        )
        self.env.invalidate_all()
        departments = self.env["hr.department"].with_context(active_test=False)
        found = {
            one.name: one for one in departments.search([("name", "in", ["CARD", "ICU", "SUR"])])
        }
        self.assertEqual(
            {"CARD": (True, SOON), "ICU": (False, TODAY), "SUR": (True, SOON)},
            {name: (one.active, one.interop_closed_on) for name, one in found.items()},
        )
        self.assertEqual("N", found["SUR"].interop_successor_id.name)
        with freeze_time(SOON):
            self.env["hr.department"]._cron_interop_close()
        self.assertFalse(found["CARD"].active or found["SUR"].active)

    def test_several_roles_of_one_practitioner(self):
        for ward in ("CARD", "ICU"):
            self.tell(
                {
                    "resourceType": "Organization",
                    "id": ward,
                    "name": ward,
                    "type": [{"coding": [{"code": "dept"}]}],
                },
                "fhir",
            )
        self.tell(
            {"resourceType": "Practitioner", "id": "9", "name": [{"text": "Bo Heron"}]}, "fhir"
        )
        manager = f"{OWN}manager"
        role = {
            "resourceType": "PractitionerRole",
            "id": "1",
            "practitioner": {"reference": "Practitioner/9"},
            "organization": {"reference": "Organization/CARD"},
            "code": [{"coding": [{"code": "rn", "display": "Nurse"}]}],
            "period": {"start": "2020-01-01", "end": (SOON - timedelta(1)).isoformat()},
            "extension": [{"url": manager, "valueReference": {"reference": "Practitioner/8"}}],
        }
        self.tell(role, "fhir")
        other = role | {"id": "2", "organization": {"reference": "Organization/ICU"}, "period": {}}
        other["period"] = {"start": TODAY.isoformat()}
        self.tell(other, "fhir")
        self.assertEqual(("CARD", True), self.seen("Bo Heron"))
        employee = self.env["hr.employee"].search([("name", "=", "Bo Heron")])
        self.assertEqual(("Nurse", 2), (employee.job_id.name, len(employee.interop_post_ids)))
        self.assertEqual("Practitioner/8", "Practitioner/" + employee.parent_id.name)
        self.later()
        self.assertEqual(("ICU", True), self.seen("Bo Heron"))
