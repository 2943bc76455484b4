"""Where money is put by rule: the journal of invoices, bills and payments, by facility and system."""

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...core.accounting_rules import CUSTOMER, PAYMENT, VENDOR, AccountingRules, Case, Rule

ABOUT = [
    (CUSTOMER, "Customer invoices"),
    (VENDOR, "Vendor bills"),
    (PAYMENT, "Payments"),
]
#: the types of journals that each may stand in
JOURNAL_TYPES = {
    CUSTOMER: ("sale",),
    VENDOR: ("purchase",),
    PAYMENT: ("bank", "cash", "credit"),
}
#: field of a condition → its name in the core
CONDITION_FIELDS = {"facility_id": "facility", "system_id": "system"}
#: field of what is given → its name in the core
GIVEN_FIELDS = {"journal_id": "journal"}


class AccountingRule(models.Model):
    """One line of what goes where. The way out, which the chatter tells, is to archive it."""

    _name = "interop.accounting.rule"
    _description = "Accounting rule"
    _inherit = ["interop.configuration", "mail.thread"]
    _order = "about, company_id, facility_id, system_id, id"
    _check_company_auto = True

    active = fields.Boolean(default=True, tracking=True)
    about = fields.Selection(
        ABOUT,
        string="What",
        required=True,
        default=CUSTOMER,
        tracking=True,
        help="What is drafted or booked: invoices of charges and of messages, vendor bills received, or payments and remittances.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, tracking=True
    )
    facility_id = fields.Many2one(
        "interop.facility",
        string="Only at",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="The facility of the visit whose charges are billed, else of the message. Empty: all of the company's.",
    )
    system_id = fields.Many2one(
        "interop.system",
        string="Only from",
        ondelete="restrict",
        tracking=True,
        help="The system that told of the visit whose charges are billed, else that sent the message. Empty: every one.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', 'in', ('sale',) if about == 'customer_invoice' else ('purchase',) if about == 'vendor_bill' "
        "else ('bank', 'cash', 'credit'))]",
        ondelete="restrict",
        tracking=True,
        help="Where it is booked. Without any rule: the company's only journal of that kind; where it has several, nobody "
        "guesses, and a message fails and says so. A payment goes to the facility's own journal, unless a rule names that "
        "facility.",
    )

    _conditions_uniq = models.UniqueIndex(
        "(company_id, about, COALESCE(facility_id, 0), COALESCE(system_id, 0)) WHERE active",
        "Another rule has the same conditions already. Change that one, or archive it.",
    )

    @api.depends("about", "facility_id", "system_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        words = dict(self._fields["about"]._description_selection(self.env))
        for rule in self:
            # the name of a system is no secret to whoever may see the rule
            where = (rule.facility_id.display_name, rule.system_id.sudo().name)
            rule.display_name = ", ".join(filter(None, (words.get(rule.about), *where)))

    # -- what makes no sense --

    @api.constrains("about", "journal_id")
    def _check_journal(self):
        kinds = dict(self.env["account.journal"]._fields["type"]._description_selection(self.env))
        for rule in self.filtered("journal_id"):
            allowed = JOURNAL_TYPES[rule.about]
            # what kind a journal is of is no secret to whoever may choose it
            if rule.sudo().journal_id.type not in allowed:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: choose a journal of the type %(types)s.",
                        rule=rule.display_name,
                        types=", ".join(kinds[kind] for kind in allowed),
                    )
                )

    @api.constrains(*GIVEN_FIELDS, "active")
    def _check_gives(self):
        for rule in self.filtered("active"):
            if not rule._given():
                raise ValidationError(
                    self.env._("%s: this rule gives nothing. Choose a journal.", rule.display_name)
                )

    # -- compiled --

    @api.model
    @tools.ormcache()
    def _rules(self):
        """All rules as the core asks them, compiled once a worker; a change anywhere throws them away everywhere."""
        # configuration is read for the machine, whoever is asking
        return AccountingRules(rule._to_core() for rule in self.sudo().search([]))

    @api.model
    def _given_journal(self, about, company, *, system=0, facility=0):
        """``(account.journal, whether its rule names the facility)`` of the nearest rule (ids); empty where no rule gives one."""
        case = Case(about, company, facility=_chain(facility), system=_chain(system))
        rule = self._rules().find("journal", case)
        journals = self.env["account.journal"]
        if not rule:
            return journals, False
        return journals.browse(rule.gives["journal"]), "facility" in rule.conditions

    def _given(self):
        """What a rule gives, by the core's names; ids."""
        return {name: self[field].id for field, name in GIVEN_FIELDS.items() if self[field]}

    def _to_core(self):
        self.ensure_one()
        conditions = {
            name: self[field].id for field, name in CONDITION_FIELDS.items() if self[field]
        }
        return Rule(self.id, self.about, self.company_id.id, conditions, self._given())


def _chain(one):
    return (one,) if one else ()
