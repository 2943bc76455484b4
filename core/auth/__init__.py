"""The authentication schemes. Adding one is adding one file here that defines ``SCHEME``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable

from ..signature import Credential, Scheme, SignedRequest, Verified, first_that_holds


def _schemes() -> dict[str, Scheme]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = (importlib.import_module(f".{name}", __name__).SCHEME for name in names)
    return {scheme.name: scheme for scheme in found}


SCHEMES = _schemes()


def authenticate(credentials: Iterable[Credential], request: SignedRequest) -> Verified:
    """The door's only entrance: raises ``Unauthenticated`` unless one of the endpoint's credentials
    holds.

    ``credentials`` are those of this endpoint, read fresh; an empty list refuses. The error's
    ``code`` is always the same; its ``detail`` is for the operator, not for the sender.
    """
    return first_that_holds(SCHEMES, credentials, request)
