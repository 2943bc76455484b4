"""The authentication schemes. Adding one is adding one file here that defines ``SCHEME``."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterable

from ..signature import Credential, Scheme, SignedRequest, Verified, first_that_holds


@functools.cache
def schemes() -> dict[str, Scheme]:
    """All of them by name. Found when first asked for: whoever signs with one needs none of the others' libraries."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = (importlib.import_module(f".{name}", __name__).SCHEME for name in names)
    return {scheme.name: scheme for scheme in found}


def authenticate(credentials: Iterable[Credential], request: SignedRequest) -> Verified:
    """The door's only entrance: raises ``Unauthenticated`` unless one of the endpoint's credentials
    holds.

    ``credentials`` are those of this endpoint, read fresh; an empty list refuses. The error's
    ``code`` is always the same; its ``detail`` is for the operator, not for the sender.
    """
    return first_that_holds(schemes(), credentials, request)
