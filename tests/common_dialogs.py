"""What each dialog is made with: ``DIALOGS``, for ``common_companies``."""

from .common_records import first, its_partner, its_system, of_kind, wizard

DIALOGS = {
    "interop.try.sample": wizard(endpoint_id="interop.endpoint"),
    "interop.issue.credential": wizard(endpoint_id="interop.endpoint"),
    "interop.readiness": lambda p: {},
    "interop.encryption.keys": lambda p: {},
    "interop.revoke.credential": lambda p: {
        "credential_id": p.id("interop.credential"),
        "reason": "x",
    },
    "interop.discard.deliveries": lambda p: {"reason": "x"},
    "interop.bind.code": wizard(exception_id="interop.exception"),
    "interop.import.concept.map": wizard(map_id="interop.concept.map"),
    "interop.survey": wizard(endpoint_id="interop.endpoint"),
    "interop.survey.place": wizard(survey_id="interop.survey"),
    "interop.survey.code": wizard(survey_id="interop.survey"),
    "interop.adapt.mapping": wizard(mapping_id="interop.mapping"),
    "interop.allow.place": lambda p: {
        "format": "json",
        "kind": "x",
        "path": p.mark,
        "purpose": "x",
    },
    "interop.allow.read": wizard(endpoint_id="interop.endpoint"),
    "interop.allow.read.line": lambda p: {
        "wizard_id": p.id("interop.allow.read"),
        "place": p.mark,
        "documents": "x",
        "data_class": "internal",
    },
    "interop.copy.configuration": lambda p: {
        **its_system(p),
        "other_id": p.another("interop.system"),
    },
    "interop.export.configuration": lambda p: {},
    "interop.export.audit": lambda p: {},
    "interop.import.configuration": lambda p: {},
    "interop.import.configuration.line": wizard(wizard_id="interop.import.configuration"),
    "interop.import.configuration.company": wizard(wizard_id="interop.import.configuration"),
    "interop.import.configuration.field": wizard(line_id="interop.import.configuration.line"),
    "interop.put.in.use": wizard(mapping_id="interop.mapping"),
    "interop.open.content": lambda p: {
        "message_id": p.id("interop.message"),
        "reason": "other",
        "words": "to see who may",
    },
    "interop.content.reading": lambda p: {
        "message_id": p.id("interop.message"),
        "user_id": p.env.uid,
        "reason": "other",
        "words": "to see who may",
        "opened_at": "2026-01-01",
    },
    "interop.deprecate.endpoint": lambda p: {
        "endpoint_id": p.id("interop.endpoint"),
        "reason": "x",
    },
    "interop.retire.endpoint": lambda p: {"endpoint_id": p.id("interop.endpoint"), "reason": "x"},
    "interop.api.description": lambda p: {},
    "interop.account.sample": wizard(endpoint_id="interop.endpoint"),
    "interop.publish.contract": lambda p: {
        "contract_id": p.another("interop.contract"),
        "number": "1.0",
        "note": "x",
    },
    "interop.compare.contract": lambda p: {
        "contract_id": p.id("interop.contract"),
        "old_id": p.another("interop.contract.version"),
        "new_id": p.another("interop.contract.version"),
    },
    "interop.contract.difference": lambda p: {},
    "interop.end.contract.version": lambda p: {
        "version_id": p.id("interop.contract.version"),
        "decision": first(p, "interop.end.contract.version", "decision"),
        "reason": "x",
    },
    "interop.person": its_partner,
    "interop.person.line": of_kind("interop.person.line", person_id="interop.person"),
    "interop.find.person": lambda p: {},
    "interop.find.person.match": lambda p: {
        "find_id": p.id("interop.find.person"),
        "res_id": p.id("res.partner"),
    },
    "interop.erase.person": lambda p: {
        "person_id": p.id("interop.person"),
        "basis": first(p, "interop.erase.person", "basis"),
        "words": "x",
    },
    "interop.register.line": lambda p: {},
    "interop.export.register": lambda p: {},
}
