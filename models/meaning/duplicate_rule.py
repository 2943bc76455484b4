"""What two contacts have to share to be shown as possible duplicates."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...core.duplicates import Rule

#: what decides the keys of records: a change of it makes all of them anew
MEANING = frozenset(("basis", "number_type", "needs_name", "kind", "active"))


class DuplicateRule(models.Model):
    _name = "interop.duplicate.rule"
    _description = "Duplicate rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="The reason, as people read it.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    basis = fields.Selection(
        [
            ("identifier", "The same number of the same type"),
            ("phone", "The same telephone number"),
            ("email", "The same e-mail address"),
            ("address", "The same street and postal code"),
        ],
        string="They share",
        required=True,
        help="A number counts where one type of number with one value was given to two records by different assigners.",
    )
    number_type = fields.Char(
        string="Type of number",
        help="A code of HL7 table 0203, such as NH (national health number). Empty: any type.",
    )
    needs_name = fields.Boolean(
        string="And the name",
        default=True,
        help="Names are compared without accents, case, initials and the order of their words. Without it, families "
        "that share a telephone are found, and hospitals that count their patients from 1.",
    )
    kind = fields.Selection(
        selection=lambda self: self.env["res.partner"]._fields["interop_kind"].selection,
        string="Only among",
        help="Contacts of this kind. Empty: all, each among its own kind.",
    )
    looked_until = fields.Datetime(
        string="Looked at up to",
        readonly=True,
        help="What has changed up to then was looked at. Empty: everything is still to be looked at.",
    )
    looked_id = fields.Integer(readonly=True)
    open_count = fields.Integer(string="Open", compute="_compute_open_count")

    def _compute_open_count(self):
        counts = dict(
            self.env["interop.duplicate"]._read_group(
                [("rule_id", "in", self.ids), ("state", "=", "open")], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.open_count = counts.get(rule, 0)

    def write(self, vals):
        result = super().write(vals)
        if MEANING & vals.keys():
            self._forget()
        return result

    def _forget(self):
        """Look at everything again: what was found by what the rule said before, and nobody decided, goes."""
        self.write({"looked_until": False, "looked_id": 0})
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM interop_duplicate_key WHERE rule_id = ANY(%s)", (self.ids,)
        )
        self.env.cr.execute(
            "DELETE FROM interop_duplicate WHERE state = 'open' AND rule_id = ANY(%s)", (self.ids,)
        )
        self.env["interop.duplicate"].invalidate_model()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        decided = [("rule_id", "in", self.ids), ("state", "!=", "open")]
        # whoever may delete the rule, what others decided stays
        if self.env["interop.duplicate"].sudo().search_count(decided, limit=1):
            raise UserError(
                self.env._(
                    "What people decided about pairs that this rule found would be asked again: archive it instead."
                )
            )

    def _to_core(self):
        self.ensure_one()
        return Rule(self.basis, (self.number_type or "").strip(), self.needs_name, self.kind or "")

    def action_look(self):
        """Look now at what has changed, without waiting for the scheduled look."""
        self.check_access("write")
        self._look()

    def action_look_again(self):
        """Look at everything again."""
        self.check_access("write")
        self._forget()
        self._look()

    def action_open_found(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "healthcare_interop.duplicate_action"
        )
        return action | {"domain": [("rule_id", "=", self.id)]}

    @api.model
    def _cron_look(self):
        """Scheduled: look at what has changed; come back at once where there is more of it."""
        if self.search([])._look():
            self.env.ref("healthcare_interop.cron_duplicates")._trigger()
