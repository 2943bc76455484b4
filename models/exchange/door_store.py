"""What the door writes: messages, their content and their deliveries in one statement, and the answer from what is stored."""

import zlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from psycopg2.extras import Json

from odoo import fields, models
from odoo.tools import SQL

from ...core import answers
from ...core.errors import IdentityConflict
from .gate import GateChanged

PENDING, DISCARDED = "pending", "discarded"
#: characters of a correlation id that count; an index row has an end
LONGEST_CORRELATION = 255


class MessageRow(NamedTuple):
    """The columns of a message as it is stored, in the order of the statement."""

    uuid: str
    endpoint_id: int
    system_id: int
    facility_id: int | None
    company_id: int
    direction: str
    format: str
    kind: str
    type: str
    source: str | None
    facility_code: str | None
    sender_ref: str | None
    dedup_key: str | None
    fingerprint: str
    received_at: datetime
    source_time: str | None
    correlation_id: str | None
    traceparent: str | None
    batch: str | None
    answer: Json | None
    dropped: str | None
    size: int
    is_test: bool
    payload_until: datetime
    contract_version_id: int | None


class DeliveryRow(NamedTuple):
    """A delivery's, with its message's uuid and place in the body; what follows from the message is left to SQL."""

    uuid: str
    place: int
    route_id: int | None
    lane: int | None
    system_id: int
    company_id: int
    facility_id: int | None
    ordinal: int
    entity: str | None
    event: str | None
    subject: str
    version: str | None
    mapping_version: int | None
    state: str
    reason: str | None


#: a place for each column; a tuple as one value would be put together by psycopg2 in Python
MESSAGE_ROW = "(%s" + ", %s" * 24 + ")"
DELIVERY_ROW = "(%s" + ", %s" * 14 + ")"
CONTENT_ROW = "(%s, %s)"


def _literals(template, rows):
    """Rows for VALUES."""
    return SQL(", ").join(SQL(template, *row) for row in rows)


class DoorStoring(models.AbstractModel):
    _inherit = "interop.door"

    def _take(self, plan, gate, batch):
        """Store what is new, find what was there, answer from the stored rows."""
        firsts = self._firsts(batch.parcels)
        stored = self._store(plan, gate, list(firsts.values()), batch)
        rows, conflicts = self._rows(gate, batch.parcels, firsts, stored)
        if conflicts:
            batch = self._record_conflicts(gate, batch, conflicts)
            if gate.batch_mode == "all" or not rows:
                self._take_back(stored)
                refusal = answers.RefusedBatch(batch.errors, batch.heads, is_many=batch.is_many)
                self.env["interop.audit"]._refused(gate, refusal)
                return answers.refused(plan.format, refusal)
        if gate.state == "live":
            fresh = [parcel for parcel in batch.parcels if parcel.uuid in stored]
            self._fail_invalid(plan, [parcel for parcel in fresh if parcel.violation])
            self._wake_lanes(plan, [parcel for parcel in fresh if not parcel.violation])
        return answers.accepted(plan.format, rows, batch)

    def _wake_lanes(self, plan, parcels):
        lanes = {
            (route.id, lane)
            for parcel in parcels
            for route, lane in (self._place(plan, parcel, fact) for fact in parcel.facts)
            if route is not None
        }
        self.env["interop.route"]._wake_after_commit(lanes)

    def _firsts(self, parcels):
        """``{key: parcel}``. Equal keys inside one body: the first stands for all; what has no key stands for itself."""
        firsts = {}
        for parcel in parcels:
            firsts.setdefault(parcel.dedup_key or parcel.uuid, parcel)
        return firsts

    def _place(self, plan, parcel, fact):
        """``(route, lane)`` of a fact; a subject always takes the same lane."""
        route = plan.routes_of(fact.entity, fact.event, parcel.system.id, parcel.company)
        if route is None:
            return None, 0
        return route, zlib.crc32(f"{parcel.system.id}/{fact.subject}".encode()) % route.lanes

    def _store(self, plan, gate, parcels, batch):
        """One statement for messages, contents and deliveries. Returns ``{uuid: (received_at, answer)}`` of the new.

        The same statement tells whether ``gate`` is how its endpoint stands; if not, ``GateChanged`` and nothing is stored.
        Sorted by key: two bodies that hold the same messages in reverse order would deadlock. A message that another
        transaction committed a moment ago raises a serialization failure, and Odoo runs the request again.
        """
        if not parcels:
            self._check_unchanged(gate)
            return {}
        now = fields.Datetime.now()
        messages = [self._message_row(plan, gate, parcel, batch, now) for parcel in parcels]
        messages.sort(key=lambda row: row.dedup_key or "")
        deliveries = [row for parcel in parcels for row in self._delivery_rows(plan, gate, parcel)]
        # rows as literals: as JSON, the same rows took PostgreSQL a third longer to read and plan (docs/performance.md)
        self.env.cr.execute(
            SQL(
                """
                WITH new AS (
                    INSERT INTO interop_message (uuid, endpoint_id, system_id, facility_id, company_id, direction, format,
                        kind, type, source, facility_code, sender_ref, dedup_key, fingerprint, received_at, source_time,
                        correlation_id, traceparent, batch, answer, dropped, size, is_test, payload_until,
                        contract_version_id)
                    VALUES %(messages)s
                    ON CONFLICT (endpoint_id, dedup_key) DO NOTHING
                    RETURNING id, uuid, received_at, answer
                ), content AS (
                    INSERT INTO interop_payload (message_id, body)
                    SELECT new.id, b.body FROM (VALUES %(bodies)s) AS b (uuid, body) JOIN new USING (uuid)
                ), deliveries AS (
                    INSERT INTO interop_delivery (message_id, route_id, lane, direction, system_id, company_id, facility_id,
                        ordinal, entity, event, subject, version, mapping_version_id, state, reason, tries, received_at,
                        done_at)
                    SELECT new.id, d.route_id::int, d.lane::int, 'in', d.system_id, d.company_id, d.facility_id::int,
                        d.ordinal, d.entity, d.event, d.subject, d.version, d.mapping_version::int, d.state, d.reason, 0,
                        new.received_at, CASE WHEN d.state = 'discarded' THEN new.received_at END
                      FROM (VALUES %(deliveries)s) AS d (uuid, place, route_id, lane, system_id, company_id, facility_id,
                        ordinal, entity, event, subject, version, mapping_version, state, reason)
                      JOIN new USING (uuid) ORDER BY d.place, d.ordinal
                )
                SELECT e.revision, new.uuid, new.received_at, new.answer
                  FROM interop_endpoint e LEFT JOIN new ON TRUE WHERE e.id = %(endpoint)s
                """,
                endpoint=gate.id,
                messages=_literals(MESSAGE_ROW, messages),
                deliveries=_literals(DELIVERY_ROW, deliveries),
                bodies=_literals(CONTENT_ROW, [(parcel.uuid, parcel.body) for parcel in parcels]),
            )
        )
        rows = self.env.cr.fetchall()
        stored = {row[1]: row[2:] for row in rows if row[1]}
        if not rows or rows[0][0] != gate.revision:
            self._take_back(stored)
            raise GateChanged
        return stored

    def _message_row(self, plan, gate, parcel, batch, now):
        envelope = parcel.document.envelope
        return MessageRow(
            uuid=parcel.uuid,
            endpoint_id=plan.id,
            system_id=parcel.system.id,
            facility_id=parcel.facility and parcel.facility.id,
            company_id=parcel.company,
            direction="in",
            format=parcel.document.format,
            kind=parcel.document.kind,
            type=envelope.type,
            source=envelope.source or None,
            facility_code=envelope.facility or None,
            sender_ref=envelope.id or None,
            dedup_key=parcel.dedup_key,
            fingerprint=parcel.fingerprint,
            received_at=now,
            source_time=envelope.time or None,
            correlation_id=envelope.correlation[:LONGEST_CORRELATION] or None,
            traceparent=parcel.trace or None,
            batch=batch.parcels[0].uuid if batch.is_many else None,
            answer=None if parcel.head is None else Json(parcel.head),
            dropped=" ".join(parcel.dropped)[:2000] or None,
            size=parcel.size,
            is_test=gate.state == "test",
            payload_until=now
            + timedelta(
                days=parcel.followed.contracts.kept_days(parcel.document, plan.payload_days)
            ),
            contract_version_id=parcel.followed.version and parcel.followed.version.id,
        )

    def _delivery_rows(self, plan, gate, parcel):
        """One row a fact; a message that states nothing, or nothing a route takes, gets one that says so."""
        nothing = DeliveryRow(
            uuid=parcel.uuid,
            place=parcel.index,
            route_id=None,
            lane=None,
            system_id=parcel.system.id,
            company_id=parcel.company,
            facility_id=parcel.facility and parcel.facility.id,
            ordinal=0,
            entity=None,
            event=None,
            subject=parcel.document.kind,
            version=None,
            mapping_version=None,
            state=DISCARDED,
            reason=parcel.silence,
        )
        if not parcel.facts:
            yield nothing
        for fact in parcel.facts:
            route, lane = self._place(plan, parcel, fact)
            row = nothing._replace(
                ordinal=fact.ordinal,
                entity=fact.entity,
                event=fact.event,
                subject=fact.subject,
                version=fact.version or None,
                mapping_version=fact.snapshot or None,
            )
            if route is None:
                yield row._replace(reason=f"no route for {fact.entity}.{fact.event}")
                continue
            row = row._replace(route_id=route.id, lane=lane)
            if gate.state == "test":
                yield row._replace(reason="the endpoint is being tested")
            else:
                yield row._replace(state=PENDING, reason=None)

    def _rows(self, gate, parcels, firsts, stored):
        """What the stored rows say, new or not: ``[(parcel index, uuid, received_at, head)]`` for the answer.

        And ``{index: parcel}`` of those whose id the format promises to be unique, and came before with another content.
        """
        known = self._known(
            gate, [key for key, parcel in firsts.items() if parcel.uuid not in stored]
        )
        rows, conflicts = [], {}
        for parcel in parcels:
            first = firsts[parcel.dedup_key or parcel.uuid]
            if first.uuid in stored:
                fingerprint, row = first.fingerprint, (first.uuid, *stored[first.uuid])
            else:
                fingerprint, *row = known[parcel.dedup_key]
            if fingerprint != parcel.fingerprint and parcel.identity.is_id_unique:
                conflicts[parcel.index] = parcel
            else:
                rows.append((parcel.index, *row))
        return sorted(rows, key=lambda row: row[0]), conflicts

    def _known(self, gate, missing):
        """``{key: (fingerprint, uuid, received_at, head)}`` of those that were there."""
        if not missing:
            return {}
        self.env.cr.execute(
            SQL(
                "SELECT dedup_key, fingerprint, uuid, received_at, answer FROM interop_message "
                "WHERE endpoint_id = %s AND dedup_key = ANY(%s)",
                gate.id,
                sorted(missing),
            )
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    def _record_conflicts(self, gate, batch, conflicts):
        """One id, two contents: refused, and on record as an exception that a person closes. The batch with the errors."""
        for system, company in {(p.system.id, p.company) for p in conflicts.values()}:
            self.env["interop.exception"]._open_identity_conflict(gate.id, system, company)
        errors = {index: IdentityConflict("identity_conflict") for index in conflicts}
        return replace(batch, errors={**batch.errors, **errors})

    def _take_back(self, stored):
        """Nothing of a refused body stays; contents and deliveries go with their messages."""
        if stored:
            self.env.cr.execute(
                SQL("DELETE FROM interop_message WHERE uuid = ANY(%s)", sorted(stored))
            )
