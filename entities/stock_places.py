"""Where the stock of the places is that messages name, and what is kept there."""

from typing import NamedTuple

from odoo import models


class Place(NamedTuple):
    """Where goods are kept, and what they are put down to there: a department's cost centre goes before ``centre``."""

    stock: models.Model
    centre: models.Model
    department: models.Model


#: what places have from those above them
NEAREST = ("stock_location_id", "analytic_account_id", "department_id")
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
        """The places (``interop.location``) among ``found``; they and all above them are read at once."""
        places = self.env["interop.location"].browse(
            sorted({id_ for reference, id_ in found.items() if reference.entity == "location"})
        )
        above = {
            int(id_) for place in places for id_ in (place.parent_path or "").split("/") if id_
        }
        places.browse(sorted(above - set(places.ids))).fetch(["parent_path", *NEAREST])
        return places

    def _places(self, call, found):
        """``{location id: Place}`` of the places named, and of none (``None``)."""
        stock, centre = self._warehouse(call).lot_stock_id, self._cost_centre(call)
        nobody = self.env["hr.department"]
        places = {None: Place(stock, centre, nobody)}
        for place in self._named_places(found):
            own = place._nearest("analytic_account_id")
            department = nobody if own else place._nearest("department_id")
            places[place.id] = Place(
                place._nearest("stock_location_id") or stock, own or centre, department
            )
        return places

    def _bearing_centre(self, place, day, *, is_new_cost):
        """The cost centre of what happens at ``place`` (``Place``) on ``day``."""
        department = place.department
        if is_new_cost and department.interop_analytic_account_id:
            department = self._bearer(department, day)
        return department.interop_analytic_account_id or place.centre

    def _warehouse(self, call):
        """The main store: the facility's warehouse, else the company's first."""
        facility = self.env["interop.facility"].browse(call.facility or ())
        return facility.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", call.company)], limit=1
        )
