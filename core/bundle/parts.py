"""What a configuration is made of, told once: each part with its fields, how an entry is known, and what is left out and why.

The shape of the file, what is read and written, what entries refer to and what is compared all follow from it. A stored
field of a model of the configuration that stands here neither as a field nor as left out is a mistake of whoever added it;
a test says so.
"""

from __future__ import annotations

from typing import Any, NamedTuple

#: the parts as they stand in a file: what others refer to comes first
TEAMS, SYSTEMS = "teams", "systems"
FACILITIES, ENDPOINTS = "facilities", "endpoints"
CREDENTIALS, ROUTES = "credentials", "routes"
IDENTIFIER_CHECKS, DUPLICATE_RULES = "identifier_checks", "duplicate_rules"
CONTRACTS, CONCEPT_MAPS, MAPPINGS = "contracts", "concept_maps", "mappings"
OWNERSHIP, ACCOUNTING_RULES = "ownership", "accounting_rules"
COMPANIES, PARAMETERS = "companies", "parameters"
PARTS = (
    TEAMS,
    SYSTEMS,
    FACILITIES,
    CONTRACTS,
    ENDPOINTS,
    CREDENTIALS,
    ROUTES,
    IDENTIFIER_CHECKS,
    DUPLICATE_RULES,
    CONCEPT_MAPS,
    MAPPINGS,
    OWNERSHIP,
    ACCOUNTING_RULES,
    COMPANIES,
    PARAMETERS,
)
#: what a value is: a text that may be empty (null), a whole number, a number, yes or no, one of a list of words, a time
TEXT, INTEGER, NUMBER, FLAG = "text", "integer", "number", "flag"
CHOICE, MOMENT = "choice", "moment"
#: kinds of Odoo's own records that entries name; by what, the shell knows
COMPANY = "company"


class Field(NamedTuple):
    """A field of an entry. ``to``: the part, or the kind of Odoo's record, that its value names; ``column``: Odoo's name.

    ``is_needed``: it can't be null. ``words``: the only ones; where there are none, the shell knows them.
    """

    name: str
    kind: str = TEXT
    column: str = ""
    to: str = ""
    is_many: bool = False
    is_needed: bool = False
    words: tuple[str, ...] = ()


class Lines(NamedTuple):
    """A list of entries within an entry, each known by ``key`` within it."""

    name: str
    model: str
    column: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]


class Part(NamedTuple):
    """``key``: the fields by which two entries, in whatever database, are the same thing.

    ``is_made``: an import makes entries that are not there, and offers to archive others; else it only changes them.
    """

    model: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    lines: tuple[Lines, ...] = ()
    is_made: bool = True


def _texts(names: str) -> tuple[Field, ...]:
    return tuple(Field(name) for name in names.split())


def _of(kind: str, names: str) -> tuple[Field, ...]:
    return tuple(Field(name, kind, is_needed=True) for name in names.split())


def _to(name: str, to: str = "", *, column: str = "", is_needed: bool = False) -> Field:
    return Field(name, TEXT, column or f"{name}_id", to or name, is_needed=is_needed)


_NAME = Field("name", is_needed=True)
_CODE = Field("code", is_needed=True)
_COMPANY = _to(COMPANY, is_needed=True)
_SYSTEM = _to("system", SYSTEMS)
_TEAM = _to("team", TEAMS)
_FACILITY = _to("facility", FACILITIES)
_CLASSES = ("public", "internal", "confidential", "restricted")
_FORMATS = ("hl7v2", "fhir", "json", "cloudevents")
_RATE = (*_of(INTEGER, "rate_limit rate_burst"), *_of(CHOICE, "rate_period"))

#: the system parameters of this add-on, none of which is a secret
KEYS = ("healthcare_interop.audit_years", "healthcare_interop.mapping_four_eyes")

#: parts whose entries are their records' fields, neither more nor less
PLAIN = {
    TEAMS: Part("interop.team", ("name", "company"), (_NAME, _to(COMPANY))),
    SYSTEMS: Part(
        "interop.system",
        ("code",),
        (
            _CODE,
            _NAME,
            *_of(CHOICE, "kind"),
            Field("identity_domain", is_needed=True),
            _COMPANY,
            _TEAM,
            *_of(INTEGER, "color"),
            *_texts("note"),
        ),
    ),
    FACILITIES: Part(
        "interop.facility",
        ("name",),
        (
            _NAME,
            _COMPANY,
            _to("warehouse"),
            Field("tz", CHOICE),
            _to("analytic_account"),
            _to("payment_journal", "journal"),
            _to("no_show_product", "product"),
        ),
        (
            Lines(
                "codes", "interop.facility.code", "code_ids", ("code", "system"), (_CODE, _SYSTEM)
            ),
        ),
    ),
    ENDPOINTS: Part(
        "interop.endpoint",
        ("code",),
        (
            _CODE,
            _NAME,
            _to("system", SYSTEMS, is_needed=True),
            *_of(CHOICE, "format scheme"),
            _FACILITY,
            *_of(CHOICE, "unknown_facility tz"),
            *_of(INTEGER, "max_body_kb max_batch"),
            *_of(CHOICE, "batch_mode on_invalid takes"),
            Field("contracts", TEXT, "contract_ids", CONTRACTS, is_many=True, is_needed=True),
            *_of(INTEGER, "payload_days max_waiting"),
            *_RATE,
            Field("version", is_needed=True),
            Field("deprecated_at", MOMENT),
            Field("sunset_at", MOMENT),
            _to("successor", ENDPOINTS),
            *_texts(
                "json_type json_id json_source json_facility json_subject json_time json_data json_default_type"
            ),
        ),
        (
            Lines(
                "sources",
                "interop.endpoint.source",
                "source_ids",
                ("value",),
                (Field("value", is_needed=True), _to("system", SYSTEMS, is_needed=True)),
            ),
        ),
    ),
    ROUTES: Part(
        "interop.route",
        ("name", "entity", "system", "company"),
        (
            _NAME,
            *_of(CHOICE, "entity"),
            _SYSTEM,
            _to(COMPANY),
            _TEAM,
            *_of(INTEGER, "sequence"),
            Field("events", is_needed=True),
            *_of(CHOICE, "klass"),
            *_of(INTEGER, "lanes"),
            *_of(CHOICE, "unknown_master"),
            *_of(INTEGER, "wait_seconds"),
            *_of(FLAG, "is_tracked bill_on_finish"),
            *_of(CHOICE, "locked_period beyond_stock clashing_identifiers"),
        ),
    ),
    IDENTIFIER_CHECKS: Part(
        "interop.identifier.check",
        ("name", "system"),
        (
            _NAME,
            _SYSTEM,
            *_of(INTEGER, "sequence"),
            *_texts("number_system number_type"),
            *_of(CHOICE, "scheme on_wrong"),
        ),
    ),
    DUPLICATE_RULES: Part(
        "interop.duplicate.rule",
        ("name",),
        (
            _NAME,
            *_of(INTEGER, "sequence"),
            *_of(CHOICE, "basis"),
            *_texts("number_type"),
            *_of(FLAG, "needs_name"),
            Field("kind", CHOICE),
        ),
    ),
    CONTRACTS: Part(
        "interop.contract",
        ("format", "document"),
        (
            Field("format", CHOICE, is_needed=True, words=_FORMATS),
            Field("document", is_needed=True),
            _NAME,
            *_texts("code schema"),
        ),
        (
            Lines(
                "attributes",
                "interop.contract.attribute",
                "attribute_ids",
                ("path",),
                (
                    Field("path", is_needed=True),
                    Field("class", CHOICE, "data_class", is_needed=True, words=_CLASSES),
                    Field("purpose", is_needed=True),
                    Field("retention_days", INTEGER),
                ),
            ),
        ),
    ),
    ACCOUNTING_RULES: Part(
        "interop.accounting.rule",
        ("about", "company", "facility", "system", "department", "product_category"),
        (
            *_of(CHOICE, "about"),
            _COMPANY,
            _FACILITY,
            _SYSTEM,
            _to("department"),
            _to("product_category"),
            _to("journal"),
            _to("account"),
            *_of(FLAG, "is_instead"),
            Field("taxes", TEXT, "tax_ids", "tax", is_many=True, is_needed=True),
            _to("currency"),
            *_of(FLAG, "is_currency_needed"),
        ),
    ),
    COMPANIES: Part(
        "res.company",
        ("company",),
        (
            Field(COMPANY, TEXT, "name", COMPANY, is_needed=True),
            _to("rounding_account", "account", column="interop_rounding_account_id"),
            Field("rounding_tolerance", NUMBER, "interop_rounding_tolerance", is_needed=True),
        ),
        is_made=False,
    ),
    PARAMETERS: Part(
        "ir.config_parameter",
        ("key",),
        (Field("key", is_needed=True, words=KEYS), Field("value")),
        is_made=False,
    ),
}
#: the lists of entries whose members are known by something: ``{part: {list: fields}}``
KEYED = {
    **{name: {one.name: one.key for one in part.lines} for name, part in PLAIN.items()},
    CONCEPT_MAPS: {"lines": ("code", "code_system", "only_for", "valid_from")},
    MAPPINGS: {"tests": ("name",), "rules": ("key",)},
}
#: what an import says is to be issued anew; nothing of it is taken in
CREDENTIAL = Part(
    "interop.credential",
    (),
    (
        _to("endpoint", ENDPOINTS, is_needed=True),
        *_of(CHOICE, "scheme"),
        _NAME,
        *_texts("issuer audience client scopes"),
        Field("keys_from", CHOICE),
        *_RATE,
    ),
    is_made=False,
)

#: parts whose entries people read: what is exported of the models they are made of
BY_HAND = {
    "interop.concept.map": "code name note",
    "interop.concept.map.line": "map_id source_code source_system target_code for_system_id valid_from valid_until",
    "interop.mapping": "name format documents system_id entity event each when_path version_path sequence extends_id header_base",
    "interop.mapping.rule": "mapping_id key sequence target source transform argument concept_map default_value required is_off base",
    "interop.mapping.test": "name mapping_id format kind sample expected received_at stands_for_id",
    "interop.ownership": "entity attribute_ids system_id facility_id policy",
}

_ARCHIVED = (
    "what is archived is no configuration; taking an entry in takes its record out of the archive"
)
_DECIDED_THERE = "each database decides that for itself"
_SECRET = "it is a secret, or follows from one"
_MADE = "each database makes its own"
#: ``{model: {field: why it does not stand in a file}}``
LEFT_OUT = {
    "interop.team": {"active": _ARCHIVED, "user_ids": "people are others in another database"},
    "interop.system": {"active": _ARCHIVED, "user_id": "the service user is made with the system"},
    "interop.facility": {"active": _ARCHIVED},
    "interop.endpoint": {
        "active": _ARCHIVED,
        "company_id": "it is its system's",
        "state": f"a new endpoint is a draft; afterwards {_DECIDED_THERE}",
        "status": "it follows from the state and from when it was deprecated",
        "user_id": "people are others in another database",
        "reminded_days": "who was reminded when",
        "revision": "the triggers count it",
        "is_overloaded": "it is measured",
    },
    "interop.route": {"active": _ARCHIVED},
    "interop.identifier.check": {"active": _ARCHIVED},
    "interop.duplicate.rule": {
        "active": _ARCHIVED,
        "looked_until": "how far the search has come",
        "looked_id": "how far the search has come",
    },
    "interop.contract": {
        "active": _ARCHIVED,
        "active_version_id": "whether what stands is published is decided when it is taken in",
        "before_upgrade": "it stands there while an upgrade runs",
        "user_id": "people are others in another database",
    },
    "interop.accounting.rule": {"active": _ARCHIVED},
    "interop.ownership": {"active": _ARCHIVED},
    "interop.concept.map": {
        "active": _ARCHIVED,
        "taken_out": "it tells of what this database's upgrades would bring",
    },
    "interop.mapping": {
        "active": _ARCHIVED,
        "active_version_id": "whether what stands is in use is decided when it is taken in",
        "before_upgrade": "it stands there while an upgrade runs",
    },
    "interop.mapping.test": {"active": _ARCHIVED, "system_id": "it is its mapping's"},
    "interop.credential": {
        "company_id": "it is its endpoint's",
        "user_id": "people are others in another database",
        "prefix": _SECRET,
        "key_hash": _SECRET,
        "secret": _SECRET,
        "certificate": _SECRET,
        "subject": _SECRET,
        "jwks": _SECRET,
        "uuid": _MADE,
        "expires_at": "a new one gets its own end",
        "successor_id": "only what is valid is listed",
        "is_revoked": "only what is valid is listed",
        "reminded_days": "who was reminded when",
        "keys_tried_at": "when keys were fetched",
        "keys_fetched_at": "when keys were fetched",
        "keys_error": "when keys were fetched",
    },
}
#: models of the configuration that stay where they are, and why
LEFT_BEHIND = {
    "interop.contract.version": "a file carries what stands; each database gives its own numbers when it publishes",
}


def known_columns(model: str) -> frozenset[str]:
    """The stored fields of ``model`` that travel, or are left out with a reason."""
    found = {*BY_HAND.get(model, "").split(), *LEFT_OUT.get(model, ())}
    for part in (*PLAIN.values(), CREDENTIAL):
        for fields, of, inverse in (
            (part.fields, part.model, ()),
            *((one.fields, one.model, (part.model,)) for one in part.lines),
        ):
            if of == model:
                found.update(column(field) for field in fields)
                found.update(f"{name.rpartition('.')[2]}_id" for name in inverse)
    return frozenset(found)


def column(field: Field) -> str:
    return field.column or field.name


def line_key(line: dict[str, Any], key: tuple[str, ...]) -> str:
    """What a member of a list is known by within it, as people read it: ``PID-3``, or ``BX, EHR``."""
    return ", ".join(str(line[name]) if line.get(name) else "" for name in key).rstrip(", ")
