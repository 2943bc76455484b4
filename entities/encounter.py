"""encounter → ``interop.encounter``: where a patient is, from when to when, and what follows from its end."""

from odoo import models

from ..core.applying import DONE
from ..core.canonical import CLEAR
from ..core.stays import event_time, naive, stays_told

STATUS_OF_EVENT = {
    "planned": "planned",
    "started": "in_progress",
    "discharge_cancelled": "in_progress",
    "leave": "on_leave",
    "finished": "finished",
    "cancelled": "cancelled",
}
PRESENT = ("in_progress", "on_leave")
REFERENCES = {
    "party": "partner_id",
    "location": "location_id",
    "prior_location": "prior_location_id",
    "provider": "provider_id",
    "attending": "attending_id",
}


class Encounter(models.AbstractModel):
    _name = "interop.entity.encounter"
    _inherit = ["interop.entity.upsert", "interop.transaction"]
    _description = "Interop entity: encounter"
    _right = "healthcare_interop.group_apply_encounter"
    _right_also = {
        "bill_on_finish": ("charge",),
        "unknown_master": ("employee", "location", "organization"),
    }
    _touches = {
        "interop.encounter": "wc",
        "interop.encounter.stay": "wcd",
        "interop.location": "w",
        "res.partner": "wc",
    }

    _entity = "encounter"
    _home = "interop.encounter"
    _attribute_fields = {
        "number": ("name",),
        "status": ("status",),
        "encounter_class": ("encounter_class",),
        "start": ("start_at",),
        "end": ("end_at",),
        "account": ("account",),
        "disposition": ("disposition_code",),
    } | {attribute: (field,) for attribute, field in REFERENCES.items()}

    def _apply(self, call, items):
        outcomes = super()._apply(call, items)
        by_delivery = {item.delivery: item for item in items}
        pairs = [
            (by_delivery[outcome.delivery], outcome)
            for outcome in outcomes
            if outcome.state == DONE and outcome.delivery in by_delivery
        ]
        self._follow(call, pairs)
        return outcomes

    def _follow(self, call, pairs):
        """What else an applied message means: places, beds, and the bill at the end."""
        if not pairs:
            return
        self.env["interop.stays"]._keep(
            self, call, [pair for pair in pairs if "location" not in pair[1].left_out]
        )
        if call.bill_on_finish:
            ended = {
                outcome.record
                for item, outcome in pairs
                if self._status(item) == "finished"
                and outcome.effect in ("created", "updated")
                and "status" not in outcome.left_out
            }
            encounters = self.env[self._home].browse(sorted(ended))
            encounters.filtered(lambda one: not one.is_billed_at_end).write(
                {"is_billed_at_end": True}
            )
            self.env["interop.billing"]._draft_ended(encounters)

    # -- values --

    def _prepare(self, call, items):
        wanted = self._mentioned(items, REFERENCES)
        wanted += [
            (item, stay.location, "stays") for item in items for stay in item.entity.stays or ()
        ]
        return self._take_references(call, wanted)

    def _to_values(self, call, item, found):
        encounter = item.entity
        values = self._period_values(item) | self._number_values(encounter.identifiers, "VN")
        status = self._status(item)
        if status:
            values["status"] = {"status": status}
        if encounter.encounter_class is not None:
            words = self.env[self._home]._fields["encounter_class"].get_values(self.env)
            word = self._one_of(words, encounter.encounter_class, "encounter_class")
            values["encounter_class"] = {"encounter_class": word}
        if encounter.account is not None:
            values["account"] = {"account": encounter.account or False}
        if encounter.disposition is not None:
            code = encounter.disposition.code if encounter.disposition else False
            values["disposition"] = {"disposition_code": code}
        values |= self._reference_values(encounter, REFERENCES, found)
        return values

    def _status(self, item):
        words = self.env[self._home]._fields["status"].get_values(self.env)
        return self._one_of(words, item.entity.status or STATUS_OF_EVENT.get(item.event), "status")

    def _period_values(self, item):
        """Start and end by themselves: an older message may know the one that a newer one does not."""
        period, values = item.entity.period, {}
        start, end = (period.start, period.end) if period else (None, None)
        if period is CLEAR or item.event == "discharge_cancelled":
            end = CLEAR
        happened = event_time(item.version, item.received_at)
        if start:
            values["start"] = {"start_at": naive(start)}
        elif item.event == "started":
            values["start"] = {"start_at": happened}
        if end is CLEAR:
            values["end"] = {"end_at": False}
        elif end:
            values["end"] = {"end_at": naive(end)}
        elif self._status(item) == "finished":
            values["end"] = {"end_at": happened}
        return values

    def _create_values(self, call, item, values):
        return self._home_values(call) | {
            "name": self._number(item.entity.identifiers, "VN"),
        }

    def _stub_values(self, call, reference):
        return super()._stub_values(call, reference) | self._home_values(call)


class Stays(models.AbstractModel):
    """The place history, and which beds are taken: whatever order messages arrive in, the rows end up the same."""

    _name = "interop.stays"
    _inherit = "interop.entity"
    _description = "Interop stays"

    def _keep(self, entity, call, pairs):
        encounters = self.env[entity._home].browse(sorted({one.record for _item, one in pairs}))
        # two workers that move one encounter collide on the encounter, which is tried again, not on a stay
        encounters.flush_recordset()
        told = [
            (outcome.record, *stay)
            for item, outcome in pairs
            for stay in stays_told(
                item.entity, item.event, event_time(item.version, item.received_at)
            )
        ]
        if told:
            self._keep_stays(call, told)
        self._take_beds(encounters)

    def _keep_stays(self, call, told):
        places = self._find_references(call, {place for _encounter, place, _start, _end in told})
        stays = self.env["interop.encounter.stay"]
        known = {
            (stay.encounter_id.id, stay.location_id.id, stay.start_at or False): stay
            for stay in stays.search(
                [("encounter_id", "in", sorted({encounter for encounter, *_rest in told}))]
            )
        }
        new = {}
        for encounter, place, start, end in told:
            key = (encounter, places.get(place), start or False)
            if key in known:
                self._end(known[key], end)
            elif key[1]:
                new[key] = end
        stays.create(
            [
                {
                    "encounter_id": encounter,
                    "location_id": place,
                    "start_at": start,
                    "told_end_at": end,
                }
                for (encounter, place, start), end in new.items()
            ]
        )

    def _end(self, stay, end):
        if end and stay.told_end_at != end:
            stay.told_end_at = end

    def _take_beds(self, encounters):
        """A bed is occupied while somebody is in it; free once the last one left, unless it was given another status."""
        beds = (encounters.location_id | encounters.movement_ids.location_id).filtered(
            lambda place: place.kind == "bed"
        )
        if not beds:
            return
        present = self.env["interop.encounter"]._read_group(
            [("location_id", "in", beds.ids), ("status", "in", PRESENT)], ["location_id"]
        )
        taken = beds.browse([bed.id for (bed,) in present])
        taken.filtered(lambda bed: bed.operational_status != "occupied").write(
            {"operational_status": "occupied"}
        )
        left = (beds - taken).filtered(lambda bed: bed.operational_status == "occupied")
        left.write({"operational_status": "free"})
