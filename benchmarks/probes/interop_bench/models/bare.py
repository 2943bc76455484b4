"""The ORM alone: the same values in one set, in the context in which the add-on writes. Nothing can be much faster."""

import json
import time

from odoo import fields, models

from .inbox import PATIENT, partner_values


class Bare(models.AbstractModel):
    _name = "interop.bench.bare"
    _description = "Bare ORM"

    def _measure(self, case, bodies):
        """``{"seconds", "statements"}`` of writing the messages ``bodies`` in one transaction, without its commit."""
        acting = self._acting()
        write = getattr(acting["interop.bench.bare"], f"_{case}")
        write(json.loads(bodies[0])["data"], [])  # access rules and defaults are known then
        acting.flush_all()
        before, began = self.env.cr.sql_log_count, time.monotonic()
        events = [json.loads(body)["data"] for body in bodies]
        write(events[0], events)
        acting.flush_all()
        return {
            "seconds": time.monotonic() - began,
            "statements": self.env.cr.sql_log_count - before,
        }

    def _acting(self):
        system = self.env["interop.system"].search([("code", "=", "bench")])
        return self.env["interop.system"]._acting(system.id, self.env.company.id)

    def _party_new(self, _example, events):
        self.env["res.partner"].create(
            [
                partner_values(one)
                | {"interop_kind": "patient", "ref": f"bare-{one['identifiers'][0]['value']}"}
                for one in events
            ]
        )

    def _party_changed(self, _example, events):
        """Each gets an address of its own: what a change of address costs at least."""
        partners = self.env["res.partner"].search(
            [("ref", "like", "bare-")], limit=len(events), order="id"
        )
        for partner, one in zip(partners, events, strict=False):
            partner.write({"street": one["address"]["lines"][0]})

    def _consumption(self, example, events):
        product = self.env["product.product"].search(
            [("default_code", "=", example["product"]["identifiers"][0]["value"])], limit=1
        )
        stock = self.env["stock.warehouse"].search([], limit=1).lot_stock_id
        target = self.env["ir.model.data"]._xmlid_to_res_id(PATIENT)
        moves = self.env["stock.move"].create(
            [
                {
                    "product_id": product.id,
                    "product_uom": product.uom_id.id,
                    "product_uom_qty": one["quantity"]["value"],
                    "location_id": stock.id,
                    "location_dest_id": target,
                    "origin": one["identifiers"][0]["value"],
                }
                for one in events
            ]
        )
        moves._action_confirm()
        for move, one in zip(moves, events, strict=True):
            move.write({"quantity": one["quantity"]["value"], "picked": True})
        moves._action_done()

    def _charge(self, example, events):
        product = self.env["product.product"].search(
            [("default_code", "=", example["code"]["code"])], limit=1
        )
        encounter = self.env["interop.encounter"].search([], limit=1)
        currency = self.env.company.currency_id
        self.env["interop.charge"].create(
            [
                {
                    "name": one["identifiers"][0]["value"],
                    "company_id": self.env.company.id,
                    "encounter_id": encounter.id,
                    "partner_id": encounter.partner_id.id,
                    "product_id": product.id,
                    "quantity": one["quantity"]["value"],
                    "price_unit": 10,
                    "amount": 10 * one["quantity"]["value"],
                    "currency_id": currency.id,
                }
                for one in events
            ]
        )

    def _invoice(self, _example, events):
        """Draft invoices of ten lines, as many as there are discharges."""
        encounter = self.env["interop.encounter"].search([], limit=1)
        charges = self.env["interop.charge"].search([], limit=10)
        lines = [
            {
                "product_id": charge.product_id.id,
                "name": charge.product_id.name,
                "quantity": charge.quantity,
                "price_unit": charge.price_unit,
            }
            for charge in charges
        ]
        self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": encounter.partner_id.id,
                    "invoice_line_ids": [fields.Command.create(dict(line)) for line in lines],
                }
                for _one in events
            ]
        )
