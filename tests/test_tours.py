"""The way through the app that a new administrator takes, in a real browser."""

from odoo.tests import tagged

from .common import InteropHttpCase


@tagged("post_install", "-at_install", "tour")
class TestTours(InteropHttpCase):
    def test_an_administrator_finds_an_endpoint_and_tries_a_sample(self):
        self.start_tour("/odoo", "interop_try_sample", login="admin", timeout=120)
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Tina Tour")]))
