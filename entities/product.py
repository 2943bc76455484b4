"""product → ``product.product`` that is stocked."""

from odoo import fields, models

from ..core.errors import MissingCode
from ..core.units import UNITS, is_pack, pack_code
from .catalogue import Catalogue

#: what tells one price of a supplier from another of the same
SAME = ("partner_id", "min_qty", "date_start", "product_uom_id")


class Product(models.AbstractModel):
    _name = "interop.entity.product"
    _inherit = "interop.catalogue"
    _description = "Interop entity: product"
    _right = "healthcare_interop.group_apply_product"
    _right_also = {"unknown_master": ("organization",)}
    _touches = {
        "product.product": "wc",
        "product.template": "wc",
        "product.supplierinfo": "wcd",
        "product.uom": "c",
        "uom.uom": "c",
        "interop.packaging": "wc",
    }

    _entity = "product"
    _attribute_fields = Catalogue._attribute_fields | {
        "supplier_prices": ("seller_ids",),
        "gtin": ("barcode",),
        "tracking": ("tracking",),
        "cost": ("standard_price",),
        "replaced_by": ("interop_replaced_by_id",),
        "packagings": ("interop_packaging_ids",),
    }

    def _prepare(self, call, items):
        priced = [(item, price) for item in items for price in item.entity.supplier_prices or ()]
        wanted = [(item, price.supplier, "supplier_prices") for item, price in priced]
        found, stopped = self._take_references(
            call, wanted + self._mentioned(items, ("replaced_by",))
        )
        currencies = self.env["interop.transaction"]._currencies(
            call, (price.price.currency for _item, price in priced)
        )
        return (found, currencies), stopped

    def _to_values(self, call, item, prepared):
        product = item.entity
        values = self._catalogue_values(call, product)
        if product.supplier_prices:
            values["supplier_prices"] = {
                "seller_ids": [
                    fields.Command.create(self._seller_values(call, price, *prepared))
                    for price in product.supplier_prices
                ]
            }
        if product.packagings:
            values["packagings"] = {
                "interop_packaging_ids": [
                    fields.Command.create(self._packaging_values(told))
                    for told in product.packagings
                ]
            }
        if product.replaced_by is not None:
            successor = prepared[0].get(product.replaced_by, False)
            values["replaced_by"] = {"interop_replaced_by_id": successor}
        if product.gtin is not None:
            values["gtin"] = {"barcode": product.gtin or False}
        if product.tracking:
            words = self.env[self._home]._fields["tracking"].get_values(self.env)
            values["tracking"] = {"tracking": self._one_of(words, product.tracking, "tracking")}
        if product.cost is not None:
            values["cost"] = {"standard_price": self._amount(call, product.cost, "cost")}
        return values

    def _create_values(self, call, item, values):
        return {"name": item.entity.identifiers[0].value, "type": "consu", "is_storable": True}

    def _stub_values(self, call, reference):
        return super()._stub_values(call, reference) | {"type": "consu", "is_storable": True}

    # -- what it comes in --

    def _packaging_values(self, told):
        if not is_pack(told.unit):
            raise MissingCode("unknown_pack", path="packagings", value=told.unit[:64])
        return {
            "code": pack_code(told.unit),
            "quantity": float(told.quantity),
            "barcode": told.gtin or False,
        }

    def _packaging_command(self, record, wanted):
        same = record.interop_packaging_ids.filtered(lambda one: one.code == wanted["code"])
        return self._command(same, wanted)

    def _command(self, same, wanted):
        """What makes a row ``wanted``, of the one that is the ``same`` if there is one; None where it is."""
        if not same:
            return fields.Command.create(wanted)
        changed = {
            name: value for name, value in wanted.items() if self._differs(same, name, value)
        }
        return fields.Command.update(same.id, changed) if changed else None

    # -- what suppliers ask --

    def _seller_values(self, call, price, suppliers, currencies):
        company = self.env["res.company"].browse(call.company)
        currency, told = company.currency_id, price.price.currency
        if told:
            transactions = self.env["interop.transaction"]
            currency = transactions._known_currency(told, currencies, "supplier_prices")
        return {
            "partner_id": suppliers[price.supplier],
            "min_qty": float(price.quantity or 0),
            "price": float(price.price.amount),
            "currency_id": currency.id,
            "company_id": call.company,
            "date_start": price.valid_from or False,
            "date_end": price.valid_until or False,
            "product_code": price.code or False,
        } | self._seller_unit(price.unit)

    def _seller_unit(self, code):
        """A price for a pack is one for what it holds, or for what the product is counted in: see ``Transaction._unit``."""
        if not code:
            return {}
        if is_pack(code):
            return {"interop_pack": pack_code(code)}
        if code not in UNITS:
            raise MissingCode("unknown_unit", path="supplier_prices", value=code[:64])
        return {"product_uom_id": self._unit(code)}

    def _differences(self, record, values):
        """Prices told take the place of those of the same supplier, quantity, unit and first day, packagings of those of the
        same code; others stay."""
        rows = {
            "supplier_prices": ("seller_ids", self._seller_command),
            "packagings": ("interop_packaging_ids", self._packaging_command),
        }
        rest = {name: value for name, value in values.items() if name not in rows}
        changes = super()._differences(record, rest)
        for name, (field, command_for) in rows.items():
            told = values.get(name, {}).get(field, ())
            commands = [one for *_new, wanted in told if (one := command_for(record, wanted))]
            if commands:
                changes[field] = commands
        return changes

    def _seller_command(self, record, wanted):
        unit = record._interop_pack(wanted.get("interop_pack") or "")
        wanted = {"product_uom_id": unit.id} | wanted
        same = record.seller_ids.filtered(
            lambda seller: not any(self._differs(seller, name, wanted[name]) for name in SAME)
        )[:1]
        return self._command(same, wanted)
