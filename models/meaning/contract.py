"""What may be stored of a document: the attributes a contract lists, with their class and purpose."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...core.contract import Contract as CoreContract
from ...core.errors import InteropError
from ..exchange.endpoint import FORMATS

#: kinds of document that stand in a new contract's name
MOST_NAMED = 3


class Contract(models.Model):
    """Whatever no contract lists is dropped at the door, before anything is stored.

    What is never stored (diagnoses, observations, notes, allergies …) goes whatever a contract says: that list is in
    the code, not in data.
    """

    _name = "interop.contract"
    _description = "Contract"
    _inherit = ["interop.configuration", "mail.thread"]
    _order = "format, document"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    format = fields.Selection(FORMATS, required=True)
    document = fields.Char(
        required=True,
        default="*",
        help="Which documents: a FHIR resource type, an event type, * for all of the format.",
    )
    attribute_ids = fields.One2many(
        "interop.contract.attribute", "contract_id", string="Attributes", copy=True
    )
    attribute_count = fields.Integer(compute="_compute_attribute_count")
    schema = fields.Text(
        string="JSON Schema",
        help="JSON Schema (2020-12) that the content must satisfy, as far as it is kept. Empty: any will do. HL7 v2 has none.",
    )

    _document_uniq = models.UniqueIndex(
        "(format, document) WHERE active", "An active contract for these documents exists already."
    )

    @api.constrains("attribute_ids", "format", "document")
    def _check_paths(self):
        for contract in self:
            try:
                contract._to_core()
            except InteropError as error:
                raise ValidationError(
                    self.env._(
                        "%(name)s: “%(path)s” can't be read.",
                        name=contract.name,
                        path=error.path or error.detail,
                    )
                ) from error

    @api.model
    def _for_kind(self, format, kind):  # pylint: disable=redefined-builtin
        """The contracts that are for documents of this kind, the one for the fewest others first."""
        return self._for_kinds(format, [kind])[kind]

    @api.model
    def _for_kinds(self, format, kinds):  # pylint: disable=redefined-builtin
        """``{kind: contracts}``, see ``_for_kind``."""
        ordered = self.search([]).sorted(
            lambda one: ("*" in one.document, len(one.document.split()), one.id)
        )
        cores = [(contract, contract._to_core()) for contract in ordered]
        return {
            kind: self.browse([one.id for one, core in cores if core.is_for(format, kind)])
            for kind in kinds
        }

    @api.model
    def _allow(self, format, wanted):  # pylint: disable=redefined-builtin
        """List places: ``wanted`` are ``(place, kinds of documents, data class, purpose, days)``. The contracts that changed.

        Each goes into the contract that is for the fewest others beside its kind; kinds that none is for get a new one
        together. What is listed already stays as it is. The chatter tells what was allowed and what for.
        """
        homes = self._for_kinds(format, sorted({kind for _, kinds, *_ in wanted for kind in kinds}))
        homeless = [kind for kind, found in homes.items() if not found]
        made = self._new_for(format, homeless) if homeless else self
        rows = {}
        for place, kinds, data_class, purpose, days in wanted:
            vals = {"path": place, "data_class": data_class, "purpose": purpose}
            vals["retention_days"] = days
            for kind in kinds:
                rows.setdefault(homes[kind][:1] or made, {}).setdefault(place, vals)
        changed = self.browse()
        for contract, by_place in rows.items():
            listed = set(contract.attribute_ids.mapped("path"))
            fresh = [vals for place, vals in by_place.items() if place not in listed]
            if fresh:
                contract._list(fresh)
                changed |= contract
        return changed

    def _new_for(self, format, kinds):  # pylint: disable=redefined-builtin
        shown = ", ".join(kinds[:MOST_NAMED]) + (" …" if len(kinds) > MOST_NAMED else "")
        # events follow the contracts of JSON
        format_ = "json" if format == "cloudevents" else format
        return self.create({"name": shown, "format": format_, "document": " ".join(kinds)})

    def _list(self, rows):
        """Add ``rows`` (values of attributes), in use at once; the history of the contract tells what for."""
        self.attribute_ids = [fields.Command.create(vals) for vals in rows]
        told = [
            self.env._("%(path)s allowed: %(purpose)s", path=vals["path"], purpose=vals["purpose"])
            for vals in rows
        ]
        self._publish_added(rows, note="; ".join(told))

    def _to_core(self):
        """The frozen value that the core compiles."""
        self.ensure_one()
        return CoreContract(
            format=self.format,
            document=self.document,
            attributes=tuple(line._to_core() for line in self.attribute_ids),
            name=self.name or "",
        )

    @api.depends("attribute_ids")
    def _compute_attribute_count(self):
        for contract in self:
            contract.attribute_count = len(contract.attribute_ids)
