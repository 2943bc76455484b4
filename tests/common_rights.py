"""The lives of entities, held to the rights that their plug-ins name and to what these declare that they change."""

from odoo.exceptions import AccessError

from ..core import canonical as canon
from ..models.exchange.run import Drain

LETTERS = {"write": "w", "create": "c", "unlink": "d"}
#: Odoo asks whether these may be changed, to show or leave out something; nothing is
ASKED_ONLY = {"ir.ui.view", "mail.activity", "mail.message"}


class HeldToRights:
    """Mixed into an ``EntityCase``. Whatever is applied is recorded, and held against ``_touches`` when a test ends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.changed = set()
        access = cls.registry["ir.model.access"]
        real = access.check

        def check(self, model, mode="read", raise_exception=True):
            if not self.env.su and self.env.uid == cls.system.user_id.id and mode != "read":
                cls.changed.add((model, LETTERS[mode]))
            return real(self, model, mode, raise_exception)

        cls.classPatch(access, "check", check)

    def setUp(self):
        super().setUp()
        self.told, self.refused_entities = {}, set()

    def tearDown(self):
        super().tearDown()
        self.assertDeclared()
        if self._testMethodName.startswith("test_life_of_"):
            self.assertEqual(self.told.keys(), self.refused_entities)

    def refused(self, item):
        """With the rights of all other entities and not its own, it is refused, by name, before anything is touched."""
        entity, call = item.entity.NAME, self.call()
        rights = self.env["interop.system"]._rights()
        mine = rights[entity]
        others = mine.browse().union(
            *(one for one in rights.values() if mine not in one | one.all_implied_ids)
        )
        # nothing that says who may apply orders is in what says who may apply charges, and so on
        self.assertGreater(len(others), len(rights) - 4)
        self.system.user_id.group_ids = others
        drain = Drain(self.env["interop.route"].search([("entity", "=", entity)], limit=1), 0)
        self.changed.clear()
        (outcome,), error = drain._try(drain._entity(call, entity), call, [item])
        self.assertIsNone(error)
        self.assertEqual(
            ("failed", "right_missing", entity),
            (outcome.state, outcome.error.code, outcome.error.detail),
        )
        self.assertFalse(self.changed)
        self.refused_by_odoo(entity, mine, others)
        self.refused_entities.add(entity)

    def refused_by_odoo(self, entity, mine, others):
        """And where no other entity makes such records, Odoo itself refuses them."""
        plugins = {name: self.env[f"interop.entity.{name}"] for name in canon.ENTITIES}
        home = getattr(plugins[entity], "_home", "") or plugins[entity]._stub_home
        rights = self.env["interop.system"]._rights()
        makers = {name for name in plugins if "c" in plugins[name]._touches.get(home, "")}
        # Odoo's own groups for its records are wider than what one entity needs of them
        is_narrow = home.startswith(("interop.", "hr."))
        if is_narrow and not any(rights[name] in others for name in makers):
            acting = self.env["interop.system"]._acting(self.system.id, self.company.id)
            with self.assertRaises(AccessError):
                acting[home].check_access("create")

    def assertDeclared(self):
        """What was changed since the right was given stands in the plug-in's ``_touches``, or in those that its right holds;
        what the route may create for it, it may create."""
        rights = self.env["interop.system"]._rights()
        plugins = {name: self.env[f"interop.entity.{name}"] for name in canon.ENTITIES}
        for name, changed in self.told.items():
            held = [one for one in plugins if rights[one] in rights[name].all_implied_ids]
            declared = {
                (model, letter)
                for one in (name, *held)
                for model, letters in plugins[one]._touches.items()
                for letter in letters
            }
            for one in plugins[name]._right_also.get("unknown_master", ()):
                declared.add((plugins[one]._home, "c"))
            undeclared = {one for one in changed - declared if one[0] not in ASKED_ONLY}
            self.assertFalse(undeclared, f"interop.entity.{name} does not declare them")

    def apply(self, *items, **call):
        self.changed.clear()
        outcomes = super().apply(*items, **call)
        self.told.setdefault(items[0].entity.NAME, set()).update(self.changed)
        return outcomes
