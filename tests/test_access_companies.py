"""Whose records: every model × role × operation × company, tried on real records and held against two tables.

What a role may do with a model at all is in ``test_access``; whose records it may do it with follows from ``FOLLOWS``.
"""

import itertools

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .common_companies import EVERYBODY, FOLLOWS, MAKER, OWN, OWN_OR_NONE, VALUES, Place
from .test_access import EXPECTED, HOLDS, OPERATIONS, ROLES, AccessCase

#: where records lie that somebody of one company comes upon
PLACES = ("own", "other", "none")
#: the places whose records one has, by how the model follows companies; of dialogs *own* are those one made oneself
HAS = {
    OWN: {"own"},
    OWN_OR_NONE: {"own", "none"},
    MAKER: {"own"},
    EVERYBODY: {"own", "other", "none"},
}
#: models whose rows are no more than a view of others', or of which the database has one row at most
MADE_ONCE = {"interop.mapping.effective", "interop.reencryption"}


def allowed(model, role):
    """The letters that the table gives, with what the role holds."""
    return {
        letter for one in (role, *HOLDS.get(role, ())) for letter in EXPECTED[model].get(one, "")
    }


@tagged("post_install", "-at_install")
class TestCompanies(AccessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other hospital"})
        companies = (cls.env.company, cls.other, cls.env["res.company"])
        cls.places = dict(
            zip(PLACES, (Place(cls.env, company) for company in companies), strict=True)
        )
        cls.records = {
            (model, where): cls.places[where][model]
            for model in EXPECTED
            for where in cls.of(model)
        }
        cls.env.flush_all()

    @classmethod
    def how(cls, model):
        return MAKER if cls.env[model]._transient else FOLLOWS[model]

    @classmethod
    def of(cls, model):
        """The places in which there are records of a model."""
        return {
            OWN: ("own", "other"),
            OWN_OR_NONE: PLACES,
            MAKER: ("own", "other"),
            EVERYBODY: ("own",),
        }[cls.how(model)]

    @classmethod
    def both(cls, role):
        """Somebody with a role who works in both companies."""
        return new_test_user(
            cls.env,
            f"interop-both-{role}",
            groups=ROLES[role],
            company_ids=[Command.set([cls.env.company.id, cls.other.id])],
        )

    def _hand_over(self, user):
        """Dialogs in the own place are made by ``user``; one has what one made."""
        for model in EXPECTED:
            if self.how(model) == MAKER:
                record = self.records[model, "own"]
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET create_uid = %s WHERE id = %s",
                        SQL.identifier(record._table),
                        user.id,
                        record.id,
                    )
                )
                record.invalidate_recordset(["create_uid"], flush=False)

    def _differences(self, user, role, has):
        """What a user may do otherwise than ``has`` (how a model follows → places) and the table say."""
        self._hand_over(user)
        for (model, where), record in self.records.items():
            theirs = record.with_user(user)
            theirs = theirs.with_context(allowed_company_ids=user.company_ids.ids)
            found = {
                letter for letter, operation in OPERATIONS.items() if theirs.has_access(operation)
            }
            expected = allowed(model, role) if where in has[self.how(model)] else set()
            if found != expected:
                yield model, where, role, f"{sorted(found)} instead of {sorted(expected)}"

    # -- the tables themselves --

    def test_every_model_says_whose_its_records_are_and_what_they_are_made_of(self):
        lasting = {model for model in EXPECTED if not self.env[model]._transient}
        self.assertEqual(lasting, set(FOLLOWS))
        self.assertEqual(set(EXPECTED), {model for model in VALUES if model.startswith("interop.")})

    def test_every_record_lies_where_it_is_said_to(self):
        """Otherwise the matrix would be about one company only."""
        for model in EXPECTED:
            records = [self.records[model, where] for where in self.of(model)]
            with self.subTest(model=model):
                self.assertEqual(len(set(records)), len(records))
                self.assertTrue(all(record.exists() for record in records))
            if "company_id" in records[0]._fields and self.how(model) != MAKER:
                with self.subTest(company=model):
                    companies = [self.places[where].company for where in self.of(model)]
                    self.assertEqual([record.company_id for record in records], companies)

    # -- the matrix --

    def test_every_role_may_do_what_the_tables_say_with_the_records_of_each_company(self):
        with mute_logger("odoo.addons.base.models.ir_rule"):
            found = [
                one
                for role, user in self.users.items()
                for one in self._differences(user, role, HAS)
            ]
        self.assertFalse(found, "\n".join(map(str, found)))

    def test_whoever_works_in_both_companies_has_the_records_of_both(self):
        has = {how: {*places, "other"} for how, places in HAS.items()} | {MAKER: {"own"}}
        found = [
            one
            for role in ("administrator", "auditor", "resolver", "accountant", "service")
            for one in self._differences(self.both(role), role, has)
        ]
        self.assertFalse(found, "\n".join(map(str, found)))

    def test_whoever_works_in_both_and_looks_at_one_has_only_hers(self):
        user = self.both("administrator")
        for (model, where), record in self.records.items():
            theirs = record.with_user(user).with_context(allowed_company_ids=self.env.company.ids)
            if where == "other" and self.how(model) != MAKER:
                with self.subTest(model=model):
                    self.assertFalse(theirs.has_access("read"))

    def test_a_search_finds_what_may_be_read(self):
        """``has_access`` and ``search`` are different code in Odoo."""
        differences = []
        for role, user in self.users.items():
            self._hand_over(user)
            for model in (model for model in EXPECTED if "r" in allowed(model, role)):
                ids = {self.records[model, where].id: where for where in self.of(model)}
                records = self.env[model].with_user(user).with_context(active_test=False)
                found = {ids[one.id] for one in records.search([("id", "in", list(ids))])}
                if found != HAS[self.how(model)] & set(self.of(model)):
                    differences.append((model, role, sorted(found)))
        self.assertFalse(differences, "\n".join(map(str, differences)))

    def test_records_are_made_where_the_tables_say(self):
        """``create`` with real values: by every role in the own company, and by whoever may in another one."""
        created = 0
        for model, role in itertools.product(sorted(set(EXPECTED) - MADE_ONCE), ROLES):
            may = "c" in allowed(model, role)
            how = self.how(model)
            for where in ("own", "other") if may and how in (OWN, OWN_OR_NONE) else ("own",):
                values = self.places[where].values(model)
                if isinstance(values, dict):
                    created += self._tries(model, role, values, may and where in HAS[how])
        self.assertGreater(created, 50)

    def _tries(self, model, role, values, may):
        """Whether it was made; rolled back either way."""
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        with mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"):
            try:
                made = self.as_(role, model).create(values)
                self.env.flush_all()
            except AccessError:
                made = None
            finally:
                savepoint.rollback()
                savepoint.close()
                self.env.invalidate_all(flush=False)
        if bool(made) != may:
            with self.subTest(model=model, role=role):
                self.fail("made" if made else "refused")
        return may


@tagged("post_install", "-at_install")
class TestHostFields(AccessCase):
    """What the add-on puts on Odoo's own records."""

    #: fields of people that only some may see → the roles
    GUARDED = {
        ("res.partner", "interop_birth_date"): {
            "patient",
            "protection",
            "administrator",
            "service",
        },
        ("res.partner", "interop_gender"): {"patient", "protection", "administrator", "service"},
        ("res.users", "interop_birth_date"): {"patient", "protection", "administrator", "service"},
        ("res.users", "interop_gender"): {"patient", "protection", "administrator", "service"},
        ("hr.employee", "interop_due_on"): {"service"},
        ("hr.employee", "interop_post_ids"): {"service"},
    }

    def test_fields_with_groups_are_for_those_groups(self):
        for (model, name), roles in self.GUARDED.items():
            records = {role: self.as_(role, model) for role in ROLES}
            field = self.env[model]._fields[name]
            for operation in ("read", "write"):
                with self.subTest(field=name, operation=operation):
                    found = {
                        role
                        for role, one in records.items()
                        if one._has_field_access(field, operation)
                    }
                    self.assertEqual(found, roles)

    def test_every_guarded_field_of_ours_on_a_host_is_listed(self):
        ours = {
            (model, name)
            for model in self.env
            if not model.startswith("interop.") and not self.env[model]._abstract
            for name, field in self.env[model]._fields.items()
            if name.startswith("interop_") and field.groups
        }
        self.assertEqual(ours, set(self.GUARDED))
