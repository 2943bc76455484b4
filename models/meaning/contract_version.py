"""Versions of a contract: what may be kept and must hold, who published it and why, how long it is spoken, and the way back."""

from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ...core.compatibility import compare
from ...core.contract_definition import read
from ...core.contract_versions import SCHEMAS_PATH, ContractVersion
from ...core.lifecycle import ACTIVE, DEPRECATED, DRAFT, RETIRED, Lifecycle
from ..exchange.lifecycle import SELECTION, aware

_lt = LazyTranslate(__name__)

#: what may be written of a version after it was made
_LIFE = {"status", "deprecated_at", "sunset_at", "retired_at", "reminded_days", "out_of_use_at"}
#: the window of the count of those who still send by a version
RECENT_DAYS = 30

PARTS = {
    "format": _lt("Format"),
    "documents": _lt("Documents"),
    "attributes": _lt("Attribute"),
    "schema": _lt("JSON Schema"),
}
CHANGES = {
    "added": _lt("added"),
    "removed": _lt("removed"),
    "data_class": _lt("class"),
    "purpose": _lt("purpose"),
    "format": _lt("format"),
    "words": _lt("words that decide nothing"),
    "retention_days": _lt("retention"),
}
WHY = {
    "unknown": _lt("can't be compared"),
    "constrained": _lt("was dropped unseen, and is held against the JSON Schema now"),
}


class ContractVersionModel(models.Model):
    """Nobody writes versions but the methods here, and those write nothing but a version's life."""

    _name = "interop.contract.version"
    _description = "Contract version"
    _inherit = ["interop.configuration", "mail.thread", "mail.activity.mixin"]
    _order = "contract_id, id desc"
    _rec_name = "number"
    _named_by = [("interop.message", "contract_version_id")]

    contract_id = fields.Many2one(
        "interop.contract", required=True, readonly=True, index=True, ondelete="restrict"
    )
    name = fields.Char(string="Contract's name", required=True, readonly=True)
    number = fields.Char(
        string="Version",
        required=True,
        readonly=True,
        help="Major and minor. Within a major nothing breaks for those who send.",
    )
    status = fields.Selection(SELECTION, required=True, readonly=True, default=DRAFT, tracking=True)
    is_in_use = fields.Boolean(
        string="In use", compute="_compute_is_in_use", help="What follows who names no version."
    )
    definition = fields.Text(
        required=True, readonly=True, help="The whole contract as canonical JSON, as it was then."
    )
    sha256 = fields.Char(
        string="Fingerprint", required=True, readonly=True, help="SHA-256 of the definition."
    )
    before_id = fields.Many2one(
        "interop.contract.version",
        string="Compared with",
        readonly=True,
        help="The version that was in use when this one was made.",
    )
    change_text = fields.Text(string="What changed", compute="_compute_change_text")
    is_shipped = fields.Boolean(string="Shipped", readonly=True, help="Came with the add-on.")
    note = fields.Char(string="Why", readonly=True)
    author_id = fields.Many2one("res.users", string="Published by", readonly=True, required=True)
    deprecated_at = fields.Datetime(
        string="Deprecated since", readonly=True, help="Senders are told so with every answer."
    )
    sunset_at = fields.Datetime(
        string="Ends on",
        readonly=True,
        tracking=True,
        help="Senders are told the day with every answer. Nothing ends by itself: somebody retires it.",
    )
    retired_at = fields.Datetime(string="Retired since", readonly=True)
    out_of_use_at = fields.Datetime(
        string="In use until", readonly=True, help="Since then only those follow it who name it."
    )
    schema_path = fields.Char(
        string="Read at",
        compute="_compute_schema_path",
        help="Senders name this version by this path, after any host, as dataschema.",
    )

    _number_uniq = models.Constraint(
        "UNIQUE (contract_id, number)", "A version of this number exists already."
    )

    @api.depends("name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = f"{version.name} {version.number}"

    @api.depends("contract_id.active_version_id")
    def _compute_is_in_use(self):
        for version in self:
            version.is_in_use = version.contract_id.active_version_id == version

    @api.depends("contract_id.code", "number")
    def _compute_schema_path(self):
        for version in self:
            version.schema_path = f"{SCHEMAS_PATH}{version.contract_id.code}/{version.number}"

    @api.depends_context("lang")
    @api.depends("definition", "before_id")
    def _compute_change_text(self):
        words = self.env["interop.contract.words"]
        for version in self:
            if not version.before_id:
                version.change_text = self.env._("The first version.")
                continue
            told = compare(version.before_id._to_core(), version._to_core())
            version.change_text = "\n".join(words._told(one) for one in told)

    def write(self, vals):
        own = {name for name in vals if name in self._fields and not _is_mixed_in(self, name)}
        if not own <= _LIFE:
            raise UserError(self.env._("A version never changes. Change the contract instead."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Versions are history: they stay."))

    def _audit_values(self, names):
        # a whole definition is no change that people can read; its fingerprint stands for it
        return super()._audit_values(set(names) - {"definition"})

    def _to_core(self):
        self.ensure_one()
        return read(self.definition)

    def _lifecycle(self):
        return Lifecycle(self.status, aware(self.deprecated_at), aware(self.sunset_at))

    def _in_force(self):
        definition = self._to_core()
        named = replace(definition.contract, name=self.contract_id.name)
        return ContractVersion(
            id=self.id,
            code=self.contract_id.code or "",
            number=self.number,
            definition=replace(definition, contract=named),
            lifecycle=self._lifecycle(),
            is_in_use=self.is_in_use,
        )

    # -- a version's life --

    def action_use(self):
        """Messages that name no version follow this one from now on: a draft for the first time, another one again."""
        self.ensure_one()
        self._check_may_decide()
        if self.is_in_use:
            raise UserError(self.env._("This version is in use already."))
        self.contract_id._lock()
        is_back = self.status != DRAFT
        self._put_in_use()
        told = self.env._("Version %s is in use.", self.number)
        if is_back:
            told = self.env._("Back to version %s.", self.number)
        self.contract_id.message_post(body=told)
        return True

    def _put_in_use(self):
        """Whoever calls has checked the right."""
        log = self.env["interop.audit"]
        for version in self.sudo():  # versions are nobody's to write
            before = version.contract_id.active_version_id
            before.write({"out_of_use_at": fields.Datetime.now()})
            version.write(
                {
                    "status": ACTIVE,
                    "deprecated_at": False,
                    "sunset_at": False,
                    "retired_at": False,
                    "out_of_use_at": False,
                }
            )
            version.contract_id.active_version_id = version
            details = {"version": [before.number or None, version.number]}
            log._record(act._replace(details=details) for act in log._about("approved", version))

    def action_deprecate(self):
        return self._ask("deprecate", self.env._("Deprecate a version"))

    def action_retire(self):
        return self._ask("retire", self.env._("Retire a version"))

    def _ask(self, decision, title):
        self.ensure_one()
        self._check_may_decide()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "interop.end.contract.version",
            "view_mode": "form",
            "target": "new",
            "context": {"default_version_id": self.id, "default_decision": decision},
        }

    def _deprecate(self, sunset_at, reason):
        """It is spoken until somebody retires it; whoever names it is told."""
        self._check_may_end()
        now = fields.Datetime.now()
        values = {"status": DEPRECATED, "sunset_at": sunset_at}
        # versions are nobody's to write; the right was checked
        version = self.sudo()
        version.write(values | {"deprecated_at": self.deprecated_at or now})
        version.message_post(body=self.env._("Deprecated: %s", reason))

    def _retire(self, reason):
        """From now on whoever names it is answered 410."""
        self._check_may_end()
        # likewise
        version = self.sudo()
        version.write({"status": RETIRED, "retired_at": fields.Datetime.now()})
        version.message_post(body=self.env._("Retired: %s", reason))

    def _check_may_end(self):
        self.ensure_one()
        self._check_may_decide()
        if self.is_in_use:
            raise UserError(
                self.env._(
                    "This version is in use. Put another one in use first, or archive the contract: then nothing of such "
                    "messages is kept."
                )
            )
        if self.status == RETIRED:
            raise UserError(self.env._("This version is retired already."))

    def _check_may_decide(self):
        self.contract_id.check_access("write")

    def action_open(self):
        """The version on a page of its own, not in a dialog over its contract: it has decisions to make."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_compare(self):
        """This version beside the one in use; any other two can be chosen."""
        self.ensure_one()
        other = self.contract_id.active_version_id
        old, new = (self.before_id, self) if other == self else (other, self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare versions"),
            "res_model": "interop.compare.contract",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_contract_id": self.contract_id.id,
                "default_old_id": old.id,
                "default_new_id": new.id,
            },
        }

    def action_messages(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Messages that follow %s", self.display_name),
            "res_model": "interop.message",
            "view_mode": "list,form",
            "domain": [("contract_version_id", "=", self.id)],
        }


class ContractWords(models.AbstractModel):
    """Differences of contracts, for people."""

    _name = "interop.contract.words"
    _description = "Words for contracts"

    def _told(self, difference):
        """One line: what, where, how, and why it matters."""
        what = self._part(difference)
        if difference.before or difference.after:
            change = self.env._(
                "%(what)s: “%(after)s” instead of “%(before)s”",
                what=self._change(difference),
                before=difference.before,
                after=difference.after,
            )
        else:
            change = self._change(difference)
        return " · ".join(filter(None, (what, difference.place, change, self._why(difference))))

    def _part(self, difference):
        return self.env._(PARTS[difference.part])  # pylint: disable=translation-not-lazy

    def _change(self, difference):
        # a keyword of JSON Schema is its own word
        word = CHANGES.get(difference.change)
        return self.env._(word) if word else difference.change.replace("_", " ")

    def _why(self, difference):
        return self.env._(WHY[difference.why]) if difference.why else ""


def _is_mixed_in(records, name):
    """Whether a field is of messages and activities, not of the version."""
    return name.startswith(("message_", "activity_", "website_message_", "rating_"))
