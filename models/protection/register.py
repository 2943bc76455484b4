"""The register of personal data on the screen: made anew whenever it is opened (``core.register`` says of what)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.translate import LazyTranslate

from ...core.needs import customs_of
from ...core.register import (
    CONTENT,
    RECORD,
    TABLE,
    Source,
    content_lines,
    record_lines,
    table_lines,
)
from ...core.register_terms import ENDS, ERASURES
from ..meaning.contract_attribute import CLASSES

_lt = LazyTranslate(__name__)
PARTS = {
    CONTENT: _lt("Content of messages"),
    RECORD: _lt("Records of Odoo"),
    TABLE: _lt("Tables of this add-on"),
}
END_WORDS = {
    "payload": _lt(
        "The days of contract and endpoint; while something waits or has failed, until that is settled"
    ),
    "record": _lt("With the record that it tells of"),
    "accounting": _lt("As long as the law wants books to be kept"),
    "employment": _lt("As long as the law wants employment to be documented"),
    "stock": _lt("With the history of stock"),
    "ledger": _lt("Not removed: proof of what was received"),
    "audit": _lt("The years of the audit log"),
    "settled": _lt("Until it is settled, and with the record"),
    "configuration": _lt("Until somebody removes it"),
}
ERASURE_WORDS = {
    "goes": _lt("Removed"),
    "emptied": _lt("Kept without what tells of the person"),
    "disguised": _lt("Kept under a pseudonym"),
    "stays": _lt("Stays"),
    "nobody": _lt("Tells of nobody"),
}
#: who may read it
READERS = ("group_data_protection", "group_auditor", "group_administrator")
#: plug-ins by the entity whose facts they apply, where that is not their own name
ENTITY_OF = {
    "service_order": "order",
    "supply_order": "order",
    "purchase_order": "order",
    "shipment": "stock_movement",
    "stock_count": "stock_movement",
    "department": "organization",
}
PLUGIN = "interop.entity."


class RegisterLine(models.TransientModel):
    _name = "interop.register.line"
    _description = "Line of the register of personal data"
    _order = "id"
    _rec_name = "attribute"

    part = fields.Selection(
        lambda self: [(word, self.env._(text)) for word, text in PARTS.items()],
        string="Where",
        readonly=True,
    )
    model = fields.Char(string="Technical name", readonly=True)
    place = fields.Char(string="Kept in", readonly=True)
    what = fields.Char(
        readonly=True, help="Kind of document, of fact, or what a table is for people."
    )
    attribute = fields.Char(
        readonly=True, help="The place in the document, the fields of the record, or the columns."
    )
    data_class = fields.Selection(
        CLASSES,
        string="Class",
        readonly=True,
        help="Of content as the contract says; of records, that of what they are filled from.",
    )
    purpose = fields.Char(string="Needed for", readonly=True)
    until = fields.Selection(
        lambda self: [(word, self.env._(END_WORDS[word])) for word in ENDS],
        string="Kept until",
        readonly=True,
    )
    days = fields.Integer(
        string="Days at the most",
        readonly=True,
        aggregator="max",
        help="Content of messages: the shortest line of the contract, or the endpoint that keeps longest. 0: no endpoint.",
    )
    erasure = fields.Selection(
        lambda self: [(word, self.env._(ERASURE_WORDS[word])) for word in ERASURES],
        string="Erasing a person",
        readonly=True,
        help="What becomes of it when a person is erased.",
    )
    sources = fields.Char(string="Comes in at", readonly=True, help="Endpoints of that format.")
    basis = fields.Char(string="Contract", readonly=True)

    # -- making it --

    @api.model
    def _check_reader(self):
        if not any(self.env.user.has_group(f"healthcare_interop.{group}") for group in READERS):
            raise AccessError(
                self.env._(
                    "Only data protection, auditors and administrators read the register of personal data."
                )
            )

    @api.model
    def _lines(self):
        """``core.register`` lines of this database as it is configured just now."""
        # configuration is read for whoever may read the register, which holds no value of anybody
        everything = self.sudo()
        contracts = [one._to_core() for one in everything.env["interop.contract"].search([])]
        # content that came in at one that is archived is still kept
        endpoints = everything.with_context(active_test=False).env["interop.endpoint"].search([])
        sources = [Source(one.display_name, one.format, one.payload_days) for one in endpoints]
        mapper = everything.env["interop.mapping"]._pattern_mapper()
        customs = customs_of(mapper, everything.env["interop.endpoint"]._plan_contracts())
        return [
            *content_lines(contracts, sources),
            *record_lines(self._homes(), customs),
            *table_lines(),
        ]

    @api.model
    def _homes(self):
        """What entity plug-ins write to: ``(entity, model, {attribute: fields})``, those of other add-ons too."""
        for name in sorted(self.env.registry):
            plugin = name.removeprefix(PLUGIN)
            home = getattr(self.env[name], "_home", "") if plugin != name else ""
            if home:
                yield ENTITY_OF.get(plugin, plugin), home, self.env[name]._attribute_fields

    @api.model
    def _make(self):
        """The register as records of the user's own; what she had before goes."""
        self._check_reader()
        self.search([("create_uid", "=", self.env.uid)]).unlink()
        lines = self._lines()
        names = {
            # what a table is called is no secret
            one.model: one.name
            for one in self.env["ir.model"]
            .sudo()
            .search([("model", "in", list({line.model for line in lines}))])
        }
        return self.create([self._row(line, names) for line in lines])

    def _row(self, line, names):
        return {
            "part": line.part,
            "model": line.model,
            "place": names.get(line.model, line.model),
            "what": line.what,
            "attribute": line.attribute,
            "data_class": line.data_class,
            "purpose": line.purpose,
            "until": line.until,
            "days": line.days or 0,
            "erasure": line.erasure,
            "sources": line.sources,
            "basis": line.basis,
        }

    @api.model
    def _open(self):
        """The action that shows the register as it is just now."""
        rows = self._make()
        action = self.env["ir.actions.act_window"]._for_xml_id("healthcare_interop.register_action")
        return {**action, "domain": [("id", "in", rows.ids)]}
