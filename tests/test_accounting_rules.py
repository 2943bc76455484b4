"""Which journal takes what: by rule, by the facility, or the only one; never just the first."""

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..core.canonical import Charge, Encounter, Invoice
from ..core.errors import BusinessRule
from .common_accounting import AccountingCase
from .common_payment import PaymentCase


@tagged("post_install", "-at_install")
class TestBillJournals(AccountingCase):
    def only(self, kind):
        return self.env["account.journal"].search(
            [("type", "=", kind), ("company_id", "=", self.company.id)]
        )

    def test_the_only_journal_is_taken(self):
        self.assertEqual(self.only("purchase"), self.done(self.bill()).journal_id)

    def test_of_several_none_is_guessed(self):
        self.journal("purchase", "IPU2")
        self.fails(self.bill(), "no_purchase_journal")
        self.assertFalse(self.env["account.move"].search([("partner_id", "=", self.vendor.id)]))

    def test_with_none_at_all_it_fails(self):
        self.only("purchase").active = False
        self.fails(self.bill(), "no_purchase_journal")

    def test_a_rule_chooses_among_several_and_the_message_goes_on(self):
        second = self.journal("purchase", "IPU2")
        self.fails(self.bill(), "no_purchase_journal")
        self.rule(journal_id=second.id)
        self.assertEqual(second, self.done(self.bill()).journal_id)

    def test_a_rule_goes_before_the_only_journal(self):
        """As a company's branches have it: its one journal is not the one that a rule names."""
        second = self.journal("purchase", "IPU2")
        first = self.only("purchase") - second
        self.rule(journal_id=second.id)
        first.active = False
        self.rule(facility_id=self.ward.id, journal_id=second.id)
        self.assertEqual(second, self.done(self.bill()).journal_id)

    def test_the_more_specific_rule_counts(self):
        names = ("IPU2", "IPU3", "IPU4", "IPU5")
        general, by_system, by_facility, both = (self.journal("purchase", one) for one in names)
        self.rule(journal_id=general.id)
        self.rule(system_id=self.system.id, journal_id=by_system.id)
        self.rule(facility_id=self.facility.id, journal_id=by_facility.id)
        self.rule(facility_id=self.facility.id, system_id=self.system.id, journal_id=both.id)
        lab = {"system": self.lab.id, "system_code": "x-lab", "identity_domain": "x-ehr"}
        ward = {"facility": self.ward.id}
        calls = [({}, both), (lab, by_facility), (ward, by_system), (lab | ward, general)]
        for number, (call, journal) in enumerate(calls):
            call.setdefault("identity_domain", self.system.identity_domain)
            bill = self.done(self.bill(f"B{number}"), **call)
            self.assertEqual(journal, bill.journal_id)

    def test_a_message_of_no_facility_meets_no_rule_of_one(self):
        second = self.journal("purchase", "IPU2")
        self.rule(facility_id=self.facility.id, journal_id=second.id)
        self.fails(self.bill(), "no_purchase_journal", facility=0)

    def test_an_archived_rule_is_none(self):
        second = self.journal("purchase", "IPU2")
        rule = self.rule(journal_id=second.id)
        self.done(self.bill())
        rule.active = False
        self.fails(self.bill("B2"), "no_purchase_journal")

    def test_an_archived_journal_is_not_made_up_for(self):
        second = self.journal("purchase", "IPU2")
        self.rule(journal_id=second.id)
        second.active = False
        self.fails(self.bill(), "no_purchase_journal")

    def test_what_one_company_chose_is_not_for_another(self):
        other = self.env["res.company"].create({"name": "Other hospital"})
        theirs = (
            self.env["account.journal"]
            .with_company(other)
            .create({"name": "Theirs", "type": "purchase", "code": "IPUX", "company_id": other.id})
        )
        self.rule(journal_id=theirs.id, company_id=other.id)
        self.assertEqual(self.only("purchase"), self.done(self.bill()).journal_id)

    def test_a_rule_of_another_kind_is_not_asked(self):
        sales = self.journal("sale", "ISA2")
        self.rule("customer_invoice", journal_id=sales.id)
        self.assertEqual(self.only("purchase"), self.done(self.bill()).journal_id)


@tagged("post_install", "-at_install")
class TestInvoiceJournals(AccountingCase):
    def setUp(self):
        super().setUp()
        self.second = self.journal("sale", "ISA2")
        self.encounter = self.make_encounter("V1", system_id=self.system.id)

    def discharge(self):
        return self.item("finished", Encounter(identifiers=self.ids("V1", kind="VN")))

    def lined(self, number="I1"):
        values = {
            "kind": "customer",
            "number": number,
            "encounter": self.ref("encounter", "V1"),
            "lines": (self.line(tax_rate=None),),
        }
        return self.item("received", Invoice(identifiers=self.ids(number), **values))

    def test_of_several_none_is_guessed_by_lines_of_a_message(self):
        self.fails(self.lined(), "no_sales_journal")
        self.rule("customer_invoice", journal_id=self.second.id)
        self.assertEqual(self.second, self.done(self.lined()).journal_id)

    def test_a_discharge_that_nobody_can_bill_is_not_half_done(self):
        self.charged(self.encounter)
        with self.assertRaises(BusinessRule) as caught:
            self.apply(self.discharge(), bill_on_finish=True)
        self.assertEqual("no_sales_journal", caught.exception.code)
        self.env.invalidate_all()
        self.assertEqual("in_progress", self.encounter.status)
        self.assertEqual("open", self.encounter.charge_ids.state)
        self.rule("customer_invoice", facility_id=self.facility.id, journal_id=self.second.id)
        self.done(self.discharge(), bill_on_finish=True)
        self.assertEqual(self.second, self.encounter.invoice_ids.journal_id)

    def test_nothing_to_bill_needs_no_journal(self):
        self.done(self.discharge(), bill_on_finish=True)
        self.assertEqual("finished", self.encounter.status)

    def test_what_comes_late_joins_its_draft_whatever_the_rules_say_then(self):
        rule = self.rule("customer_invoice", journal_id=self.second.id)
        self.charged(self.encounter)
        self.done(self.discharge(), bill_on_finish=True)
        rule.active = False
        charge = Charge(
            identifiers=self.ids("T9"),
            encounter=self.ref("encounter", "V1"),
            code=self.code("GLV"),
            amount=self.money(5),
        )
        self.done(self.item("recorded", charge))
        self.assertEqual(2, len(self.encounter.invoice_ids.invoice_line_ids))

    def test_buttons_say_it_in_the_words_of_exceptions(self):
        charge = self.charged(self.encounter)
        alone = self.charged(self.encounter.browse(), partner_id=self.encounter.partner_id.id)
        words = self.env["interop.exception"].new({"code": "no_sales_journal"})._in_words()
        for press in (
            self.encounter.action_draft_invoice,
            charge.action_draft_invoices,
            alone.action_draft_invoices,
        ):
            with self.assertRaises(UserError) as caught:
                press()
            self.assertEqual("\n".join(words), str(caught.exception))
            self.assertIn("Accounting rules", str(caught.exception))
        self.assertEqual(["open"] * 2, (charge + alone).mapped("state"))

    def test_a_button_goes_by_the_visits_facility_and_system(self):
        third, fourth = self.journal("sale", "ISA3"), self.journal("sale", "ISA4")
        self.rule("customer_invoice", journal_id=self.second.id)
        self.rule("customer_invoice", system_id=self.system.id, journal_id=third.id)
        self.rule("customer_invoice", facility_id=self.ward.id, journal_id=fourth.id)
        ward = self.make_encounter("V2", facility_id=self.ward.id)
        neither = self.make_encounter("V3", facility_id=False)
        visits = {self.encounter: third, ward: fourth, neither: self.second}
        for visit in visits:
            self.charged(visit)
        biller = new_test_user(
            self.env,
            "interop-biller",
            groups="healthcare_interop.group_operator,account.group_account_invoice",
        )
        charges = self.env["interop.charge"].search(
            [("encounter_id", "in", list(map(int, visits)))]
        )
        charges.with_user(biller).action_draft_invoices()
        self.assertEqual(list(visits.values()), [visit.invoice_ids.journal_id for visit in visits])

    def test_charges_of_no_visit_go_by_their_own_system(self):
        self.rule("customer_invoice", system_id=self.lab.id, journal_id=self.second.id)
        values = {"partner_id": self.encounter.partner_id.id}
        nobody = self.encounter.browse()
        theirs = self.charged(nobody, system_id=self.lab.id, **values)
        theirs.action_draft_invoices()
        self.assertEqual(self.second, theirs.move_id.journal_id)
        ours = self.charged(nobody, system_id=self.system.id, **values)
        with self.assertRaises(UserError):
            ours.action_draft_invoices()


@tagged("post_install", "-at_install")
class TestPaymentJournals(PaymentCase):
    def rule(self, **values):
        return self.env["interop.accounting.rule"].create({"about": "payment", **values})

    def other(self, kind="cash"):
        return self.env["account.journal"].create(
            {"name": f"Interop {kind}", "type": kind, "code": f"I{kind[:3].upper()}"}
        )

    def test_the_facilitys_journal_goes_before_a_rule_for_all(self):
        other = self.other()
        self.rule(system_id=self.system.id, journal_id=other.id)
        self.assertEqual(self.journal, self.done(self.payment()).journal_id)
        self.facility.payment_journal_id = False
        self.assertEqual(other, self.done(self.payment("Y2")).journal_id)

    def test_a_rule_for_the_facility_goes_before_its_journal(self):
        other = self.other()
        self.rule(facility_id=self.facility.id, system_id=self.system.id, journal_id=other.id)
        self.assertEqual(other, self.done(self.payment()).journal_id)

    def test_an_archived_journal_is_not_made_up_for(self):
        other = self.other("bank")
        self.rule(facility_id=self.facility.id, journal_id=other.id)
        other.active = False
        self.assertEqual("amount", self.fails(self.payment(), "no_payment_journal").path)


@tagged("post_install", "-at_install")
class TestRulesThemselves(AccountingCase):
    def test_no_two_have_the_same_conditions(self):
        journal = self.journal("purchase", "IPU2")
        same = {"facility_id": self.facility.id, "journal_id": journal.id}
        first = self.rule(**same)
        self.rule(**same, system_id=self.system.id)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.rule(**same)
        first.active = False
        self.env.flush_all()
        self.rule(**same)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            first.active = True
            self.env.flush_all()

    def test_a_journal_is_of_the_right_kind(self):
        kinds = {"customer_invoice": "sale", "vendor_bill": "purchase", "payment": "cash"}
        journals = {kind: self.journal(kind, f"I{kind[:3]}") for kind in kinds.values()}
        journals["general"] = self.journal("general", "IGEN")
        for about, right in kinds.items():
            for kind, journal in journals.items():
                with self.subTest(about=about, kind=kind):
                    if kind == right:
                        self.rule(about, journal_id=journal.id).active = False
                        self.env.flush_all()
                        continue
                    with self.assertRaises(ValidationError):
                        self.rule(about, journal_id=journal.id)

    def test_a_rule_gives_something(self):
        with self.assertRaises(ValidationError):
            self.rule(facility_id=self.facility.id)

    def test_what_it_names_is_of_its_company(self):
        other = self.env["res.company"].create({"name": "Other hospital"})
        journal = self.journal("purchase", "IPU2")
        place = self.env["interop.facility"].create({"name": "Theirs", "company_id": other.id})
        for values in ({"company_id": other.id}, {"facility_id": place.id}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.rule(journal_id=journal.id, **values)

    def test_rubbish_is_refused(self):
        journal = self.journal("purchase", "IPU2")
        with self.assertRaises(ValueError):
            self.rule("proforma", journal_id=journal.id)

    def test_a_change_counts_at_once(self):
        first, second = self.journal("purchase", "IPU2"), self.journal("purchase", "IPU3")
        rule = self.rule(journal_id=first.id)
        self.assertEqual(first, self.done(self.bill()).journal_id)
        rule.journal_id = second
        self.assertEqual(second, self.done(self.bill("B2")).journal_id)

    def test_the_form_offers_what_fits_and_tells_what_the_rule_is_for(self):
        journal = self.journal("purchase", "IPU2")
        keeper = new_test_user(
            self.env,
            "interop-keeper",
            groups="healthcare_interop.group_administrator,account.group_account_readonly",
        )
        with Form(self.env["interop.accounting.rule"].with_user(keeper)) as form:
            form.about = "vendor_bill"
            form.facility_id = self.facility
            form.system_id = self.system
            form.journal_id = journal
        self.assertEqual("Vendor bills, Main, Entities", form.record.display_name)

    def test_rules_cost_a_message_no_statement(self):
        """Compiled once: the statements of bills are those without a rule, or fewer."""
        self.rule(journal_id=self.journal("purchase", "IPU2").id)
        items = [self.bill(f"N{number}") for number in range(25)]
        with self.at_most(9, self.bill("W"), per=25):
            self.apply(*items)
