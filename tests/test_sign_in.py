"""Roles of people from what their identity provider says, with a provider's add-on played by the test.

The real one, over HTTP and with a real provider: benchmarks/sign_in.py.
"""

from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessDenied, AccessError, ValidationError
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..core import sign_in
from ..models.attention.role_claim import ROLES, RoleClaim
from ..models.attention.sign_in import METHOD
from .common_audit import AuditMixin

PROVIDER = 4711
OTHER = 4712
CLIENT = "odoo"
LOG = "odoo.addons.healthcare_interop.models.attention.role_claim"


@tagged("post_install", "-at_install")
class TestSignIn(AuditMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, told in (("_client", CLIENT), ("_provider_name", "Hospital")):
            cls.startClassPatcher(patch.object(RoleClaim, name, lambda _self, _id, t=told: t))
        for value, role in (
            ("operators", "operator"),
            ("readers", "payload_reader"),
            ("everybody", "viewer"),
        ):
            cls.env["interop.role.claim"].create(
                {"provider_id": PROVIDER, "value": value, "role": role}
            )
        cls.nurse = new_test_user(cls.env, "sign-in-nurse")

    def setUp(self):
        super().setUp()
        self.called = []

        def signin(_self, provider, _validation, params):
            self.called.append(provider)
            return params["login"]

        self.play(signin)

    def play(self, signin):
        """Odoo's add-on as far as it matters here: a method of a class that the finished one descends from."""
        users = self.env["res.users"]
        users._unregister_hook()
        # in the end: the enclosing goes, the played method goes, and what is really there is enclosed again
        self.addCleanup(users._register_hook)
        self.startPatcher(patch.object(type(users).__mro__[1], METHOD, signin, create=True))
        self.addCleanup(users._unregister_hook)
        users._register_hook()

    def sign_in(self, user=None, provider=PROVIDER, **claims):
        user = user or self.nurse
        validation = {"user_id": "1", "aud": CLIENT, **claims}
        return getattr(self.env["res.users"], METHOD)(provider, validation, {"login": user.login})

    def roles(self, user=None):
        user = user or self.nurse
        return [
            role
            for role in ("viewer", "resolver", "operator", "administrator", "payload_reader")
            if user.has_group(f"healthcare_interop.group_{role}")
        ]

    def test_roles_come_and_go_with_the_claim(self):
        mark = self.newest()
        self.assertEqual(self.sign_in(groups=["operators", "readers", "others"]), self.nurse.login)
        self.assertEqual(self.roles(), ["viewer", "resolver", "operator", "payload_reader"])
        self.sign_in(groups="everybody")
        self.assertEqual(self.roles(), ["viewer"])
        self.sign_in()
        self.assertEqual(self.roles(), [])
        self.assertTrue(self.nurse._is_internal())
        self.assertEqual(len(self.entries(mark, action="rights_changed")), 3)

    def test_what_was_given_by_hand_goes_too(self):
        self.nurse.group_ids += self.env.ref("healthcare_interop.group_administrator")
        self.sign_in(groups=["everybody"])
        self.assertEqual(self.roles(), ["viewer"])

    def test_what_the_hospitals_own_groups_imply_stays(self):
        own = self.env["res.groups"].create(
            {
                "name": "IT",
                "implied_ids": self.env.ref("healthcare_interop.group_resolver").ids,
                "user_ids": self.nurse.ids,
            }
        )
        self.sign_in()
        self.assertEqual(self.roles(), ["viewer", "resolver"])
        self.assertIn(own, self.nurse.group_ids)

    def test_who_worked_in_odoo_by_a_role_alone_still_does(self):
        self.nurse.group_ids = self.env.ref("healthcare_interop.group_viewer")
        self.sign_in()
        self.assertEqual(self.roles(), [])
        self.assertTrue(self.nurse._is_internal())

    def test_each_sign_in_is_on_record(self):
        mark = self.newest()
        self.sign_in(groups=["everybody"])
        [entry] = self.entries(mark, action="signed_in")
        self.assertEqual((entry.actor_kind, entry.actor), ("person", self.nurse.login))
        self.assertEqual((entry.outcome, entry.res_id), ("success", self.nurse.id))
        self.assertIn('"provider":"Hospital","roles":["viewer"]', entry.details)
        [change] = self.entries(mark, action="rights_changed")
        self.assertEqual(change.res_id, self.nurse.id)
        self.assertIn('"roles":[[],["viewer"]]', change.details)
        self.sign_in(groups=["everybody"])
        self.assertEqual(len(self.entries(mark, action="rights_changed")), 1)

    def test_what_can_not_be_read_refuses_and_changes_nothing(self):
        self.sign_in(groups=["everybody"])
        self.called.clear()
        for claims, code in (
            ({"groups": {"everybody": 1}}, "claim_unreadable"),
            ({"groups": ["everybody"], "aud": "other"}, "claims_for_another"),
            ({"_claim_names": {"groups": "src1"}}, "claim_elsewhere"),
        ):
            mark = self.newest()
            with (
                self.subTest(code),
                mute_logger(LOG),
                self.assertRaisesRegex(AccessDenied, code),
            ):
                self.sign_in(**claims)
            [entry] = self.entries(mark)
            self.assertEqual((entry.action, entry.outcome), ("signed_in", "refused"))
            self.assertIn(code, entry.details)
            self.assertNotIn("everybody", entry.details)
        self.assertEqual(self.called, [])
        self.assertEqual(self.roles(), ["viewer"])

    def test_another_provider_gives_and_takes_nothing(self):
        self.sign_in(groups=["everybody"])
        mark = self.newest()
        # not even one whose claims are rubbish
        self.sign_in(provider=OTHER, groups={"operators": 1}, aud=None)
        self.assertEqual(self.roles(), ["viewer"])
        self.assertEqual(self.called[-1], OTHER)
        self.assertFalse(self.entries(mark))

    def test_nobody_from_outside_has_roles(self):
        outsider = new_test_user(self.env, "sign-in-portal", groups="base.group_portal")
        reader = self.env.ref("healthcare_interop.group_patient_reader")
        outsider.group_ids += reader
        mark = self.newest()
        self.sign_in(outsider, groups=["operators"])
        self.assertEqual(outsider.group_ids, self.env.ref("base.group_portal"))
        [entry] = self.entries(mark, action="signed_in")
        self.assertIn('"not_internal":["operator"]', entry.details)

    def test_the_user_of_a_system_is_refused_and_stays_as_it_is(self):
        system = self.env["interop.system"].create({"name": "S", "code": "sign-in-s"})
        before = system.user_id.group_ids
        self.assertTrue(before)
        with self.assertRaises(AccessDenied):
            self.sign_in(system.user_id, groups=["operators"])
        self.assertEqual(system.user_id.group_ids, before)

    def test_who_is_not_let_in_has_no_roles_settled(self):
        self.play(lambda _self, _provider, _validation, _params: None)
        mark = self.newest()
        self.assertIsNone(self.sign_in(groups=["operators"]))
        self.assertFalse(self.entries(mark))
        self.assertEqual(self.roles(), [])

    def test_it_is_enclosed_once_however_often_the_registry_is_set_up(self):
        users = self.env["res.users"]
        once = vars(type(users))[METHOD]
        users._register_hook()
        self.assertIs(vars(type(users))[METHOD], once)
        users._unregister_hook()
        self.assertNotIn(METHOD, vars(type(users)))
        self.sign_in(groups=["operators"])
        self.assertEqual((self.called, self.roles()), ([PROVIDER], []))

    def test_without_an_add_on_that_signs_in_there_is_nothing_to_enclose(self):
        users = self.env["res.users"]
        users._unregister_hook()
        with patch.object(type(users).__mro__[1], METHOD, None, create=True):
            users._register_hook()
            self.assertNotIn(METHOD, vars(type(users)))

    def test_lines_give_only_roles_of_this_add_on(self):
        lines = self.env["interop.role.claim"]
        self.assertEqual([role for role, _words in ROLES], list(sign_in.ROLES))
        for role in ("service", "system", "base.group_system"):
            with self.subTest(role), self.assertRaises(ValueError):
                lines.create({"provider_id": PROVIDER, "value": "x", "role": role})

    def test_a_line_is_written_on_its_screen(self):
        theirs = new_test_user(self.env, "sign-in-writer", groups="base.group_system")
        mark = self.newest()
        providers = [(str(PROVIDER), "Hospital"), (str(OTHER), "Suppliers")]
        with patch.object(RoleClaim, "_selection_provider", lambda _self: providers):
            with Form(self.env["interop.role.claim"].with_user(theirs)) as form:
                form.provider, form.value, form.role = str(OTHER), "a", "auditor"
            line = form.record
            self.assertEqual(
                (line.provider_id, line.provider, line.claim), (OTHER, str(OTHER), "groups")
            )
            [made] = self.entries(mark)
            self.assertIn(f'"provider_id":[null,{OTHER}]', made.details)
            with Form(line) as form:
                form.provider = str(PROVIDER)
            self.assertEqual(line.provider_id, PROVIDER)
            with self.assertRaises(AssertionError), Form(line) as form:
                form.provider = False
        # of an add-on, or a provider, that is gone
        line.invalidate_recordset()
        self.assertEqual((line.provider, line.provider_id), (False, PROVIDER))

    def test_lines_are_checked(self):
        lines = self.env["interop.role.claim"]
        for wrong in ({"value": "x "}, {"value": " x"}, {"value": "x", "claim": "groups "}):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                lines.create({"provider_id": PROVIDER, "role": "viewer", **wrong})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            lines.create({"provider_id": PROVIDER, "value": "everybody", "role": "viewer"})

    def test_only_odoos_administrator_changes_them_and_it_is_on_record(self):
        ours = new_test_user(
            self.env, "sign-in-admin", groups="healthcare_interop.group_administrator"
        )
        with self.assertRaises(AccessError):
            self.env["interop.role.claim"].with_user(ours).create(
                {"provider_id": PROVIDER, "value": "x", "role": "payload_reader"}
            )
        theirs = new_test_user(self.env, "sign-in-system", groups="base.group_system")
        line = self.env["interop.role.claim"].search([("value", "=", "readers")])
        mark = self.newest()
        line.with_user(theirs).role = "auditor"
        [entry] = self.entries(mark, action="changed")
        self.assertEqual((entry.actor, entry.res_id), (theirs.login, line.id))
        self.assertIn('"role":["payload_reader","auditor"]', entry.details)
