"""How requests to the interop routes are read, and errors that Odoo itself would answer in HTML."""

import psycopg2
import werkzeug.exceptions
from psycopg2.pool import PoolError

from odoo.http import HttpDispatcher, Response, db_filter

from ..core import answers


class InteropDispatcher(HttpDispatcher):
    """Routes of ``type='interop'``: the body stays raw bytes whatever its type says, and errors are problem+json."""

    routing_type = "interop"

    def dispatch(self, endpoint, args):
        if not self.request.db and endpoint.routing.get("needs_database", True):
            return respond(_without_database(self.request))
        # plain HTTP dispatching would parse a form and leave nothing to verify a signature over
        self.request.params = dict(args)
        if not self.request.db:
            return endpoint(**args)
        return self.request.registry["ir.http"]._dispatch(endpoint)

    def handle_error(self, exc):
        if isinstance(exc, werkzeug.exceptions.HTTPException):
            if exc.response is not None:
                return exc.response
            status = exc.code or 500
        else:
            status = 503 if _is_overload(exc) else 500
        return respond(answers.http_error(status))


class BeforeRouting(HttpDispatcher):
    """Odoo's plain dispatcher, which it takes until it knows the route: no connection may be left to find it with."""

    routing_type = "http"

    def handle_error(self, exc):
        if self.request.httprequest.path.lstrip("/").startswith("interop/"):
            if not self.request.db and isinstance(exc, werkzeug.exceptions.NotFound):
                # without a database nothing puts a slash too many right
                return respond(_without_database(self.request))
            return InteropDispatcher(self.request).handle_error(exc)
        return super().handle_error(exc)


def _without_database(request):
    """Odoo asks server-wide modules without a database when it can't reach it; its own answer would be 404, and a sender takes
    that for good. So it is only where the request names a database that is not served here: none will ever answer it."""
    named = request.httprequest.headers.get("X-Odoo-Database")
    is_elsewhere = named and not db_filter([named], host=request.httprequest.environ["HTTP_HOST"])
    return answers.http_error(404 if is_elsewhere else 503)


#: SQLSTATE classes of what time heals: connection, transaction (lost to another one too often), resources, the server's operator
OVERLOAD = ("08", "40", "53", "57")


def _is_overload(exc):
    """Whether PostgreSQL, or Odoo's pool of connections to it, can't serve just now."""
    if isinstance(exc, PoolError):
        return True
    if not isinstance(exc, psycopg2.OperationalError):
        return False
    return exc.pgcode is None or exc.pgcode.startswith(OVERLOAD)


def respond(answer):
    """An ``Answer`` of the core as a werkzeug response."""
    return Response(
        answer.body,
        status=answer.status,
        headers=list(answer.headers),
        content_type=answer.content_type,
    )
