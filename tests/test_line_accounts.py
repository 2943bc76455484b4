"""On which account the lines of invoices and bills stand: their product's, their journal's, or as a rule says."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common_accounting import AccountingCase


@tagged("post_install", "-at_install")
class TestAccounts(AccountingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journals = {
            kind: cls.journal(kind, f"I{kind[:3].upper()}") for kind in ("sale", "purchase")
        }
        cls.chosen, cls.other, default = (cls.account(number) for number in range(3))
        cls.default = default
        cls.journals["sale"].default_account_id = default
        cls.journals["purchase"].default_account_id = default
        cls.rule(journal_id=cls.journals["purchase"].id)
        cls.rule("customer_invoice", journal_id=cls.journals["sale"].id)
        cls.above = cls.env["product.category"].create({"name": "Diagnostics"})
        cls.category = cls.above.create({"name": "Imaging", "parent_id": cls.above.id})
        cls.own = cls.account(3)
        cls.scan = cls.make_product("SCAN", entity="service", categ_id=cls.category.id)
        cls.scan.property_account_income_id = cls.own
        cls.scan.property_account_expense_id = cls.own
        cls.scan.taxes_id = False

    @classmethod
    def account(cls, number, kind="expense"):
        return cls.env["account.account"].create(
            {"name": f"Interop {number}", "code": f"IR{number}", "account_type": kind}
        )

    def scanned(self):
        return self.line(product=None, code=self.code("SCAN"), tax_rate=None)

    def lines(self, number="B1"):
        """The accounts of a line without a product, of a service and of goods kept in stock."""
        bill = self.done(
            self.bill(
                number,
                self.line(product=None, description="Freight", tax_rate=None),
                self.scanned(),
                self.line(tax_rate=None),
            )
        )
        return bill.invoice_line_ids.account_id.browse(
            [line.account_id.id for line in bill.invoice_line_ids]
        )

    def charge_account(self, **values):
        encounter = self.make_encounter(f"V{next(self.numbers)}", system_id=self.system.id)
        charge = self.charged(encounter, **{"product_id": self.scan.id, **values})
        encounter.action_draft_invoice()
        return charge.move_line_id.account_id

    def test_without_a_rule_a_line_stands_on_its_product_or_its_journals_account(self):
        goods = self.gloves.product_tmpl_id.get_product_accounts()["expense"]
        self.assertEqual(
            [self.default, self.own, goods], list(map(self.default.browse, self.lines().ids))
        )

    def test_habit_does_not_decide(self):
        """Odoo would take the account that this vendor's bills stood on most often."""
        self.done(self.bill("B0", self.line(product=None, tax_rate=None)))
        habit = self.env["account.move.line"].search(
            [("partner_id", "=", self.vendor.id), ("account_id", "=", self.default.id)]
        )
        habit.account_id = self.other
        habit.move_id.invoice_date = "2026-03-01"
        habit.move_id.action_post()
        self.assertEqual(
            self.other.id,
            self.env["account.account"]._get_most_frequent_account_for_partner(
                self.company.id, self.vendor.id, "in_invoice"
            ),
        )
        self.assertEqual(self.default, self.lines()[0])

    def test_a_journal_without_an_account_gives_none(self):
        self.journals["purchase"].default_account_id = False
        words = self.bill("B1", self.line(product=None, description="Freight", tax_rate=None))
        self.assertEqual("lines", self.fails(words, "no_account").path)
        self.done(self.bill("B2", self.scanned()))
        rule = self.rule(account_id=self.chosen.id, facility_id=self.facility.id)
        self.assertEqual(self.chosen, self.done(words).invoice_line_ids.account_id)
        rule.active = False
        again = self.bill("B3", self.line(product=None, description="Freight", tax_rate=None))
        self.fails(again, "no_account")

    def test_a_rule_is_for_lines_without_a_product(self):
        goods = self.lines("B0")[2:]
        self.rule(account_id=self.chosen.id, system_id=self.system.id)
        self.assertEqual([self.chosen.id, self.own.id, goods.id], self.lines().ids)

    def test_or_instead_of_the_products_but_for_bills_of_goods(self):
        goods = self.lines("B0")[2:]
        self.rule(account_id=self.chosen.id, system_id=self.system.id, is_instead=True)
        self.assertEqual([self.chosen.id, self.chosen.id, goods.id], self.lines().ids)

    def test_a_category_is_those_below_it_and_the_nearer_counts(self):
        self.rule(account_id=self.chosen.id, product_category_id=self.above.id)
        self.assertEqual([self.default, self.chosen], [*self.lines()[0], *self.lines("B2")[1]])
        self.rule(account_id=self.other.id, product_category_id=self.category.id)
        self.assertEqual(self.other, self.lines("B3")[1])
        self.scan.categ_id = self.env["product.category"].create({"name": "Elsewhere"})
        self.assertEqual(self.own, self.lines("B4")[1])

    def test_charges_of_a_department_and_those_below_it(self):
        above = self.env["hr.department"].create({"name": "Diagnostics"})
        department = above.create({"name": "Radiology", "parent_id": above.id})
        rule = self.rule(
            "customer_invoice", account_id=self.chosen.id, department_id=above.id, is_instead=True
        )
        self.assertEqual(self.chosen, self.charge_account(department_id=department.id))
        self.assertEqual(self.chosen, self.charge_account(department_id=above.id))
        self.assertEqual(self.own, self.charge_account())
        rule.is_instead = False
        self.assertEqual(self.own, self.charge_account(department_id=above.id))
        bare = self.charge_account(department_id=above.id, product_id=False)
        self.assertEqual(self.chosen, bare)

    def test_what_comes_late_goes_by_the_rules_too(self):
        encounter = self.make_encounter("V1", system_id=self.system.id)
        self.charged(encounter, product_id=self.scan.id)
        encounter.action_draft_invoice()
        self.rule(
            "customer_invoice",
            account_id=self.chosen.id,
            facility_id=self.facility.id,
            is_instead=True,
        )
        late = self.charged(encounter, product_id=self.scan.id)
        encounter.action_draft_invoice()
        self.assertEqual(1, len(encounter.invoice_ids))
        self.assertEqual(self.chosen, late.move_line_id.account_id)

    def test_a_charge_without_a_product_and_an_account_is_told_to_people(self):
        self.journals["sale"].default_account_id = False
        encounter = self.make_encounter("V1")
        self.charged(encounter, product_id=False)
        with self.assertRaises(UserError) as caught:
            encounter.action_draft_invoice()
        self.assertIn("default account", str(caught.exception))

    def test_an_archived_account_is_not_made_up_for(self):
        self.rule(account_id=self.chosen.id, facility_id=self.facility.id)
        self.chosen.active = False
        words = self.bill("B1", self.line(product=None, description="Freight", tax_rate=None))
        self.fails(words, "no_account")

    def test_what_makes_no_sense_is_refused(self):
        journal = self.journals["purchase"]
        department = self.env["hr.department"].create({"name": "Radiology"})
        payable = self.account(5, "liability_payable")
        payable.reconcile = True
        rubbish = [
            {"account_id": payable.id, "facility_id": self.facility.id},
            {"journal_id": journal.id, "department_id": department.id},
            {"journal_id": journal.id, "product_category_id": self.category.id},
            {"about": "payment", "account_id": self.chosen.id},
            {"facility_id": self.facility.id, "is_instead": True},
        ]
        for values in rubbish:
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.rule(**values)

    def test_the_form_lets_go_of_what_does_not_fit(self):
        with Form(self.env["interop.accounting.rule"]) as form:
            form.about = "vendor_bill"
            form.journal_id = self.journals["purchase"]
            form.product_category_id = self.category
            self.assertFalse(form.journal_id)
            form.account_id = self.chosen
            form.about = "payment"
            self.assertFalse(form.product_category_id)
            form.about = "customer_invoice"
            form.facility_id = self.facility
            form.account_id = self.chosen
        self.assertEqual(self.chosen, form.record.account_id)

    def test_rules_of_accounts_cost_a_message_no_statement(self):
        self.rule(account_id=self.chosen.id, product_category_id=self.above.id)
        lines = (self.scanned(), self.line())
        items = [self.bill(f"N{number}", *lines) for number in range(25)]
        with self.at_most(9, self.bill("W", *lines), per=25):
            self.apply(*items)
