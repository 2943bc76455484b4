"""Every screen of the app opens, for those who manage it and for those who only look, and none is empty without a word."""

import re

from lxml import etree

from odoo.tests import Form, TransactionCase, new_test_user, tagged

from .common import InteropCase

MODULE = "healthcare_interop"
ROOT = f"{MODULE}.menu_root"
#: views in which a default filter and groupings are expected
LISTS = ("list", "kanban")


@tagged("post_install", "-at_install")
class TestScreens(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.readers = {
            role: new_test_user(cls.env, f"screens-{role}", groups=f"{MODULE}.group_{role}")
            for role in ("administrator", "viewer")
        }

    def _own(self, model):
        ids = (
            self.env["ir.model.data"]
            .search([("module", "=", MODULE), ("model", "=", model)])
            .mapped("res_id")
        )
        return self.env[model].browse(ids).exists()

    def _actions(self):
        return self._own("ir.actions.act_window")

    def test_every_action_opens_with_all_its_views(self):
        for role, user in self.readers.items():
            for action in self._actions():
                model = self.env[action.res_model].with_user(user)
                if not model.has_access("read"):
                    continue
                views = [(False, kind) for kind in action.view_mode.split(",")] + [
                    (False, "search")
                ]
                with self.subTest(action=action.name, role=role):
                    found = model.get_views(views, {"toolbar": True})
                    self.assertEqual(set(found["views"]), {kind for _id, kind in views})

    def test_every_default_filter_exists(self):
        for action in self._actions():
            search = self._search_arch(action)
            names = {node.get("name") for node in search.iter("filter", "field")}
            for default in re.findall(r"'search_default_(\w+)'", action.context or ""):
                with self.subTest(action=action.name):
                    self.assertIn(default, names)

    def test_every_empty_list_says_what_to_do_next(self):
        for action in self._actions():
            if action.target == "new":
                continue
            with self.subTest(action=action.name):
                text = re.sub(r"<[^>]+>", " ", action.help or "")
                self.assertIn("o_view_nocontent_smiling_face", action.help or "")
                self.assertGreater(len(text.split()), 10)

    def test_every_list_can_be_filtered_and_grouped(self):
        for action in self._actions():
            if action.target == "new" or not set(action.view_mode.split(",")) & set(LISTS):
                continue
            search = self._search_arch(action)
            groupings = [
                node for node in search.iter("filter") if "group_by" in (node.get("context") or "")
            ]
            filters = [
                node for node in search.iter("filter") if node.get("domain") or node.get("date")
            ]
            with self.subTest(action=action.name):
                self.assertTrue(filters)
                self.assertTrue(groupings)

    def test_every_domain_and_grouping_of_a_search_works(self):
        for action in self._actions():
            if action.target == "new":
                continue
            model = self.env[action.res_model]
            for node in self._search_arch(action).iter("filter"):
                with self.subTest(action=action.name, filter=node.get("name")):
                    if node.get("domain"):
                        model.search(self._domain(node.get("domain")), limit=1)
                    for group_by in re.findall(
                        r"'group_by': '([\w:]+)'", node.get("context") or ""
                    ):
                        model.formatted_read_group([], [group_by], ["__count"], limit=1)

    def test_no_view_is_called_tree(self):
        for action in self._actions():
            self.assertNotIn("tree", action.view_mode.split(","))
        for view in self._own("ir.ui.view"):
            self.assertNotIn("<tree", view.arch_db or "", view.xml_id)

    def test_every_field_with_a_hint_shown_is_in_the_model(self):
        """Fields that are not obvious have a ``help``: at least half of those people fill in on configuration forms."""
        for model in ("interop.endpoint", "interop.route", "interop.mapping", "interop.system"):
            own = [
                field
                for name, field in self.env[model]._fields.items()
                if field._module == MODULE
                and not field.readonly
                and field.type != "one2many"
                and name != "active"
            ]
            helped = [field for field in own if field.help]
            with self.subTest(model=model):
                self.assertGreaterEqual(
                    len(helped) / len(own), 0.4, [field.name for field in own if not field.help]
                )

    def test_every_button_can_be_pressed(self):
        """The web client calls a button's method with the ids of what is shown or ticked, also where that is nothing."""
        pressed = set()
        for view in self._own("ir.ui.view").filtered("model"):
            for button in etree.fromstring(view.arch_db).iter("button"):
                model = self._model_of(button, view.model)
                if button.get("type") == "object":
                    pressed.add((model, button.get("name")))
        self.assertGreater(len(pressed), 90)
        for model, name in sorted(pressed):
            with self.subTest(model=model, button=name):
                method = getattr(type(self.env[model]), name)
                self.assertFalse(getattr(method, "_api_model", False))

    def _model_of(self, node, model):
        """The model of what stands at ``node`` in a view of ``model``: a list within a form shows another's records."""
        for field in reversed([one for one in node.iterancestors("field") if one.get("name")]):
            found = self.env[model]._fields.get(field.get("name"))
            model = found.comodel_name if found and found.relational else model
        return model

    def test_every_menu_leads_somewhere(self):
        root = self.env.ref(ROOT)
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        leaves = menus.filtered(lambda menu: not menu.child_id)
        self.assertGreater(len(leaves), 12)
        for menu in leaves:
            with self.subTest(menu=menu.complete_name):
                self.assertTrue(menu.action)

    def test_a_purchaser_sees_the_first_rooms_only(self):
        purchaser = new_test_user(
            self.env,
            "screens-purchaser",
            groups=f"{MODULE}.group_resolver,purchase.group_purchase_user",
        )
        self.assertEqual(self._rooms(purchaser), ["Overview", "Exceptions"])

    def test_an_accountant_sees_what_is_to_be_billed(self):
        accountant = new_test_user(
            self.env,
            "screens-accountant",
            groups=f"{MODULE}.group_resolver,account.group_account_invoice",
        )
        self.assertEqual(self._rooms(accountant), ["Overview", "Exceptions", "Care"])

    def test_an_administrator_sees_all_rooms(self):
        rooms = ["Overview", "Exceptions", "Traffic", "Care", "Data quality"]
        rooms += ["Data protection", "Configuration"]
        self.assertEqual(self._rooms(self.readers["administrator"]), rooms)

    def test_somebody_else_sees_no_such_app(self):
        outsider = new_test_user(self.env, "screens-outsider", groups="base.group_user")
        self.assertFalse(self._rooms(outsider))

    def _rooms(self, user):
        menus = self.env["ir.ui.menu"].with_user(user)
        visible = menus._visible_menu_ids()
        rooms = self.env.ref(ROOT).child_id.filtered(lambda menu: menu.id in visible)
        return rooms.sorted("sequence").mapped("name")

    def _search_arch(self, action):
        found = self.env[action.res_model].get_views([(action.search_view_id.id, "search")])
        return etree.fromstring(found["views"]["search"]["arch"])

    def _domain(self, text):
        from odoo.tools.safe_eval import safe_eval

        return safe_eval(text, {"uid": self.env.uid})


@tagged("post_install", "-at_install")
class TestSystemCards(TransactionCase):
    """The figures on the overview's cards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system = cls.env["interop.system"].create({"name": "Cards", "code": "cards"})

    def _message(self, **values):
        return self.env["interop.message"].create(
            {
                "uuid": self.env["interop.message"]._new_uuid(),
                "received_at": self.env.cr.now().replace(tzinfo=None),
                "system_id": self.system.id,
                **values,
            }
        )

    def test_a_new_system_is_idle(self):
        self.assertEqual(self.system.health, "idle")
        self.assertFalse(self.system.last_message_at)

    def test_today_counts_in_and_out_apart(self):
        self._message()
        self._message(direction="out")
        self._message(received_at="2020-01-01 00:00:00")
        self.assertEqual((self.system.in_today, self.system.out_today), (1, 1))
        self.assertEqual(self.system.health, "quiet")

    def test_failed_and_waiting_show(self):
        message = self._message()
        common = {"message_id": message.id, "system_id": self.system.id}
        self.env["interop.delivery"].create(common | {"state": "failed"})
        self.env["interop.delivery"].create(
            common | {"state": "pending", "received_at": "2020-01-01 00:00:00"}
        )
        self.assertEqual((self.system.failed_count, self.system.pending_count), (1, 1))
        self.assertEqual(str(self.system.oldest_pending_at), "2020-01-01 00:00:00")
        self.assertEqual(self.system.health, "failed")

    def test_what_waits_too_long_is_late(self):
        message = self._message()
        self.env["interop.delivery"].create(
            {
                "message_id": message.id,
                "system_id": self.system.id,
                "state": "pending",
                "received_at": "2020-01-01 00:00:00",
            }
        )
        self.assertEqual(self.system.health, "late")

    def test_the_figures_of_all_systems_cost_two_statements(self):
        systems = self.system | self.env["interop.system"].create(
            [{"name": f"S{n}", "code": f"cards-{n}"} for n in range(5)]
        )
        self.env.flush_all()
        systems.invalidate_recordset()
        with self.assertQueryCount(2):
            systems.mapped("in_today")

    def test_the_buttons_lead_to_the_records_behind_the_numbers(self):
        for name in ("today", "messages", "failed", "pending", "exceptions", "endpoints"):
            with self.subTest(button=name):
                action = getattr(self.system, f"action_open_{name}")()
                self.env[action["res_model"]].search(action["domain"])


@tagged("post_install", "-at_install")
class TestForms(InteropCase):
    """A form reads what its view shows: nobody who may open a record stumbles over a field that she may not see."""

    ROLES = {
        "viewer": "healthcare_interop.group_viewer",
        "operator": "healthcare_interop.group_operator",
        "administrator": "healthcare_interop.group_administrator",
        "auditor": "healthcare_interop.group_auditor",
        "purchaser": "healthcare_interop.group_resolver,purchase.group_purchase_user",
        "accountant": "healthcare_interop.group_resolver,account.group_account_invoice",
    }

    def test_every_form_opens_for_everybody_who_may_read_the_record(self):
        records = self._one_of_each()
        for role, groups in self.ROLES.items():
            user = new_test_user(self.env, f"forms-{role}", groups=groups)
            for record in records:
                theirs = record.with_user(user)
                if not theirs.has_access("read"):
                    continue
                with self.subTest(model=record._name, role=role):
                    Form(theirs)

    def _one_of_each(self):
        self.send(self.party("F1", name="Forms One"))
        parent = {"identifiers": [{"value": "GONE", "system": "ORG"}]}
        self.send(self.party("F2", kind="house", name="Ward", parent=parent))
        self.drain_all()
        company = {"company_id": self.env.company.id}
        encounter = self.env["interop.encounter"].create({"name": "E1", **company})
        money = {
            "currency_id": self.env.company.currency_id.id,
            "encounter_id": encounter.id,
            **company,
        }
        return [
            self.system,
            self.endpoint,
            self.facility,
            self.route,
            *self.env["interop.message"].search([("system_id", "=", self.system.id)]),
            *self.env["interop.delivery"].search([("system_id", "=", self.system.id)]),
            *self.exceptions(),
            self.env["interop.contract"].search([], limit=1),
            self.env["interop.mapping"].search([], limit=1),
            self.env["interop.concept.map"].create({"name": "M", "code": "forms-m"}),
            self.env["interop.binding"].search([("system_id", "=", self.system.id)], limit=1),
            encounter,
            self.env["interop.charge"].create({"name": "C1", **money}),
            self.env["interop.order"].create(
                {"name": "O1", "encounter_id": encounter.id, **company}
            ),
            self.env["interop.location"].create({"name": "L1"}),
            self.partner("F1"),
        ]
