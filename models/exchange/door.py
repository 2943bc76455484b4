"""The way in, from raw bytes to committed messages and deliveries (DESIGN.md section 5, The road in).

``_receive`` is the whole story. It works on plain values: the controller turns HTTP into a ``Knock`` and an ``Answer``
back into HTTP. Nothing is logged, nothing is called, and the only writes are one INSERT for all that came in one body.
Odoo may run it again after a serialization failure, so it keeps nothing.
"""

import os
import uuid
import zlib
from datetime import timedelta, timezone

from psycopg2.extras import Json

from odoo import fields, models
from odoo.tools import SQL

from ...core import answers, auth, kinds
from ...core.codecs import accepts, canonical_bytes, decode, dump_document, options_of_path
from ...core.door import Answer, Batch, Knock, has_nul, is_many
from ...core.errors import (
    BadBatch,
    BadDocument,
    IdentityConflict,
    MessageRefused,
    Unauthenticated,
)
from ...core.fingerprint import body_fingerprint, identity
from ...core.signature import Credential, SignedRequest
from .contain import telling_no_values
from .parcel import Parcel

DISCARDED = "discarded"
LIVE_STATES = ("live", "test")
PAUSED_RETRY_SECONDS = 300


class Door(models.AbstractModel):
    _name = "interop.door"
    _description = "The way in"

    @telling_no_values
    def _receive(self, knock: Knock) -> Answer:
        """Authenticate, read, minimise, store. Returns the answer in the sender's own terms; raises only what Odoo
        shall run again (serialization failures) and defects."""
        endpoint, credentials = self._endpoint(knock.endpoint)
        format_ = endpoint["format"] if endpoint else ""
        try:
            verified = self._let_in(endpoint, credentials, knock)
            plan = self.env["interop.endpoint"]._plan(endpoint["id"])
            batch = self._read(plan, endpoint, knock, verified)
        except MessageRefused as error:
            return answers.refused(format_, error)
        return self._take(plan, endpoint, batch)

    def _endpoint(self, code):
        """``(endpoint row, credential rows)`` read fresh: a revoked credential is revoked for every worker at once."""
        self.env.cr.execute(
            SQL(
                """
                SELECT e.id, e.format, e.state, e.scheme, e.max_body_kb, e.max_batch, e.batch_mode, e.company_id,
                       c.id AS credential_id, c.uuid, c.prefix, c.key_hash, c.secret, c.expires_at
                  FROM interop_endpoint e
                  LEFT JOIN interop_credential c ON c.endpoint_id = e.id AND c.is_revoked IS NOT TRUE
                   AND c.scheme = e.scheme AND c.prefix IS NOT NULL
                 WHERE e.code = %s AND e.active
                """,
                code,
            )
        )
        rows = self.env.cr.dictfetchall()
        return (rows[0] if rows else None), [row for row in rows if row["credential_id"]]

    def _let_in(self, endpoint, rows, knock):
        """Size, type, credential, state, in this order; raises ``MessageRefused``. Nothing has been parsed yet."""
        if endpoint is None:
            raise Unauthenticated("unauthenticated", detail="no such endpoint")
        if knock.length > endpoint["max_body_kb"] * 1024:
            raise MessageRefused("body_too_large", http_status=413)
        if not accepts(endpoint["format"], knock.content_type, knock.headers):
            raise MessageRefused("unsupported_media_type", http_status=415)
        body = knock.read()
        if len(body) > endpoint["max_body_kb"] * 1024:
            raise MessageRefused("body_too_large", http_status=413)
        verified = self._authenticate(rows, knock, body)
        if endpoint["state"] == "paused":
            raise answers.Paused(PAUSED_RETRY_SECONDS)
        if endpoint["state"] not in LIVE_STATES:
            raise MessageRefused("endpoint_not_live", http_status=403)
        return verified

    def _authenticate(self, rows, knock, body):
        request = SignedRequest(
            method=knock.method, path=knock.path, headers=knock.headers, body=body, now=knock.now
        )
        return auth.authenticate([self._credential(row) for row in rows], request)

    def _credential(self, row):
        secrets = ()
        if row["secret"] is not None:
            ring = self.env["interop.keyring"]._keyring()
            secrets = (
                ring.decrypt(row["secret"], row_uuid=row["uuid"], purpose="secret").decode(),
            )
        expires_at = row["expires_at"]
        return Credential(
            scheme=row["scheme"],
            reference=row["credential_id"],
            secrets=secrets,
            prefix=row["prefix"] or "",
            digest=row["key_hash"] or "",
            expires_at=expires_at and expires_at.replace(tzinfo=timezone.utc),
        )

    # -- reading --

    def _read(self, plan, endpoint, knock, verified):
        """The documents of the body as parcels, ready to be stored. Raises ``MessageRefused`` for the whole body."""
        documents, errors = self._decode(plan, endpoint, knock, verified.body)
        if len(documents) + len(errors) > endpoint["max_batch"]:
            raise MessageRefused("too_many_messages", http_status=413)
        many = is_many(len(documents) + len(errors), knock.content_type)
        parcels, heads = [], {}
        for document in documents:
            heads[document.index] = answers.head_of(document)
            try:
                parcels.append(self._parcel(plan, endpoint, document, verified, knock.now))
            except MessageRefused as error:
                errors[document.index] = error
        if errors and (endpoint["batch_mode"] == "all" or not parcels):
            raise answers.RefusedBatch(errors, heads, is_many=many)
        return Batch(parcels=tuple(parcels), errors=errors, heads=heads, is_many=many)

    def _decode(self, plan, endpoint, knock, body):
        try:
            options = options_of_path(plan.format, knock.method, knock.rest)
            if plan.format == "json":
                options = plan.json_options
            documents = decode(
                plan.format,
                body,
                content_type=knock.content_type,
                headers=knock.headers,
                options=options,
            )
        except BadBatch as error:
            return list(error.documents), {bad.index: bad for bad in error.errors}
        return list(documents), {}

    def _parcel(self, plan, endpoint, document, verified, now):
        """One document: who sent it, what it is, what it states, and its minimised, encrypted content."""
        envelope = document.envelope
        system = plan.system_of(envelope.source)
        facility = plan.known_facility(system.id, envelope.facility)
        company = facility.company if facility else system.company
        canonical = canonical_bytes(document)
        fingerprint = body_fingerprint(
            self.env["interop.keyring"]._keyring().fingerprint_key, canonical
        )
        same = identity(
            envelope, fingerprint=fingerprint, request_id=verified.request_id, index=document.index
        )
        if document.format == "hl7v2" and kinds.is_acknowledgement(document.kind):
            raise BadDocument("acknowledgement", index=document.index)
        minimised, dropped = plan.contracts.minimise(document)
        context = plan.context(system.id, envelope.facility, now)
        facts = plan.mapper(system.id).facts(minimised, context)
        if has_nul(document.kind, *envelope.words(), *(fact.subject for fact in facts)):
            raise BadDocument("nul_character", index=document.index)
        parcel_uuid = str(uuid.uuid4())
        ring = self.env["interop.keyring"]._keyring()
        return Parcel(
            uuid=parcel_uuid,
            index=document.index,
            document=document,
            identity=same,
            fingerprint=fingerprint,
            system=system,
            facility=facility,
            company=company,
            facts=facts,
            dropped=dropped,
            size=len(canonical),
            body=ring.encrypt(
                dump_document(minimised), row_uuid=parcel_uuid, random_bytes=os.urandom
            ),
            head=answers.head_of(document),
        )

    # -- storing --

    def _take(self, plan, endpoint, batch):
        """Store what is new, find what was there, answer from the stored rows."""
        try:
            parcels, echoes = self._without_echoes(batch.parcels)
            stored = self._store(plan, endpoint, parcels, batch)
            rows = self._rows(endpoint, parcels, echoes, stored)
        except IdentityConflict as error:
            return answers.refused(plan.format, error)
        new = [parcel for parcel in parcels if parcel.uuid in stored]
        if endpoint["state"] == "live":
            lanes = {
                (route.id, lane)
                for parcel in new
                for route, lane in (self._place(plan, parcel, fact) for fact in parcel.facts)
                if route is not None
            }
            self.env["interop.route"]._wake_after_commit(lanes)
        return answers.accepted(plan.format, rows, batch)

    def _without_echoes(self, parcels):
        """Equal keys inside one body: the first stands for all. ``(first ones, {index: first index})``."""
        first, echoes = {}, {}
        kept = []
        for parcel in parcels:
            key = parcel.dedup_key
            if key is not None and key in first:
                if parcel.identity.is_id_unique and parcel.fingerprint != first[key].fingerprint:
                    raise IdentityConflict("identity_conflict", detail=f"index {parcel.index}")
                echoes[parcel.index] = first[key]
                continue
            if key is not None:
                first[key] = parcel
            kept.append(parcel)
        return kept, echoes

    def _place(self, plan, parcel, fact):
        """``(route, lane)`` of a fact; a subject always takes the same lane."""
        route = plan.routes_of(fact.entity, fact.event, parcel.system.id, parcel.company)
        if route is None:
            return None, 0
        return route, zlib.crc32(f"{parcel.system.id}/{fact.subject}".encode()) % route.lanes

    def _store(self, plan, endpoint, parcels, batch):
        """One statement for messages, contents and deliveries. Returns ``{uuid: (received_at, answer)}`` of the new.

        Sorted by key: two bodies that hold the same messages in reverse order would deadlock. A message that another
        transaction committed a moment ago raises a serialization failure, and Odoo runs the request again.
        """
        if not parcels:
            return {}
        now = fields.Datetime.now()
        messages = [self._message_row(plan, endpoint, parcel, batch, now) for parcel in parcels]
        messages.sort(key=lambda row: row["dedup_key"] or "")
        deliveries = [
            row for parcel in parcels for row in self._delivery_rows(plan, endpoint, parcel)
        ]
        self.env.cr.execute(
            SQL(
                """
                WITH new AS (
                    INSERT INTO interop_message (uuid, endpoint_id, system_id, facility_id, company_id, direction, format,
                        kind, type, source, facility_code, sender_ref, dedup_key, fingerprint, received_at, source_time,
                        correlation_id, batch, answer, dropped, size, is_test, payload_until)
                    SELECT v.uuid, v.endpoint_id, v.system_id, v.facility_id, v.company_id, 'in', v.format,
                        v.kind, v.type, v.source, v.facility_code, v.sender_ref, v.dedup_key, v.fingerprint, %(now)s,
                        v.source_time, v.correlation_id, v.batch, v.answer, v.dropped, v.size, v.is_test, %(until)s
                      FROM json_to_recordset(%(messages)s) AS v (uuid text, endpoint_id int, system_id int,
                        facility_id int, company_id int, format text, kind text, type text, source text,
                        facility_code text, sender_ref text, dedup_key text, fingerprint text, source_time text,
                        correlation_id text, batch text, answer jsonb, dropped text, size int, is_test boolean)
                    ON CONFLICT (endpoint_id, dedup_key) DO NOTHING
                    RETURNING id, uuid, received_at, answer
                ), content AS (
                    INSERT INTO interop_payload (message_id, body)
                    SELECT new.id, b.body FROM unnest(%(uuids)s, %(bodies)s) AS b (uuid, body) JOIN new USING (uuid)
                ), deliveries AS (
                    INSERT INTO interop_delivery (message_id, route_id, lane, direction, system_id, company_id, facility_id,
                        ordinal, entity, event, subject, version, state, reason, tries, received_at, done_at)
                    SELECT new.id, d.route_id, d.lane, 'in', d.system_id, d.company_id, d.facility_id,
                        d.ordinal, d.entity, d.event, d.subject, d.version, d.state, d.reason, 0, %(now)s,
                        CASE WHEN d.state = 'discarded' THEN %(now)s END
                      FROM json_to_recordset(%(deliveries)s) AS d (uuid text, place int, route_id int, lane int,
                        system_id int, company_id int, facility_id int, ordinal int, entity text, event text, subject text,
                        version text, state text, reason text)
                      JOIN new USING (uuid) ORDER BY d.place, d.ordinal
                )
                SELECT uuid, received_at, answer FROM new
                """,
                now=now,
                until=now + timedelta(days=plan.payload_days),
                messages=Json(messages),
                deliveries=Json(deliveries),
                uuids=[parcel.uuid for parcel in parcels],
                bodies=[parcel.body for parcel in parcels],
            )
        )
        return {row[0]: (row[1], row[2]) for row in self.env.cr.fetchall()}

    def _message_row(self, plan, endpoint, parcel, batch, now):
        envelope = parcel.document.envelope
        return {
            "uuid": parcel.uuid,
            "endpoint_id": plan.id,
            "system_id": parcel.system.id,
            "facility_id": parcel.facility and parcel.facility.id,
            "company_id": parcel.company,
            "format": parcel.document.format,
            "kind": parcel.document.kind,
            "type": envelope.type,
            "source": envelope.source or None,
            "facility_code": envelope.facility or None,
            "sender_ref": envelope.id or None,
            "dedup_key": parcel.dedup_key,
            "fingerprint": parcel.fingerprint,
            "source_time": envelope.time or None,
            "correlation_id": envelope.correlation or None,
            "batch": batch.parcels[0].uuid if batch.is_many else None,
            "answer": parcel.head,
            "dropped": " ".join(parcel.dropped)[:2000] or None,
            "size": parcel.size,
            "is_test": endpoint["state"] == "test",
        }

    def _delivery_rows(self, plan, endpoint, parcel):
        """One row a fact; a message that states nothing, or nothing a route takes, gets one that says so."""
        common = {
            "uuid": parcel.uuid,
            "place": parcel.index,
            "system_id": parcel.system.id,
            "company_id": parcel.company,
            "facility_id": parcel.facility and parcel.facility.id,
        }
        if not parcel.facts:
            reason = kinds.reason_without_facts(parcel.document.format, parcel.document.kind)
            yield common | {
                "ordinal": 0,
                "state": DISCARDED,
                "reason": reason,
                "subject": parcel.document.kind,
            }
        for fact in parcel.facts:
            route, lane = self._place(plan, parcel, fact)
            row = common | {
                "ordinal": fact.ordinal,
                "entity": fact.entity,
                "event": fact.event,
                "subject": fact.subject,
                "version": fact.version or None,
                "state": "pending",
            }
            if route is None:
                row |= {"state": DISCARDED, "reason": f"no route for {fact.entity}.{fact.event}"}
            else:
                row |= {"route_id": route.id, "lane": lane}
                if endpoint["state"] == "test":
                    row |= {"state": DISCARDED, "reason": "the endpoint is being tested"}
            yield row

    def _rows(self, endpoint, parcels, echoes, stored):
        """``[(parcel index, uuid, received_at, head)]`` for the answer: what the stored rows say, new or not.

        Raises ``IdentityConflict`` where the format promises a unique id and the content is another one.
        """
        missing = {parcel.dedup_key: parcel for parcel in parcels if parcel.uuid not in stored}
        known = self._known(endpoint, missing)
        by_index = {}
        for parcel in parcels:
            row = known.get(parcel.dedup_key) if parcel.uuid not in stored else None
            if row is None:
                by_index[parcel.index] = (parcel.uuid, *stored[parcel.uuid])
                continue
            if parcel.identity.is_id_unique and row[1] != parcel.fingerprint:
                self._record_conflict(endpoint, parcel)
                raise IdentityConflict("identity_conflict", detail=f"index {parcel.index}")
            by_index[parcel.index] = (row[0], row[2], row[3])
        for index, first in echoes.items():
            by_index[index] = by_index[first.index]
        return [(index, *by_index[index]) for index in sorted(by_index)]

    def _known(self, endpoint, missing):
        if not missing:
            return {}
        self.env.cr.execute(
            SQL(
                "SELECT dedup_key, uuid, fingerprint, received_at, answer FROM interop_message "
                "WHERE endpoint_id = %s AND dedup_key = ANY(%s)",
                endpoint["id"],
                sorted(missing),
            )
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    def _record_conflict(self, endpoint, parcel):
        """One id, two contents: refused, and on record as an exception that a person closes."""
        self.env["interop.exception"]._open_identity_conflict(
            endpoint["id"], parcel.system.id, parcel.company
        )

    @telling_no_values
    def _status(self, knock: Knock, message_uuid: str) -> Answer:
        """What became of a message, for whoever could have sent it: states, places and codes, never a value."""
        self.env.cr.execute(
            SQL(
                "SELECT m.id, m.received_at, e.code FROM interop_message m JOIN interop_endpoint e ON e.id = m.endpoint_id "
                "WHERE m.uuid = %s",
                message_uuid,
            )
        )
        found = self.env.cr.fetchone()
        endpoint, credentials = self._endpoint(found[2]) if found else (None, [])
        try:
            self._authenticate(credentials, knock, b"")
        except Unauthenticated as error:
            return answers.refused("", error)
        self.env.cr.execute(
            SQL(
                "SELECT state, entity, event, reason, error_code, error_path, done_at FROM interop_delivery "
                "WHERE message_id = %s ORDER BY id",
                found[0],
            )
        )
        return answers.status(message_uuid, found[1], self.env.cr.dictfetchall())
