"""What comes in at an endpoint, counted by places (``core/survey.py``): of its last messages, or of a sample.

Messages are stored without what was dropped of them; which places that were stands beside them (``interop_message.dropped``),
so that the door has nothing more to count.
"""

from datetime import timezone

from odoo import fields, models
from odoo.tools import SQL

from ...core.codecs import decode, load_document
from ...core.document import Envelope
from ...core.errors import BadBatch, InteropError, MessageRefused
from ...core.needs import customs_of, needs
from ...core.survey import Survey

#: contents that are in memory at once, and how large they may be together
PORTION, PORTION_BYTES = 100, 8 * 1024 * 1024
#: after so much, older messages are left out: somebody waits
MOST_BYTES = 64 * 1024 * 1024
#: characters of ``dropped`` that the door keeps; the last place of a full one may be cut
LONGEST_DROPPED = 2000


class EndpointSurvey(models.Model):
    _inherit = "interop.endpoint"

    def _survey_messages(self, most):
        """``(survey, how many had no content any more or can't be read)`` of the newest ``most`` messages that the user may
        see. Nothing of their content is in the survey, so that it takes no right to read content."""
        self.ensure_one()
        self.check_access("read")
        plan = self._plan(self.id)
        survey, skipped = self._empty_survey(plan), 0
        visible = self._newest_messages(most)._filtered_access("read")
        ring = self.env["interop.keyring"]._keyring()
        for ids in _portions([(message.id, message.size) for message in visible]):
            for row in self._contents(ids):
                try:
                    self._survey_row(survey, plan, ring, row)
                except InteropError:
                    skipped += 1
        return survey, skipped

    def _empty_survey(self, plan):
        is_hl7 = plan.format == "hl7v2"
        known = self.env["interop.mapping"]._pattern_mapper("hl7v2") if is_hl7 else None
        return Survey(plan.contracts, known)

    def _contents(self, ids):
        self.env.cr.execute(
            SQL(
                "SELECT m.uuid, m.format, m.kind, m.type, m.source, m.facility_code, m.source_time, m.system_id, "
                "m.received_at, m.dropped, p.body FROM interop_message m "
                "LEFT JOIN interop_payload p ON p.message_id = m.id WHERE m.id = ANY(%s) ORDER BY m.id",
                ids,
            )
        )
        return self.env.cr.dictfetchall()

    def _survey_row(self, survey, plan, ring, row):
        """One stored message. ``InteropError`` for one whose content is gone or can't be read."""
        if row["body"] is None:
            raise MessageRefused("content_purged")
        envelope = Envelope(
            type=row["type"] or "",
            source=row["source"] or "",
            facility=row["facility_code"] or "",
            time=row["source_time"] or "",
        )
        body = ring.decrypt(row["body"], row_uuid=row["uuid"])
        document = load_document(row["format"], row["kind"], envelope, body)
        dropped = (row["dropped"] or "").split()
        if len(row["dropped"] or "") >= LONGEST_DROPPED:
            dropped.pop()
        received = row["received_at"].replace(tzinfo=timezone.utc)
        self._survey_document(survey, plan, document, dropped, row["system_id"], received)

    def _survey_document(self, survey, plan, document, dropped, system, received, whole=None):
        if system not in plan.systems:
            system = plan.default_system
        context = plan.context(system, document.envelope.facility, received)
        survey.add(document, dropped, plan.mapper(system), context, whole)

    def _survey_needs(self, kinds):
        """What mappings read of documents of ``kinds`` and contracts don't allow (``core.needs.Needs``): those in use for
        whoever sends here, and drafts for them as they stand."""
        self.ensure_one()
        self.check_access("read")
        plan = self._plan(self.id)
        mappings = self.env["interop.mapping"]
        mappers = [*plan.mappers.values(), *mappings._draft_mappers(self._source_systems())]
        customs = customs_of(mappings._pattern_mapper(), plan.contracts)
        return needs(plan.format, kinds, mappers, plan.contracts, customs)

    def _survey_sample(self, body):
        """``(survey, how many can't be read)`` of what a sender would post. Nothing of it is kept."""
        self.ensure_one()
        self.check_access("read")
        plan = self._plan(self.id)
        survey = self._empty_survey(plan)
        content_type = self.env["interop.trial"]._content_type(plan.format, body)
        options = plan.json_options if plan.format == "json" else None
        try:
            documents, skipped = (
                decode(plan.format, body, content_type=content_type, headers={}, options=options),
                0,
            )
        except BadBatch as error:
            documents, skipped = error.documents, len(error.errors)
        except MessageRefused:
            return survey, 1
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        for document in documents:
            kept, dropped = plan.contracts.minimise(document)
            try:
                system = plan.system_of(document.envelope.source).id
            except InteropError:
                system = plan.default_system
            self._survey_document(survey, plan, kept, dropped, system, now, document)
        return survey, skipped


def _portions(sizes):
    """The ids of ``(id, size)`` in lists that fit into memory, until there is enough of them."""
    portion, size, total = [], 0, 0
    for id_, own in sizes:
        total += own
        if portion and (len(portion) == PORTION or size + own > PORTION_BYTES):
            yield portion
            portion, size = [], 0
        if total > MOST_BYTES and total > own:
            break
        portion.append(id_)
        size += own
    if portion:
        yield portion
