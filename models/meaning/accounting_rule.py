"""Where money is put by rule: the journal of invoices, bills and payments, accounts and taxes of their lines, and currencies."""

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
#: what the taxes of each are used for
TAX_USES = {CUSTOMER: "sale", VENDOR: "purchase"}
#: field of a condition → its name in the core
CONDITION_FIELDS = {
    "product_category_id": "category",
    "department_id": "department",
    "facility_id": "facility",
    "system_id": "system",
}
#: conditions that one line of an invoice may meet and the next one not
LINE_CONDITIONS = ("product_category_id", "department_id")
#: what no line of an invoice may stand on
PARTNER_ACCOUNTS = ("asset_receivable", "liability_payable")
#: what a rule gives: the journal, the account of lines without a product, and of those with one; taxes; the currency where
#: none is told, 0 for a refusal
JOURNAL, ACCOUNT, PRODUCT_ACCOUNT = "journal", "account", "product_account"
TAXES, CURRENCY = "taxes", "currency"


class AccountingRule(models.Model):
    """One line of what goes where. The way out, which the chatter tells, is to archive it."""

    _name = "interop.accounting.rule"
    _description = "Accounting rule"
    _inherit = ["interop.configuration", "mail.thread"]
    _order = "about, company_id, product_category_id, department_id, facility_id, system_id, id"
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
    department_id = fields.Many2one(
        "hr.department",
        string="Only for",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Only charges of this department and those below it; messages of bills name none. Empty: every one.",
    )
    product_category_id = fields.Many2one(
        "product.category",
        string="Only of category",
        ondelete="restrict",
        tracking=True,
        help="Only lines of services and products of this category and those below it. Empty: every one.",
    )
    account_id = fields.Many2one(
        "account.account",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable', 'off_balance'))]",
        help="What lines without a product are booked on. Without any rule: the journal's default account; where it has none, "
        "a message fails and says so. Taken as it is, whatever the fiscal position.",
    )
    is_instead = fields.Boolean(
        string="Also for products",
        tracking=True,
        help="Lines of products are booked on this account too, instead of the product's own, as they always are where a "
        "category is named. Bills of goods kept in stock are not: their value stands where their product says.",
    )

    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        domain="[('type_tax_use', '=', 'sale' if about == 'customer_invoice' else 'purchase')]",
        help="Instead of the product's, on charges and on lines for which a message tells no rate. Where it tells one, no other "
        "is booked: then the one of these taxes that has it is taken, or else one of the company's. Taken as they are, "
        "whatever the fiscal position.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        string="Currency where none is told",
        ondelete="restrict",
        tracking=True,
        help="For amounts of charges, invoices, bills and payments that come without a currency. Without any rule: that of the "
        "purchase order which a bill is for, else the company's. Prices that nobody told, such as list prices, are in the "
        "company's.",
    )
    is_currency_needed = fields.Boolean(
        string="Refuse without a currency",
        tracking=True,
        help="An amount that comes without a currency is not taken for the company's: the message fails and says so.",
    )

    _conditions_uniq = models.UniqueIndex(
        "(company_id, about, COALESCE(product_category_id, 0), COALESCE(department_id, 0), COALESCE(facility_id, 0), "
        "COALESCE(system_id, 0)) WHERE active",
        "Another rule has the same conditions already. Change that one, or archive it.",
    )

    @api.depends("about", *CONDITION_FIELDS)
    @api.depends_context("lang")
    def _compute_display_name(self):
        words = dict(self._fields["about"]._description_selection(self.env))
        for rule in self:
            # what a rule is for is no secret to whoever may see it
            asked = [rule.sudo()[field].display_name for field in CONDITION_FIELDS]
            rule.display_name = ", ".join(filter(None, (words.get(rule.about), *asked)))

    @api.onchange("about")
    def _onchange_about(self):
        if self.journal_id.type not in JOURNAL_TYPES.get(self.about, ()):
            self.journal_id = False
        if self.about == PAYMENT:
            self.update(dict.fromkeys(("account_id", *LINE_CONDITIONS), False))
        use = TAX_USES.get(self.about)
        self.tax_ids = self.tax_ids.filtered(lambda tax: tax.type_tax_use == use)

    @api.onchange(*LINE_CONDITIONS)
    def _onchange_line_conditions(self):
        if any(self[field] for field in LINE_CONDITIONS):
            self.update(dict.fromkeys(("journal_id", "currency_id", "is_currency_needed"), False))

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

    @api.constrains("about", "account_id")
    def _check_account(self):
        for rule in self.filtered("account_id"):
            # what kind an account is of is no secret to whoever may choose it
            if rule.sudo().account_id.account_type in PARTNER_ACCOUNTS or rule.about == PAYMENT:
                raise ValidationError(
                    self.env._(
                        "%s: lines of invoices and bills have accounts, other than receivable and payable ones; payments have none.",
                        rule.display_name,
                    )
                )

    @api.constrains("about", "tax_ids")
    def _check_taxes(self):
        for rule in self:
            # as in _check_account
            uses = set(rule.sudo()._all_taxes().mapped("type_tax_use"))
            if uses - {TAX_USES.get(rule.about)}:
                raise ValidationError(
                    self.env._(
                        "%s: sales taxes are for customer invoices, purchase taxes for vendor bills; payments have none.",
                        rule.display_name,
                    )
                )

    @api.constrains("currency_id", "is_currency_needed")
    def _check_currency(self):
        for rule in self:
            if rule.currency_id and rule.is_currency_needed:
                raise ValidationError(
                    self.env._(
                        "%s: an amount without a currency is either refused, or taken in a currency. Choose one.",
                        rule.display_name,
                    )
                )

    @api.constrains(
        "active",
        "about",
        "journal_id",
        "account_id",
        "tax_ids",
        "currency_id",
        "is_currency_needed",
        *LINE_CONDITIONS,
    )
    def _check_gives(self):
        for rule in self.filtered("active"):
            is_for_the_whole = bool(rule.journal_id or rule.currency_id or rule.is_currency_needed)
            if not (is_for_the_whole or rule.account_id or rule._all_taxes()):
                raise ValidationError(
                    self.env._(
                        "%s: this rule gives nothing. Choose a journal, an account, taxes or a currency.",
                        rule.display_name,
                    )
                )
            if is_for_the_whole and any(rule[field] for field in LINE_CONDITIONS):
                raise ValidationError(
                    self.env._(
                        "%s: an invoice has one journal and one currency, though its lines may be of several departments and "
                        "categories. Choose an account or taxes only.",
                        rule.display_name,
                    )
                )

    # -- compiled --

    @api.model
    @tools.ormcache()
    def _rules(self):
        """All rules as the core asks them, compiled once a worker; a change anywhere throws them away everywhere."""
        # configuration is read for the machine, whoever is asking
        return AccountingRules(rule._to_core() for rule in self.sudo().search([]))

    @api.model
    def _find(self, what, about, company, *, system=0, facility=0, department=None, category=None):
        """The core's ``Rule`` that gives ``what`` (ids, and records of which there are higher ones); None where none does."""
        rules, chains = self._rules(), {}
        for name, record in (("department", department), ("category", category)):
            if record and rules.asks(about, company, name):
                # what stands above it decides, whoever may see that
                path = record.sudo().parent_path
                chains[name] = tuple(map(int, reversed(path.strip("/").split("/"))))
        for name, one in (("facility", facility), ("system", system)):
            chains[name] = (one,) if one else ()
        return rules.find(what, Case(about, company, **chains))

    def _all_taxes(self):
        """Those that are archived too: what was chosen does not turn into nothing."""
        return self.with_context(active_test=False).tax_ids

    def _to_core(self):
        self.ensure_one()
        conditions = {
            name: self[field].id for field, name in CONDITION_FIELDS.items() if self[field]
        }
        # only lines of products are of a category
        is_for_products = self.is_instead or self.product_category_id
        gives = {
            JOURNAL: self.journal_id.id,
            ACCOUNT: self.account_id.id,
            TAXES: tuple(self._all_taxes().ids),
            PRODUCT_ACCOUNT: is_for_products and self.account_id.id,
        }
        gives = {name: given for name, given in gives.items() if given}
        if self.currency_id or self.is_currency_needed:
            gives[CURRENCY] = self.currency_id.id or 0
        return Rule(self.id, self.about, self.company_id.id, conditions, gives)
