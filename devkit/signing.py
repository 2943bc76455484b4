"""How a peer signs what it sends: Standard Webhooks (HMAC) or an API key.

Written apart from the add-on on purpose: what the add-on verifies was not signed by its own code.
"""

import base64
import hashlib
import hmac
import secrets
import time


def message_id(endpoint, body):
    """The id a real sender would use: a retry of the same message has the same one."""
    return "msg_" + hashlib.sha256(endpoint.encode() + body).hexdigest()[:24]


def random_id():
    return "msg_" + secrets.token_hex(12)


def hmac_headers(secret, identity, body, timestamp=None):
    """The three headers of Standard Webhooks; the secret is `whsec_<base64>`."""
    timestamp = str(int(time.time() if timestamp is None else timestamp))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join((identity.encode(), timestamp.encode(), body))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": identity,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }


def key_headers(key):
    """The header of an API key."""
    return {"Authorization": f"Bearer {key}"}


def headers(credential, identity, body):
    """The headers for a credential `{"kind": "hmac" | "api_key", "secret": …}`."""
    if credential["kind"] == "hmac":
        return hmac_headers(credential["secret"], identity, body)
    return key_headers(credential["secret"])
