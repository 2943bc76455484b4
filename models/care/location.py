"""Wards, rooms, beds and stores: the places that messages name."""

from odoo import api, fields, models


class Location(models.Model):
    _name = "interop.location"
    _description = "Location"
    _inherit = ["interop.mastered"]
    _parent_store = True
    _order = "complete_name"
    _rec_name = "complete_name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    complete_name = fields.Char(compute="_compute_complete_name", store=True, recursive=True)
    kind = fields.Selection(
        [
            ("site", "Site"),
            ("building", "Building"),
            ("ward", "Ward"),
            ("room", "Room"),
            ("bed", "Bed"),
            ("store", "Store"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    parent_id = fields.Many2one(
        "interop.location", string="Within", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    organization_id = fields.Many2one("res.partner", string="Run by")
    department_id = fields.Many2one("hr.department", check_company=True)
    stock_location_id = fields.Many2one(
        "stock.location",
        string="Holds stock in",
        check_company=True,
        help="Where consumption reported from here is taken from. Empty: the nearest place above that has one.",
    )
    analytic_account_id = fields.Many2one(
        "account.analytic.account",
        string="Cost centre",
        check_company=True,
        help="Empty: that of the place above.",
    )
    operational_status = fields.Selection(
        [
            ("free", "Free"),
            ("occupied", "Occupied"),
            ("cleaning", "Being cleaned"),
            ("closed", "Closed"),
        ],
        string="Bed status",
    )

    _check_company_auto = True

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for location in self:
            above = location.parent_id.complete_name
            location.complete_name = f"{above} / {location.name}" if above else location.name

    def _nearest(self, field):
        """The value of ``field`` here or at the nearest place above that has one, read at once whatever the depth."""
        path = [int(place) for place in (self.parent_path or "").split("/") if place]
        # one that is not stored yet has no path
        places = (
            self.browse(reversed(path)).with_prefetch([*path, *self._prefetch_ids])
            if path
            else self
        )
        found = next((place for place in places if place[field]), self.browse())
        return found[field] if found else self.env[self._fields[field].comodel_name]

    def _stores_within(self, store):
        """Ids of the stock locations below ``store`` that other places keep their own stock in, and of what is below those.

        ``store`` (``stock.location``) itself may be a place's too.
        """
        # whoever moves goods need have no rights on places
        places = self.sudo().search([("stock_location_id", "any", [("id", "child_of", store.id)])])
        own = places.stock_location_id - store
        return own.search([("id", "child_of", own.ids)]).ids if own else []
