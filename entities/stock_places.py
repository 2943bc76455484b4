"""Where the stock of the places is that messages name, and what is kept there."""

from odoo import models

PATIENT = "healthcare_interop.stock_location_patient"


class StockPlaces(models.AbstractModel):
    _name = "interop.stock.places"
    _inherit = "interop.transaction"
    _description = "Interop stock places"

    def _products(self, found):
        """``{product id: product}`` of the products among ``found``, ``{reference: record id}``."""
        return self._fetched_products(
            {id_ for reference, id_ in found.items() if reference.entity == "product"}
        )

    def _fetched_products(self, ids):
        products = self.env["product.product"].browse(sorted(ids))
        products.fetch(["type", "tracking", "uom_id", "interop_replaced_by_id"])
        return {product.id: product for product in products}

    def _named_places(self, found):
        """The places (``interop.location``) among ``found``."""
        return self.env["interop.location"].browse(
            sorted({id_ for reference, id_ in found.items() if reference.entity == "location"})
        )

    def _places(self, call, found):
        """``{location id: (stock location, cost centre)}`` of the places named, and of none (``None``)."""
        stock, centre = self._warehouse(call).lot_stock_id, self._cost_centre(call)
        places = {None: (stock, centre)}
        for place in self._named_places(found):
            places[place.id] = (
                place._nearest("stock_location_id") or stock,
                place._nearest("analytic_account_id")
                or place._nearest("department_id").interop_analytic_account_id
                or centre,
            )
        return places

    def _warehouse(self, call):
        """The main store: the facility's warehouse, else the company's first."""
        facility = self.env["interop.facility"].browse(call.facility or ())
        return facility.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", call.company)], limit=1
        )
