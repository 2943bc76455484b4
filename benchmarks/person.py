"""Somebody who is logged in, and presses what a browser would: her calls go over HTTP to a worker."""

import requests

from devkit import console

PATIENCE_SECONDS = 300


class Person:
    """The administrator, at the Odoo of an ``instance``."""

    def __init__(self, odoo):
        self._url, self._session = f"http://127.0.0.1:{odoo.port}", requests.Session()
        told = self._ask(
            "/web/session/authenticate", db=odoo.database, login="admin", password="admin"
        )
        if not told.get("uid"):
            raise console.Failure("the administrator can't log in")

    def _ask(self, path, **params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        told = self._session.post(self._url + path, json=body, timeout=PATIENCE_SECONDS).json()
        if "error" in told:
            raise console.Failure(told["error"]["data"]["debug"][-2000:])
        return told["result"]

    def call(self, model, method, *arguments):
        """What a public method of a model answers. ``OSError`` where the worker dies of it."""
        address = f"/web/dataset/call_kw/{model}/{method}"
        return self._ask(address, model=model, method=method, args=arguments, kwargs={})

    def press(self, wizard, button, **values):
        """Open a dialog, fill it in, press its button: what that answers."""
        return self.call(wizard, button, self.call(wizard, "create", [values]))
