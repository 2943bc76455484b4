"""The systems around Odoo, as far as a developer plays them: they sign, post, and read the answer."""

import dataclasses
import http.client
import json
import time

from devkit import console, database, odoo, paths, signing

TIMEOUT_SECONDS = 120
HL7 = "application/hl7-v2"
FHIR = "application/fhir+json"
NDJSON = "application/x-ndjson"
JSON = "application/json"
CLOUDEVENT = "application/cloudevents+json"
CLOUDEVENTS = "application/cloudevents-batch+json"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: status, headers (lower case), raw body, and the time it took."""

    status: int
    headers: dict
    body: bytes
    ms: float

    def content(self):
        """The body parsed where it is JSON, else as text."""
        text = self.body.decode("utf-8", "replace")
        try:
            return json.loads(text)
        except ValueError:
            return text

    def message_ids(self):
        """The ids given to what was sent; HL7 and FHIR answers carry them in a header."""
        listed = self.headers.get("interop-message-ids", "")
        if ids := [one.strip() for one in listed.split(",") if one.strip()]:
            return ids
        content = self.content()
        if not isinstance(content, dict):
            return []
        items = content.get("messages")
        items = items if isinstance(items, list) else [content]
        return [item["id"] for item in items if isinstance(item, dict) and item.get("id")]


def guess_content_type(body, name=""):
    """The content type that a sender of this document would give."""
    text = body.decode("utf-8-sig", "replace").lstrip()
    if text[:3] in ("MSH", "FHS", "BHS"):
        return HL7
    if name.endswith(".ndjson"):
        return NDJSON
    try:
        document = json.loads(text)
    except ValueError:
        return JSON
    if isinstance(document, list):
        batch = bool(document) and all(
            isinstance(one, dict) and "specversion" in one for one in document
        )
        return CLOUDEVENTS if batch else JSON
    if not isinstance(document, dict):
        return JSON
    if "specversion" in document:
        return CLOUDEVENT
    return FHIR if "resourceType" in document else JSON


def credentials():
    """The demo peers' credentials by endpoint code."""
    if not paths.PEERS.exists():
        return {}
    return json.loads(paths.PEERS.read_text(encoding="utf-8"))


def credential(endpoint, *, secret=None, key=None):
    """The credential named on the command line, or the demo peer's."""
    if secret:
        return {"kind": "hmac", "secret": secret}
    if key:
        return {"kind": "api_key", "secret": key}
    known = credentials()
    if endpoint not in known:
        known |= {endpoint: _issue(endpoint)}
        odoo.write_private(paths.PEERS, json.dumps(known, indent=1))
    return known[endpoint]


# Several credentials of an endpoint are valid at once, so that one more disturbs nobody.
ISSUE = """
import json
endpoint = env['interop.endpoint'].search([('code', '=', {code!r})])
told = None
if endpoint:
    # of a kind that can be shown from here, whatever else the endpoint takes
    scheme = 'api_key' if endpoint.scheme == 'api_key' else 'standard_webhooks'
    made = env['interop.credential'].create(
        {{'name': 'dev send', 'endpoint_id': endpoint.id, 'scheme': scheme}})
    kind = 'api_key' if made.scheme == 'api_key' else 'hmac'
    told = {{'kind': kind, 'secret': made._issue()}}
print('>>>')
print(json.dumps(told))
"""


def _issue(endpoint):
    """A credential of our own for an endpoint that somebody set up in the demo database."""
    made = json.loads(odoo.script(ISSUE.format(code=endpoint), database.demo_name()))
    if made is None:
        names = ", ".join(sorted(credentials())) or "none; ./dev up makes them"
        raise console.Failure(f"there is no endpoint {endpoint} (known peers: {names})")
    return made


def post(
    endpoint, body, content_type, *, credential, identity=None, path="", method="POST", headers=None
):
    """Send one document to the door, signed, and return its Answer.

    `path` is what follows the endpoint in the address, as in FHIR's `PUT …/Patient/7`.
    """
    identity = identity or signing.message_id(endpoint + path, body)
    signed = signing.headers(credential, identity, body)
    sent = {"Content-Type": content_type, **signed, **(headers or {})}
    connection = http.client.HTTPConnection(
        "127.0.0.1", odoo.ports()["http"], timeout=TIMEOUT_SECONDS
    )
    began = time.monotonic()
    try:
        connection.request(method, f"/interop/v1/in/{endpoint}{path}", body=body, headers=sent)
        response = connection.getresponse()
        received = response.read()
    except OSError as failure:
        told = f"{odoo.url()} does not answer ({failure}); is it up? ./dev up"
        raise console.Failure(told) from None
    finally:
        connection.close()
    return Answer(
        status=response.status,
        headers={name.lower(): value for name, value in response.getheaders()},
        body=received,
        ms=round((time.monotonic() - began) * 1000, 1),
    )


def send(options):
    """The command `send`: one JSON line per file; False where one was refused."""
    known = credential(options.endpoint, secret=options.secret, key=options.key)
    fine = True
    for file in options.files:
        body = file.read_bytes()
        for _time in range(options.times):
            answer = post(
                options.endpoint,
                body,
                options.content_type or guess_content_type(body, file.name),
                credential=known,
                identity=signing.random_id() if options.new else options.id,
            )
            print(json.dumps(_line(file, answer), ensure_ascii=False), flush=True)
            fine = fine and answer.status < 400
    return fine


def _line(file, answer):
    return {
        "file": str(file),
        "http_status": answer.status,
        "answer": answer.content(),
        "ms": answer.ms,
        "message_ids": answer.message_ids(),
    }
