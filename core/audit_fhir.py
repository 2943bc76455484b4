"""Audit entries as FHIR R4 AuditEvent (http://hl7.org/fhir/R4/auditevent.html), for a hospital's audit repository.

Types and subtypes are DICOM's (PS3.16, CID 400 and 401), as R4 prefers; the log's own word stands beside as a subtype.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from .audit import FAILED, MACHINE, REFUSED, SUCCESS, Entry
from .fhir_extensions import BASE

DICOM = "http://dicom.nema.org/resources/ontology/DCM"
OWN_ACTIONS = f"{BASE}/CodeSystem/audit-action"
OWN_RECORDS = f"{BASE}/NamingSystem/odoo"
URI = "urn:ietf:rfc:3986"

ACTIVITY = ("110100", "Application Activity")
LOG_USED = ("110101", "Audit Log Used")
EXPORT = ("110106", "Export")
IMPORT = ("110107", "Import")
PATIENT_RECORD = ("110110", "Patient Record")
QUERY = ("110112", "Query")
ALERT = ("110113", "Security Alert")
AUTHENTICATION = ("110114", "User Authentication")
LOGIN = ("110122", "Login")
SOFTWARE = ("110131", "Software Configuration")
ATTRIBUTES = ("110137", "User Security Attributes Changed")

#: the log's word → type, subtype, and what was done: C, R, U, D or E (execute)
MEANINGS: dict[str, tuple[tuple[str, str], tuple[str, str] | None, str]] = {
    "login": (AUTHENTICATION, LOGIN, "E"),
    "signed_in": (AUTHENTICATION, LOGIN, "E"),
    "refused": (ALERT, None, "E"),
    "created": (ALERT, SOFTWARE, "C"),
    "changed": (ALERT, SOFTWARE, "U"),
    "deleted": (ALERT, SOFTWARE, "D"),
    "endpoint_state": (ALERT, SOFTWARE, "U"),
    "credential_issued": (ALERT, ATTRIBUTES, "C"),
    "credential_revoked": (ALERT, ATTRIBUTES, "U"),
    "rights_changed": (ALERT, ATTRIBUTES, "U"),
    "payload_read": (PATIENT_RECORD, None, "R"),
    "person_found": (QUERY, None, "E"),
    "person_erased": (PATIENT_RECORD, None, "D"),
    "replayed": (ACTIVITY, None, "E"),
    "discarded": (ACTIVITY, None, "E"),
    "bound": (ALERT, SOFTWARE, "U"),
    "decided": (ACTIVITY, None, "E"),
    "approved": (ALERT, SOFTWARE, "U"),
    "imported": (IMPORT, None, "E"),
    "exported": (EXPORT, None, "E"),
    "verified": (LOG_USED, None, "E"),
    "removed": (LOG_USED, None, "D"),
}
#: http://hl7.org/fhir/audit-event-outcome: success, minor failure, serious failure
OUTCOMES = {SUCCESS: "0", REFUSED: "4", FAILED: "8"}


def audit_event(entry: Entry, *, observer: str) -> dict[str, Any]:
    """One entry as a resource. ``observer``: the name of the database that recorded it."""
    (code, display), subtype, action = MEANINGS[entry.action]
    subtypes = [{"system": DICOM, "code": subtype[0], "display": subtype[1]}] if subtype else []
    return {
        "resourceType": "AuditEvent",
        "id": f"audit-{entry.id}",
        "type": {"system": DICOM, "code": code, "display": display},
        "subtype": [*subtypes, {"system": OWN_ACTIONS, "code": entry.action}],
        "action": action,
        "recorded": _instant(entry.at),
        "outcome": OUTCOMES[entry.outcome],
        "agent": [_agent(entry)],
        "source": {"observer": {"display": observer}},
        "entity": _entities(entry),
    }


def ndjson(entries, *, observer: str) -> str:
    """A resource a line."""
    return "".join(
        json.dumps(audit_event(entry, observer=observer), ensure_ascii=False) + "\n"
        for entry in entries
    )


def _agent(entry):
    agent = {"requestor": entry.actor_kind != MACHINE}
    if entry.actor:
        agent |= {"who": {"display": entry.actor}, "name": entry.actor}
    if entry.actor_id:
        agent["altId"] = f"{entry.actor_kind}/{entry.actor_id}"
    if entry.remote_address:
        # 2: an IP address
        agent["network"] = {"address": entry.remote_address, "type": "2"}
    return agent


def _entities(entry):
    entities = []
    if entry.res_model:
        about = {"what": {"identifier": {"system": OWN_RECORDS, "value": _record(entry)}}}
        if entry.res_name:
            about["name"] = entry.res_name
        entities.append(about)
    if entry.message_uuid:
        value = f"urn:uuid:{entry.message_uuid}"
        entities.append({"what": {"identifier": {"system": URI, "value": value}}})
    details = [("entry", str(entry.id)), ("count", str(entry.count)), ("key", entry.key_id)]
    details += [("mac", entry.mac), ("details", entry.details)]
    shown = [{"type": name, "valueString": value} for name, value in details if value]
    return [*entities, {"name": "audit log entry", "detail": shown}]


def _record(entry):
    return f"{entry.res_model}/{entry.res_id}" if entry.res_id else entry.res_model


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds") + "Z"
