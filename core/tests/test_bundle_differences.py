"""What differs between two configurations, what entries name, and what is not known."""

import unittest

from ..bundle.differences import (
    CHANGED,
    ISSUE,
    MOST_SHOWN,
    NEW,
    ONLY_HERE,
    SAME,
    Told,
    compare,
    completed,
    is_different,
    name_of,
    shown,
)
from ..bundle.form import Bundle, known_by, read, write
from ..bundle.mapping_entries import Mistake
from ..bundle.parts import (
    COMPANIES,
    CONCEPT_MAPS,
    CONTRACTS,
    CREDENTIALS,
    ENDPOINTS,
    FACILITIES,
    LEFT_OUT,
    MAPPINGS,
    OWNERSHIP,
    PLAIN,
    ROUTES,
    SYSTEMS,
    known_columns,
)
from ..bundle.references import Named, companies, in_order, named, renamed, unknown, with_needed

LAB = {"code": "lab", "name": "Laboratory", "company": "A"}
MAIN = {"name": "Main", "company": "A", "codes": [{"code": "M", "system": "lab"}]}
IN = {"code": "in", "name": "In", "system": "lab", "facility": "Main", "max_batch": 5}
CONTRACT = {
    "format": "json",
    "document": "*",
    "attributes": [{"path": "a", "class": "public", "purpose": None}],
}
RULE = {"key": "name", "place": 10, "target": "name", "source": "PID-5", "transform": "hl7.name"}
PATIENT = {
    "name": "patient",
    "format": "hl7v2",
    "sequence": 10,
    "definition": {"entity": "party", "documents": "ADT^A01", "event": "updated", "rules": [RULE]},
}
HEAD = {"name": "patient", "format": "hl7v2"}
ADAPTED = {**HEAD, "system": "lab", "adapts": HEAD, "header": {"event": ["updated", "started"]}}
UNITS = {
    "code": "unit",
    "name": "Units",
    "note": "ours",
    "lines": [{"code": "BX", "means": "box"}, {"code": "BX", "means": "crate", "only_for": "lab"}],
}
OWNER = {"entity": "party", "attributes": ["name", "phone"], "owner": "lab", "policy": "flag"}
TOKEN = {"endpoint": "in", "scheme": "oauth", "name": "key", "issuer": "https://x", "rate_limit": 0}


def against(here, there, **options):
    """The only change between two entries' parts, as comparing and taking see it."""
    bundle = Bundle(there, **options)
    return compare(here, completed(bundle, here))


class CompareTest(unittest.TestCase):
    def told(self, part, before, after, **options):
        [change] = against({part: [before]}, {part: [after]}, **options)
        return {one.place: (one.before, one.after) for one in change.told}

    def test_states(self):
        other = {**LAB, "code": "ehr"}
        changes = against(
            {SYSTEMS: [LAB, other]},
            {SYSTEMS: [{**LAB, "name": "Lab"}, {**LAB, "code": "pas"}]},
            is_whole=True,
        )
        self.assertEqual([one.state for one in changes], [CHANGED, NEW, ONLY_HERE])
        self.assertEqual([one.place for one in changes], ["systems[0]", "systems[1]", "systems[1]"])
        self.assertEqual(changes[0].told, (Told("name", "Laboratory", "Lab"),))
        self.assertIn(Told("code", None, "pas"), changes[1].told)
        self.assertTrue(is_different(changes))

    def test_only_a_whole_file_says_what_is_not_there(self):
        self.assertEqual(against({SYSTEMS: [LAB]}, {SYSTEMS: []}), ())
        [change] = against({SYSTEMS: [LAB]}, {SYSTEMS: []}, is_whole=True)
        self.assertEqual((change.state, change.name), (ONLY_HERE, "Laboratory (lab)"))
        self.assertEqual(against({SYSTEMS: [LAB]}, {}, is_whole=True), ())

    def test_what_is_not_said_stays(self):
        self.assertEqual(self.told(ENDPOINTS, IN, {"code": "in"}), {})
        self.assertEqual(
            self.told(ENDPOINTS, IN, {"code": "in", "facility": None}), {"facility": ("Main", None)}
        )

    def test_numbers_are_what_they_are_worth_and_flags_are_not_numbers(self):
        before, after = (
            read(write({COMPANIES: [{"company": "A", "rounding_tolerance": number}]}))[0].parts
            for number in (1, 1.0)
        )
        [change] = against(before, after)
        self.assertEqual(change.state, SAME)
        self.assertEqual(
            self.told(ENDPOINTS, IN | {"max_batch": 1}, IN | {"max_batch": True}),
            {"max_batch": ("1", "true")},
        )

    def test_lists_are_compared_by_what_their_members_are_known_by(self):
        after = {
            **CONTRACT,
            "attributes": [{"path": "b", "class": "public"}, CONTRACT["attributes"][0]],
        }
        self.assertEqual(
            self.told(CONTRACTS, CONTRACT, after),
            {"attributes[b]": (None, '{"class":"public","path":"b"}')},
        )
        after = {**CONTRACT, "attributes": [{"path": "a", "class": "internal"}]}
        self.assertEqual(
            self.told(CONTRACTS, CONTRACT, after), {"attributes[a].class": ("public", "internal")}
        )
        gone = {**CONTRACT, "attributes": []}
        self.assertEqual(list(self.told(CONTRACTS, CONTRACT, gone)), ["attributes[a]"])

    def test_rules_of_mappings_are_compared_by_their_keys(self):
        other = {**RULE, "key": "name-2", "place": 5}
        after = {**PATIENT, "definition": {**PATIENT["definition"], "rules": [other, RULE]}}
        self.assertEqual(list(self.told(MAPPINGS, PATIENT, after)), ["definition.rules[name-2]"])
        after = {
            **PATIENT,
            "definition": {**PATIENT["definition"], "rules": [{**RULE, "source": "PID-9"}]},
        }
        del after["sequence"]
        self.assertEqual(
            self.told(MAPPINGS, PATIENT, after),
            {"definition.rules[name].source": ("PID-5", "PID-9")},
        )
        spelt_out = {
            **PATIENT,
            "definition": {**PATIENT["definition"], "rules": [{**RULE, "argument": ""}]},
        }
        self.assertEqual(self.told(MAPPINGS, PATIENT, spelt_out), {})

    def test_adaptations(self):
        after = {**ADAPTED, "header": {"event": ["updated", "finished"]}}
        found = self.told(MAPPINGS, {**ADAPTED, "sequence": 10}, after)
        self.assertEqual(
            found, {"header.event": ('["updated","started"]', '["updated","finished"]')}
        )

    def test_the_order_of_words_does_not_matter(self):
        self.assertEqual(
            self.told(OWNERSHIP, OWNER, {**OWNER, "attributes": ["phone", "name"]}), {}
        )
        whole = {"entity": "party", "policy": "flag"}
        self.assertEqual(
            self.told(OWNERSHIP, whole, {**whole, "policy": "ignore"}),
            {"policy": ("flag", "ignore")},
        )
        rule = {"about": "payment", "company": "A", "taxes": ["a", "b"]}
        self.assertEqual(
            self.told("accounting_rules", rule, {**rule, "taxes": ["b", "a", "a"]}), {}
        )

    def test_the_first_form_adds(self):
        after = {**UNITS, "lines": [{"code": "EA", "means": "each"}]}
        del after["note"]
        self.assertEqual(list(self.told(CONCEPT_MAPS, UNITS, after, is_adding=True)), ["lines[EA]"])
        self.assertEqual(
            list(self.told(CONCEPT_MAPS, UNITS, after)),
            ["lines[EA]", "lines[BX]", "lines[BX, , lab]", "note"],
        )
        bare = {name: said for name, said in UNITS.items() if name != "note"}
        self.assertEqual(self.told(CONCEPT_MAPS, bare, {**bare, "lines": []}, is_adding=True), {})
        tested = {**PATIENT, "tests": [{"name": "one"}]}
        self.assertEqual(self.told(MAPPINGS, tested, PATIENT, is_adding=True), {})
        self.assertEqual(self.told(MAPPINGS, PATIENT, PATIENT, is_adding=True), {})
        [new] = against({}, {CONCEPT_MAPS: [after]}, is_adding=True)
        self.assertEqual(new.state, NEW)

    def test_credentials_are_issued_and_no_difference(self):
        changes = against(
            {CREDENTIALS: [TOKEN]},
            {CREDENTIALS: [TOKEN, {**TOKEN, "issuer": "https://y"}]},
            is_whole=True,
        )
        self.assertEqual([one.state for one in changes], [SAME, ISSUE])
        self.assertFalse(is_different(changes))
        self.assertEqual(against({CREDENTIALS: [TOKEN]}, {CREDENTIALS: []}, is_whole=True), ())

    def test_names(self):
        for part, entry, name in (
            (MAPPINGS, ADAPTED, "patient lab"),
            (CONCEPT_MAPS, UNITS, "Units"),
            (CREDENTIALS, TOKEN, "in: key"),
            (FACILITIES, MAIN, "Main"),
            (COMPANIES, {"company": "A"}, "A"),
            (OWNERSHIP, {**OWNER, "facility": "Main"}, "party, name, phone, Main"),
        ):
            with self.subTest(part):
                self.assertEqual(name_of(part, entry), name)

    def test_long_values_are_cut(self):
        self.assertEqual(len(shown("x" * 1000)), MOST_SHOWN + 1)
        self.assertIsNone(shown(None))


class ReferencesTest(unittest.TestCase):
    def whole(self):
        return Bundle(
            {
                SYSTEMS: [LAB],
                FACILITIES: [MAIN],
                ENDPOINTS: [IN],
                MAPPINGS: [ADAPTED, PATIENT],
                CONCEPT_MAPS: [UNITS],
                OWNERSHIP: [OWNER, {"entity": "party", "facility": "Main", "policy": "flag"}],
                "accounting_rules": [
                    {"about": "payment", "company": "A", "journal": "BNK", "taxes": ["7 (sale)"]}
                ],
                CREDENTIALS: [TOKEN],
            }
        )

    def test_what_is_named(self):
        found = {
            one
            for part, entries in self.whole().parts.items()
            for index, entry in enumerate(entries)
            for one in named(part, entry, f"{part}[{index}]")
        }
        for one in (
            Named("systems[0].company", "company", "A", "A"),
            Named("facilities[0].codes[0].system", SYSTEMS, "lab", "A"),
            Named("endpoints[0].facility", FACILITIES, "Main"),
            Named("mappings[0].adapts", MAPPINGS, known_by(MAPPINGS, HEAD)),
            Named("mappings[0].system", SYSTEMS, "lab"),
            Named("concept_maps[0].lines[1].only_for", SYSTEMS, "lab"),
            Named("ownership[0].owner", SYSTEMS, "lab"),
            Named("ownership[1].facility", FACILITIES, "Main"),
            Named("accounting_rules[0].journal", "journal", "BNK", "A"),
            Named("accounting_rules[0].taxes[0]", "tax", "7 (sale)", "A"),
            Named("credentials[0].endpoint", ENDPOINTS, "in"),
        ):
            with self.subTest(one.place):
                self.assertIn(one, found)

    def test_companies_are_found_and_called_otherwise(self):
        bundle = self.whole()
        self.assertEqual(companies(bundle), ("A",))
        self.assertEqual(companies(renamed(bundle, {"A": "B", "C": "D"})), ("B",))
        self.assertEqual(companies(bundle), ("A",))

    def test_what_has_to_come_along(self):
        bundle = self.whole()
        changes = against({}, bundle.parts)
        by_part = {one.part: one for one in changes if one.index == 0}
        found = with_needed(bundle, changes, [by_part[ENDPOINTS]])
        self.assertEqual({one.part for one in found}, {ENDPOINTS, FACILITIES, SYSTEMS})
        found = with_needed(bundle, changes, [by_part[MAPPINGS]])
        self.assertEqual(
            sorted((one.part, one.index) for one in found),
            [("mappings", 0), ("mappings", 1), ("systems", 0)],
        )
        changes = against({SYSTEMS: [LAB]}, bundle.parts)
        [units] = [one for one in changes if one.part == CONCEPT_MAPS]
        self.assertEqual(with_needed(bundle, changes, [units]), {units})

    def test_what_others_name_goes_first(self):
        bundle = self.whole()
        ordered = in_order(bundle, [*reversed(against({}, bundle.parts))])
        self.assertEqual(
            [one.place for one in ordered[:6]],
            [
                "systems[0]",
                "facilities[0]",
                "endpoints[0]",
                "credentials[0]",
                "concept_maps[0]",
                "mappings[1]",
            ],
        )

    def test_what_is_not_known_is_told_by_its_place(self):
        bundle = self.whole()
        changes = against({}, bundle.parts)
        found = unknown(bundle, changes, lambda one: f"unknown_{one.to}")
        codes = {mistake for mistakes in found.values() for mistake in mistakes}
        self.assertIn(Mistake("accounting_rules[0].journal", "unknown_journal"), codes)
        self.assertNotIn("unknown_systems", {one.code for one in codes})
        self.assertEqual(unknown(bundle, changes, lambda one: ""), {})


class DeclarationTest(unittest.TestCase):
    def test_columns_of_a_model(self):
        found = known_columns("interop.endpoint.source")
        self.assertEqual(found, {"value", "system_id", "endpoint_id"})
        self.assertIn("user_id", known_columns("interop.system"))
        self.assertIn("base", known_columns("interop.mapping.rule"))
        self.assertEqual(known_columns("res.partner"), frozenset())

    def test_what_is_left_out_has_a_reason_and_is_not_taken_along(self):
        for model, reasons in LEFT_OUT.items():
            with self.subTest(model):
                self.assertTrue(all(reasons.values()))
                columns = {
                    column
                    for part in PLAIN.values()
                    if part.model == model
                    for column in (field.column or field.name for field in part.fields)
                }
                self.assertFalse(columns & set(reasons))

    def test_each_is_known_by_fields_of_its_own(self):
        for name, part in PLAIN.items():
            for fields, key in (
                (part.fields, part.key),
                *((one.fields, one.key) for one in part.lines),
            ):
                with self.subTest(name):
                    self.assertLessEqual(set(key), {field.name for field in fields})
        self.assertEqual(
            known_by(ROUTES, {"name": "a", "entity": "party"}), '["a","party",null,null]'
        )
