"""Charges at list price take the price that was in force when the service was done, however late it becomes known."""

from odoo import fields, models
from odoo.tools import SQL

from ..core.list_prices import same


class Repricing(models.AbstractModel):
    _name = "interop.repricing"
    _description = "Interop repricing"

    def _reprice(self, charges, *, is_other=False):
        """Give ``charges`` that nobody stated a price of the told one of their time; those that changed.

        What is to be billed, or on a draft, is changed; a posted invoice is corrected by a credit and a new charge. A
        price that a person set stands: in Odoo's catalogue, and on the line of a draft. ``is_other``: their service is
        another one now, so what stands in the catalogue counts too.
        """
        following = charges.filtered(lambda one: one.is_at_list_price and not one.reversal_of_id)
        if not following:
            return following
        found = self.env["interop.list.price"]._at(
            [(one.product_id, one.occurred_at) for one in following]
        )
        prices = {
            charge: price
            for charge, price in zip(following, found, strict=True)
            # charges keep what the currency does: a list price may be finer
            if (price.told or is_other)
            and charge.currency_id.compare_amounts(price.amount, charge.price_unit)
        }
        following = following.browse([charge.id for charge in prices])
        drafts = following.filtered(lambda one: one.state == "billed")
        posted = drafts.filtered(lambda one: one.move_id.state == "posted")
        drafts = (drafts - posted).filtered(self._is_as_billed)
        loose = following.filtered(lambda one: one.state != "billed")
        posted = self._correctable(posted, prices)
        for charge in loose | drafts:
            charge.write(self._prepare_price(charge, prices[charge].amount))
        credits = self._credits(loose | drafts)
        self._put_on_drafts(drafts | credits.filtered(lambda one: one.move_id.state == "draft"))
        self._correct(posted, prices)
        return loose | drafts | posted

    def _prepare_price(self, charge, price):
        sign = -1 if charge.kind == "credit" else 1
        amount = charge.currency_id.round(sign * charge.quantity * price)
        return {"price_unit": price, "amount": amount}

    def _credits(self, charges):
        """What takes these back without stating an amount takes back what they are now."""
        credits = self.env["interop.charge"].search(
            [("reversal_of_id", "in", charges.ids), ("is_at_list_price", "=", True)]
        )
        credits = credits.filtered(lambda one: one.state != "billed" or self._is_as_billed(one))
        for credit in credits:
            original = credit.reversal_of_id
            credit.write({"price_unit": original.price_unit, "amount": -original.amount})
        return credits

    # -- drafts --

    def _is_as_billed(self, charge):
        """Whether its line on a draft is as billing made it: what a person wrote there stands."""
        line, values = charge.move_line_id, self._prepare_line(charge)
        return line.move_id.state == "draft" and all(
            same(line[name], value) for name, value in values.items()
        )

    def _prepare_line(self, charge):
        quantity, price = self.env["interop.billing"]._quantity_and_price(
            charge.quantity, charge.price_unit, charge.amount, charge.currency_id
        )
        sign = -1 if charge.move_id.move_type == "out_refund" else 1
        return {"quantity": sign * quantity, "price_unit": price}

    def _put_on_drafts(self, charges):
        for move, those in charges.grouped("move_id").items():
            move.write(
                {
                    "invoice_line_ids": [
                        fields.Command.update(one.move_line_id.id, self._prepare_line(one))
                        for one in those
                    ]
                }
            )
            if move.amount_total < 0:
                move.action_switch_move_type()

    # -- posted invoices --

    def _correctable(self, posted, prices):
        """Those that a price of their very time contradicts, and nobody has taken back."""
        posted = posted.filtered(
            lambda one: (
                (told := prices[one].told) and (told.since is None or one.occurred_at >= told.since)
            )
        )
        if not posted:
            return posted
        taken_back = self.env["interop.charge"].search([("reversal_of_id", "in", posted.ids)])
        return posted - taken_back.reversal_of_id

    def _correct(self, posted, prices):
        """A credit and a new charge for each; what the sender calls it is the new one from now on."""
        if not posted:
            return
        charges = self.env["interop.charge"]
        # before there is another one for the same appointment
        posted.is_at_list_price = False
        posted.flush_recordset()
        made = charges.create(
            [
                charge.copy_data()[0]
                | self._prepare_price(charge, prices[charge].amount)
                | {
                    "state": "open",
                    "is_at_list_price": True,
                    "is_triggered": False,
                    "move_line_id": False,
                }
                for charge in posted
            ]
        )
        charges.create([charge._prepare_credit(charge.system_id.id) for charge in posted])
        for before, after in zip(posted, made, strict=True):
            self._hand_over(before, after)
        self.env["interop.billing"]._draft_ended(posted.encounter_id)

    def _hand_over(self, before, after):
        for table in ("interop_binding", "interop_version"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET res_id = %s WHERE res_model = 'interop.charge' AND res_id = %s",
                    SQL.identifier(table),
                    after.id,
                    before.id,
                )
            )
        before.move_id.message_post(
            body=self.env._(
                "%(service)s was %(price)s when it was done, which became known after posting: it is credited and "
                "charged again.",
                service=before.product_id.display_name,
                price=after.currency_id.format(after.price_unit),
            )
        )
