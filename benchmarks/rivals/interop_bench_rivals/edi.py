"""An EDI exchange type that upserts a partner: as its documentation asks, a handler and nothing more."""

import base64
import json

from odoo import models

from odoo.addons.interop_bench.models.inbox import partner_values


class PartyHandler(models.AbstractModel):
    _name = "interop.bench.edi"
    _inherit = "edi.oca.handler.process"
    _description = "Parties by EDI"

    def process(self, exchange_record):
        data = json.loads(base64.b64decode(exchange_record.exchange_file))["data"]
        reference = data["identifiers"][0]["value"]
        partners = self.env["res.partner"]
        found = partners.search([("ref", "=", reference)], limit=1)
        if found:
            found.write(partner_values(data))
        else:
            partners.create({"ref": reference, **partner_values(data)})
