"""Versions of a mapping: what messages are mapped by, who changed it and why, and the way back.

A version is a whole definition that never changes again; an adaptation's holds what it followed as well. The one that is
active maps messages, and each delivery names the version that mapped it.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...core.definition import changes, read

#: system parameter: a version is put in use by somebody else than its author
FOUR_EYES = "healthcare_interop.mapping_four_eyes"
STATES = [
    ("draft", "Proposed"),
    ("approved", "Approved"),
    ("active", "In use"),
    ("retired", "Retired"),
]
#: what may be written of a version after it was made
_LIFE = {"state", "approved_by_id", "approved_at", "activated_by_id", "activated_at"}


class MappingVersion(models.Model):
    """Nobody writes versions but the methods here, and those write nothing but a version's life."""

    _name = "interop.mapping.version"
    _description = "Mapping version"
    _order = "mapping_id, number desc"
    _rec_name = "number"

    mapping_id = fields.Many2one("interop.mapping", readonly=True, index=True, ondelete="set null")
    name = fields.Char(string="Mapping's name", required=True, readonly=True)
    number = fields.Integer(string="Version", required=True, readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="draft")
    definition = fields.Text(
        required=True, readonly=True, help="The whole mapping as canonical JSON, as it was then."
    )
    sha256 = fields.Char(
        string="Fingerprint", required=True, readonly=True, help="SHA-256 of the definition."
    )
    before_id = fields.Many2one(
        "interop.mapping.version",
        string="Compared with",
        readonly=True,
        help="The version that was in use when this one was made.",
    )
    is_shipped = fields.Boolean(string="Shipped", readonly=True, help="Came with the add-on.")
    note = fields.Char(string="Why", readonly=True)
    author_id = fields.Many2one("res.users", readonly=True, required=True)
    approved_by_id = fields.Many2one("res.users", readonly=True)
    approved_at = fields.Datetime(readonly=True)
    activated_by_id = fields.Many2one("res.users", string="Put in use by", readonly=True)
    activated_at = fields.Datetime(
        string="Last put in use", readonly=True, help="Empty: never was in use."
    )
    change_text = fields.Text(
        string="What changed",
        compute="_compute_change_text",
        help="The difference from the version it is compared with, rule by rule.",
    )

    _number_uniq = models.Constraint(
        "UNIQUE (mapping_id, number)", "A version of this number exists already."
    )
    _one_active = models.UniqueIndex(
        "(mapping_id) WHERE state = 'active'", "Another version is in use."
    )

    @api.depends("name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(mapping)s, version %(number)s", mapping=version.name, number=version.number
            )

    @api.depends_context("lang")
    @api.depends("definition", "before_id")
    def _compute_change_text(self):
        words = self.env["interop.mapping.words"]
        for version in self:
            before = version.before_id._to_core() if version.before_id else None
            version.change_text = words._changes(changes(before, version._to_core()))

    def write(self, vals):
        if not set(vals) <= _LIFE:
            raise UserError(self.env._("A version never changes. Change the mapping instead."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Versions are history: they stay."))

    def _to_core(self):
        self.ensure_one()
        return read(self.definition)

    def _action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    # -- a version's life --

    def action_approve(self):
        """Somebody has looked at it; with four eyes, somebody else than its author."""
        self.ensure_one()
        self._check_may_decide()
        if self.state != "draft":
            raise UserError(self.env._("Only a proposed version can be approved."))
        self._check_eyes()
        # versions are nobody's to write; the right was checked
        self.sudo().write(
            {
                "state": "approved",
                "approved_by_id": self.env.uid,
                "approved_at": fields.Datetime.now(),
            }
        )

    def action_activate(self):
        """Messages are mapped by this version from now on. One that was in use before may always come back."""
        self.ensure_one()
        self._check_may_decide()
        if self.state == "active":
            raise UserError(self.env._("This version is in use already."))
        is_back = bool(self.activated_at)
        if not is_back:
            self._check_eyes()
            self._check_green()
            self.mapping_id._check_works(self._to_core())
        if self.state == "draft":
            self.action_approve()
        self._put_in_use()
        self.mapping_id.message_post(body=self._told_in_use(is_back=is_back))
        return True

    def action_withdraw(self):
        """A proposal that is not to be put in use."""
        self.ensure_one()
        self._check_may_decide()
        if self.state not in ("draft", "approved"):
            raise UserError(self.env._("Only a proposal can be withdrawn."))
        # versions are nobody's to write; the right was checked
        self.sudo().write({"state": "retired"})

    def _check_may_decide(self):
        if not self.mapping_id:
            raise UserError(self.env._("The mapping of this version is gone."))
        self.mapping_id.check_access("write")

    def _check_eyes(self):
        if self._needs_four_eyes() and self.author_id == self.env.user:
            raise UserError(
                self.env._("Four eyes: ask somebody else than yourself to approve this version.")
            )

    @api.model
    def _needs_four_eyes(self):
        # a setting, for whoever asks
        return bool(self.env["ir.config_parameter"].sudo().get_param(FOUR_EYES))

    def _check_green(self):
        """``UserError`` with the test and the attribute where this version does not do what its tests expect."""
        if red := self.mapping_id._red_tests(self._to_core()):
            raise UserError(
                self.env._(
                    "This version can't be put in use, because a test is red:\n%s", "\n".join(red)
                )
            )

    def _put_in_use(self):
        """One each of several mappings at once; those in use until now are retired."""
        # versions are nobody's to write; whoever calls has checked the right
        versions = self.sudo()
        versions.mapping_id.active_version_id.write({"state": "retired"})
        versions.flush_model()
        versions.write(
            {
                "state": "active",
                "activated_by_id": self.env.uid,
                "activated_at": fields.Datetime.now(),
            }
        )
        for version in versions:
            version.mapping_id.active_version_id = version
        versions.mapping_id.adapted_by_ids._follow_profile()
        self.env["interop.mapping.effective"].invalidate_model()
        self.env["interop.mapping"].invalidate_model(["effective_ids"])

    def _may_follow_shipped(self):
        """Whether nobody here decided otherwise, and no test of theirs is against it."""
        before = self.mapping_id.active_version_id
        return not before or (before.is_shipped and not self.mapping_id._red_tests(self._to_core()))

    def _told_in_use(self, *, is_back):
        if not is_back:
            return self.env._("Version %s is in use.", self.number)
        red = self.mapping_id._red_tests(self._to_core())
        told = self.env._("Back to version %s.", self.number)
        return "\n".join([told, *red])
