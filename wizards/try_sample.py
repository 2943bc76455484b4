"""Try a sample: what would a message do? Shown while nothing is kept, not even the sample."""

import dataclasses
from datetime import date, datetime
from decimal import Decimal

from odoo import api, fields, models

from ..core.canonical import CLEAR
from .account_sample import AccountWords


class TrySample(models.TransientModel):
    _name = "interop.try.sample"
    _inherit = "interop.pasted.sample"
    _description = "Try a sample"

    endpoint_id = fields.Many2one("interop.endpoint", required=True, domain="[]")
    format = fields.Selection(related="endpoint_id.format")
    draft_id = fields.Many2one(
        "interop.mapping",
        string="With the changes of",
        store=False,
        default=lambda self: self._default_draft(),
        help="This mapping is tried as it stands, though messages are mapped by the version that is in use.",
    )

    def _default_draft(self):
        """The mapping from whose form one comes, where it is not in use as it stands."""
        if self.env.context.get("active_model") != "interop.mapping":
            return False
        mapping = self.env["interop.mapping"].browse(self.env.context.get("active_id"))
        return mapping if mapping.exists() and mapping.is_changed else False

    @api.onchange("asked", "file", "endpoint_id")
    def _onchange_asked(self):
        body = self._body() if self.endpoint_id else b""
        self.result = body and self._render(
            self.env["interop.trial"]._of_sample(
                self.endpoint_id._origin, body, drafts=self.draft_id._origin.ids
            )
        )

    def _render(self, trial):
        return self.env["ir.qweb"]._render(
            "healthcare_interop.try_sample_result",
            {"trial": trial, "words": Words(self.env), "attributes": attributes},
        )


class Words(AccountWords):
    """How errors and outcomes read; given to the template."""

    def effect(self, outcome):
        effects = dict(
            self.env["interop.delivery"]._fields["effect"]._description_selection(self.env)
        )
        return effects.get(outcome.effect, "")


def attributes(entity):
    """``[(name, text)]`` of what a canonical entity says; what it does not speak of is left out."""
    return [
        (name.name.replace("_", " "), text)
        for name in dataclasses.fields(entity)
        if (text := _text(getattr(entity, name.name))) is not None
    ]


def _text(value):
    if value is None:
        return None
    if value is CLEAR:
        return "(to be emptied)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "\n".join(text for one in value if (text := _text(one))) or None
    if isinstance(value, (datetime, date, Decimal)):
        return str(value)
    if dataclasses.is_dataclass(value):
        return _of_value(value)
    return str(value)


def _of_value(value):
    """A small value in one line, its parts in the order of its class."""
    kind = type(value).__name__
    if kind == "Moment":
        return f"{value.at:%Y-%m-%d %H:%M:%S} UTC ({value.precision})"
    if kind == "Reference":
        names = "; ".join(_of_value(one) for one in value.identifiers)
        return f"{value.display} [{names}]" if value.display else names
    parts = [
        text.replace("\n", " ")
        for name in dataclasses.fields(value)
        if (text := _text(getattr(value, name.name))) not in (None, "", "no")
    ]
    return " · ".join(parts)
