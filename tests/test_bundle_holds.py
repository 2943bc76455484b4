"""What a configuration bundle has to hold: nothing is forgotten, and nothing in it is a secret."""

import base64
import json

from odoo.tests import tagged

from ..core.bundle import parts
from ..core.bundle.differences import ISSUE
from .common_bundle import BundleCase

#: models of ours that are configuration without saying so
MORE = ("interop.team", "interop.duplicate.rule", "interop.mapping.test", "interop.credential")
#: fields that every one with a chatter has, and every record
COMMON = ("mail.thread", "mail.activity.mixin")
AUTOMATIC = ("id", "create_uid", "create_date", "write_uid", "write_date")
MARK = "m4rked-s3cret"


@tagged("post_install", "-at_install")
class TestNothingForgotten(BundleCase):
    """Whoever adds a field to the configuration says whether it travels."""

    def test_every_field_travels_or_is_left_out_with_a_reason(self):
        base = self.env.registry["interop.configuration"]
        names = {
            name
            for name, model in self.env.registry.items()
            if issubclass(model, base) and not model._abstract
        }
        self.assertGreater(len(names), 12)
        common = {name for model in COMMON for name in self.env[model]._fields}
        forgotten = [
            f"{model}.{name}"
            for model in sorted({*names, *MORE} - {*parts.LEFT_BEHIND})
            for name, field in self.env[model]._fields.items()
            if field.store
            and name not in AUTOMATIC
            and field.type != "one2many"
            and name not in common
            and name not in parts.known_columns(model)
        ]
        self.assertFalse(
            forgotten,
            "Configuration that a bundle would forget. Add each to its part in core/bundle/parts.py (PLAIN or BY_HAND), so that "
            "it is exported, compared and imported; or to LEFT_OUT there, with the reason.",
        )

    def test_what_is_declared_is_there(self):
        declared = [(part.model, field) for part in parts.PLAIN.values() for field in part.fields]
        declared += [
            (lines.model, field)
            for part in parts.PLAIN.values()
            for lines in part.lines
            for field in lines.fields
        ]
        for model, field in declared:
            if model != "ir.config_parameter":
                with self.subTest(f"{model}.{field.name}"):
                    self.assertIn(parts.column(field), self.env[model]._fields)
        for model, left_out in parts.LEFT_OUT.items():
            self.assertLessEqual(set(left_out), set(self.env[model]._fields), model)

    def test_settings_of_companies_travel(self):
        columns = {parts.column(field) for field in parts.PLAIN[parts.COMPANIES].fields}
        own = {name for name in self.env["res.company"]._fields if name.startswith("interop_")}
        self.assertEqual(own, columns - {"name"})

    def test_every_parameter_travels(self):
        names = [
            field.config_parameter
            for field in self.env["res.config.settings"]._fields.values()
            if getattr(field, "config_parameter", "") and field.name.startswith("interop_")
        ]
        self.assertTrue(names)
        self.assertLessEqual(set(names), set(parts.KEYS))


@tagged("post_install", "-at_install")
class TestNoSecret(BundleCase):
    def test_no_byte_of_any_secret_is_in_it(self):
        endpoint = self.make_endpoint("json", code="marked")
        key = self.env["interop.credential"].create(
            {"endpoint_id": endpoint.id, "scheme": "api_key", "name": "key"}
        )
        secrets = [self.secrets["marked"], key._issue()]
        token = self.env["interop.credential"].create(
            {
                "endpoint_id": endpoint.id,
                "scheme": "oauth",
                "name": "token",
                "issuer": "https://idp.example",
                "audience": "odoo",
                "client": "c",
                "scopes": "write",
            }
        )
        self.env.flush_all()
        jwks = json.dumps({"keys": [{"kty": "oct", "kid": MARK}]})
        self.env.cr.execute(
            "UPDATE interop_credential SET jwks = %s, key_hash = %s, prefix = %s, subject = %s, certificate = %s WHERE id = %s",
            (jwks, f"{MARK}hash", f"{MARK}prefix", f"{MARK}subject", f"{MARK}pem", token.id),
        )
        self.env.invalidate_all()
        self.env["ir.config_parameter"].set_param("healthcare_interop.other", MARK)
        text = self.files._text()
        self.env.cr.execute("SELECT key_hash, secret, uuid, prefix FROM interop_credential")
        kept = [one for row in self.env.cr.fetchall() for one in row if one]
        database = self.env["ir.config_parameter"].get_param("database.secret")
        for secret in (MARK, database, *secrets, *kept):
            said = secret if isinstance(secret, str) else bytes(secret)
            for form in (said, base64.b64encode(said) if isinstance(said, bytes) else said):
                self.assertNotIn(form, text if isinstance(form, str) else text.encode())
        mine = [one for one in json.loads(text)["credentials"] if one["endpoint"] == "marked"]
        self.assertEqual(
            {one["scheme"]: one["issuer"] for one in mine},
            {"standard_webhooks": None, "api_key": None, "oauth": "https://idp.example"},
        )

    def test_what_is_to_be_issued_anew_is_told_and_is_no_difference(self):
        endpoint = self.make_endpoint("json", code="marked")
        text = self.whole()
        endpoint.credential_ids.action_revoke()
        self.assertEqual(list(self.states(text).values()), [ISSUE])
        self.assertEqual(self.take(text), [])
