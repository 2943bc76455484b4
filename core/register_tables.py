"""Every table of this add-on: what it holds of people, why, how long, and what erasing a person does to it.

Written by hand, since no program knows why something is kept; a test fails where a table or a column of text is missing here.
Tables without anything of a person are listed too, so that somebody has said so of each column.
"""

from __future__ import annotations

from typing import NamedTuple

#: the class of what tells of no person
NOBODY = "internal"


class Kept(NamedTuple):
    """A table, or the part of one that has one reason. ``what``: in people's words. ``columns``: of text, and those that
    refer to a person where there is no text."""

    model: str
    what: str
    columns: tuple[str, ...]
    data_class: str
    why: str
    until: str
    erasure: str
    is_personal: bool


def _of(model, what, columns, why, until, erasure, data_class="confidential"):
    return Kept(model, what, tuple(columns.split()), data_class, why, until, erasure, True)


def _nobody(model, columns="", what="configuration"):
    return Kept(
        model,
        what,
        tuple(columns.split()),
        NOBODY,
        "",
        "configuration",
        "nobody",
        is_personal=False,
    )


_SAME = "to know which record a message is about"
_PROOF = "proof of what was received, from whom, and what became of it"
_ORDER = "so that older news never overwrites newer"

KEPT: tuple[Kept, ...] = (
    # -- content and ledger --
    _of(
        "interop.payload",
        "content of messages, minimised and encrypted",
        "body",
        "to apply it, to try it again, and to show it to whoever may read content",
        "payload",
        "goes",
        "restricted",
    ),
    _of(
        "interop.message",
        "what the sender called the message; its running number in HL7 v2 (MSH-10) stays",
        "sender_ref correlation_id",
        "to speak with the sender about a message",
        "ledger",
        "disguised",
    ),
    _of(
        "interop.message",
        "the answer that was given: running numbers of messages",
        "causation_id answer",
        "so that what is sent twice has the same answer",
        "ledger",
        "stays",
    ),
    _of(
        "interop.message",
        "keyed marks of what the sender called it, and of the content (HMAC)",
        "dedup_key fingerprint",
        "so that what is sent twice has one effect, and one id with two contents shows; say nothing without the key",
        "ledger",
        "stays",
        "internal",
    ),
    _nobody(
        "interop.message",
        "batch dropped facility_code kind source source_time traceparent type uuid",
        "envelope",
    ),
    _of(
        "interop.delivery",
        "which subject a fact is about",
        "subject",
        "so that news of one subject takes effect in order",
        "ledger",
        "disguised",
    ),
    _of(
        "interop.delivery",
        "which record it was applied to, and why not",
        "res_model reason error_detail error_value",
        _PROOF,
        "ledger",
        "stays",
    ),
    _nobody(
        "interop.delivery",
        "entity error_code error_path event fingerprint version",
        "what became of it",
    ),
    _nobody("interop.attempt", "code place", "tries that failed"),
    _of(
        "interop.exception",
        "the code that was missing",
        "value detail",
        "so that somebody can say what it means",
        "ledger",
        "stays",
        "internal",
    ),
    _nobody("interop.exception", "code fingerprint path", "causes"),
    # -- who is who --
    _of(
        "interop.binding",
        "identifiers of persons and things in other systems",
        "value namespace type entity res_model",
        _SAME,
        "record",
        "goes",
    ),
    _of(
        "interop.alias",
        "records that were merged",
        "moved res_model",
        "so that the other number finds the record, and a merge can be taken back",
        "record",
        "goes",
    ),
    _of(
        "interop.version",
        "marks of what each system last said (keyed digests)",
        "said attributes res_model",
        _ORDER,
        "record",
        "goes",
        "internal",
    ),
    _of(
        "interop.disagreement",
        "what systems say otherwise, encrypted, and marks of it",
        "told mark stands_mark attribute cause res_model",
        "so that people decide whose word holds",
        "settled",
        "goes",
    ),
    _of(
        "interop.duplicate",
        "pairs of records that may be one person",
        "",
        "so that people find who is listed twice",
        "settled",
        "goes",
    ),
    _of(
        "interop.duplicate.key",
        "keyed marks of names, birthdays and numbers",
        "key",
        "to find who is listed twice without comparing everybody with everybody",
        "record",
        "goes",
        "internal",
    ),
    _of(
        "interop.identifier.fault",
        "on whose record a number with a wrong check digit stands, without the number",
        "number_system number_type place res_model scheme",
        "so that people correct it",
        "settled",
        "goes",
    ),
    _of(
        "interop.post",
        "somebody's work: posts and moves",
        "job_title number versions",
        "so that changes take effect on their day",
        "employment",
        "stays",
    ),
    # -- care: what Odoo has no home for --
    _of(
        "interop.encounter",
        "visits: who, when, where, on which account",
        "name account disposition_code",
        "to bill stays, and to deliver to where the patient is",
        "accounting",
        "emptied",
        "restricted",
    ),
    _of(
        "interop.encounter.stay",
        "where somebody lay, and when",
        "",
        "to bill stays, and to deliver to where the patient is",
        "accounting",
        "emptied",
        "restricted",
    ),
    _of(
        "interop.appointment",
        "planned visits: who, when, with whom",
        "name",
        "to plan staff and goods, and to charge for who does not come",
        "record",
        "emptied",
        "restricted",
    ),
    _of(
        "interop.coverage",
        "who pays for whom, under which number",
        "member_id plan_code",
        "to send claims",
        "accounting",
        "emptied",
        "restricted",
    ),
    _of(
        "interop.authorization",
        "what a payer allowed",
        "name",
        "to send claims that are paid",
        "accounting",
        "emptied",
        "restricted",
    ),
    _of(
        "interop.order",
        "what was ordered for whom, by whom",
        "name priority told_unit",
        "to deliver it and to charge for it",
        "record",
        "emptied",
        "restricted",
    ),
    _of(
        "interop.charge",
        "what is to be billed, under the sender's number",
        "name",
        "to bill it, and to bill nothing twice; erased, its number leads to nobody here",
        "accounting",
        "stays",
        "restricted",
    ),
    _of(
        "interop.claim",
        "what a payer is asked to pay, under the sender's number, and what was decided",
        "name denial_code",
        "to be paid, and to claim nothing twice; erased, its number leads to nobody here",
        "accounting",
        "stays",
        "restricted",
    ),
    _of(
        "interop.claim.line",
        "lines of claims",
        "code number",
        "to be paid",
        "accounting",
        "stays",
        "restricted",
    ),
    _of(
        "interop.claim.decision",
        "what a payer decided of a line",
        "denial_code number",
        "to be paid",
        "accounting",
        "stays",
        "restricted",
    ),
    _of(
        "interop.payment.allocation",
        "which invoices a payment is for",
        "name names",
        "to match payments",
        "accounting",
        "stays",
    ),
    # -- evidence --
    _of(
        "interop.audit.entry",
        "who did what: login, address, record",
        "actor remote_address res_model res_name details message_uuid",
        "proof of who saw or changed what",
        "audit",
        "stays",
        "internal",
    ),
    _nobody("interop.audit.entry", "key_id mac", "evidence"),
    _nobody("interop.audit.seal", "digest entries head key_id previous", "evidence"),
    _nobody("interop.audit.unsealed", what="evidence"),
    _nobody("interop.audit.verification", "findings position", "evidence"),
    _of(
        "interop.erasure",
        "which record was erased, by whom and on what ground",
        "kin res_model words",
        "to show that it was done",
        "ledger",
        "stays",
    ),
    _of(
        "interop.erasure.digest",
        "keyed digests of the numbers that were erased",
        "digest",
        "to show later that a number was erased, for whoever has it",
        "ledger",
        "stays",
    ),
    _nobody("interop.erasure.line", "why", "what was erased and what stayed, by kind"),
    _nobody("interop.erasure.work", what="deliveries that an erasure has still to deal with"),
    # -- what tells of nobody --
    _nobody("interop.accounting.rule"),
    _nobody("interop.attribute", "label name"),
    _nobody("interop.concept.map", "code name note taken_out"),
    _nobody("interop.concept.map.line", "source_code source_system target_code"),
    _nobody("interop.contract", "before_upgrade code document name schema"),
    _nobody("interop.contract.version", "definition name note number sha256"),
    _nobody("interop.contract.sender", what="who sends by which version"),
    _nobody("interop.contract.sending", what="how much is sent by which version"),
    _nobody("interop.contract.attribute", "path purpose"),
    _nobody("interop.cost.share", what="how the cost of a post is shared"),
    _nobody(
        "interop.credential",
        "audience certificate client issuer jwks key_hash keys_error name prefix scopes secret subject uuid",
        "credentials of systems",
    ),
    _nobody("interop.credential.use", what="when a credential was last used"),
    _nobody("interop.duplicate.rule", "name number_type"),
    _nobody("interop.role.claim", "claim value"),
    _nobody(
        "interop.endpoint",
        "code json_data json_default_type json_facility json_id json_source json_subject json_time json_type name version",
    ),
    _nobody("interop.endpoint.source", "value"),
    _nobody("interop.endpoint.use", "kind", "how much comes in at an endpoint"),
    _nobody("interop.caller", what="who calls an endpoint"),
    _nobody("interop.team", "name"),
    _nobody("interop.facility", "name"),
    _nobody("interop.facility.code", "code"),
    _nobody("interop.identifier.check", "name number_system number_type"),
    _nobody("interop.lane", what="queue"),
    _nobody("interop.lane.try", what="queue"),
    _nobody("interop.list.price", "version", "list prices"),
    _nobody("interop.location", "complete_name name parent_path", "wards, rooms and beds"),
    _nobody(
        "interop.mapping",
        "before_upgrade documents each event header_base name version_path when_path",
    ),
    _nobody(
        "interop.mapping.effective",
        "argument concept_map default_value key source target transform",
    ),
    _nobody(
        "interop.mapping.rule",
        "argument base concept_map default_value key source target transform",
    ),
    _of(
        "interop.mapping.test",
        "samples that administrators wrote for tests: made-up people, as the form asks",
        "expected kind name sample",
        "to prove that a mapping still does what it did",
        "configuration",
        "stays",
        "internal",
    ),
    _nobody("interop.mapping.version", "definition name note sha256"),
    _nobody("interop.ownership"),
    _nobody("interop.packaging", "barcode code", "packagings of articles"),
    _nobody("interop.reencryption", "key position reason", "runs"),
    _nobody("interop.route", "events name"),
    _nobody("interop.system", "code identity_domain name note"),
    _nobody("interop.untranslated", "source_code source_system target_code", "codes"),
    # -- fields on Odoo's own records --
    _nobody("product.supplierinfo", "interop_pack", "packagings of suppliers"),
    _nobody("purchase.order.line", "interop_number", "numbers of lines"),
    _nobody("stock.move", "interop_announced", "what a supplier announced"),
)
