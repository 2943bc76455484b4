"""The authentication schemes. Adding one is adding one file here that defines ``SCHEME``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping

from ..signature import Credential, Scheme, SignedRequest, Verified, first_that_holds


class _Schemes(Mapping[str, Scheme]):
    """All of them by name, which is their file's; one is loaded when it is asked for.

    So whoever signs or verifies with one needs none of the others' libraries.
    """

    def __init__(self) -> None:
        names = sorted(module.name for module in pkgutil.iter_modules(__path__))
        self._loaded: dict[str, Scheme | None] = dict.fromkeys(names)

    def __getitem__(self, name: str) -> Scheme:
        found = self._loaded[name]
        if found is None:
            found = self._loaded[name] = importlib.import_module(f".{name}", __name__).SCHEME
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._loaded

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded)

    def __len__(self) -> int:
        return len(self._loaded)


SCHEMES = _Schemes()


def authenticate(credentials: Iterable[Credential], request: SignedRequest) -> Verified:
    """The door's only entrance: raises ``Unauthenticated`` unless one of the endpoint's credentials
    holds.

    ``credentials`` are those of this endpoint, read fresh; an empty list refuses. The error's
    ``code`` is always the same; its ``detail`` is for the operator, not for the sender.
    """
    return first_that_holds(SCHEMES, credentials, request)
