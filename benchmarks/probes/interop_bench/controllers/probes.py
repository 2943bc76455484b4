"""The floor of an HTTP door in Odoo: a route that only answers, and one that verifies and stores one row."""

import base64
import functools
import hashlib
import hmac
import json

from odoo import SUPERUSER_ID, http
from odoo.http import Response, request

#: of the benchmark only; nothing outside knows these routes
SECRET = b"the floor's own secret, 32 bytes"

route = functools.partial(
    http.route, type="http", auth="none", methods=["POST"], csrf=False, save_session=False
)


def accepted():
    return Response("{}", status=202, content_type="application/json")


def verified():
    """The body, if its signature is right: the same construction as Standard Webhooks."""
    body = request.httprequest.get_data()
    headers = request.httprequest.headers
    signed = b".".join(
        (headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body)
    )
    wanted = base64.b64encode(hmac.digest(SECRET, signed, hashlib.sha256)).decode()
    if not hmac.compare_digest(wanted, headers["webhook-signature"].removeprefix("v1,")):
        raise ValueError("signature")
    return body.decode()


class Probes(http.Controller):
    @route("/bench/answer")
    def answer(self):
        return accepted()

    @route("/bench/row")
    def row(self):
        """HMAC and one plain INSERT: the least that a door which loses nothing does."""
        request.env.cr.execute("INSERT INTO interop_bench_inbox (body) VALUES (%s)", [verified()])
        return accepted()

    @route("/bench/job")
    def job(self):
        """HMAC, one row by ORM and one queue_job: what people build."""
        request.update_env(user=SUPERUSER_ID)
        request.env["interop.bench.inbox"].create({"body": verified()}).with_delay()._process()
        return accepted()

    @route("/bench/jobs")
    def jobs(self):
        """The same for a JSON array of bodies in one request, to make a backlog quickly."""
        request.update_env(user=SUPERUSER_ID)
        bodies = json.loads(request.httprequest.get_data())
        for one in request.env["interop.bench.inbox"].create([{"body": body} for body in bodies]):
            one.with_delay()._process()
        return accepted()

    @route("/bench/bare")
    def bare(self, case=""):
        """What the ORM alone takes for a JSON array of bodies."""
        request.update_env(user=SUPERUSER_ID)
        bodies = json.loads(request.httprequest.get_data())
        figures = request.env["interop.bench.bare"]._measure(case, bodies)
        return Response(json.dumps(figures), content_type="application/json")
