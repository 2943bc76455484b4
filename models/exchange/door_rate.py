"""Where the door asks whether a sender may send now, and tells what is left."""

from odoo import models

from ...core import rate


class DoorRate(models.AbstractModel):
    _inherit = "interop.door"

    def _let_through(self, gate, verified, knock, tokens):
        """Have ``tokens`` taken for this request in all; raises ``RateLimited``, and takes nothing then.

        The first is asked for before anything is read, the rest of a batch once it is known how many it has; what is not
        there then is owed. What a request has taken is kept with it, so that one that Odoo runs again takes nothing again.
        """
        limits = gate.limits_of(verified.credential)
        taken = knock.taken
        if taken.limits != limits:
            taken.limits, taken.tokens, taken.standings = limits, 0, ()
        missing = tokens - taken.tokens
        if not limits or missing <= 0:
            return
        is_taken, taken.standings = self.env["interop.rate"]._take(
            limits, missing, is_owed=bool(taken.tokens)
        )
        if not is_taken:
            raise rate.RateLimited(taken.standings)
        taken.tokens = tokens

    def _with_standing(self, answer, knock):
        """``answer`` with what the sender may know of its limits: only who has proved itself has any."""
        return answer.with_headers(rate.headers(knock.taken.standings))
