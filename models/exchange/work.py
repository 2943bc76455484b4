"""The deliveries a drain has taken: from row to canonical entity to sets that may be applied in one call."""

from datetime import timezone
from typing import NamedTuple

import psycopg2

from ...core.applying import Call, Item, Outcome
from ...core.codecs import load_document
from ...core.document import Envelope
from ...core.door import stored_subject
from ...core.errors import InteropError, MappingError, PermanentError, TransientError
from .contain import attempt, defect_of

#: tries after which losing races, or being told to come back later, is a defect that somebody has to look at
MOST_TRIES = 60


class Work(NamedTuple):
    """One due delivery with what is needed of its message."""

    id: int
    message_id: int
    ordinal: int
    entity: str
    event: str
    subject: str
    version: str
    system_id: int
    received_at: object
    waiting_since: object
    tries: int
    fingerprint: str
    uuid: str
    format: str
    kind: str
    type: str
    endpoint_id: int
    facility_code: str
    source: str
    source_time: str
    error_category: str
    body: object

    @property
    def subject_key(self):
        return self.subject, self.system_id

    def item(self, entity):
        return Item(
            delivery=self.id,
            subject=self.subject,
            event=self.event,
            entity=entity,
            version=self.version or "",
            received_at=self.received_at,
            waiting_since=self.waiting_since,
        )


def partition(env, route, work, now, settle, untranslated=None, mapped_by=None, faults=None):
    """Yield ``(call, entity name, waves)``: one system, one company, one acting user a call; each subject once a wave.

    What can't be mapped is settled at once. The order within a subject is kept. ``untranslated``: a Counter of what
    no concept map knows, by (system, concept map, code system, code). ``mapped_by``: a dict that gets the version of the
    mapping that read each delivery, by the delivery's id. ``faults``: likewise one that gets the wrong check digits that were
    taken.
    """
    groups = {}
    reader = Reader(env, now, untranslated, mapped_by, faults)
    stuck = set()
    for one in work:
        if one.subject_key in stuck:
            continue
        found, error = attempt(reader.read, route, one)
        if error is not None:
            stuck.add(one.subject_key)
            settle(one, _unread(one, _told(error)))
            continue
        call, entity = found
        waves, depth = groups.setdefault((call, one.entity), ([], {}))
        place = depth[one.subject_key] = depth.get(one.subject_key, -1) + 1
        if place == len(waves):
            waves.append([])
        waves[place].append((one, one.item(entity)))
    for (call, entity), (waves, _depth) in groups.items():
        yield call, entity, waves


def _told(error):
    """What may be told of an error of reading. The database's own are raised: the transaction is lost with them."""
    if isinstance(error, psycopg2.Error):
        raise error
    return error if isinstance(error, InteropError) else defect_of(error)


def _unread(work, error):
    """The outcome of what could not be read: what time heals, such as a key that is told soon, is tried again."""
    item = work.item(None)
    if isinstance(error, TransientError) and work.tries < MOST_TRIES:
        return Outcome.waiting(item, error.retry_after, error)
    return Outcome.failed(item, error)


def _fact_of(work, facts):
    """The fact of ``facts`` that a delivery is about.

    Its ordinal tells, unless the mappings changed since: then the one about its subject goes first, so that nobody's
    charge becomes another's. Where no subject fits, the ordinal stands: a corrected mapping may give a better key.
    """
    alike = [fact for fact in facts if fact.entity == work.entity]
    of_subject = [
        fact
        for fact in alike
        if stored_subject(fact.subject, f"{work.uuid}/{fact.ordinal}") == work.subject
    ]
    candidates = of_subject or alike
    same = [fact for fact in candidates if fact.ordinal == work.ordinal]
    if not same and not of_subject:
        raise MappingError("fact_gone", detail="the mapping no longer states it")
    return (same or of_subject)[0]


class Reader:
    """Reads deliveries' messages: decrypt, parse, map. A message with many facts is parsed once."""

    def __init__(self, env, now, untranslated=None, mapped_by=None, faults=None):
        self.env = env
        self.now = now
        self.untranslated = untranslated
        self.mapped_by = {} if mapped_by is None else mapped_by
        self.faults = {} if faults is None else faults
        self.ring = env["interop.keyring"]._keyring()
        self.documents = {}
        self.calls = {}

    def read(self, route, work):  # pylint: disable=method-required-super
        """``(call, canonical entity)`` of one delivery; raises what a person has to act on."""
        plan = self.env["interop.endpoint"]._plan(work.endpoint_id)
        if work.system_id not in plan.systems:
            raise PermanentError("source_withdrawn", detail="the endpoint permits it no longer")
        mapper, context, facts = self._facts(plan, work)
        fact = _fact_of(work, facts)
        self.mapped_by[work.id] = fact.snapshot
        entity = mapper.entity(fact, context)
        self._count_untranslated(work, context)
        self._check(plan, work, entity)
        return self._call(plan, route, work), entity

    def _check(self, plan, work, entity):
        """Wrong check digits: the first that is refused stops the message, the others are kept beside it."""
        found = plan.checks[work.system_id].faults(entity)
        if found and found[0].is_refused:
            raise found[0].error()
        if found:
            self.faults[work.id] = found

    def _count_untranslated(self, work, context):
        if context.untranslated:
            self.untranslated.update(
                (work.system_id, concept_map, coding.system, coding.code)
                for _target, concept_map, coding in context.untranslated
            )
            context.untranslated.clear()

    def _facts(self, plan, work):
        found = self.documents.get(work.message_id)
        if found is None:
            if work.body is None:
                raise PermanentError("content_purged")
            body = self.ring.decrypt(work.body, row_uuid=work.uuid)
            envelope = Envelope(
                type=work.type,
                source=work.source or "",
                facility=work.facility_code or "",
                time=work.source_time or "",
            )
            document = load_document(work.format, work.kind, envelope, body)
            self._check_contract(plan, work, document)
            mapper = plan.mapper(work.system_id)
            context = plan.context(
                work.system_id,
                work.facility_code,
                work.received_at.replace(tzinfo=timezone.utc),
                untranslated=None if self.untranslated is None else [],
            )
            facts = mapper.facts(document, context)
            if context.untranslated:
                # what facts look at is looked at again for each of them
                context.untranslated.clear()
            found = self.documents[work.message_id] = (mapper, context, facts)
        return found

    def _check_contract(self, plan, work, document):
        """What did not fit its contract is held against the version in use now; what did fit is not asked again."""
        if work.error_category == "contract":
            violation = plan.governed.violation(document, None)
            if violation:
                raise violation

    def _call(self, plan, route, work):
        facility = plan.facility(work.system_id, work.facility_code or "")
        key = (work.system_id, facility.id)
        call = self.calls.get(key)
        if call is None:
            system = plan.systems[work.system_id]
            call = self.calls[key] = Call(
                system=system.id,
                system_code=system.code,
                identity_domain=system.identity_domain,
                company=facility.company,
                facility=facility.id,
                route=route.id,
                may_create=route.unknown_master == "create",
                wait_seconds=route.wait_seconds,
                now=self.now,
                zone=facility.zone or plan.zone,
                bill_on_finish=route.bill_on_finish,
                moves_locked=route.locked_period == "move",
                blocks_gaps=route.beyond_stock == "refuse",
                takes_first=route.clashing_identifiers == "first",
            )
        return call
