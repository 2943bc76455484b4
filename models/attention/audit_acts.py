"""What people do with deliveries, bindings, disagreements, mappings and content, recorded where it is done."""

from odoo import models

from ...core.audit import Act
from ...core.audit_ranges import Ranges

#: so many messages have an entry each; more of them share one
MOST_APART = 20
#: in a transaction's own data: messages whose reading is recorded
READ = "interop.audit.read"


class DeliveryAudited(models.Model):
    _inherit = "interop.delivery"

    def _try_again(self):
        moved = super()._try_again()
        moved._record_decision("replayed")
        return moved

    def _discard(self, reason):
        moved = super()._discard(reason)
        moved._record_decision("discarded", reason=reason)
        return moved

    def _read_entity(self):
        entity = super()._read_entity()
        # the ledger is the engine's; who asks answers for what is shown of it
        self.sudo().message_id._record_reading({"part": self.entity or ""})
        return entity

    def _record_decision(self, action, **details):
        """An entry a message, so that it is found by the message; one for all of them where they are many."""
        # the ledger is the engine's; whoever decided was asked for the right
        deliveries = self.sudo()
        messages = deliveries.message_id
        if len(messages) > MOST_APART:
            parts = [(deliveries, "")]
        else:
            parts = [
                (deliveries.filtered(lambda one, m=message: one.message_id == m), message.uuid)
                for message in messages
            ]
        self.env["interop.audit"]._record(
            Act(
                action,
                res_model=self._name,
                res_id=part.id if len(part) == 1 else 0,
                company_id=part.company_id.id if len(part.company_id) == 1 else 0,
                message_uuid=uuid,
                count=len(part),
                details=details | {"deliveries": _numbers(part.ids)},
            )
            for part, uuid in parts
        )


def _numbers(ids):
    ranges = Ranges()
    for number in sorted(ids):
        ranges.add(number, number)
    return str(ranges)


class BindingAudited(models.Model):
    _inherit = "interop.binding"

    def _bind(self, record, entity, identifiers, system):
        result = super()._bind(record, entity, identifiers, system)
        # of a patient neither name nor number
        name = record.display_name if entity != "party" else ""
        self.env["interop.audit"]._record(
            [
                Act(
                    "bound",
                    res_model=record._name,
                    res_id=record.id,
                    res_name=name or "",
                    company_id=system.company_id.id,
                    details={
                        "entity": entity,
                        "system": system.display_name,
                        "identifiers": len(identifiers),
                    },
                )
            ]
        )
        return result


class DisagreementAudited(models.Model):
    _inherit = "interop.disagreement"

    def action_keep(self):
        return self._recorded("keep", super().action_keep)

    def action_take_word(self):
        return self._recorded("take", super().action_take_word)

    def action_open_again(self):
        return self._recorded("open again", super().action_open_again)

    def _recorded(self, decision, act):
        """Do it, and record it: of what, never which value."""
        result = act()
        self.env["interop.audit"]._record(
            Act(
                "decided",
                res_model=one.res_model or "",
                res_id=one.res_id,
                res_name=f"{one.entity}: {one.attribute}",
                company_id=one.company_id.id,
                details={"decision": decision, "system": one.system_id.display_name or ""},
            )
            for one in self
        )
        return result


class MappingVersionAudited(models.Model):
    _inherit = "interop.mapping.version"

    def _put_in_use(self):
        # as above: versions are nobody's, whoever calls has checked the right
        before = {one.id: one.mapping_id.active_version_id.number for one in self.sudo()}
        result = super()._put_in_use()
        log = self.env["interop.audit"]
        log._record(
            act._replace(details={"version": [before[version.id] or None, version.number]})
            for version in self.sudo()  # likewise
            for act in log._about("approved", version)
        )
        return result


class ConfigurationFileAudited(models.AbstractModel):
    _inherit = "interop.configuration.file"

    def _text(self, records=None):
        text = super()._text(records)
        counts = {part: len(found) for part, found in records.items()} if records else "everything"
        self._record_file("exported", text, {"entries": counts})
        return text

    def _take(self, text, **options):
        changes, mistakes = super()._take(text, **options)
        counts = {}
        for one in changes:
            states = counts.setdefault(one.part, {})
            states[one.state] = states.get(one.state, 0) + 1
        if not mistakes:
            self._record_file("imported", text, {"entries": counts})
        return changes, mistakes

    def _record_file(self, action, text, details):
        details |= {"sha256": self._digest(text)}
        name = "interop-configuration.json"
        self.env["interop.audit"]._record([Act(action, res_name=name, details=details)])


class MessageAudited(models.Model):
    _inherit = "interop.message"

    def _record_reading(self, details):
        """Somebody sees a part of this message's content: one entry for each message in a transaction."""
        told = self.env.cr.precommit.data.setdefault(READ, set())
        if self.id not in told:
            told.add(self.id)
            self._record_read(details)

    def _record_read(self, details):
        """The entry itself; never a value of the content."""
        self.env["interop.audit"]._record(
            [
                Act(
                    "payload_read",
                    res_model=self._name,
                    res_id=self.id,
                    res_name=self.kind_name or "",
                    company_id=self.company_id.id,
                    message_uuid=self.uuid,
                    details=details,
                )
            ]
        )
