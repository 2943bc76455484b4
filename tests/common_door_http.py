"""Requests through the real routes, with whatever headers, and what every answer must not be: HTML, a cookie, a trace."""

import http.client
from urllib.parse import urlsplit

from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

from .common import InteropHttpCase

PROBLEM = "application/problem+json"


class DoorHttpCase(InteropHttpCase):
    def call(
        self,
        body=b"",
        endpoint=None,
        *,
        method="POST",
        rest="",
        content_type="",
        headers=None,
        url="",
    ):
        endpoint = endpoint or self.endpoint
        knock = self.knock(
            body, endpoint, method=method, content_type=content_type, headers=headers
        )
        url = url or knock.path + (f"/{rest}" if rest else "")
        return self.request(
            method, url, knock.read(), {**knock.headers, "Content-Type": knock.content_type}
        )

    def request(self, method, url, body=b"", headers=None):
        response = self.url_open(
            url, data=body, headers=headers, method=method, allow_redirects=False
        )
        self.assertNotIn("html", response.headers.get("Content-Type", ""), response.text[:200])
        self.assertNotIn("<html", response.text.lower())
        self.assertNotIn("Set-Cookie", response.headers)
        self.assertNotIn("Traceback", response.text)
        return response

    def raw(self, method, url, headers, chunks=(), *, is_cut=False):
        """A request of which every header is the test's own."""
        with self.allow_requests(all_requests=True):
            address = urlsplit(self.base_url())
            connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
            connection.putrequest(method, url, skip_accept_encoding=True)
            cookie = f"{TEST_CURSOR_COOKIE_NAME}={self.http_request_key}"
            for name, value in {"Cookie": cookie, **headers}.items():
                connection.putheader(name, value)
            connection.endheaders()
            for chunk in chunks:
                connection.send(chunk)
            if is_cut:
                connection.sock.shutdown(1)
            response = connection.getresponse()
            body = response.read()
            connection.close()
        self.assertNotIn("html", response.headers.get("Content-Type", ""), body[:200])
        return response, body

    def assertProblem(self, response, status, code):
        self.assertEqual(response.status_code, status, response.text[:300])
        self.assertEqual(response.headers["Content-Type"], PROBLEM)
        said = response.json()
        self.assertEqual((said["status"], said["code"]), (status, code))
        return said
