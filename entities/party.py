"""party → ``res.partner``: patients, guarantors and the like, and the merging of their records."""

from odoo import models

from ..core.canonical import CLEAR
from .partner_values import ADDRESS_FIELDS


class Party(models.AbstractModel):
    _name = "interop.entity.party"
    _inherit = ["interop.entity.upsert", "interop.partner.values"]
    _description = "Interop entity: party"
    _right = "healthcare_interop.group_apply_party"
    _touches = {
        "res.partner": "wc",
        "interop.encounter": "w",
        "interop.appointment": "w",
        "interop.coverage": "w",
        "interop.authorization": "w",
        "interop.claim": "w",
        "interop.charge": "w",
        "interop.order": "w",
    }

    _entity = "party"
    _home = "res.partner"
    _attribute_fields = {
        "name": ("name",),
        "phone": ("phone",),
        "email": ("email",),
        "address": ADDRESS_FIELDS,
        "language": ("lang",),
        "is_active": ("active",),
        "birth_date": ("interop_birth_date",),
        "gender": ("interop_gender",),
        "is_deceased": ("interop_is_deceased",),
        "guarantor": ("interop_guarantor_id",),
        # merges are told by messages of their own, and archive the merged record
        "merged_into": (),
    }
    #: a patient costs a millisecond or two, and there are many
    _set_size = 250

    def _apply(self, call, items):
        merges = [item for item in items if item.event in ("merged", "unmerged")]
        others = [item for item in items if item.event not in ("merged", "unmerged")]
        outcomes = super()._apply(call, others) if others else []
        merges, stopped = self.env["interop.ownership.gate"]._pass_items(
            call, merges, "merged_into"
        )
        return outcomes + stopped + self.env["interop.merging"]._apply(self, call, merges)

    def _known(self, call, pairs):
        known = super()._known(call, pairs)
        return known | self.env["interop.merging"]._as_of(self, call, pairs, known)

    def _differs(self, record, name, value):
        # older news of a merged patient, which says that it is in use, does not bring it back
        if name == "active" and value and not record.active:
            return not self.env["interop.merging"]._is_merged(record)
        return super()._differs(record, name, value)

    def _prepare(self, call, items):
        wanted = [
            (item, item.entity.guarantor, "guarantor")
            for item in items
            if item.entity.guarantor not in (None, CLEAR)
        ]
        return self._take_references(call, wanted)

    def _to_values(self, call, item, found):
        party = item.entity
        values = self._contact_values(party.contacts) | self._address_values(party.address)
        if party.name:
            values["name"] = {"name": party.name.display}
        if party.language is not None:
            values["language"] = {"lang": self._language(party.language)}
        if party.is_active is not None:
            values["is_active"] = {"active": bool(party.is_active)}
        if party.birth_date is not None:
            values["birth_date"] = {"interop_birth_date": party.birth_date or False}
        if party.gender is not None:
            words = self.env[self._home]._fields["interop_gender"].get_values(self.env)
            values["gender"] = {"interop_gender": self._one_of(words, party.gender, "gender")}
        if party.is_deceased is not None:
            values["is_deceased"] = {"interop_is_deceased": bool(party.is_deceased)}
        if party.guarantor is not None:
            values["guarantor"] = {"interop_guarantor_id": found.get(party.guarantor, False)}
        return values

    def _create_values(self, call, item, values):
        return {
            "name": item.entity.identifiers[0].value,
            "is_company": False,
            "interop_kind": "patient",
        }

    def _stub_values(self, call, reference):
        return super()._stub_values(call, reference) | {"interop_kind": "patient"}
