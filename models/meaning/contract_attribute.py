"""One attribute that a contract allows: its place, its class, and what it is needed for."""

from odoo import fields, models

CLASSES = [
    ("public", "Public"),
    ("internal", "Internal"),
    ("confidential", "Confidential"),
    ("restricted", "Restricted"),
]


class ContractAttribute(models.Model):
    _name = "interop.contract.attribute"
    _description = "Contract attribute"
    _inherit = ["interop.configuration"]
    _order = "contract_id, path"
    _rec_name = "path"

    contract_id = fields.Many2one("interop.contract", required=True, ondelete="cascade", index=True)
    path = fields.Char(required=True, help="A place in the document: PID-5, name.family, quantity")
    data_class = fields.Selection(CLASSES, required=True, default="confidential")
    purpose = fields.Char(help="What Odoo needs it for.")

    _path_uniq = models.Constraint(
        "UNIQUE (contract_id, path)", "This attribute is listed already."
    )
