"""What products come in, as their catalogue tells it: a box of a hundred, a case of ten boxes.

Senders count in packs by codes (UN/ECE Recommendation 21). Without a packaging told for its code, one pack is one of the
product as it is stocked; with one, it is so many as the packaging holds.
"""

from odoo import api, fields, models

from ...core.units import pack_code


class Packaging(models.Model):
    _name = "interop.packaging"
    _description = "Packaging"
    _order = "product_id, quantity, id"
    _rec_name = "code"

    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    code = fields.Char(
        required=True, readonly=True, help="How senders count in it, by UN/ECE Recommendation 21."
    )
    quantity = fields.Float(
        string="Holds", required=True, readonly=True, help="How many of the product's own unit."
    )
    barcode = fields.Char(string="GTIN", readonly=True)
    uom_id = fields.Many2one(
        "uom.uom", string="Unit", readonly=True, ondelete="restrict", help="Odoo's own packaging."
    )

    _code_uniq = models.UniqueIndex("(product_id, code)", "One packaging of a kind.")
    _quantity_range = models.Constraint("CHECK (quantity > 0)", "A packaging holds something.")

    @api.model_create_multi
    def create(self, vals_list):
        packagings = super().create(vals_list)
        packagings._take_effect()
        return packagings

    def write(self, vals):
        result = super().write(vals)
        if {"quantity", "code", "barcode"} & vals.keys():
            self._take_effect()
        return result

    def _take_effect(self):
        """Give each its unit of measure, and Odoo's product the packaging and its barcode."""
        units = self._units()
        for packaging in self:
            unit, product = units[packaging._key()], packaging.product_id
            if packaging.uom_id != unit:
                packaging.uom_id = unit
            if unit not in product.uom_ids:
                product.product_tmpl_id.uom_ids = [fields.Command.link(unit.id)]
            self._take_barcode(packaging)
        # searched: a product that is being made has its prices later
        self.env["product.supplierinfo"].search(
            [
                ("product_tmpl_id", "in", self.product_id.product_tmpl_id.ids),
                ("interop_pack", "in", self.mapped("code")),
            ]
        )._interop_price_packs()

    def _take_barcode(self, packaging):
        known = packaging.product_id.product_uom_ids.filtered(
            lambda one: one.uom_id == packaging.uom_id
        )
        if packaging.barcode and packaging.barcode not in known.mapped("barcode"):
            known.create(
                {
                    "product_id": packaging.product_id.id,
                    "uom_id": packaging.uom_id.id,
                    "barcode": packaging.barcode,
                }
            )

    def _key(self):
        return self.product_id.uom_id, self.code, self.quantity

    def _units(self):
        """``{(own unit, code, quantity): unit of measure}``: products that come in the same share one."""
        wanted = {packaging._key() for packaging in self}
        alike = self.search(
            [
                ("code", "in", self.mapped("code")),
                ("quantity", "in", self.mapped("quantity")),
                ("uom_id.active", "=", True),
            ]
        )
        units = {
            one._key(): one.uom_id
            for one in alike
            if one.uom_id.relative_uom_id == one.product_id.uom_id
            and one.uom_id.relative_factor == one.quantity
        }
        lacking = [key for key in wanted if key not in units]
        made = self.env["uom.uom"].create(
            [
                {
                    "name": f"{code} × {quantity:g} {own.name}",
                    "relative_uom_id": own.id,
                    "relative_factor": quantity,
                }
                for own, code, quantity in lacking
            ]
        )
        return units | dict(zip(lacking, made, strict=True))


class ProductProduct(models.Model):
    _inherit = "product.product"

    interop_packaging_ids = fields.One2many(
        "interop.packaging", "product_id", string="Comes in", readonly=True
    )
    interop_replaced_by_id = fields.Many2one(
        "product.product",
        string="Replaced by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The product that its catalogue says takes its place. New orders of it are exceptions that name the other.",
    )

    def _interop_pack(self, code):
        """The unit that one pack ``code`` of this product is; its own where no such packaging is known."""
        wanted = pack_code(code)
        pack = self.interop_packaging_ids.filtered(lambda one: one.code == wanted)
        return pack.uom_id or self.uom_id


class SupplierInfo(models.Model):
    _inherit = "product.supplierinfo"

    interop_pack = fields.Char(
        string="Priced by",
        readonly=True,
        help="The kind of pack that the message priced. The price is for what such a pack of the product holds.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        sellers = super().create(vals_list)
        sellers._interop_price_packs()
        return sellers

    def _interop_price_packs(self):
        """A price for a pack is one for its unit; what a pack holds may be told before or after."""
        for seller in self.filtered("interop_pack"):
            product = seller.product_id or seller.product_tmpl_id.product_variant_id
            unit = product._interop_pack(seller.interop_pack)
            if seller.product_uom_id != unit:
                seller.product_uom_id = unit
