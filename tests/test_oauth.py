"""Senders that an identity provider vouches for, at the door; and the keys that come and go."""

import base64
import json
import time
from datetime import timedelta
from unittest.mock import patch

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ..core.errors import PermanentError, TransientError
from ..models.exchange import credential_oauth
from .common import DoorCase

ISSUER, AUDIENCE, CLIENT = "https://id.example.org/realm", "https://odoo.example.org", "lab-engine"
UNSIGNED = dict.fromkeys(("webhook-id", "webhook-timestamp", "webhook-signature"), "")


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Provider:
    """An identity provider: it signs tokens, and publishes keys for as long as it likes."""

    def __init__(self):
        self.keys, self.asked, self.trouble = {}, 0, None
        self.rotate("k1")

    def rotate(self, kid):
        self.kid = kid
        self.keys[kid] = rsa.generate_private_key(65537, 2048)

    def published(self):
        listed = []
        for kid, key in self.keys.items():
            numbers = key.public_key().public_numbers()
            n, e = (
                b64(one.to_bytes((one.bit_length() + 7) // 8, "big"))
                for one in (numbers.n, numbers.e)
            )
            listed.append({"kty": "RSA", "kid": kid, "use": "sig", "n": n, "e": e})
        return json.dumps({"keys": listed})

    def token(self, **changes):
        now = int(time.time())
        said = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "azp": CLIENT,
            "exp": now + 300,
            "iat": now,
            **changes,
        }
        head = {"typ": "at+jwt", "alg": "RS256", "kid": self.kid}
        start = ".".join(b64(json.dumps(part).encode()) for part in (head, said))
        signature = self.keys[self.kid].sign(start.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{start}.{b64(signature)}"

    def fetch(self, _connector, issuer):
        self.asked += 1
        if self.trouble:
            raise self.trouble
        assert issuer == ISSUER
        return self.published()


class OAuthCase(DoorCase):
    def setUp(self):
        super().setUp()
        self.provider = Provider()
        self.patch(self.registry["interop.connector.jwks"], "_fetch", self._fetch())
        patcher = patch.dict(credential_oauth._asking._done, clear=True)
        patcher.start()
        self.addCleanup(patcher.stop)

    def _fetch(self):
        provider = self.provider
        return lambda connector, issuer: provider.fetch(connector, issuer)

    def issue_oauth(self, **values):
        with Form(
            self.env["interop.issue.credential"].with_context(default_endpoint_id=self.endpoint.id)
        ) as form:
            form.scheme = "oauth"
            form.issuer, form.audience, form.client = ISSUER, AUDIENCE, CLIENT
            for name, value in values.items():
                form[name] = value
        before = self.endpoint.credential_ids
        self.assertEqual(form.record.action_issue()["type"], "ir.actions.act_window_close")
        self.env.flush_all()
        return self.endpoint.credential_ids - before

    def send_token(self, token):
        headers = {**UNSIGNED, "authorization": f"Bearer {token}"}
        answer = self.receive(self.party("1"), headers=headers)
        self.after_commit()
        if answer.status != 202:
            self.assertRefused(answer, 401, "unauthenticated")
        return answer.status

    def triggers(self):
        cron = self.env.ref(credential_oauth.CRON)
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    def cron(self):
        self.env["interop.credential"]._cron_keys()
        self.env.flush_all()
        self.env.invalidate_all()

    def later(self, **by):
        self.env.cr.execute(
            "UPDATE interop_credential SET keys_tried_at = keys_tried_at - %s", [timedelta(**by)]
        )
        self.env.invalidate_all()
        for place in credential_oauth._asking._done:
            credential_oauth._asking._done[place] -= timedelta(**by).total_seconds()


@tagged("post_install", "-at_install")
class TestOAuth(OAuthCase):
    def test_a_token_opens_beside_the_signature_and_no_account_is_made(self):
        users = self.env["res.users"].with_context(active_test=False).search_count([])
        credential = self.issue_oauth()
        self.assertEqual((credential.state, credential.prefix), ("valid", CLIENT))
        self.assertEqual(self.send_token(self.provider.token()), 202)
        self.assertTrue(credential.last_used_at)
        self.assertEqual(self.receive(self.party("2")).status, 202)
        after = self.env["res.users"].with_context(active_test=False).search_count([])
        self.assertEqual(after, users)

    def test_what_a_token_must_show(self):
        self.issue_oauth()
        for changes in (
            {"iss": "https://evil.example"},
            {"aud": "another"},
            {"azp": "another"},
            {"exp": int(time.time()) - 120},
            {"nbf": int(time.time()) + 120},
        ):
            self.assertEqual(self.send_token(self.provider.token(**changes)), 401)
        self.provider.keys["k1"] = rsa.generate_private_key(65537, 2048)
        self.assertEqual(self.send_token(self.provider.token()), 401)

    def test_revoked_and_expired_as_any_other(self):
        credential = self.issue_oauth()
        credential.action_revoke()
        self.env.flush_all()
        self.assertEqual(self.send_token(self.provider.token()), 401)

    def test_it_is_another_endpoints_token_as_little(self):
        self.issue_oauth()
        other = self.make_endpoint("json")
        headers = {**UNSIGNED, "authorization": f"Bearer {self.provider.token()}"}
        self.assertEqual(self.receive(self.party("1"), other, headers=headers).status, 401)

    def test_terms_that_would_let_everybody_in_are_refused(self):
        values = {"endpoint_id": self.endpoint.id, "scheme": "oauth"}
        good = {"issuer": ISSUER, "audience": AUDIENCE, "client": CLIENT}
        for change in (
            {"issuer": False},
            {"issuer": "http://id.example.org"},
            {"audience": False},
            {"client": False},
            {"client": False, "scopes": "  "},
            {"jwks": "x"},
            {"keys_from": "hand"},
            {"keys_from": "hand", "jwks": '{"keys": [{"kty": "oct", "k": "AA"}]}'},
        ):
            with self.subTest(change), self.assertRaises(ValidationError):
                self.env["interop.credential"].create({**values, **good, **change})

    def test_an_issuer_that_can_not_be_reached_is_said_at_once(self):
        self.provider.trouble = TransientError("unreachable")
        with self.assertRaisesRegex(UserError, "unreachable"):
            self.issue_oauth()

    def test_a_neutralized_copy_asks_nobody_for_keys(self):
        credential = self.issue_oauth()
        self.later(days=1)
        before = credential.keys_tried_at
        self.provider.asked = 0
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "True")
        with self.assertRaisesRegex(UserError, "copy"):
            credential.action_fetch_keys()
        self.cron()
        self.assertEqual((self.provider.asked, credential.keys_tried_at), (0, before))
        self.assertFalse(credential.keys_error)

    def test_keys_given_by_hand_are_not_fetched(self):
        credential = self.issue_oauth(keys_from="hand", jwks=self.provider.published())
        self.assertEqual(self.send_token(self.provider.token()), 202)
        credential.keys_tried_at = False
        self.cron()
        self.assertEqual(self.provider.asked, 0)


@tagged("post_install", "-at_install")
class TestKeyRotation(OAuthCase):
    def test_a_new_key_is_found_by_itself_after_one_refusal(self):
        self.issue_oauth()
        self.later(minutes=6)
        self.provider.rotate("k2")
        self.assertEqual(self.send_token(self.provider.token()), 401)
        self.assertEqual(self.triggers(), 1)
        self.cron()
        self.assertEqual(self.send_token(self.provider.token()), 202)
        del self.provider.keys["k1"]
        self.later(hours=1)
        self.cron()
        self.assertNotIn('"k1"', self.endpoint.credential_ids[:1].jwks)

    def test_invented_keys_have_nobody_asked_more_than_every_five_minutes(self):
        self.issue_oauth()
        asked = self.provider.asked
        self.provider.kid = "invented"
        self.provider.keys["invented"] = rsa.generate_private_key(65537, 2048)
        token = self.provider.token()
        del self.provider.keys["invented"]
        for _try in range(5):
            self.assertEqual(self.send_token(token), 401)
        self.assertEqual(self.triggers(), 1)
        for _run in range(3):
            self.cron()
        self.assertEqual(self.provider.asked, asked)
        self.later(minutes=6)
        for _run in range(3):
            self.cron()
        self.assertEqual(self.provider.asked, asked + 1)

    def test_other_refusals_have_nobody_asked(self):
        self.issue_oauth()
        for token in (
            "x",
            "a.b.c",
            self.provider.token(iss="https://evil.example"),
            self.provider.token(azp="x"),
        ):
            self.assertEqual(self.send_token(token), 401)
        self.receive(self.party("1"), headers={"webhook-signature": "v1,x"})
        self.assertEqual(self.triggers(), 0)

    def test_what_can_not_be_fetched_leaves_the_last_keys_in_force_and_is_told(self):
        credential = self.issue_oauth()
        for trouble in (
            TransientError("bad_status", detail="503"),
            PermanentError("issuer_differs"),
        ):
            self.provider.trouble = trouble
            self.later(hours=1)
            self.cron()
        self.assertEqual(credential.keys_error, "issuer_differs")
        told = credential.activity_search([credential_oauth.ACTIVITY])
        self.assertEqual(len(told), 1)
        self.assertEqual(self.send_token(self.provider.token()), 202)
        self.provider.trouble = None
        self.later(hours=1)
        self.cron()
        self.assertFalse(credential.keys_error)
        self.assertFalse(credential.activity_search([credential_oauth.ACTIVITY]))

    def test_rubbish_for_keys_leaves_the_last_ones_in_force(self):
        credential = self.issue_oauth()
        for rubbish in (
            "",
            "<html>",
            "{}",
            '{"keys": []}',
            '{"keys": [{"kty": "oct", "k": "AA"}]}',
        ):
            self.provider.published = lambda text=rubbish: text
            self.later(hours=1)
            self.cron()
            self.assertIn("key_set", credential.keys_error)
            self.assertEqual(self.send_token(self.provider.token()), 202)

    def test_one_issuer_is_asked_once_for_all_of_its_credentials(self):
        self.issue_oauth()
        self.issue_oauth(client="another")
        self.later(hours=1)
        asked = self.provider.asked
        self.cron()
        self.assertEqual(self.provider.asked, asked + 1)

    def test_a_refresh_that_finds_the_same_keys_says_when(self):
        credential = self.issue_oauth()
        self.later(hours=1)
        self.cron()
        self.assertAlmostEqual(
            credential.keys_fetched_at, fields.Datetime.now(), delta=timedelta(seconds=5)
        )
