"""Names, addresses and contacts as ``res.partner`` keeps them."""

from odoo import models, tools

from ..core.canonical import CLEAR
from ..core.countries import ALPHA3

ADDRESS_FIELDS = ("street", "street2", "city", "zip", "state_id", "country_id")


class PartnerValues(models.AbstractModel):
    """Shared by everything that lives in ``res.partner``."""

    _name = "interop.partner.values"
    _description = "Partner values"

    def _contact_values(self, contacts):
        """``{attribute: {field: value}}``: the first phone, mobile, e-mail and web address."""
        if contacts is None:
            return {}
        chosen = {}
        for contact in contacts or ():
            chosen.setdefault(contact.kind, contact.value)
        return {
            "phone": {"phone": chosen.get("phone") or chosen.get("mobile") or False},
            "email": {"email": chosen.get("email", False)},
        }

    def _address_values(self, address):
        if address is None:
            return {}
        if address is CLEAR:
            return {"address": dict.fromkeys(ADDRESS_FIELDS, False)}
        lines = [*address.lines, "", ""]
        country = self._country(address.country)
        return {
            "address": {
                "street": lines[0] or False,
                "street2": ", ".join(line for line in lines[1:] if line) or False,
                "city": address.city or False,
                "zip": address.postal_code or False,
                "country_id": country,
                "state_id": self._state(country, address.state),
            }
        }

    @tools.ormcache("code")
    def _country(self, code):
        """ISO 3166 two or three letters, or a name in English; False for what is none."""
        if not code:
            return False
        # the same for every user, and cached for all of them
        countries = self.env["res.country"].sudo()
        if len(code) == 3:
            code = ALPHA3.get(code.upper(), code)
        if len(code) == 2:
            return countries.search([("code", "=", code.upper())], limit=1).id
        return countries.with_context(lang="en_US").search([("name", "=ilike", code)], limit=1).id

    @tools.ormcache("country", "code")
    def _state(self, country, code):
        if not country or not code:
            return False
        # likewise
        states = self.env["res.country.state"].sudo()
        found = states.search([("country_id", "=", country), ("code", "=", code.upper())], limit=1)
        return (
            found.id
            or states.search([("country_id", "=", country), ("name", "=ilike", code)], limit=1).id
        )

    @tools.ormcache("code")
    def _language(self, code):
        """An installed language for a BCP 47 or ISO 639 code; False where it is not installed."""
        if not code:
            return False
        wanted = code.replace("-", "_")
        installed = [lang for lang, _name in self.env["res.lang"].get_installed()]
        exact = [lang for lang in installed if lang.lower() == wanted.lower()]
        close = [
            lang for lang in installed if lang.split("_")[0].lower() == wanted.split("_")[0].lower()
        ]
        return (exact or close or [False])[0]
