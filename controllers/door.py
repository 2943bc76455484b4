"""HTTP to ``interop.door`` and back. Thin: no rule of the product lives here."""

import functools
from datetime import datetime, timezone

from werkzeug.exceptions import HTTPException

from odoo import SUPERUSER_ID, http
from odoo.http import request

from ..core import answers
from ..core.body import LARGEST, PIECE
from ..core.door import Knock
from ..core.peer import Peer
from ..core.problem import for_status
from .dispatcher import respond

KNOCK = "healthcare_interop.knock"
#: above any endpoint's own limit, which the door keeps to
CEILING = LARGEST + 1

route = functools.partial(
    http.route,
    type="interop",
    auth="none",
    csrf=False,
    save_session=False,
    readonly=False,
    max_content_length=CEILING,
)


class DoorController(http.Controller):
    @route(["/interop/v1/in/<string:endpoint>", "/interop/v1/in/<string:endpoint>/<path:rest>"])
    def receive(self, endpoint, rest=""):
        """Messages come in here. Returns once they are stored (202, or an ACK), never before."""
        if request.httprequest.method not in ("POST", "PUT"):
            return respond(answers.http_error(405, allow="POST, PUT"))
        return respond(self._door()._receive(self._knock(endpoint, rest)))

    @route("/interop/v1/messages/<string:uuid>")
    def status(self, uuid):
        """What became of a message: states and places of errors, never a value."""
        if request.httprequest.method not in ("GET", "HEAD"):
            return respond(answers.http_error(405, allow="GET"))
        return respond(self._door()._status(self._knock("", ""), uuid))

    @route("/interop/v1/schemas/<string:code>/<string:number>")
    def schema(self, code, number):
        """The JSON Schema of a contract's version, for who sends by it and for who may see contracts."""
        if request.httprequest.method not in ("GET", "HEAD"):
            return respond(answers.http_error(405, allow="GET"))
        door = self._door()
        return respond(door._schema(self._knock("", ""), code, number, door._is_viewer(request)))

    @route("/interop/v1/problems/<string:code>")
    def problem(self, code):
        """The page that a problem's ``type`` leads to."""
        return respond(answers.explanation(code))

    @route(["/interop", "/interop/<path:anything>"])
    def nowhere(self, anything=""):
        return respond(answers.http_error(404))

    def _door(self):
        # no user calls here: the credential is checked by the door, which reads and writes its own tables only
        request.update_env(user=SUPERUSER_ID)
        return request.env["interop.door"]

    def _knock(self, endpoint, rest):
        """The request as the door takes it; the same one where Odoo runs it again."""
        http_request = request.httprequest
        knock = http_request.environ.get(KNOCK)
        if knock is None:
            knock = http_request.environ[KNOCK] = self._new_knock(http_request, endpoint, rest)
        return knock

    def _new_knock(self, http_request, endpoint, rest):
        return Knock(
            endpoint=endpoint,
            method=http_request.method,
            path=http_request.path,
            rest=rest,
            content_type=http_request.headers.get("Content-Type", ""),
            headers={name.lower(): value for name, value in http_request.headers.items()},
            length=http_request.content_length or 0,
            now=datetime.now(timezone.utc),
            read=self._body,
            pieces=self._pieces,
            peer=self._peer(http_request.environ),
        )

    def _peer(self, environ):
        """The other end of the connection itself: in proxy mode Odoo has put what the proxy's headers say in its place."""
        seen = {**environ, **(environ.get("werkzeug.proxy_fix.orig") or {})}
        return Peer(seen.get("REMOTE_ADDR") or "", seen.get("wsgi.url_scheme") or "http")

    def _body(self):
        return b"".join(self._pieces())

    def _pieces(self):
        # Odoo shows all of werkzeug's request but what is read from; get_data holds whatever comes
        stream = request.httprequest._HTTPRequest__wrapped.stream
        try:
            while piece := stream.read(PIECE):
                yield piece
        except HTTPException as error:
            # cut off on the way, or beyond any limit and of no announced length
            raise for_status(error.code) from None
