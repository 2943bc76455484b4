"""The words for the parts of a configuration file, and for what can be wrong with one."""

from odoo import models
from odoo.tools.translate import LazyTranslate

from ..core.bundle.parts import (
    ACCOUNTING_RULES,
    COMPANIES,
    CONCEPT_MAPS,
    CONTRACTS,
    CREDENTIALS,
    DUPLICATE_RULES,
    ENDPOINTS,
    FACILITIES,
    IDENTIFIER_CHECKS,
    MAPPINGS,
    OWNERSHIP,
    PARAMETERS,
    ROUTES,
    SYSTEMS,
    TEAMS,
)

_lt = LazyTranslate(__name__)

WORDS = {
    "not_utf8": _lt("the file is not UTF-8"),
    "not_json": _lt("this is no JSON"),
    "too_large": _lt("the file is too large to be a configuration"),
    "too_deep": _lt("this is nested too deeply"),
    "duplicate_key": _lt("a name stands here twice"),
    "twice": _lt("the same thing stands in the file before"),
    "unknown_system": _lt("no system here or in the file has the code that is named"),
    "unknown_team": _lt("no team here or in the file has the name that is given"),
    "unknown_attribute": _lt("what is owned has no such attribute here"),
    "unknown_facility": _lt("no facility here or in the file has the name that is given"),
    "unknown_endpoint": _lt("no endpoint here or in the file has the code that is named"),
    "unknown_contract": _lt("no contract here or in the file has the code that is named"),
    "unknown_mapping": _lt("what it adapts is neither in the file nor in use here"),
    "unknown_company": _lt("no company here is called so: say which one is meant"),
    "unknown_account": _lt("the company has no account with this code"),
    "unknown_analytic_account": _lt("the company has no cost centre with this code or name"),
    "unknown_currency": _lt("no currency is called so"),
    "unknown_department": _lt("the company has no department of this name"),
    "unknown_journal": _lt("the company has no journal with this code"),
    "unknown_product": _lt("the company has no product with this reference or name"),
    "unknown_product_category": _lt("no product category is called so"),
    "unknown_tax": _lt("the company has no tax of this name"),
    "unknown_warehouse": _lt("the company has no warehouse with this code"),
    "ambiguous_company": _lt("several companies are called so"),
    "ambiguous_account": _lt("several accounts have this code"),
    "ambiguous_analytic_account": _lt("several cost centres are called so"),
    "ambiguous_currency": _lt("several currencies are called so"),
    "ambiguous_department": _lt("several departments are called so"),
    "ambiguous_journal": _lt("several journals have this code"),
    "ambiguous_product": _lt("several products are called so: give them references"),
    "ambiguous_product_category": _lt("several product categories are called so"),
    "ambiguous_tax": _lt("several taxes are called so"),
    "ambiguous_warehouse": _lt("several warehouses have this code"),
    "bad_required": _lt("something is missing here"),
    "bad_additionalProperties": _lt("something here is not known"),
    "bad_type": _lt("this is not of the right kind"),
    "bad_enum": _lt("this word is not known"),
    "bad_const": _lt("this file is of another kind, or of a later form"),
    "bad_pattern": _lt("this is no date like 2026-12-31"),
    "bad_minimum": _lt("this number is too small"),
    "bad_maximum": _lt("this number is too large"),
    "bad_minLength": _lt("this can't be empty"),
    "bad_time": _lt("this is no time like 2026-12-31 10:00:00"),
    "bad_path": _lt("this path can't be read"),
    "bad_target": _lt("the entity has no such attribute"),
    "bad_transform": _lt("no transform has this name"),
    "bad_definition": _lt("this is not what a mapping says"),
}
PART_WORDS = [
    (TEAMS, "Teams"),
    (SYSTEMS, "Systems"),
    (FACILITIES, "Facilities"),
    (ENDPOINTS, "Endpoints"),
    (CREDENTIALS, "Credentials"),
    (ROUTES, "Routes"),
    (IDENTIFIER_CHECKS, "Check digits"),
    (DUPLICATE_RULES, "Duplicate rules"),
    (CONTRACTS, "Contracts"),
    (CONCEPT_MAPS, "Concept maps"),
    (MAPPINGS, "Mappings"),
    (OWNERSHIP, "Ownership"),
    (ACCOUNTING_RULES, "Accounting rules"),
    (COMPANIES, "Settings of companies"),
    (PARAMETERS, "Settings"),
]
#: mistakes that are shown; somebody mends the file, and comes back
MOST_SHOWN = 20


class ConfigurationWords(models.AbstractModel):
    _name = "interop.configuration.words"
    _description = "Words for configuration files"

    def _mistakes(self, mistakes, most=MOST_SHOWN):
        """Places and what is wrong there, a line each."""
        lines = [
            self.env._("%(place)s: %(what)s", place=place or "–", what=self._mistake(code))
            for place, code in mistakes
        ]
        more = len(lines) - most
        shown = lines[:most] + ([self.env._("… and %s more.", more)] if more > 0 else [])
        return "\n".join(shown)

    def _mistake(self, code):
        # the words stand in WORDS as lazy terms, which the export finds
        return self.env._(WORDS[code]) if code in WORDS else code  # pylint: disable=translation-not-lazy
