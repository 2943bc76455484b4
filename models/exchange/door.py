"""The way in, from raw bytes to committed messages and deliveries (DESIGN.md section 5, The road in).

``_receive`` is the whole story. It works on plain values: the controller turns HTTP into a ``Knock`` and an ``Answer``
back into HTTP. Nothing is logged, nothing is called, and the only writes are one INSERT for all that came in one body.
Odoo may run it again after a serialization failure, so it keeps nothing.
"""

import os
import uuid
from dataclasses import replace

from odoo import models
from odoo.tools import SQL

from ...core import answers, auth, kinds
from ...core.auth import standard_webhooks
from ...core.body import LARGEST
from ...core.codecs import accepts, canonical_bytes, decode, dump_document, options_of_path
from ...core.door import NUL, Answer, Batch, Knock, has_nul, is_many, stored_subject
from ...core.errors import (
    BadBatch,
    BadDocument,
    HttpsRequired,
    KeyUnknown,
    MessageRefused,
    Unauthenticated,
)
from ...core.fingerprint import body_fingerprint, identity
from ...core.rate import Overloaded
from ...core.signature import SignedRequest
from ...core.trace import of_message
from .contain import telling_no_values
from .garbage import without_collection
from .gate import GateChanged
from .parcel import Parcel

DISCARDED = "discarded"
LIVE_STATES = ("live", "test")
PAUSED_RETRY_SECONDS = 300
OVERLOAD_RETRY_SECONDS = 30


class Door(models.AbstractModel):
    _name = "interop.door"
    _description = "The way in"

    @telling_no_values
    @without_collection()
    def _receive(self, knock: Knock) -> Answer:
        """Authenticate, read, minimise, store. Returns the answer in the sender's own terms; raises only what Odoo
        shall run again (serialization failures) and defects."""
        if not self._is_private_way(knock):
            # before anything is looked at: what was sent in the clear is answered alike, whoever sent it
            return answers.refused("", HttpsRequired())
        try:
            try:
                answer = self._receive_at(self._gate(knock.endpoint), knock)
            except GateChanged:
                # read in this transaction's snapshot, so that it can't have changed again
                answer = self._receive_at(self._gate_anew(knock.endpoint), knock)
        except KeyUnknown as error:
            return answers.not_yet(error)
        return self._with_standing(answer, knock)

    def _receive_at(self, gate, knock):
        """``_receive`` at a gate that may be out of date; raises ``GateChanged`` if it was, and has stored nothing."""
        verified = None
        try:
            verified = self._prove(gate, knock)
            self._let_in(gate, verified, knock)
            plan = self.env["interop.endpoint"]._plan(gate.id)
            batch = self._read(plan, gate, knock, verified)
            self._let_through(gate, verified, knock, len(batch.parcels) + len(batch.errors))
        except MessageRefused as error:
            if gate:
                self._check_unchanged(gate)
            self.env["interop.audit"]._refused(gate, error)
            answer = answers.refused(gate.format if gate else "", error)
            # how long an interface is spoken is for those who may speak it
            return self._with_refused_standing(answer, gate, error) if verified else answer
        answer = self._take(plan, gate, batch)
        self.env["interop.audit"]._logged_in(verified.credential)
        return self._with_versions_standing(answer, gate, batch)

    def _prove(self, gate, knock):
        """Credential, size and type, in this order; raises ``MessageRefused``.

        Who has not proved who it is learns neither of size nor of type: they are an endpoint's own, and so would tell that
        there is one. Only what is too long for any is said to anybody.
        """
        if knock.length > LARGEST:
            raise MessageRefused("body_too_large", http_status=413)
        gates = (gate,) if gate else ()
        limit = gate.max_body_kb * 1024 if gate else 0
        body = knock.body.upto(limit) if knock.length <= limit else None
        if body is None:
            self._authenticate_unkept(gates, knock)
            raise MessageRefused("body_too_large", http_status=413)
        verified = self._authenticate(gates, knock, body)
        if not accepts(gate.format, knock.content_type, knock.headers):
            raise MessageRefused("unsupported_media_type", http_status=415)
        return verified

    def _authenticate_unkept(self, gates, knock):
        """Of a body that is longer than what is kept of it: it is read to its end, by whatever address it came."""
        for gate in gates:
            # it can be read once: the limit has to be that of now
            self._check_unchanged(gate)
        credentials = [one for gate in gates for one in gate.credentials]
        macs = standard_webhooks.macs(credentials, knock.headers, knock.body.drain())
        self._authenticate(gates, knock, b"", macs)

    def _let_in(self, gate, verified, knock):
        """Lifecycle, state, load and rate, in this order; raises ``MessageRefused``. Nothing has been parsed yet."""
        gate.lifecycle.check()
        if gate.state == "paused":
            raise answers.Paused(PAUSED_RETRY_SECONDS)
        if gate.state not in LIVE_STATES:
            raise MessageRefused("endpoint_not_live", http_status=403)
        if gate.is_overloaded:
            raise Overloaded(OVERLOAD_RETRY_SECONDS)
        self._let_through(gate, verified, knock, 1)

    def _authenticate(self, gates, knock, body, macs=None):
        """What a credential of one of ``gates`` proves; raises ``Unauthenticated``, or ``KeyUnknown`` where that can't be told
        yet."""
        request = SignedRequest(
            method=knock.method,
            path=knock.path,
            headers=knock.headers,
            body=body,
            now=knock.now,
            certificate=self._certificate(knock),
            macs=macs,
        )
        credentials = tuple(one for gate in gates for one in gate.credentials)
        try:
            verified = auth.authenticate(credentials, request)
        except Unauthenticated:
            if not all(gate.is_whole for gate in gates):
                # it may be signed with the secret that this server can't read yet
                raise KeyUnknown from None
            self.env["interop.credential"]._look_for_new_keys(credentials, request)
            raise
        self.env["interop.credential.use"]._note(verified.credential.reference)
        return verified

    # -- reading --

    def _read(self, plan, gate, knock, verified):
        """The documents of the body as parcels, ready to be stored. Raises ``MessageRefused`` for the whole body."""
        documents, errors = self._decode(plan, knock, verified.body)
        if len(documents) + len(errors) > gate.max_batch:
            raise MessageRefused("too_many_messages", http_status=413)
        many = is_many(len(documents) + len(errors), knock.content_type)
        parcels, heads = [], {}
        ring = self.env["interop.keyring"]._keyring()
        for document in documents:
            head = heads[document.index] = answers.head_of(document)
            try:
                parcels.append(self._parcel(plan, document, verified, knock, ring, head))
            except MessageRefused as error:
                errors[document.index] = error
        if errors and (gate.batch_mode == "all" or not parcels):
            raise answers.RefusedBatch(errors, heads, is_many=many)
        return Batch(parcels=tuple(parcels), errors=errors, heads=heads, is_many=many)

    def _decode(self, plan, knock, body):
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

    def _parcel(self, plan, document, verified, knock, ring, head):
        """One document: who sent it, what it is, what it states, and its minimised, encrypted content."""
        envelope = document.envelope
        followed = plan.follow(document)
        system = plan.system_of(envelope.source)
        facility = plan.known_facility(system.id, envelope.facility)
        company = facility.company if facility else system.company
        canonical = canonical_bytes(document)
        fingerprint = body_fingerprint(ring.fingerprint_key, canonical)
        same = identity(
            envelope,
            key=ring.fingerprint_key,
            fingerprint=fingerprint,
            request_id=verified.request_id,
            index=document.index,
        )
        minimised, dropped = followed.contracts.minimise(document)
        violation = self._violation(plan, followed, minimised)
        context = plan.context(system.id, envelope.facility, knock.now)
        facts = plan.mapper(system.id).facts(minimised, context)
        if has_nul(document.kind, *envelope.words(), *(fact.subject for fact in facts)):
            raise BadDocument("bad_character", index=document.index)
        parcel_uuid = str(uuid.uuid4())
        facts = tuple(self._storable(fact, parcel_uuid) for fact in facts)
        return Parcel(
            uuid=parcel_uuid,
            silence=self._silence(plan, system, minimised) if not facts else "",
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
            head=head,
            trace=of_message(envelope, knock.headers),
            followed=followed,
            violation=violation,
        )

    def _storable(self, fact, parcel_uuid):
        subject = stored_subject(fact.subject, f"{parcel_uuid}/{fact.ordinal}")
        return fact if subject == fact.subject else replace(fact, subject=subject)

    def _silence(self, plan, system, document):
        """Why a document that states nothing is discarded."""
        is_read = plan.mapper(system.id).reads(document)
        reason = kinds.reason_for_nothing(document, is_read=is_read)
        return reason or f"no route for {document.envelope.type or document.kind}"

    @telling_no_values
    def _status(self, knock: Knock, message_uuid: str) -> Answer:
        """What became of a message, for whoever could have sent it: states, places and codes, never a value."""
        self.env.cr.execute(
            SQL(
                "SELECT m.id, m.received_at, e.code FROM interop_message m JOIN interop_endpoint e ON e.id = m.endpoint_id "
                "WHERE m.uuid = %s",
                message_uuid.replace(NUL, ""),
            )
        )
        found = self.env.cr.fetchone()
        refusal = self._refusal(knock, self._gates_anew(found[2]) if found else ())
        if refusal:
            return refusal
        self.env.cr.execute(
            SQL(
                "SELECT state, entity, event, reason, error_code, error_path, done_at FROM interop_delivery "
                "WHERE message_id = %s ORDER BY id",
                found[0],
            )
        )
        return answers.status(message_uuid, found[1], self.env.cr.dictfetchall())
