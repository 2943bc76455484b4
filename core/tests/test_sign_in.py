import unittest

from core.errors import PermanentError
from core.sign_in import ROLES, Grant, roles, values

CLIENT = "odoo"
GRANTS = (
    Grant("groups", "interop-operators", "operator"),
    Grant("groups", "interop-everybody", "viewer"),
    Grant("groups", "interop-operators", "payload_reader"),
    Grant("realm_access.roles", "audit", "auditor"),
)


def claims(**said):
    return {"sub": "1", "aud": CLIENT, **said}


class TestRoles(unittest.TestCase):
    def told(self, grants=GRANTS, **said):
        return roles(claims(**said), grants, CLIENT)

    def refused(self, code, path, **said):
        with self.assertRaises(PermanentError) as caught:
            self.told(**said)
        self.assertEqual((caught.exception.code, caught.exception.path), (code, path))

    def test_each_value_gives_what_it_gives(self):
        self.assertEqual(self.told(groups=["interop-everybody"]), ("viewer",))
        self.assertEqual(
            self.told(groups=["interop-operators", "others", "interop-everybody"]),
            ("viewer", "operator", "payload_reader"),
        )

    def test_a_text_is_one_value(self):
        self.assertEqual(self.told(groups="interop-everybody"), ("viewer",))
        self.assertEqual(self.told(groups="interop-everybody interop-operators"), ())

    def test_values_are_compared_exactly(self):
        for value in ("Interop-Everybody", " interop-everybody", "interop-everybody/", "", "*"):
            with self.subTest(value):
                self.assertEqual(self.told(groups=[value]), ())

    def test_what_is_not_there_gives_nothing(self):
        for said in ({}, {"groups": None}, {"groups": []}, {"realm_access": None}):
            with self.subTest(said):
                self.assertEqual(self.told(**said), ())
        self.assertEqual(self.told(grants=(), groups=["interop-operators"]), ())

    def test_what_can_not_be_read_refuses(self):
        for said in (7, True, {"interop-operators": True}, [1], ["interop-operators", None], [[]]):
            with self.subTest(said):
                self.refused("claim_unreadable", "groups", groups=said)
        for said in ("text", ["roles"], 7):
            with self.subTest(said):
                self.refused("claim_unreadable", "realm_access.roles", realm_access=said)

    def test_one_unreadable_claim_refuses_what_others_would_give(self):
        self.refused(
            "claim_unreadable",
            "realm_access.roles",
            groups=["interop-operators"],
            realm_access={"roles": {}},
        )

    def test_a_claim_that_is_to_be_had_elsewhere_refuses(self):
        self.refused("claim_elsewhere", "groups", _claim_names={"groups": "src1"})
        self.refused(
            "claim_elsewhere", "groups", groups=["others"], _claim_names={"groups": "src1"}
        )
        self.refused("claim_elsewhere", "groups", hasgroups=True)
        self.assertEqual(
            self.told(
                groups=["interop-everybody"], _claim_names={"address": "src1"}, hasgroups=False
            ),
            ("viewer",),
        )
        # rubbish there says of no claim that it is elsewhere
        self.assertEqual(self.told(groups=["interop-everybody"], _claim_names=[1]), ("viewer",))

    def test_claims_for_another_application_are_none_of_ours(self):
        for audience in (None, "", "other", ["other"], [], {"odoo": 1}, 7, "odoo2", "od"):
            with self.subTest(audience):
                self.refused("claims_for_another", "aud", aud=audience, groups=[])
        self.refused("claims_for_another", "azp", aud=["odoo", "other"], azp="other")
        self.assertEqual(
            self.told(aud=["odoo", "other"], azp="odoo", groups=["interop-everybody"]), ("viewer",)
        )

    def test_a_provider_without_a_client_id_gives_nothing(self):
        for audience in ("", None, [""]):
            with self.subTest(audience), self.assertRaises(PermanentError):
                roles({"aud": audience, "groups": ["interop-everybody"]}, GRANTS, "")

    def test_the_role_of_systems_is_none_of_people(self):
        self.assertNotIn("service", ROLES)


class TestPlaces(unittest.TestCase):
    def test_the_way_to_a_claim(self):
        said = claims(
            realm_access={"roles": ["a"]},
            resource_access={"odoo.prod": {"roles": ["b"]}, "odoo": {"prod": 7}},
            **{"https://hospital.example/roles": ["c"], "realm_access.other": ["d"]},
        )
        for way, found in (
            ("realm_access.roles", {"a"}),
            ("resource_access.odoo.prod.roles", {"b"}),
            ("https://hospital.example/roles", {"c"}),
            # a name as it stands comes before a way of that name
            ("realm_access.other", {"d"}),
            ("realm_access.roles2", set()),
            ("no.such.claim", set()),
        ):
            with self.subTest(way):
                self.assertEqual(values(said, way), found)


if __name__ == "__main__":
    unittest.main()
