"""How a request to the door proves who sends it: a Standard Webhooks signature, or an API key."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from core.auth.standard_webhooks import SECRET_PREFIX, decode_secret, headers
from core.errors import PermanentError

_API_KEY = re.compile(r"hio_[a-z2-7]{8,16}_[a-z2-7]{52}")


@dataclass(frozen=True, slots=True)
class Credential:
    """``secret`` is ``whsec_…`` or ``hio_…``; ``ValueError`` for anything else."""

    secret: str = field(repr=False)

    def __post_init__(self):
        if self.is_signature:
            try:
                decode_secret(self.secret)
            except PermanentError:
                raise ValueError("the signing secret is malformed") from None
        elif not _API_KEY.fullmatch(self.secret):
            raise ValueError("neither a signing secret (whsec_…) nor an API key (hio_…)")

    @property
    def is_signature(self) -> bool:
        return self.secret.startswith(SECRET_PREFIX)

    def identity(self, path: str, body: bytes) -> str:
        """The id of a message: the same bytes to the same address have the same, however often they are sent.

        Keyed, because it stands in proxies' logs: a bare hash of patient data could be found by guessing.
        """
        mac = hmac.new(self.secret.encode(), path.encode() + b"\0", hashlib.sha256)
        mac.update(body)
        return f"mllp_{mac.hexdigest()[:40]}"

    def headers(self, path: str, body: bytes, *, clock: Callable[[], float]) -> dict[str, str]:
        """The headers of one try; signed anew each time, since a signature is good for five minutes."""
        identity = self.identity(path, body)
        if self.is_signature:
            return headers(self.secret, message_id=identity, timestamp=int(clock()), body=body)
        return {"Authorization": f"Bearer {self.secret}", "Idempotency-Key": identity}
