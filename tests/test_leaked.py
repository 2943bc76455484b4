"""What leaks opens its own endpoint and nothing else of Odoo: every registered route is tried with it."""

import json
import re
import xmlrpc.client
from unittest.mock import patch

from odoo import http
from odoo.exceptions import AccessDenied, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MEDIA, InteropCase, InteropHttpCase

#: what a route answers to somebody it does not know
DENIED = {303, 401, 403}
PASSWORD = "a-password-that-somebody-set"
#: they stop or replace the server's databases, or never end
NOT_TRIED = ("/web/database/", "/websocket", "/web/tests", "/queue_job/")
QUIET = ("odoo.http", "werkzeug", "odoo.addons.base.models.ir_http", "odoo.addons.base.models.res_users",
         "odoo.sql_db", "odoo.addons.base.models.ir_qweb", "odoo.addons.web.controllers.home", "odoo.addons.web.controllers.binary")  # fmt: skip


def filled(rule):
    """An address of a route, with something in each of its places."""

    def something(match):
        kind = match[1] or ""
        if kind.startswith("any("):
            return re.split(r"[(,)]", kind)[1].strip("'\" ")
        return "1" if kind.startswith(("int", "model", "record")) else "x"

    return re.sub(r"<(?:([^<>]*?):)?(\w+)>", something, rule)


@tagged("post_install", "-at_install")
class TestLeaked(InteropHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key_endpoint = cls.make_endpoint("json", scheme="api_key")
        cls.key = cls.secrets[cls.key_endpoint.code]
        cls.secret = cls.secrets[cls.endpoint.code]
        cls.service = cls.system.user_id
        # as an administrator may; the demo does not
        cls.service.password = PASSWORD
        cls.env.flush_all()

    def routes(self):
        """``{address: (auth, type, method)}`` of every route that may be tried."""
        modules = sorted(self.env.registry._init_modules)
        listed = {}
        for rule, endpoint in self.env["ir.http"]._generate_routing_rules(modules, {}):
            if not rule.startswith(("/interop", *NOT_TRIED)):
                routing = endpoint.routing
                method = next(iter(routing.get("methods") or ()), None)
                listed[filled(rule)] = (routing["auth"], routing["type"], method)
        return listed

    def ask(self, address, kind, headers, method=None):
        is_rpc = kind in ("json", "jsonrpc", "json2")
        data = json.dumps({"jsonrpc": "2.0", "params": {}}).encode() if is_rpc else None
        headers = {**headers, **({"Content-Type": "application/json"} if is_rpc else {})}
        self.opener.cookies.clear()
        self.opener.cookies["session_id"] = headers.get("X-API-Key", "")
        response = self.url_open(
            address,
            data=data,
            headers=headers,
            allow_redirects=False,
            timeout=60,
            method=method or ("POST" if is_rpc else "GET"),
        )
        return response, self.error_of(response) if is_rpc else None

    @staticmethod
    def error_of(response):
        try:
            return (response.json().get("error") or {}).get("data", {}).get("name")
        except (ValueError, AttributeError):
            return None

    def shown(self, leaked):
        return {
            "Authorization": f"Bearer {leaked}",
            "X-API-Key": leaked,
            "X-Odoo-Api-Key": leaked,
        }

    def test_no_route_of_odoo_takes_it(self):
        """Routes that ask who calls refuse; public ones answer nobody's user."""
        routes = self.routes()
        self.assertGreater(len(routes), 200)
        for family in (
            "/web/login",
            "/web/session/authenticate",
            "/web/dataset/call_kw",
            "/my",
            "/json/2",
            "/jsonrpc",
            "/xmlrpc/2",
            "/odoo",
        ):
            self.assertTrue(any(address.startswith(family) for address in routes), family)
        seen = []
        original = http.Request.update_env

        def watching(request, user=None, context=None, su=None):
            if user:
                seen.append(user)
            return original(request, user=user, context=context, su=su)

        system = {self.env.ref("base.public_user").id, self.env.ref("base.user_root").id}
        tried = 0
        with mute_logger(*QUIET), patch.object(http.Request, "update_env", watching):
            for address, (auth, kind, method) in sorted(routes.items()):
                if auth not in ("user", "bearer"):
                    continue
                for leaked in (self.key, self.secret):
                    tried += 1
                    response, error = self.ask(address, kind, self.shown(leaked), method)
                    self.assertTrue(
                        response.status_code in DENIED
                        or error
                        in ("odoo.http.SessionExpiredException", "odoo.exceptions.AccessDenied")
                        or response.status_code == 200
                        and error,
                        f"{auth} {address}: {response.status_code} {error} {response.text[:200]}",
                    )
            known = self.known_key()
            response = self.url_open(
                "/json/2/res.partner/search_count",
                json={"domain": []},
                headers={"Authorization": f"Bearer {known}"},
            )
        self.assertGreater(tried, 200)
        self.assertEqual(response.status_code, 200, "what Odoo knows does come in")
        self.assertEqual(seen.pop(), self.env.ref("base.user_admin").id)
        self.assertFalse([uid for uid in seen if uid not in system])

    def test_a_public_route_takes_whoever_shows_it_for_nobody(self):
        routes = {
            a: (k, method) for a, (auth, k, method) in self.routes().items() if auth == "public"
        }
        self.assertGreater(len(routes), 20)
        public = self.env.ref("base.public_user").id
        users = set()
        original = self.registry["ir.http"]._pre_dispatch.__func__

        def watching(cls, rule, args):
            users.add(http.request.env.uid)
            return original(cls, rule, args)

        with (
            mute_logger(*QUIET),
            patch.object(self.registry["ir.http"], "_pre_dispatch", classmethod(watching)),
        ):
            for address, (kind, method) in sorted(routes.items()):
                self.ask(address, kind, self.shown(self.key), method)
        self.assertLessEqual(users, {public, None})
        self.assertIn(public, users)

    def known_key(self):
        """A key of Odoo's own."""
        admin = self.env.ref("base.user_admin")
        key = self.env["res.users.apikeys"].with_user(admin)._generate("rpc", "known", None)
        self.env.flush_all()
        return key

    def session_uid(self, login, password):
        body = {"params": {"db": self.env.cr.dbname, "login": login, "password": password}}
        response = self.url_open(
            "/web/session/authenticate",
            data=json.dumps(body),
            headers={"Content-Type": "application/json"},
        )
        return (response.json().get("result") or {}).get("uid")

    def test_nobody_logs_in_with_it(self):
        admin = self.env.ref("base.user_admin").login
        logins = [self.service.login, admin, self.key_endpoint.code, "", self.key]
        database = self.env.cr.dbname
        with mute_logger(*QUIET, "odoo.addons.rpc.controllers.xmlrpc"):
            for login in logins:
                for password in (self.key, self.secret, PASSWORD, "", self.service.login):
                    with self.subTest(login=login, password=password[:4]):
                        self.assertFalse(self.session_uid(login, password))
                        self.assertFalse(
                            self.xmlrpc_common.authenticate(database, login, password, {})
                        )
                        for uid in (self.service.id, self.env.ref("base.user_admin").id):
                            if password:
                                with self.assertRaises(xmlrpc.client.Fault):
                                    self.xmlrpc_object.execute_kw(
                                        database, uid, password, "res.partner", "search", [[]]
                                    )

    def test_the_form_of_the_login_page(self):
        with mute_logger(*QUIET):
            for password in (self.key, self.secret, PASSWORD):
                page = self.url_open("/web/login").text
                token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
                data = {"login": self.service.login, "password": password, "csrf_token": token}
                response = self.url_open("/web/login", data=data, allow_redirects=False)
                self.assertNotIn(response.status_code, (302, 303), "redirected as after a login")

    def test_another_endpoint_and_its_messages(self):
        mine = {"Authorization": f"Bearer {self.key}", "Content-Type": MEDIA["json"]}
        body = json.dumps(self.party("1")).encode()
        own = self.url_open(f"/interop/v1/in/{self.key_endpoint.code}", data=body, headers=mine)
        self.assertEqual(own.status_code, 202)
        other = self.make_endpoint("json", scheme="api_key")
        theirs = {
            "Authorization": f"Bearer {self.secrets[other.code]}",
            "Content-Type": MEDIA["json"],
        }
        message = self.url_open(f"/interop/v1/in/{other.code}", data=body, headers=theirs)
        self.assertEqual(message.status_code, 202)
        location = message.headers["Location"]
        self.assertEqual(self.url_open(location, headers=theirs).status_code, 200)
        self.assertEqual(self.url_open(location, headers=mine).status_code, 401)
        for endpoint in (other, *self.endpoints.values()):
            response = self.url_open(f"/interop/v1/in/{endpoint.code}", data=body, headers=mine)
            self.assertIn(response.status_code, (401, 415))


@tagged("post_install", "-at_install")
class TestServiceUser(InteropCase):
    def test_it_has_nothing_to_log_in_with(self):
        self.env.cr.execute(
            "SELECT u.password FROM res_users u WHERE u.id = %s", [self.system.user_id.id]
        )
        self.assertFalse(self.env.cr.fetchone()[0])
        self.assertFalse(self.system.user_id.email)

    def test_a_password_that_somebody_sets_opens_nothing(self):
        user = self.system.user_id
        user.password = PASSWORD
        for login in (user.login, user.login.upper()):
            with self.assertRaises(AccessDenied), mute_logger(*QUIET):
                self.env["res.users"].authenticate(
                    {"type": "password", "login": login, "password": PASSWORD},
                    {"interactive": True},
                )
        with self.assertRaises(AccessDenied):
            self.env["res.users"]._check_uid_passwd(user.id, PASSWORD)

    def test_another_add_on_that_lets_it_in_is_overruled(self):
        users = self.env.registry["res.users"]
        credential = {"type": "another", "login": self.system.user_id.login}
        told = {"uid": self.system.user_id.id, "auth_method": "another", "mfa": "skip"}
        with (
            patch.object(users, "_check_credentials", lambda *_args: told),
            self.assertRaises(AccessDenied),
            mute_logger(*QUIET),
        ):
            self.env["res.users"].authenticate(credential, {})

    def test_it_gets_no_mail_to_choose_a_password_with(self):
        mails = self.env["mail.mail"].search_count([])
        user = self.system.user_id
        user.email = "service@example.org"
        with self.assertRaises(UserError):
            user.action_reset_password()
        with self.assertRaises(UserError):
            self.env["res.users"].reset_password(user.login)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_it_gets_no_api_key_and_one_of_another_way_opens_nothing(self):
        keys = self.env["res.users.apikeys"]
        user = self.system.user_id
        with self.assertRaises(UserError):
            keys.with_user(user)._generate("rpc", "x", None)
        key = keys.with_user(self.env.ref("base.user_admin"))._generate("rpc", "x", None)
        self.assertEqual(
            keys._check_credentials(scope="rpc", key=key), self.env.ref("base.user_admin").id
        )
        self.env.cr.execute(
            "UPDATE res_users_apikeys SET user_id = %s WHERE name = 'x' AND user_id = %s",
            [user.id, self.env.ref("base.user_admin").id],
        )
        self.assertFalse(keys._check_credentials(scope="rpc", key=key))

    def test_people_log_in_as_before(self):
        person = self.env.ref("base.user_admin")
        told = self.env["res.users"].authenticate(
            {"type": "password", "login": person.login, "password": "admin"}, {"interactive": False}
        )
        self.assertEqual(told["uid"], person.id)
