"""Which kinds of numbers have a check digit, and what becomes of a message with a wrong one."""

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...core.binding import global_system
from ...core.check_digits import holds
from ...core.identifier_checks import STATED, Check, Checks, Fault

#: bindings looked at in one go
MOST_AT_ONCE = 50_000


class IdentifierCheck(models.Model):
    """Compiled into the endpoints' plans: a message costs no statement more for it."""

    _name = "interop.identifier.check"
    _description = "Check digit"
    _inherit = ["interop.configuration"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="What people call the number.")
    sequence = fields.Integer(
        default=10, help="Where several checks are for one number, the first counts."
    )
    active = fields.Boolean(default=True)
    number_system = fields.Char(
        string="Whose number",
        help="The URI, the OID or the assigner's word that stands beside the number in messages. Empty: anybody's.",
    )
    number_type = fields.Char(
        string="Type of number",
        help="A code of HL7 table 0203, such as MR or AN. Empty: any.",
    )
    system_id = fields.Many2one(
        "interop.system",
        string="Sent by",
        ondelete="cascade",
        help="Only what this system sends. Empty: every system.",
    )
    scheme = fields.Selection(
        [
            ("M10", "Mod 10 (Luhn; HL7 M10)"),
            ("M11", "Mod 11 (HL7 M11)"),
            ("nhs", "NHS number"),
            ("gtin", "GTIN-8, 12, 13, 14"),
            ("NPI", "US National Provider Identifier"),
            (STATED, "As the message says (CX-2, CX-3)"),
        ],
        string="Check",
        required=True,
        help="How the last digit follows from the others. As the message says: the check digit that HL7 v2 messages state "
        "beside a number, by the scheme that they name.",
    )
    on_wrong = fields.Selection(
        [("flag", "Take and flag"), ("refuse", "Refuse")],
        string="A wrong one",
        required=True,
        default="flag",
        help="Take and flag: the message takes effect, and its record is listed under Wrong check digits. Refuse: the message "
        "is stopped by an exception.",
    )

    @api.constrains("number_system", "number_type", "scheme")
    def _check_is_of_something(self):
        for check in self:
            if check.scheme != STATED and not (check.number_system or check.number_type):
                raise ValidationError(
                    self.env._("Say whose number it is, or of what type: not every number has one.")
                )

    def action_check_bound(self):
        """Look at the numbers that are bound already: a check that is new knows nothing of what came before it."""
        self.check_access("write")
        found = sum(check._check_bound() for check in self if check.scheme != STATED)
        if found:
            message = self.env._(
                "Wrong: %s. Their records are listed under Wrong check digits.", found
            )
        else:
            message = self.env._("Every number that is bound is right.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "warning" if found else "success", "message": message},
        }

    def _check_bound(self):
        """List the records with a wrong number that this check is for; how many numbers are wrong. In parts, by one scan."""
        system, kind = (self.number_system or "").strip(), (self.number_type or "").strip()
        known = global_system(system)
        wrong, last = 0, 0
        while rows := self.env.execute_query(
            SQL(
                """
                SELECT id, system_id, res_model, res_id, value, COALESCE(type, '') FROM interop_binding
                 WHERE id > %(last)s AND res_id IS NOT NULL AND system_id IS NOT NULL
                   AND (%(system)s = '' OR namespace = %(known)s
                        OR %(known)s = '' AND right(namespace, length(%(system)s) + 1) = '|' || %(system)s)
                   AND %(type)s IN ('', type) AND COALESCE(%(sender)s, system_id) = system_id
                 ORDER BY id LIMIT %(most)s
                """,
                last=last,
                system=system,
                known=known,
                type=kind,
                sender=self.system_id.id or None,
                most=MOST_AT_ONCE,
            )
        ):
            last = rows[-1][0]
            flagged = [
                (
                    sender,
                    model,
                    record,
                    Fault("identifiers", known or system, type_, self.scheme, False),
                )
                for _id, sender, model, record, value, type_ in rows
                if not holds(self.scheme, value)
            ]
            self.env["interop.identifier.fault"]._keep(self.env.cr, flagged, fields.Datetime.now())
            wrong += len(flagged)
        self.env["interop.identifier.fault"].invalidate_model()
        return wrong

    @api.model
    @tools.ormcache("system_id")
    def _checks(self, system_id):
        """What is looked at in messages of a system."""
        # configuration is read for the machine, whoever is asking
        found = self.sudo().search([("system_id", "in", (False, system_id))])
        return Checks(
            Check(
                check.scheme,
                (check.number_system or "").strip(),
                (check.number_type or "").strip(),
                check.on_wrong == "refuse",
            )
            # a system's own goes before a general one
            for check in found.sorted(lambda check: not check.system_id)
        )
