"""The documents about the interfaces, for machines: OpenAPI and AsyncAPI."""

from odoo.http import request

from ..core import answers
from .dispatcher import respond
from .door import DoorController, route


class DescriptionController(DoorController):
    @route("/interop/v1/openapi.json")
    def openapi(self):
        """The OpenAPI 3.1 document of ``?endpoint=``, for whoever may send there."""
        return self._described("openapi")

    @route("/interop/v1/asyncapi.json")
    def asyncapi(self):
        """The AsyncAPI 3.0 document, likewise."""
        return self._described("asyncapi")

    def _described(self, name):
        if request.httprequest.method not in ("GET", "HEAD"):
            return respond(answers.http_error(405, allow="GET"))
        endpoint = request.httprequest.args.get("endpoint", "")
        return respond(self._door()._describe(self._knock(endpoint, ""), name))
