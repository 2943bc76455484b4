"""Owning teams: everybody sees what is stuck; a resolver acts on own teams' and on nobody's, an operator on all."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import InteropCase


@tagged("post_install", "-at_install")
class TestTeams(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            name: new_test_user(cls.env, name, groups=f"healthcare_interop.group_{role}")
            for name, role in (
                ("biller", "resolver"),
                ("pharmacist", "resolver"),
                ("operator", "operator"),
                ("looker", "viewer"),
            )
        }
        teams = cls.env["interop.team"]
        cls.billing = teams.create({"name": "Billing", "user_ids": cls.users["biller"].ids})
        cls.pharmacy = teams.create({"name": "Pharmacy", "user_ids": cls.users["pharmacist"].ids})

    def stuck(self, key="n1"):
        """The open exception of a message that names somebody nobody knows, and waits for it."""
        self.send(self.party(key, guarantor=self.reference(f"nobody-{key}")))
        self.drain()
        self.after_commit()
        return self.exceptions()

    def as_(self, name, record):
        return record.with_user(self.users[name])

    def assertActs(self, exception, *names):
        """Who may resolve it, and nobody else."""
        acting = {name for name in self.users if self.as_(name, exception).has_access("write")}
        self.assertEqual(acting, set(names))
        for name in self.users:
            self.as_(name, exception).check_access("read")

    # -- whose it is --

    def test_nobodys_is_for_every_resolver(self):
        self.assertActs(self.stuck(), "biller", "pharmacist", "operator")

    def test_an_exception_goes_to_the_team_of_its_route(self):
        self.route.team_id = self.billing
        exception = self.stuck()
        self.assertEqual(exception.team_id, self.billing)
        self.assertActs(exception, "biller", "operator")

    def test_without_one_to_that_of_its_system(self):
        self.system.team_id = self.pharmacy
        self.assertEqual(self.stuck().team_id, self.pharmacy)

    def test_the_routes_goes_before_the_systems(self):
        self.route.team_id = self.billing
        self.system.team_id = self.pharmacy
        self.assertEqual(self.stuck().team_id, self.billing)

    def test_open_exceptions_follow_when_their_owner_changes(self):
        exception = self.stuck()
        for route, system, owner in (
            (self.billing, None, self.billing),
            (self.billing, self.pharmacy, self.billing),
            (None, self.pharmacy, self.pharmacy),
            (None, None, None),
        ):
            self.route.team_id = route
            self.system.team_id = system
            with self.subTest(route=route, system=system):
                self.assertEqual(exception.team_id, owner or self.env["interop.team"])

    def test_what_is_resolved_stays_whose_it_was(self):
        self.route.team_id = self.billing
        exception = self.stuck()
        exception.write({"state": "resolved"})
        self.route.team_id = self.pharmacy
        self.assertEqual(exception.team_id, self.billing)

    def test_the_next_failure_tells_the_owner_again(self):
        self.route.team_id = self.billing
        exception = self.stuck()
        self.env.cr.execute("UPDATE interop_exception SET team_id = NULL")
        self.env.invalidate_all()
        self.env["interop.exception"]._open(self.env.cr, {exception.fingerprint})
        self.env.invalidate_all()
        self.assertEqual(exception.team_id, self.billing)

    def test_an_identity_conflict_is_for_the_systems_team(self):
        self.system.team_id = self.pharmacy
        self.env["interop.exception"]._open_identity_conflict(
            self.endpoint.id, self.system.id, self.env.company.id
        )
        self.after_commit()
        exception = self.exceptions()
        self.assertEqual((exception.category, exception.team_id), ("identity", self.pharmacy))
        with self.assertRaises(AccessError):
            self.as_("biller", exception).action_resolve()
        self.as_("pharmacist", exception).action_resolve()
        self.assertEqual(exception.state, "resolved")

    def test_what_an_archived_team_owned_is_nobodys(self):
        self.route.team_id = self.system.team_id = self.billing
        exception = self.stuck()
        self.billing.active = False
        self.assertFalse(self.route.team_id | self.system.team_id | exception.team_id)
        self.assertActs(exception, "biller", "pharmacist", "operator")

    def test_what_a_deleted_team_owned_is_nobodys(self):
        self.route.team_id = self.billing
        exception = self.stuck()
        self.billing.unlink()
        self.assertFalse(exception.team_id)

    # -- who acts --

    def test_only_its_team_and_operators_try_again(self):
        self.route.team_id = self.billing
        exception = self.stuck()
        delivery = exception._deliveries()
        for act in (exception, delivery):
            with self.assertRaisesRegex(AccessError, "Billing"):
                self.as_("pharmacist", act).action_try_again()
        self.assertEqual(delivery.state, "failed")
        self.as_("biller", exception).action_try_again()
        self.assertEqual(delivery.state, "pending")

    def test_only_its_team_and_operators_discard(self):
        self.route.team_id = self.billing
        delivery = self.stuck()._deliveries()
        context = {"active_model": "interop.delivery", "active_ids": delivery.ids}
        for name in ("pharmacist", "operator"):
            wizard = self.env["interop.discard.deliveries"].with_user(self.users[name])
            wizard = wizard.with_context(**context).create({"reason": "never"})
            if name == "pharmacist":
                with self.assertRaises(AccessError):
                    wizard.action_discard()
                self.assertEqual(delivery.state, "failed")
            else:
                wizard.action_discard()
                self.assertEqual(delivery.state, "discarded")

    def test_what_waits_is_the_owners_too(self):
        """Deliveries that have not failed have no exception: their route's and system's team is asked."""
        self.send(self.party("n2"))
        delivery = self.env["interop.delivery"].search([("system_id", "=", self.system.id)])
        self.system.team_id = self.pharmacy
        with self.assertRaises(AccessError):
            self.as_("biller", delivery)._discard("because")
        self.route.team_id = self.billing
        with self.assertRaises(AccessError):
            self.as_("pharmacist", delivery)._discard("because")
        self.as_("biller", delivery)._discard("because")
        self.assertEqual(delivery.state, "discarded")

    def test_only_its_team_says_what_a_code_means(self):
        exception = self.env["interop.exception"].create(
            {
                "fingerprint": "x",
                "category": "code",
                "code": "unknown_product",
                "value": "P1",
                "system_id": self.system.id,
                "team_id": self.billing.id,
            }
        )
        product = self.env["product.product"].create({"name": "P"})
        wizard = self.env["interop.bind.code"].with_user(self.users["pharmacist"])
        wizard = wizard.create({"exception_id": exception.id, "product_id": product.id})
        with self.assertRaises(AccessError):
            wizard.action_bind()

    def test_disagreements_are_decided_by_the_team_of_the_system_that_says_otherwise(self):
        other = self.env["interop.system"].create({"name": "O", "code": "team-o"})
        self.system.team_id = self.billing
        other.team_id = self.pharmacy
        one = {
            "entity": "party",
            "attribute": "name",
            "res_model": "res.partner",
            "res_id": self.env.user.partner_id.id,
            "company_id": self.env.company.id,
        }
        disagreements = self.env["interop.disagreement"]
        for said, stands, who in (
            (self.system, other, "biller"),
            (other, self.system, "pharmacist"),
            (disagreements.system_id, self.system, "biller"),
        ):
            disagreement = disagreements.create(
                {**one, "system_id": said.id, "stands_system_id": stands.id}
            )
            with self.subTest(said=said.code, stands=stands.code):
                self.assertActs(disagreement, who, "operator")
                stranger = "pharmacist" if who == "biller" else "biller"
                with self.assertRaises(AccessError):
                    self.as_(stranger, disagreement).action_keep()
                self.as_(who, disagreement).action_keep()
                self.assertEqual(disagreement.state, "settled")

    # -- what one is shown first --

    def test_for_me_is_what_i_may_act_on(self):
        self.route.team_id = self.billing
        theirs = self.stuck()
        nobodys = theirs.create({"fingerprint": "y"})
        both = theirs | nobodys
        for name, expected in (
            ("biller", both),
            ("pharmacist", nobodys),
            ("operator", both),
            ("looker", both),
        ):
            mine = self.as_(name, both)
            domain = [("id", "in", both.ids)]
            with self.subTest(user=name):
                self.assertEqual(mine.filtered("is_for_me"), expected)
                self.assertEqual(mine.search([*domain, ("is_for_me", "=", True)]), expected)
                self.assertEqual(mine.search([*domain, ("is_for_me", "=", False)]), both - expected)

    def test_a_team_counts_what_is_open(self):
        self.route.team_id = self.billing
        self.stuck()
        self.assertEqual((self.billing | self.pharmacy).mapped("open_count"), [1, 0])
        action = self.as_("biller", self.billing).action_open_exceptions()
        found = self.env["interop.exception"].search(action["domain"])
        self.assertEqual(found, self.exceptions())

    def test_a_team_of_one_company_owns_nothing_of_another(self):
        other = self.env["res.company"].create({"name": "Other hospital"})
        foreign = self.env["interop.team"].create({"name": "F", "company_id": other.id})
        with self.assertRaisesRegex(UserError, "company"):
            self.system.team_id = foreign

    def test_changes_of_teams_are_in_the_audit_log(self):
        entries = self.env["interop.audit.entry"]
        before = entries.search([], order="id desc", limit=1).id
        self.billing.user_ids += self.users["pharmacist"]
        self.route.team_id = self.billing
        told = entries.search([("id", ">", before)])
        self.assertEqual(set(told.mapped("res_model")), {"interop.team", "interop.route"})
