"""One queue_job a message: how a good Odoo developer takes webhooks in without this add-on."""

import json

from odoo import fields, models

PATIENT = "healthcare_interop.stock_location_patient"


class Inbox(models.Model):
    """A message as it came. ``_process`` is its job: read, look for the record, create or write it, mark the row."""

    _name = "interop.bench.inbox"
    _description = "Message of the benchmark"

    body = fields.Text(required=True)
    is_done = fields.Boolean()

    def _process(self):
        self.ensure_one()
        event = json.loads(self.body)
        if "party" in event["type"]:
            self._upsert_party(event["data"])
        else:
            self._consume(event["data"])
        self.is_done = True

    def _upsert_party(self, data):
        partners = self.env["res.partner"]
        reference = data["identifiers"][0]["value"]
        found = partners.search([("ref", "=", reference)], limit=1)
        values = partner_values(data)
        if found:
            found.write(values)
        else:
            partners.create({"ref": reference, **values})

    def _consume(self, data):
        product = self.env["product.product"].search(
            [("default_code", "=", data["product"]["identifiers"][0]["value"])], limit=1
        )
        stock = self.env["stock.warehouse"].search([], limit=1).lot_stock_id
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom": product.uom_id.id,
                "product_uom_qty": data["quantity"]["value"],
                "location_id": stock.id,
                "location_dest_id": self.env.ref(PATIENT).id,
                "origin": data["identifiers"][0]["value"],
            }
        )
        move._action_confirm()
        move.quantity = data["quantity"]["value"]
        move.picked = True
        move._action_done()


def partner_values(data):
    """The columns of ``res.partner`` that a party message speaks of."""
    address = data["address"]
    contacts = {one["kind"]: one["value"] for one in data["contacts"]}
    return {
        "name": f"{data['name']['given'][0]} {data['name']['family']}",
        "street": address["lines"][0],
        "city": address["city"],
        "zip": address["postal_code"],
        "phone": contacts["phone"],
        "email": contacts["email"],
    }
