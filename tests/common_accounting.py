"""A company that has two journals of each kind, and rules on which takes what."""

from .common_bills import BillCase


class AccountingCase(BillCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["interop.accounting.rule"].search([]).active = False
        cls.lab = cls.env["interop.system"].create({"name": "Laboratory", "code": "x-lab"})
        cls.ward = cls.env["interop.facility"].create({"name": "Ward"})

    @classmethod
    def journal(cls, kind, code, **values):
        return cls.env["account.journal"].create(
            {"name": f"Interop {code}", "type": kind, "code": code, **values}
        )

    @classmethod
    def rule(cls, about="vendor_bill", **values):
        rule = cls.env["interop.accounting.rule"].create({"about": about, **values})
        cls.env.flush_all()
        return rule

    def charged(self, encounter, amount=100, **values):
        return self.env["interop.charge"].create(
            {
                "name": f"T{next(self.numbers)}",
                "encounter_id": encounter.id,
                "product_id": self.gloves.id,
                "price_unit": amount,
                "amount": amount,
                "currency_id": self.company.currency_id.id,
                **values,
            }
        )
