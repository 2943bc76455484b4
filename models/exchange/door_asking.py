"""Who may ask at the door: what became of a message, what can be sent, by which schema. Whoever could send it is told it."""

from odoo import models
from odoo.service.security import check_session

from ...core import answers
from ...core.errors import HttpsRequired, KeyUnknown, Unauthenticated


class DoorAsking(models.AbstractModel):
    _inherit = "interop.door"

    def _refusal(self, knock, gates):
        """The answer to whoever does not prove itself by a credential of one of ``gates``: the same, whatever was asked for.
        None to the others, who may be told."""
        if not self._is_private_way(knock):
            return answers.refused("", HttpsRequired())
        try:
            self._authenticate(gates, knock, b"")
        except KeyUnknown as error:
            return answers.not_yet(error)
        except Unauthenticated as error:
            self.env["interop.audit"]._refused(gates[0] if len(gates) == 1 else None, error)
            return answers.refused("", error)
        return None

    def _is_viewer(self, request):
        """Whether somebody is signed in to Odoo in this browser who may see the exchange."""
        session = request.session
        env = self.env(user=session.uid or None)
        if not session.uid or not check_session(session, env, request):
            return False
        return env.user.active and env.user.has_group("healthcare_interop.group_viewer")
