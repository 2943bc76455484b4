"""When each credential was last used, without a write with every request.

A worker remembers when it last told the table, and tells it at most once a minute for each credential, in autocommit
after the request's own commit. The table stands apart from ``interop_credential``: any change there renews the endpoint's
revision, and every worker would read its gate anew each minute (ADR 6).
"""

from odoo import fields, models
from odoo.tools import SQL

from .own_cursor import after_commit
from .seldom import Seldom

#: of each credential: ``(database, its id)``
_telling = Seldom(seconds=60)


class CredentialUse(models.Model):
    _name = "interop.credential.use"
    _description = "Last use of a credential"
    _log_access = False

    credential_id = fields.Many2one("interop.credential", required=True, ondelete="cascade")
    used_at = fields.Datetime(required=True)

    _credential_uniq = models.Constraint("UNIQUE (credential_id)", "One line a credential.")

    def _note(self, credential_id):
        """The credential has just held. No statement now, and rarely one after the commit."""
        place = (self.env.cr.dbname, credential_id)
        if not _telling.is_due(place):
            return

        def tell(cr):
            # only now: what is rolled back and run again has told nothing
            _telling.note(place)
            cr.execute(
                SQL(
                    """
                    INSERT INTO interop_credential_use AS u (credential_id, used_at)
                    SELECT id, date_trunc('second', clock_timestamp() AT TIME ZONE 'UTC')
                      FROM interop_credential WHERE id = %s
                    ON CONFLICT (credential_id) DO UPDATE SET used_at = excluded.used_at
                     WHERE u.used_at < excluded.used_at
                    """,
                    credential_id,
                )
            )

        after_commit(self.env, tell)


class CredentialUsed(models.Model):
    _inherit = "interop.credential"

    last_used_at = fields.Datetime(
        string="Last used",
        compute="_compute_last_used_at",
        help="When it last let a message in, to the minute.",
    )

    def _compute_last_used_at(self):
        # the machine's own table; when a credential was used is known to whoever may see it
        uses = self.env["interop.credential.use"].sudo().search([("credential_id", "in", self.ids)])
        times = {use.credential_id.id: use.used_at for use in uses}
        for credential in self:
            credential.last_used_at = times.get(credential.id, False)
