"""Records of Odoo's own by the words that stand for them in a configuration file: journals by code, companies by name."""

from odoo import models
from odoo.fields import Domain

from ...core.bundle.parts import COMPANY, CONTRACTS, ENDPOINTS, FACILITIES, SYSTEMS, TEAMS

#: kind → model, and the fields of which the first that says something is the word
KINDS = {
    COMPANY: ("res.company", ("name",)),
    "account": ("account.account", ("code",)),
    "analytic_account": ("account.analytic.account", ("code", "name")),
    "currency": ("res.currency", ("name",)),
    "department": ("hr.department", ("complete_name",)),
    "journal": ("account.journal", ("code",)),
    "product": ("product.product", ("default_code", "name")),
    "product_category": ("product.category", ("complete_name",)),
    "tax": ("account.tax", ("name", "type_tax_use")),
    "warehouse": ("stock.warehouse", ("code",)),
}
#: of which there are few, and whose words can't be searched for
SEARCHED_WHOLE = ("department", "product_category", "tax")
#: that belong to no company
SHARED = (COMPANY, "currency", "product_category")
#: whose records other entries' fields name
NAMED_RECORDS = (TEAMS, SYSTEMS, FACILITIES, CONTRACTS, ENDPOINTS)


class ConfigurationNames(models.AbstractModel):
    _name = "interop.configuration.names"
    _description = "Records by their words in a configuration file"

    def _word(self, kind, record, company=None):
        """The word for a record of Odoo's; None for none. ``company``: whose codes of accounts are meant."""
        if not record:
            return None
        # what a configuration names is no secret to whoever may take all of it along
        record = record.sudo().with_context(lang=None)
        _model, fields = KINDS[kind]
        if kind == "tax":
            return f"{record.name} ({record.type_tax_use})"
        if company:
            record = record.with_company(company)
        return next((record[field] for field in fields if record[field]), None)

    def _found(self, named):
        """``{(kind, word, company's name): ids}`` of what is ``named``; one search for each kind and company."""
        wanted = {}
        for one in named:
            if one.to in KINDS:
                company = "" if one.to in SHARED else one.company
                wanted.setdefault((one.to, company), set()).add(one.word)
        companies = self._search(COMPANY, {company for _kind, company in wanted if company})
        found = {}
        for (kind, company), words in wanted.items():
            ids = companies.get(company, [])
            if company and len(ids) != 1:
                continue
            for word, records in self._search(kind, words, ids).items():
                found[kind, word, company] = records
        return found

    def _search(self, kind, words, company=()):
        """``{word: ids}``. What is archived counts where nothing else is called so."""
        model, fields = KINDS[kind]
        # see _word
        records = self.env[model].sudo().with_context(active_test=False, lang=None)
        own = self.env["res.company"].browse(company)
        domain = Domain.TRUE
        if own:
            records = records.with_company(own)
            domain = Domain(records._check_company_domain(own))
        if kind not in SEARCHED_WHOLE:
            domain &= Domain.OR([(field, "in", sorted(words))] for field in fields)
        found = {}
        for record in records.search(domain, order="id"):
            word = self._word(kind, record, own)
            if word in words:
                is_archived = "active" in record._fields and not record.active
                found.setdefault(word, {}).setdefault(is_archived, []).append(record.id)
        return {word: by.get(False) or by[True] for word, by in found.items()}
