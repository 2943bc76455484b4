"""The whole configuration out of a database and into another: all of it, or nothing."""

import json
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..core.bundle import parts
from ..core.bundle.differences import NEW, ONLY_HERE
from .common_bundle import FullCase


@tagged("post_install", "-at_install")
class TestRoundTrip(FullCase):
    """Everything set to something else than its default, taken away, and back."""

    def test_out_and_into_a_database_that_knows_nothing_of_it(self):
        text = self.whole()
        self.assertEqual(set(self.states(text)), set(), "into the one it came from")
        self.assertEqual(self.take(text), [], "nothing is changed")
        self.forget()
        found = self.states(text)
        self.assertEqual(found["systems", "Labor (x-lab)"], NEW)
        self.assertEqual(found["companies", self.company.name], "changed")
        self.assertEqual({part for part, _name in found}, {*parts.PARTS} - {"credentials"})
        self.take(text)
        self.assertEqual(self.whole(), text)
        self.assertEqual(self.take(text), [], "once is as good as twice")
        endpoint = self.env["interop.endpoint"].search([("code", "=", "lab-in")])
        self.assertEqual(endpoint.state, "draft")
        self.assertFalse(endpoint.credential_ids)
        system = endpoint.system_id
        self.assertEqual(system.user_id.login, "interop-x-lab")

    def test_every_value_is_another_than_its_default(self):
        """Or the round trip would prove nothing of a field."""
        value = json.loads(self.whole())
        for name, part in parts.PLAIN.items():
            if part.is_made:
                defaults = self.env[part.model].default_get(list(self.env[part.model]._fields))
                for field in part.fields:
                    default = defaults.get(parts.column(field)) or None
                    with self.subTest(f"{name}.{field.name}"):
                        said = [entry[field.name] or None for entry in value[name]]
                        self.assertTrue(any(one != default for one in said), said)

    def test_what_is_only_here_stays_unless_it_is_ticked(self):
        text = self.whole()
        route = self.env["interop.route"].create({"name": "Only here", "entity": "claim"})
        [(key, state)] = self.states(text).items()
        self.assertEqual((key[0], state), ("routes", ONLY_HERE))
        self.assertEqual(self.take(text), [])
        self.assertTrue(route.active)
        [change] = [one for one in self.files._plan(text).changes if one.state == ONLY_HERE]
        self.take(text, archived={(change.part, change.known)}, chosen=set())
        self.assertFalse(route.active)
        self.assertEqual(self.states(text), {})

    def test_a_new_entry_brings_along_what_it_names(self):
        text = self.whole()
        self.forget()
        new = [one for one in self.files._plan(text).changes if one.state == NEW]
        [change] = [one for one in new if one.part == "endpoints"]
        taken = self.take(text, chosen={(change.part, change.known)})
        self.assertEqual(
            [one.part for one in taken], ["teams", "systems", "facilities", "endpoints"]
        )

    def test_a_file_of_the_first_form_is_read(self):
        value = json.loads(self.whole())
        first = {"kind": value["kind"], "form": 1}
        first |= {name: value[name] for name in ("concept_maps", "ownership")}
        [units] = [one for one in first["concept_maps"] if one["code"] == "lab_units"]
        units["lines"] = [{"code": "EA", "means": "each"}]
        self.take(json.dumps(first))
        lab = self.env["interop.concept.map"].search([("code", "=", "lab_units")])
        self.assertEqual(len(lab.line_ids), 3, "it adds")
        self.assertEqual(self.take(json.dumps(first)), [])
        self.take(json.dumps({"kind": value["kind"], "form": 2, "concept_maps": [units]}))
        self.assertEqual(lab.line_ids.mapped("source_code"), ["EA"], "the second form says all")

    def test_companies_that_are_called_otherwise(self):
        name = self.company.name
        text = self.whole().replace(json.dumps(name), '"Somewhere else"')
        plan = self.files._plan(text)
        wrong = {one.code for one in plan.all_mistakes(plan.changes)}
        self.assertEqual(wrong, {"unknown_company"})
        self.assertEqual(self.states(text, companies={"Somewhere else": name}), {})
        seen, mistakes = self.files._take(text)
        self.assertFalse(seen)
        self.assertIn("companies[0].company", [one.place for one in mistakes])

    def test_what_odoo_does_not_have_here_is_told_by_its_place(self):
        def change(value):
            for rule in value["accounting_rules"]:
                rule["journal"] = rule["journal"] and "NOPE"
                rule["taxes"] = ["None (sale)"] * len(rule["taxes"])
            value["facilities"][0]["warehouse"] = "NOPE"
            value["endpoints"][0]["tz"] = "Mars/Base"
            value["endpoints"][0]["facility"] = "Moon"
            value["parameters"][0]["key"] = "database.secret"

        _seen, mistakes = self.files._take(self.whole(change))
        self.assertEqual([("parameters[0].key", "bad_enum")], [*map(tuple, mistakes)])

        def but_the_last(value):
            change(value)
            value["parameters"] = []

        before = self.whole()
        _seen, mistakes = self.files._take(self.whole(but_the_last))
        self.assertEqual(
            {one.code for one in mistakes},
            {"unknown_journal", "unknown_tax", "unknown_warehouse", "unknown_facility", "bad_enum"},
        )
        self.assertIn(("facilities[0].warehouse", "unknown_warehouse"), [*map(tuple, mistakes)])
        self.assertEqual(self.whole(), before)

    @mute_logger("odoo.sql_db")
    def test_what_breaks_a_rule_of_the_database_is_told_by_its_place_and_nothing_is_done(self):
        for part, key, value, told in (
            ("endpoints", "max_body_kb", 0, "Limits"),
            ("routes", "lanes", 1000, "lanes"),
            ("systems", "code", "not a word", "letters"),
            ("contracts", "document", "bad document", "can't be read"),
        ):

            def change(file, part=part, key=key, value=value):
                if part == "contracts":
                    file[part][0]["attributes"].append(
                        {"path": "]][[", "class": "public", "purpose": "p"}
                    )
                else:
                    file[part][-1][key] = value
                file["concept_maps"][0]["name"] = "Changed"

            before = self.whole()
            with (
                self.subTest(part),
                self.assertRaisesRegex(UserError, rf"(?s)^{part}\[\d+\]: .*{told}"),
                self.env.cr.savepoint(),
            ):
                self.files._take(self.whole(change))
            self.assertEqual(self.whole(), before)

    @mute_logger("odoo.sql_db")
    def test_a_look_tells_all_that_the_database_would_refuse_and_changes_nothing(self):
        def change(value):
            value["endpoints"][0]["max_body_kb"] = 0
            value["routes"][0]["lanes"] = 1000
            value["routes"][-1]["lanes"] = 3
            value["systems"].append(value["systems"][0] | {"code": "not a word"})
            codes = [{"code": "A", "system": "not a word"}]
            value["facilities"].append(value["facilities"][0] | {"name": "Annexe", "codes": codes})

        before, text = self.whole(), self.whole(change)
        plan = self.files._plan(text)
        self.assertEqual((plan.mistakes, plan.wrong), ((), {}))
        told = {(one.part, one.name): said for one, said in self.files._rehearse(plan).items()}
        self.assertEqual(self.whole(), before)
        self.assertEqual(
            sorted(part for part, _name in told), ["endpoints", "facilities", "routes", "systems"]
        )
        self.assertIn("not a word", told["facilities", "Annexe"])
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            self.files._take(text)
        self.assertEqual(len(str(caught.exception).splitlines()), 4)
        self.assertEqual(self.whole(), before)
        self.assertFalse(self.files._rehearse(self.files._plan(before)))

    def test_two_that_a_file_can_not_keep_apart_are_told(self):
        self.env["interop.route"].create([{"name": "Twin", "entity": "claim"}] * 2)
        with self.assertRaisesRegex(UserError, "Twin"):
            self.whole()


@tagged("post_install", "-at_install")
class TestCost(FullCase):
    """Statements of reading, comparing and importing don't grow with the entries."""

    def spent(self, act):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        act()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def more(self, text, number):
        """A file with so many more routes and attributes of a contract."""
        value = json.loads(text)
        [route] = [one for one in value["routes"] if one["name"] == "Lab orders"]
        value["routes"] += (dict(route, name=f"Lab {index}") for index in range(number))
        [contract] = [one for one in value["contracts"] if one["document"] == "ZLB^Z01"]
        contract["attributes"] += (
            {"path": f"a{index}", "class": "public", "purpose": "p"}
            for index in range(10, 10 + number)
        )
        return json.dumps(value)

    def test_many_cost_what_few_do(self):
        text = self.whole()
        few, many = (self.more(text, number) for number in (2, 100))
        looked = [self.spent(lambda text=one: self.files._plan(text)) for one in (text, few, many)]
        self.assertLess(max(looked) - min(looked), 10, looked)
        with self.cr.savepoint():
            first = self.spent(lambda: self.take(few))
        then = self.spent(lambda: self.take(many))
        # a route has a chatter, whose first message is Odoo's own two statements
        self.assertLess(then - first, 100 * 4, (first, then))
        again = self.spent(lambda: self.take(many))
        self.assertLess(
            again - looked[0], 20, "importing the same writes nothing but the audit entry"
        )

    def test_workers_are_told_once(self):
        text = self.more(self.whole(), 20)
        registry = self.env.registry
        with patch.object(type(registry), "signal_changes", autospec=True) as signal:
            self.take(text)
        self.assertFalse(signal.called, "Odoo signals with the commit")
        self.assertIn("default", registry.cache_invalidated)
