"""Two contacts that may be one: found by rules, decided by people."""

import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

PATIENT = "patient"


class Duplicate(models.Model):
    """A pair, the lower id first. What somebody said is remembered: a pair is never shown twice.

    ``rule_id`` is empty where no rule found it but a message that named both as one.
    """

    _name = "interop.duplicate"
    _description = "Possible duplicate"
    _order = "state desc, found_at desc, id desc"
    _rec_name = "one_id"
    _log_access = False

    one_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="cascade")
    other_id = fields.Many2one(
        "res.partner",
        string="The other",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    rule_id = fields.Many2one(
        "interop.duplicate.rule", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    reason = fields.Char(string="Why", compute="_compute_reason")
    state = fields.Selection(
        [("open", "To look at"), ("dismissed", "Not the same"), ("merged", "Merged")],
        required=True,
        readonly=True,
        default="open",
    )
    found_at = fields.Datetime(string="Found", readonly=True)
    decided_at = fields.Datetime(string="Decided", readonly=True)
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="set null"
    )
    masters = fields.Char(
        string="Decided in",
        compute="_compute_masters",
        help="The systems that keep both records as patients: which of them stays is decided there.",
    )
    one_systems = fields.Char(string="Known to", compute="_compute_masters")
    other_systems = fields.Char(string="Known to (the other)", compute="_compute_masters")

    # no unique index: Odoo's own merge of contacts knows how to deal with a constraint, and only with that
    _pair_uniq = models.Constraint("UNIQUE (one_id, other_id)", "This pair is listed already.")
    _open_idx = models.Index("(one_id) WHERE state = 'open'")

    @api.depends("rule_id.name")
    def _compute_reason(self):
        for pair in self:
            pair.reason = pair.rule_id.name or self.env._("One message named both as one")

    @api.depends("one_id.display_name", "other_id.display_name")
    def _compute_display_name(self):
        for pair in self:
            pair.display_name = f"{pair.one_id.display_name} / {pair.other_id.display_name}"

    def _compute_masters(self):
        systems = (self.one_id | self.other_id)._interop_masters()
        for pair in self:
            one, other = (systems.get(partner.id, []) for partner in (pair.one_id, pair.other_id))
            pair.one_systems, pair.other_systems = ", ".join(one), ", ".join(other)
            is_kept = (
                one and other and PATIENT in (pair.one_id | pair.other_id).mapped("interop_kind")
            )
            pair.masters = ", ".join(sorted({*one, *other})) if is_kept else False

    @api.model
    def _suspect(self, cr, pairs):
        """List ``pairs`` of contacts' ids that messages took for one. One statement, none for none."""
        rows = sorted({(min(pair), max(pair)) for pair in pairs})
        if not rows:
            return
        cr.execute(
            SQL(
                """
                INSERT INTO interop_duplicate (one_id, other_id, state, found_at)
                SELECT v.one, v.other, 'open', %s FROM json_to_recordset(%s) AS v (one int, other int)
                  JOIN res_partner p ON p.id = v.one JOIN res_partner q ON q.id = v.other
                ON CONFLICT (one_id, other_id) DO NOTHING
                """,
                fields.Datetime.now(),
                json.dumps([{"one": one, "other": other} for one, other in rows]),
            )
        )

    # -- what people say --

    def action_dismiss(self):
        """They are two: nobody is asked again."""
        self._decide("dismissed")

    def action_reopen(self):
        self.check_access("write")
        self.write({"state": "open", "decided_at": False, "decided_by_id": False})

    def _decide(self, state):
        self.check_access("write")
        self.write(
            {"state": state, "decided_at": fields.Datetime.now(), "decided_by_id": self.env.uid}
        )

    def action_merge(self):
        """Odoo's own merge of contacts, with these two; patients of outside systems are merged by those."""
        self.ensure_one()
        if self.masters:
            raise UserError(
                self.env._(
                    "Both are patients of %s: which of them stays is decided there. Merge them in that system; its "
                    "message merges them here, and can undo it.",
                    self.masters,
                )
            )
        both = self.one_id | self.other_id
        # what a system knows stays: its messages go on finding it
        known = both.filtered(lambda partner: partner._interop_masters())
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {
                "state": "selection",
                "partner_ids": [fields.Command.set(both.ids)],
                "dst_partner_id": (known or both)[:1].id,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge contacts"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }


class DuplicateSides(models.Model):
    """Both records side by side, as far as who looks may read them."""

    _inherit = "interop.duplicate"

    one_kind = fields.Selection(string="Kind", related="one_id.interop_kind", related_sudo=False)
    one_phone = fields.Char(string="Phone", related="one_id.phone", related_sudo=False)
    one_email = fields.Char(string="Email", related="one_id.email", related_sudo=False)
    one_address = fields.Char(string="Address", compute="_compute_addresses")
    one_birth_date = fields.Date(
        string="Birth date",
        related="one_id.interop_birth_date",
        related_sudo=False,
        groups="healthcare_interop.group_patient_reader",
    )
    other_kind = fields.Selection(
        string="Kind of the other", related="other_id.interop_kind", related_sudo=False
    )
    other_phone = fields.Char(
        string="Phone of the other", related="other_id.phone", related_sudo=False
    )
    other_email = fields.Char(
        string="Email of the other", related="other_id.email", related_sudo=False
    )
    other_address = fields.Char(string="Address of the other", compute="_compute_addresses")
    other_birth_date = fields.Date(
        string="Birth date of the other",
        related="other_id.interop_birth_date",
        related_sudo=False,
        groups="healthcare_interop.group_patient_reader",
    )

    @api.depends("one_id", "other_id")
    def _compute_addresses(self):
        for pair in self:
            pair.one_address = _in_one_line(pair.one_id)
            pair.other_address = _in_one_line(pair.other_id)


def _in_one_line(partner):
    town = " ".join(part for part in (partner.zip, partner.city) if part)
    return ", ".join(part for part in (partner.street, partner.street2, town) if part)
