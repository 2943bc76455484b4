"""What load balancers are told, through the real routes."""

import os
from unittest.mock import patch

from odoo import http
from odoo.tests import tagged

from .common import InteropHttpCase

LIVE, READY = "/interop/health/live", "/interop/health/ready"


@tagged("post_install", "-at_install")
class TestHealth(InteropHttpCase):
    def ask(self, url, method="GET"):
        response = self.url_open(url, method=method, allow_redirects=False)
        self.assertNotIn("html", response.headers.get("Content-Type", ""))
        self.assertNotIn("Set-Cookie", response.headers)
        return response

    def test_alive_and_ready(self):
        for url in (LIVE, READY):
            with self.subTest(url=url):
                response = self.ask(url)
                self.assertEqual((200, {"status": "pass"}), (response.status_code, response.json()))
                self.assertEqual("no-store", response.headers["Cache-Control"])
                self.assertEqual(200, self.ask(url, "HEAD").status_code)

    def test_only_to_be_asked(self):
        for url in (LIVE, READY):
            response = self.ask(url, "POST")
            self.assertEqual((405, "GET"), (response.status_code, response.headers["Allow"]))

    def test_not_ready_without_keys(self):
        self.addCleanup(self.env.registry.clear_cache)
        self.env.registry.clear_cache()
        with patch.dict(os.environ, HEALTHCARE_INTEROP_KEYS="k1:rubbish"):
            response = self.ask(READY)
            self.assertEqual(200, self.ask(LIVE).status_code)
        self.assertEqual((503, ["keys"]), (response.status_code, response.json()["missing"]))
        self.assertEqual("5", response.headers["Retry-After"])
        self.assertNotIn("rubbish", response.text)

    def test_not_ready_as_a_copy_for_tests(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "True")
        response = self.ask(READY)
        self.assertEqual((503, ["neutralized"]), (response.status_code, response.json()["missing"]))

    def test_alive_without_a_database(self):
        def nowhere(_request):
            return http.root.session_store.new(), None

        with patch.object(http.Request, "_get_session_and_dbname", nowhere):
            self.assertEqual(200, self.ask(LIVE).status_code)
            response = self.ask(READY)
        self.assertEqual((503, "unavailable"), (response.status_code, response.json()["code"]))

    def post_everywhere(self, headers):
        """The answers to a right address and to such with a slash too many, each of them told for a machine."""
        for path in ("/interop//v1///in/x//", "/interop/v1/in/x", "//interop/v1/in/x"):
            with self.subTest(path):
                response = self.url_open(
                    self.base_url() + path, data=b"{}", headers=headers, allow_redirects=False
                )
                self.assertEqual(response.headers["Content-Type"], "application/problem+json")
                yield response

    def test_a_slash_too_many_without_a_database_is_told_to_come_back(self):
        def nowhere(_request):
            return http.root.session_store.new(), None

        with patch.object(http.Request, "_get_session_and_dbname", nowhere):
            for headers in ({}, {"X-Odoo-Database": self.env.cr.dbname}):
                for response in self.post_everywhere(headers):
                    self.assertEqual(response.status_code, 503, response.text[:200])
                    self.assertIn("Retry-After", response.headers)

    def test_a_database_that_is_not_served_here_is_answered_for_good(self):
        for response in self.post_everywhere({"X-Odoo-Database": "no-such-database"}):
            self.assertEqual(response.status_code, 404, response.text[:200])
            self.assertNotIn("Retry-After", response.headers)
