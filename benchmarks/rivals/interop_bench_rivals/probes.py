"""The way into EDI: one exchange record a message, each in a transaction of its own, as a receiver of webhooks makes them."""

import base64

from odoo import SUPERUSER_ID, http
from odoo.http import request

from odoo.addons.interop_bench.controllers.probes import accepted, route


class EdiProbes(http.Controller):
    @route("/bench/edi")
    def edi(self):
        """Take one message in."""
        request.update_env(user=SUPERUSER_ID)
        backend = request.env["edi.backend"].search([("name", "=", "Bench")], limit=1)
        body = base64.b64encode(request.httprequest.get_data())
        values = {"edi_exchange_state": "input_received", "exchange_file": body}
        backend.create_record("bench_party", values)
        return accepted()

    @route("/bench/edi/cron")
    def cron(self):
        """What its scheduled action does: one job for each record that waits."""
        request.update_env(user=SUPERUSER_ID)
        request.env["edi.backend"].search(
            [("name", "=", "Bench")]
        )._cron_check_input_exchange_sync()
        return accepted()
