"""What kind of document a message is, in words."""

import re

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: HL7 v2 events that people talk about (table 0003); others read as their message type
HL7_EVENTS = {
    "A01": _lt("Admission"),
    "A02": _lt("Transfer"),
    "A03": _lt("Discharge"),
    "A04": _lt("Registration"),
    "A05": _lt("Pre-admission"),
    "A06": _lt("Outpatient becomes inpatient"),
    "A07": _lt("Inpatient becomes outpatient"),
    "A08": _lt("Patient update"),
    "A11": _lt("Admission cancelled"),
    "A12": _lt("Transfer cancelled"),
    "A13": _lt("Discharge cancelled"),
    "A14": _lt("Admission planned"),
    "A17": _lt("Patients swap beds"),
    "A18": _lt("Patient merge"),
    "A20": _lt("Bed status"),
    "A21": _lt("Leave begins"),
    "A22": _lt("Leave ends"),
    "A23": _lt("Encounter deleted"),
    "A27": _lt("Planned admission cancelled"),
    "A28": _lt("New person"),
    "A31": _lt("Person update"),
    "A34": _lt("Patient merge"),
    "A37": _lt("Patients unlinked"),
    "A40": _lt("Patient merge"),
    "A42": _lt("Visit merge"),
    "A45": _lt("Visit moved to another patient"),
    "M02": _lt("Staff master data"),
    "M04": _lt("Service master data"),
    "M05": _lt("Location master data"),
    "M15": _lt("Product master data"),
}
HL7_TYPES = {
    "ADT": _lt("Patient administration"),
    "DFT": _lt("Charges"),
    "MDM": _lt("Document"),
    "MFN": _lt("Master data"),
    "OMG": _lt("Order"),
    "OML": _lt("Laboratory order"),
    "ORM": _lt("Order"),
    "ORU": _lt("Result"),
    "RDE": _lt("Prescription"),
    "RDS": _lt("Dispense"),
    "SIU": _lt("Appointment"),
    "VXU": _lt("Vaccination"),
}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_VERSION = re.compile(r"v\d+")


class MessageScreens(models.Model):
    _inherit = "interop.message"

    kind_name = fields.Char(string="What it is", compute="_compute_kind_name")

    @api.depends("format", "kind")
    @api.depends_context("lang")
    def _compute_kind_name(self):
        for message in self:
            message.kind_name = message._kind_in_words()

    @api.depends("kind_name", "sender_ref")
    def _compute_display_name(self):
        for message in self:
            message.display_name = f"{message.kind_name} {message.sender_ref or ''}".strip()

    def _kind_in_words(self):
        """``ADT^A01`` → Admission, ``ServiceRequest`` → Service request, ``org.interop.item.consumed.v1`` → Item consumed."""
        kind = self.kind or ""
        if self.format == "hl7v2":
            type_, _caret, event = kind.partition("^")
            return str(HL7_EVENTS.get(event) or HL7_TYPES.get(type_) or kind)
        if self.format == "fhir":
            return _CAMEL.sub(" ", kind).capitalize()
        words = [part for part in kind.split(".") if not _VERSION.fullmatch(part)]
        return " ".join(words[-2:]).replace("_", " ").capitalize()
