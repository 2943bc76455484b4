"""A configuration in which nothing is as it is by default, and what tests of its file share."""

import json

from ..core.bundle import parts
from ..core.bundle.differences import ISSUE, SAME
from .common import InteropCase


class BundleCase(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.files = cls.env["interop.configuration.file"]
        cls.company = cls.env.company

    def states(self, text, **options):
        plan = self.files._plan(text, **options)
        self.assertEqual(plan.all_mistakes(plan.changes), ())
        return {(one.part, one.name): one.state for one in plan.changes if one.state != SAME}

    def take(self, text, **options):
        changes, mistakes = self.files._take(text, **options)
        self.assertEqual(mistakes, ())
        return [one for one in changes if one.state not in (SAME, ISSUE)]

    def whole(self, change=None):
        text = self.files._text()
        if change is None:
            return text
        value = json.loads(text)
        change(value)
        return json.dumps(value)


class FullCase(BundleCase):
    """Everything set to something else than its default."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env, company = cls.env, cls.company
        cls.journal = env["account.journal"].create(
            {"name": "Interop bank", "code": "XIB", "type": "bank", "company_id": company.id}
        )
        sale = env["account.journal"].create(
            {"name": "Interop sales", "code": "XIS", "type": "sale", "company_id": company.id}
        )
        cls.account = env["account.account"].create(
            {"name": "Interop", "code": "X4711", "account_type": "income"}
        )
        cls.department = env["hr.department"].create({"name": "Interop ward"})
        plan = env["account.analytic.plan"].create({"name": "Interop"})
        centre = env["account.analytic.account"].create(
            {"name": "Interop", "code": "XCC", "plan_id": plan.id, "company_id": company.id}
        )
        fee = env["product.product"].create(
            {"name": "No show", "default_code": "XNS", "type": "service"}
        )
        tax = env["account.tax"].create(
            {"name": "Interop 7", "amount": 7, "type_tax_use": "sale", "company_id": company.id}
        )
        warehouse = env["stock.warehouse"].create(
            {"name": "Interop", "code": "XWH", "company_id": company.id}
        )
        cls.clinic = env["interop.facility"].create(
            {
                "name": "Clinic",
                "company_id": company.id,
                "warehouse_id": warehouse.id,
                "tz": "Asia/Tokyo",
                "analytic_account_id": centre.id,
                "payment_journal_id": cls.journal.id,
                "no_show_product_id": fee.id,
            }
        )
        team = env["interop.team"].create({"name": "Lab team", "company_id": company.id})
        cls.lab = env["interop.system"].create(
            {
                "team_id": team.id,
                "name": "Labor",
                "code": "x-lab",
                "kind": "lab",
                "identity_domain": "shared",
                "color": 3,
                "note": "<p>call <b>us</b></p>",
            }
        )
        cls.clinic.code_ids = [
            (0, 0, {"code": "CL"}),
            (0, 0, {"code": "CL", "system_id": cls.lab.id}),
        ]
        cls.in_lab = env["interop.endpoint"].create(
            {
                "name": "Lab in",
                "code": "lab-in",
                "system_id": cls.lab.id,
                "format": "hl7v2",
                "scheme": "oauth",
                "facility_id": cls.clinic.id,
                "unknown_facility": "endpoint",
                "tz": "Europe/Rome",
                "max_body_kb": 77,
                "max_batch": 7,
                "batch_mode": "good",
                "on_invalid": "fail",
                "payload_days": 3,
                "max_waiting": 99,
                "rate_limit": 5,
                "rate_period": "minute",
                "rate_burst": 4,
                "version": "2.3",
                "deprecated_at": "2026-01-02 03:04:05",
                "sunset_at": "2036-01-02 03:04:05",
                "successor_id": cls.endpoint.id,
                **{f"json_{one}": f"x.{one}" for one in "type id source facility subject".split()},
                **{f"json_{one}": f"x.{one}" for one in "time data default_type".split()},
                "source_ids": [(0, 0, {"value": "LAB|A", "system_id": cls.lab.id})],
                "takes": "some",
                "contract_ids": env["interop.contract"].search(
                    [("code", "in", ("hl7-order", "hl7-result"))]
                ),
            }
        )
        env["interop.route"].create(
            {
                "name": "Lab orders",
                "team_id": team.id,
                "entity": "order",
                "system_id": cls.lab.id,
                "company_id": company.id,
                "sequence": 3,
                "events": "started",
                "klass": "bulk",
                "lanes": 5,
                "unknown_master": "create",
                "wait_seconds": 1,
                "is_tracked": True,
                "bill_on_finish": True,
                "locked_period": "move",
                "beyond_stock": "refuse",
                "clashing_identifiers": "first",
            }
        )
        env["interop.identifier.check"].create(
            {
                "name": "Lab number",
                "system_id": cls.lab.id,
                "sequence": 4,
                "number_system": "urn:x",
                "number_type": "XX",
                "scheme": "M11",
                "on_wrong": "refuse",
            }
        )
        env["interop.duplicate.rule"].create(
            {
                "name": "Lab double",
                "sequence": 5,
                "basis": "identifier",
                "number_type": "XX",
                "needs_name": False,
                "kind": env["interop.duplicate.rule"]._fields["kind"].get_values(env)[0],
            }
        )
        env["interop.contract"].create(
            {
                "name": "Lab results",
                "format": "json",
                "document": "ZLB^Z01",
                "schema": '{"type": "object"}',
                "code": "lab-results",
                "attribute_ids": [
                    (
                        0,
                        0,
                        {
                            "path": "a",
                            "data_class": "restricted",
                            "purpose": "who",
                            "retention_days": 7,
                        },
                    ),
                    (0, 0, {"path": "b", "data_class": "public", "purpose": "name"}),
                ],
            }
        )
        env["interop.concept.map"].create(
            {
                "name": "Lab units",
                "code": "lab_units",
                "note": "ours",
                "line_ids": [
                    (0, 0, {"source_code": "BX", "target_code": "box", "source_system": "urn:u"}),
                    (
                        0,
                        0,
                        {
                            "source_code": "BX",
                            "target_code": "crate",
                            "for_system_id": cls.lab.id,
                            "valid_from": "2026-01-01",
                            "valid_until": "2026-12-31",
                        },
                    ),
                ],
            }
        )
        mapping = env["interop.mapping"].create(
            {
                "name": "Lab patients",
                "format": "hl7v2",
                "documents": "ZLB^Z01",
                "entity": "party",
                "event": "updated",
                "system_id": cls.lab.id,
                "sequence": 3,
                "rule_ids": [
                    (0, 0, {"target": "name", "source": "PID-5", "transform": "hl7.name"}),
                ],
            }
        )
        env["interop.mapping.test"].create(
            {
                "name": "one",
                "mapping_id": mapping.id,
                "sample": "MSH|^~\\&|A",
                "received_at": "2026-01-01 10:00:00",
            }
        )
        env["interop.ownership"].create(
            {
                "entity": "stock_movement",
                "system_id": cls.lab.id,
                "facility_id": cls.clinic.id,
                "policy": "flag",
            }
        )
        env["interop.accounting.rule"].create(
            [
                {
                    "about": "customer_invoice",
                    "facility_id": cls.clinic.id,
                    "system_id": cls.lab.id,
                    "journal_id": sale.id,
                    "is_currency_needed": True,
                },
                {
                    "about": "customer_invoice",
                    "department_id": cls.department.id,
                    "product_category_id": env["product.category"].create({"name": "XCat"}).id,
                    "account_id": cls.account.id,
                    "is_instead": True,
                    "tax_ids": [(6, 0, tax.ids)],
                },
                {
                    "about": "payment",
                    "facility_id": cls.clinic.id,
                    "currency_id": company.currency_id.id,
                },
            ]
        )
        company.write(
            {"interop_rounding_account_id": cls.account.id, "interop_rounding_tolerance": 0.125}
        )
        for key in parts.KEYS:
            env["ir.config_parameter"].set_param(key, "12")
        env.flush_all()

    def forget(self):
        """As if nothing of it had ever been here: renamed, archived or deleted."""
        env = self.env
        env["interop.accounting.rule"].search([]).unlink()
        env["interop.ownership"].search([]).unlink()
        env["interop.mapping"].search([("system_id", "=", self.lab.id)]).unlink()
        env["interop.concept.map"].search([("code", "=", "lab_units")]).unlink()
        contract = env["interop.contract"].search([("document", "=", "ZLB^Z01")])
        contract.active = False
        env["interop.duplicate.rule"].search([("name", "=", "Lab double")]).unlink()
        env["interop.identifier.check"].search([("name", "=", "Lab number")]).unlink()
        env["interop.route"].search([("name", "=", "Lab orders")]).active = False
        self.in_lab.unlink()
        self.clinic.write({"name": "Elsewhere", "code_ids": [(5,)], "active": False})
        env["interop.team"].search([("name", "=", "Lab team")]).unlink()
        self.lab.user_id.login = "gone"
        self.lab.write({"code": "gone", "active": False})
        self.company.write(
            {"interop_rounding_account_id": False, "interop_rounding_tolerance": 0.05}
        )
        for key in parts.KEYS:
            env["ir.config_parameter"].set_param(key, False)
        env.flush_all()
