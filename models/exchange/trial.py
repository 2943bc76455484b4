"""What would a message do? The real code, on a cursor that is never committed.

``_of_sample`` reads raw bytes as the endpoint's door would, applies what they state as a drain would, and tells of each
step in plain values for a screen. Nothing is stored, woken or sent. In a batch, later documents see what earlier ones did.
"""

from __future__ import annotations

import json
from datetime import timezone

from odoo import fields, models

from ...core.codecs import decode, dump_document, load_document
from ...core.errors import BadBatch, InteropError, MessageRefused
from ...core.mapping import Mapper
from ...core.minimisation import account
from .contain import attempt, defect_of
from .own_cursor import throwaway
from .run import Drain
from .trial_values import Change, DocumentTrial, FactTrial, SampleTrial, Touched
from .work import Reader, Work

#: documents of one sample that are tried; the rest is only counted
MOST_DOCUMENTS = 20
#: records shown for one fact
MOST_RECORDS = 50
#: models in which an applied message may make records besides the one it is about
KINDRED = """res.partner product.template product.product hr.employee hr.department account.analytic.account
    interop.location interop.encounter interop.encounter.stay interop.order interop.charge stock.picking stock.move
    stock.lot stock.quant purchase.order purchase.order.line mail.activity account.move account.move.line
    interop.alias""".split()
#: columns that say nothing to a person
DULL = frozenset(
    """id create_uid create_date write_uid write_date display_name parent_path access_token complete_name
    commercial_partner_id commercial_company_name barcode_nomenclature_id color sequence message_main_attachment_id
    sequence_prefix sequence_number made_sequence_gap is_move_sent resource_id address_id""".split()
)
DULL_TYPES = ("binary", "one2many", "properties", "properties_definition", "json", "html")


class Trial(models.AbstractModel):
    _name = "interop.trial"
    _description = "Trial of a message"

    def _of_sample(self, endpoint, body, content_type=None, drafts=()):
        """A ``SampleTrial`` of ``body`` (bytes), as ``endpoint`` would take it. Never raises for what a sample holds.

        ``drafts``: mappings that act as they stand, put in use or not (ids).
        """
        trial = SampleTrial(drafts=tuple(drafts))
        with throwaway(self.env) as env:
            env.cr.execute(
                "SET LOCAL lock_timeout = '3s'"
            )  # never wait long for a row that somebody holds
            _none, error = attempt(
                env["interop.trial"]._run, trial, endpoint.id, body, content_type
            )
        if error is not None:
            # raised, it would be logged with what stands in the sample
            trial.errors.append((0, error if isinstance(error, InteropError) else defect_of(error)))
        # outside again: what the same records hold without the sample
        for document in trial.documents:
            for fact in document.facts:
                for touched in fact.records:
                    self._compare(touched)
        return trial

    def _run(self, trial, endpoint_id, body, content_type):
        plan = self.env["interop.endpoint"]._plan(endpoint_id)
        content_type = content_type or self._content_type(plan.format, body)
        options = plan.json_options if plan.format == "json" else None
        try:
            documents = decode(
                plan.format, body, content_type=content_type, headers={}, options=options
            )
        except BadBatch as error:
            documents = error.documents
            trial.errors = [(bad.index, bad) for bad in error.errors]
        except MessageRefused as error:
            trial.errors = [(getattr(error, "index", 0), error)]
            return
        trial.left_out = max(0, len(documents) - MOST_DOCUMENTS)
        for document in documents[:MOST_DOCUMENTS]:
            trial.documents.append(self._try_document(trial, plan, document))

    def _content_type(self, format_, body):
        """What a sender of this body would say it is."""
        if format_ == "hl7v2":
            return "application/hl7-v2"
        if format_ == "cloudevents":
            is_batch = body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
            return f"application/cloudevents{'-batch' if is_batch else ''}+json"
        kind = "fhir+" if format_ == "fhir" else ""
        return (
            f"application/{kind}json" if _is_one_json(body) else f"application/{kind or 'x-'}ndjson"
        )

    def _try_document(self, trial, plan, document):
        """What the door does with one document, then what drains would do with each fact of it."""
        result = DocumentTrial(kind=document.kind, envelope=document.envelope)
        result.format = document.format
        self._account(result, document, plan, plan.contracts)
        try:
            system = plan.system_of(document.envelope.source)
            followed = plan.follow(document)
        except InteropError as error:
            result.error = error
            return result
        # names of configuration: whoever may try a sample may read them
        result.system = self.env["interop.system"].sudo().browse(system.id).name
        facility = plan.known_facility(system.id, document.envelope.facility)
        if facility:
            # likewise
            result.facility = self.env["interop.facility"].sudo().browse(facility.id).name
        self._account(result, document, plan, followed.contracts)
        result.is_covered = followed.contracts.covers(document)
        minimised, result.dropped = followed.contracts.minimise(document)
        result.error = plan.lets_in.violation(minimised, followed.version)
        if result.error:
            return result
        self._try_facts(trial, plan, result, system, facility, minimised)
        return result

    def _account(self, result, document, plan, contracts):
        """What of a document goes and what stays, and how long."""
        result.rows = account(document, contracts)
        result.days = contracts.kept_days(document, plan.payload_days)

    def _try_facts(self, trial, plan, result, system, facility, minimised):
        now = fields.Datetime.now()
        envelope = minimised.envelope
        stored = load_document(minimised.format, minimised.kind, envelope, dump_document(minimised))
        mapper = self._mapper(plan, system.id, trial.drafts)
        context = plan.context(system.id, envelope.facility, now.replace(tzinfo=timezone.utc))
        reader = Reader(self.env, now)
        facts = mapper.facts(stored, context)
        reader.documents[0] = (mapper, context, facts)
        company = facility.company if facility else system.company
        for found in facts:
            route = plan.routes_of(found.entity, found.event, system.id, company)
            fact = FactTrial(
                entity_word=self._entity_word(found.entity),
                event=found.event.replace("_", " "),
                subject=found.subject,
                version=found.version,
                mapping=found.mapping,
                # likewise
                route=self.env["interop.route"].sudo().browse(route.id).name if route else "",
            )
            result.facts.append(fact)
            work = _work(plan, minimised, found, system, now)
            if route is None:
                self._only_map(fact, mapper, context, found)
                continue
            self._try_fact(fact, reader, route, work)
            for touched in fact.records:
                self._compare_with_earlier(trial, touched)

    def _mapper(self, plan, system, drafts):
        if not drafts:
            return plan.mapper(system)
        # configuration is read for the machine, whoever is asking
        mappings = self.env["interop.mapping"].sudo().browse(drafts)
        return Mapper(mapping for mapping, _record in mappings._chosen_for(system))

    def _entity_word(self, entity):
        labels = self.env["interop.route"]._fields["entity"]._description_selection(self.env)
        return dict(labels).get(entity, entity)

    def _only_map(self, fact, mapper, context, found):
        """A fact that no route takes: what it says, and no more."""
        try:
            fact.entity = mapper.entity(found, context)
        except InteropError as error:
            fact.error = error

    def _try_fact(self, fact, reader, route, work):
        """Map and apply one fact; what goes wrong is part of the answer."""
        # the route is configuration; what is applied is applied with the service user's rights
        record = self.env["interop.route"].sudo().browse(route.id)
        try:
            call, fact.entity = reader.read(record, work)
        except InteropError as error:
            fact.error = error
            return
        newest = self._newest_ids()
        run = Drain(record, 0)
        item = work.item(fact.entity)
        outcomes, error = run._try(run._entity(call, work.entity), call, [item])
        fact.outcome = outcomes[0] if error is None else run._verdict(item, error)
        fact.error = fact.outcome.error
        self.env.flush_all()
        self.env.invalidate_all()
        fact.records = self._touched(fact.outcome, newest)
        disagreements = self.env["interop.disagreement"]
        if fact.outcome.record and disagreements.has_access("read"):
            fact.disagreements = disagreements._in_short(fact.outcome.model, fact.outcome.record)

    def _newest_ids(self):
        """The highest id of each kindred model: what is higher afterwards was made by the sample."""
        # what the sample made is found whoever asks; nothing of it is kept
        return {
            model: self.env[model]
            .sudo()
            .with_context(active_test=False)
            .search([], order="id desc", limit=1)
            .id
            or 0
            for model in KINDRED
            if model in self.env
        }

    def _touched(self, outcome, newest):
        """The record the fact is about first, then what else was made for it."""
        seen = {}
        if outcome.record:
            is_new = outcome.record > newest.get(outcome.model, outcome.record)
            seen[outcome.model, outcome.record] = is_new
        for model, highest in newest.items():
            # likewise
            made = (
                self.env[model]
                .sudo()
                .with_context(active_test=False)
                .search([("id", ">", highest)], order="id")
            )
            for id_ in made.ids:
                seen[model, id_] = True
        shown = list(seen.items())[:MOST_RECORDS]
        return [self._read_touched(model, id_, is_new) for (model, id_), is_new in shown]

    def _read_touched(self, model, id_, is_new):
        record = self.env[model].with_context(active_test=False).browse(id_)
        touched = Touched(model, id_, is_new, kind=self.env["ir.model"]._get(model).name)
        if not record.has_access("read"):
            touched.is_hidden = True
            return touched
        touched.name = record.display_name
        touched.values = self._readable(record)
        if is_new:
            names = list(touched.values)
            usual = self.env[model].new(self.env[model].default_get(names))
            touched.changes = self._differences(
                model, self._readable(usual, names), touched.values, is_new=True
            )
        return touched

    def _differences(self, model, before, after, *, is_new=False):
        """What differs, as ``Change``; of a new record what is filled beyond what Odoo fills by itself."""
        return [
            Change(name, self._label(model, name), "" if is_new else before.get(name, ""), value)
            for name, value in after.items()
            if value != before.get(name, "") and (value or not is_new)
        ]

    def _compare_with_earlier(self, trial, touched):
        earlier = trial.known.get((touched.model, touched.id))
        if earlier is not None and not touched.is_new:
            touched.changes = self._differences(touched.model, earlier, touched.values)
            touched.is_compared = True
        trial.known[touched.model, touched.id] = touched.values

    def _compare(self, touched):
        """Put beside the values inside the trial what the record holds outside it."""
        record = self.env[touched.model].with_context(active_test=False).browse(touched.id)
        if touched.is_new or touched.is_hidden or touched.is_compared or not record.exists():
            return
        before = self._readable(record, touched.values)
        touched.changes = self._differences(touched.model, before, touched.values)

    def _label(self, model, name):
        return self.env[model]._fields[name]._description_string(self.env)

    def _readable(self, record, names=None):
        """``{field: text}`` of what is stored in a record and means something to people."""
        chosen = names or [
            name
            for name, field_ in record._fields.items()
            if field_.store
            and field_.type not in DULL_TYPES
            and name not in DULL
            and not name.startswith(("message_", "activity_"))
            and record._has_field_access(field_, "read")
        ]
        return {name: self._text(record, name) for name in chosen}

    def _text(self, record, name):
        field_ = record._fields[name]
        value = record[name]
        if field_.type in ("many2one", "many2many"):
            # the name of what a shown record refers to, as any form shows it
            return ", ".join(value.sudo().mapped("display_name"))
        if field_.type == "selection":
            return dict(field_._description_selection(self.env)).get(value, value or "")
        if field_.type == "boolean":
            return self.env._("yes") if value else ""
        if field_.type in ("float", "monetary"):
            return f"{value:g}" if value else ""
        if field_.type == "datetime" and value:
            return str(
                fields.Datetime.context_timestamp(self, value).replace(tzinfo=None, microsecond=0)
            )
        return "" if value is False or value is None else str(value)


def _work(plan, document, fact, system, now):
    """The delivery that the door would have stored, as a drain reads it; the content is with the reader already."""
    given = {
        "id": 1,
        "message_id": 0,
        "ordinal": fact.ordinal,
        "entity": fact.entity,
        "event": fact.event,
        "subject": fact.subject,
        "version": fact.version,
        "system_id": system.id,
        "received_at": now,
        "tries": 0,
        "uuid": "",
        "format": document.format,
        "kind": document.kind,
        "type": document.envelope.type,
        "endpoint_id": plan.id,
        "facility_code": document.envelope.facility,
    }
    return Work(**{name: given.get(name) for name in Work._fields})


def _is_one_json(body):
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
