"""Keys by which a message is known again are keyed digests; those of a database of before were not, and become so once."""

from odoo import models
from odoo.tools import SQL

from ...core.fingerprint import keyed_identity

#: no parameter of the add-on, which would be recorded and travel to other databases: what was done is this one's own
DONE = "interop.keyed_identities"
BATCH = 10_000


class KeyedIdentity(models.Model):
    _inherit = "interop.message"

    def init(self):
        """With the update that brings it: no server runs meanwhile that would look for the old ones."""
        settings = self.env["ir.config_parameter"].sudo()  # the update's own note
        if not settings.get_param(DONE):
            self._key_identities()
            settings.set_param(DONE, "1")
        return super().init()

    def _key_identities(self):
        """Key all that are not; how many. What came in before and is sent again is still a duplicate."""
        changed, after = 0, 0
        while rows := self._unkeyed(after):
            key = self.env["interop.keyring"]._keyring().fingerprint_key
            self.env.cr.execute(
                SQL(
                    "UPDATE interop_message m SET dedup_key = v.identity "
                    "FROM unnest(%s::int[], %s::text[]) AS v (number, identity) WHERE m.id = v.number",
                    [number for number, _plain in rows],
                    [keyed_identity(key, plain) for _number, plain in rows],
                )
            )
            changed, after = changed + len(rows), rows[-1][0]
        self.env.invalidate_all(flush=False)
        return changed

    def _unkeyed(self, after):
        self.env.cr.execute(
            SQL(
                "SELECT id, dedup_key FROM interop_message "
                "WHERE id > %s AND dedup_key IS NOT NULL AND position(':~' IN dedup_key) = 0 ORDER BY id LIMIT %s",
                after,
                BATCH,
            )
        )
        return self.env.cr.fetchall()
