"""Whether messages can be taken in and kept by this server now."""

from odoo import models

from ...core.errors import InteropError


class DoorHealth(models.AbstractModel):
    _inherit = "interop.door"

    def _obstacles(self):
        """What is missing, in one word each: a load balancer sends messages elsewhere until there is nothing.

        Jobs are not asked for: what is taken in is kept, and drained by whichever server can.
        """
        return tuple(
            name
            for name, is_missing in (
                ("database", self._is_database_read_only),
                ("keys", self._has_no_keys),
                ("neutralized", self._is_neutralized),
            )
            if is_missing()
        )

    def _is_database_read_only(self):
        self.env.cr.execute("SELECT pg_is_in_recovery()")
        return self.env.cr.fetchone()[0]

    def _has_no_keys(self):
        try:
            self.env["interop.keyring"]._keyring()
        except InteropError:
            return True
        return False

    def _is_neutralized(self):
        # a copy for tests accepts nothing; the server's own setting, nobody's right
        return bool(self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized"))
