"""What senders' monitoring finds again in Odoo."""

from odoo.tests import tagged

from .common import DoorCase


@tagged("post_install", "-at_install")
class TestTrace(DoorCase):
    def test_the_senders_trace_stays_with_the_message(self):
        trace, own = (f"00-{digit * 32}-{digit * 16}-01" for digit in "12")
        event = {"specversion": "1.0", "id": "1", "source": "s", "type": "test.patient.updated.v1"}
        event["data"] = {"identifiers": ["7"]}
        endpoint = self.endpoints["cloudevents"]
        headers = {"traceparent": trace}
        self.receive(event, endpoint, headers=headers)
        self.receive(event | {"id": "2", "traceparent": own}, endpoint, headers=headers)
        self.receive(event | {"id": "3"}, endpoint, headers={"traceparent": "not a trace"})
        self.env.cr.execute(
            "SELECT sender_ref, traceparent FROM interop_message WHERE endpoint_id = %s",
            [endpoint.id],
        )
        self.assertEqual({"1": trace, "2": own, "3": None}, dict(self.env.cr.fetchall()))
