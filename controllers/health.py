"""What load balancers ask: whether this process answers, and whether it can take messages now."""

from odoo import SUPERUSER_ID, http
from odoo.http import request

from ..core import answers
from .dispatcher import respond
from .door import route


class HealthController(http.Controller):
    @route("/interop/health/live", needs_database=False)
    def live(self):
        """The process answers. Nothing else is looked at: a database that is away is no reason to restart it."""
        return _told(lambda: ())

    @route("/interop/health/ready")
    def ready(self):
        """Messages can be taken in and kept: 200, or 503 with what is missing, in words that tell nobody anything else."""
        return _told(self._obstacles)

    def _obstacles(self):
        # no user calls here: what is looked at is the server's own state
        request.update_env(user=SUPERUSER_ID)
        return request.env["interop.door"]._obstacles()


def _told(obstacles):
    if request.httprequest.method not in ("GET", "HEAD"):
        return respond(answers.http_error(405, allow="GET"))
    return respond(answers.health(obstacles()))
