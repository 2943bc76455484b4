"""What goes and what stays of a sample: every place of it, the line of a contract that keeps it or the reason it is dropped.

Values are shown to whoever pasted them, and to nobody else.
"""

from odoo import api, fields, models

from ..core.codecs import decode
from ..core.codecs.plain_json import JsonOptions
from ..core.errors import BadBatch, MessageRefused
from ..core.hl7_names import place_name
from ..core.minimisation import (
    ENVELOPE,
    EXTENSION,
    LISTED,
    NEVER,
    NO_CONTRACT,
    NOT_LISTED,
    account,
)
from ..core.problem_catalog import explain

#: documents of one sample that are shown
MOST_DOCUMENTS = 20


class AccountSample(models.TransientModel):
    _name = "interop.account.sample"
    _inherit = "interop.pasted.sample"
    _description = "What goes and what stays"

    format = fields.Selection(
        "_formats", required=True, store=False, default=lambda self: self._default_format()
    )
    endpoint_id = fields.Many2one(
        "interop.endpoint",
        string="As sent to",
        store=False,
        domain="[('format', '=', format)]",
        help="Of plain JSON the endpoint says where type and content stand. Which places stay, the contracts say alone.",
    )

    @api.model
    def _formats(self):
        return self.env["interop.contract"]._fields["format"]._description_selection(self.env)

    def _default_format(self):
        """That of the contract from whose form one comes."""
        if self.env.context.get("active_model") != "interop.contract":
            return False
        return self.env["interop.contract"].browse(self.env.context.get("active_id")).format

    @api.onchange("asked", "file", "format", "endpoint_id")
    def _onchange_asked(self):
        body = self._body() if self.format else b""
        self.result = body and self._render(*self._read(body))
        if self.asked and not self.format:
            self.result = self.env["ir.qweb"]._render("healthcare_interop.account_sample_no_format")

    def _read(self, body):
        """``(documents, errors)`` as the door would read them; an error has its place in the body."""
        options = None
        if self.format == "json":
            endpoint = self.endpoint_id._origin
            options = endpoint._json_options() if endpoint else JsonOptions(default_type="*")
        content_type = self.env["interop.trial"]._content_type(self.format, body)
        try:
            return (
                decode(self.format, body, content_type=content_type, headers={}, options=options),
                [],
            )
        except BadBatch as error:
            return error.documents, [(bad.index, bad) for bad in error.errors]
        except MessageRefused as error:
            return [], [(getattr(error, "index", 0), error)]

    def _render(self, documents, errors):
        contracts = self.env["interop.endpoint"]._plan_contracts()
        most = self.endpoint_id._origin.payload_days if self.endpoint_id else None
        told = [
            Accounted(one, account(one, contracts), contracts.kept_days(one, most))
            for one in documents[:MOST_DOCUMENTS]
        ]
        return self.env["ir.qweb"]._render(
            "healthcare_interop.account_sample_result",
            {
                "documents": told,
                "errors": errors,
                "left_out": max(0, len(documents) - MOST_DOCUMENTS),
                "words": AccountWords(self.env),
            },
        )


class Accounted:
    """One document, its rows, and how many days it is kept (None: as the endpoint says); for the template."""

    def __init__(self, document, rows, days):
        self.days = days
        self.kind = document.kind
        self.format = document.format
        self.rows = rows
        self.kept_count = sum(row.is_kept for row in rows)
        self.dropped_count = len(rows) - self.kept_count


class AccountWords:
    """How reasons and classes read; given to the template."""

    def __init__(self, env):
        self.env = env
        self._reasons = {
            LISTED: (env._("kept"), env._("A contract lists it")),
            ENVELOPE: (
                env._("kept"),
                env._("Identity and order hang on it: kept whatever a contract lists"),
            ),
            NEVER: (env._("never stored"), env._("Whatever a contract allows")),
            EXTENSION: (env._("dropped"), env._("An extension that no contract names")),
            NOT_LISTED: (env._("dropped"), env._("No contract lists it")),
            NO_CONTRACT: (env._("dropped"), env._("No contract is for such documents")),
        }
        lines = env["interop.contract.attribute"]
        self._classes = dict(lines._fields["data_class"]._description_selection(env))
        self.may_allow = env["interop.allow.place"].has_access("create")

    def state(self, row):
        return self._reasons[row.reason][0]

    def why(self, row):
        return self._reasons[row.reason][1]

    def data_class(self, row):
        return self._classes.get(row.data_class, "")

    def kept_for(self, row):
        return self.env._("%s days", row.retention_days) if row.retention_days else ""

    def kept_whole(self, document):
        if document.days is None:
            return self.env._("Its content is kept for as long as the endpoint says.")
        return self.env._(
            "Its content is kept for %s days at the most: for the fewest that a line or the endpoint says, and as a whole.",
            document.days,
        )

    def format_of(self, document):
        """The format whose contracts decide."""
        return "json" if document.format == "cloudevents" else document.format

    def name(self, document, row):
        """What the standard calls the place; only HL7 v2's places don't say it themselves."""
        return place_name(row.path).rpartition(": ")[2] if document.format == "hl7v2" else ""

    def title(self, error):
        found = explain(error.code)
        return found.title if found else (error.code or "").replace("_", " ").capitalize()

    def advice(self, error):
        found = explain(error.code)
        return found.advice if found else ""

    def value(self, error):
        return getattr(error, "value", "")
