"""A secret is rotated and revoked, and a provider's client let in, in a real browser."""

from unittest.mock import patch

from odoo.tests import tagged

from .common import InteropHttpCase
from .test_oauth import Provider


@tagged("post_install", "-at_install", "tour")
class TestCredentialTours(InteropHttpCase):
    def test_an_administrator_rotates_a_secret(self):
        old = self.endpoint.credential_ids
        old.name = "Interface server"
        url = f"/odoo/action-healthcare_interop.credential_action/{old.id}"
        self.start_tour(url, "interop_rotate", login="admin", timeout=120)
        self.env.invalidate_all()
        self.assertEqual((old.state, old.successor_id.state), ("revoked", "valid"))

    def test_an_administrator_lets_a_client_of_a_provider_in(self):
        provider = Provider()
        url = f"/odoo/action-healthcare_interop.endpoint_action/{self.endpoint.id}"
        connector = self.registry["interop.connector.jwks"]
        with patch.object(connector, "_fetch", lambda _self, issuer: provider.fetch(_self, issuer)):
            self.start_tour(url, "interop_issue_token", login="admin", timeout=120)
        self.env.invalidate_all()
        credential = self.endpoint.credential_ids.filtered("client")
        self.assertEqual((credential.scheme, credential.state), ("oauth", "valid"))
