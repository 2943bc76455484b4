"""What the tests of CloudEvents share: a minimal event, and short ways to decode one."""

import json
import unittest

from ..codecs import cloudevents
from ..errors import BadDocument

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
MINIMAL = {"specversion": "1.0", "id": "1", "source": "/cabinet/3", "type": "org.example.used"}
HEADERS = {f"ce-{name}": value for name, value in MINIMAL.items()}
PATIENT = {"resourceType": "Patient", "id": "p1", "active": True}
MESSAGE = (
    "MSH|^~\\&|CAB|WEST|ODOO||20261123||ADT^A04^ADT_A01|77|P|2.5.1\rPID|1||4711^^^MRN||Muster^Eva\r"
)


def structured(event, content_type=STRUCTURED):
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    (document,) = cloudevents.decode(body, content_type=content_type)
    return document


def binary(body=b"", content_type="", **headers):
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    merged = {name: value for name, value in (HEADERS | changed).items() if value is not None}
    (document,) = cloudevents.decode(body, content_type=content_type, headers=merged)
    return document


class CloudEventsCase(unittest.TestCase):
    def assert_refused(self, code, function, *arguments, **options):
        with self.assertRaises(BadDocument) as caught:
            function(*arguments, **options)
        self.assertEqual(code, caught.exception.code)
        return caught.exception
