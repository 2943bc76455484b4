"""What the segments and fields of HL7 v2 are called (v2.5.1, chapters 2 to 10), for people who read places like PID-5."""

from __future__ import annotations

SEGMENTS: dict[str, str] = {
    "ACC": "Accident", "AIG": "Resource of an appointment", "AIL": "Location of an appointment",
    "AIP": "Person of an appointment", "AIS": "Service of an appointment", "AL1": "Allergy", "CDM": "Charge description",
    "CTI": "Clinical trial", "DB1": "Disability", "DG1": "Diagnosis", "DRG": "Diagnosis related group", "EVN": "Event",
    "FT1": "Financial transaction", "GT1": "Guarantor", "IAM": "Adverse reaction", "IIM": "Inventory item",
    "IN1": "Insurance", "IN2": "Insurance, more", "IN3": "Insurance certification", "LDP": "Department of a location",
    "LOC": "Location", "MFE": "Master file entry", "MFI": "Master file", "MRG": "Merge", "MSH": "Message header",
    "NK1": "Next of kin", "NPU": "Bed status", "NTE": "Note", "OBR": "Observation request", "OBX": "Observation",
    "ORC": "Common order", "PD1": "Patient, more", "PDA": "Patient death", "PID": "Patient", "PR1": "Procedure",
    "PRA": "Practitioner", "PRB": "Problem", "PRC": "Price", "PV1": "Visit", "PV2": "Visit, more", "RGS": "Resource group",
    "ROL": "Role", "RQD": "Requisition", "RXA": "Administration", "RXC": "Component", "RXD": "Dispense",
    "RXE": "Encoded order", "RXO": "Pharmacy order", "RXR": "Route", "SCH": "Schedule", "SFT": "Software", "SPM": "Specimen",
    "STF": "Staff", "TQ1": "Timing and quantity", "TXA": "Document", "UB1": "UB82 data", "UB2": "UB92 data",
    "UAC": "User authentication", "VAR": "Variance",
}  # fmt: skip

#: segment → names of its fields from the first on; '' for one that has no name worth telling
_FIELDS: dict[str, str] = {
    "AIL": "set id|segment action|location resource id|location type|location group|start|start offset|start offset unit|duration",
    "AIP": "set id|segment action|personnel resource id|resource type|resource group|start|start offset|start offset unit|duration",
    "AIS": "set id|segment action|universal service id|start|start offset|start offset unit|duration|duration unit",
    "CDM": "primary key|charge code alternate|short description|long description|override indicator|exploding charges|"
    "procedure code|active|inventory number",
    "EVN": "event type|recorded|planned|reason|operator|occurred|facility",
    "FT1": "set id|transaction id|batch id|transaction date|posting date|transaction type|transaction code|description|"
    "alternate description|quantity|extended amount|unit amount|department|insurance plan|insurance amount|"
    "assigned location|fee schedule|patient type|diagnosis|performed by|ordered by|unit cost|filler order number|"
    "entered by|procedure code|procedure code modifier",
    "GT1": "set id|number|name|spouse|address|home phone|business phone|birth date|sex|type|relationship|SSN|begin|end|"
    "priority|employer name|employer address|employer phone",
    "IIM": "primary key|service item code|lot number|expiry|manufacturer|location|received|received quantity|"
    "received quantity unit|received item cost|on hand|on hand quantity|on hand quantity unit|procedure code",
    "IN1": "set id|plan id|company id|company name|company address|company contact|company phone|group number|group name|"
    "insured's group employer id|insured's group employer|plan effective|plan expiration|authorization|plan type|"
    "name of insured|insured's relationship to patient|insured's birth date|insured's address|assignment of benefits|"
    "coordination of benefits|coordination priority|notice of admission|notice date|report of eligibility|"
    "report date|release information|pre-admit certificate|verification date|verified by|type of agreement|"
    "billing status|lifetime reserve days|delay before reserve day|company plan code|policy number",
    "LDP": "primary key|department|service|specialty|valid patient classes|active",
    "LOC": "primary key|description|type|organization name|address|phone",
    "MFE": "event|control id|effective|primary key",
    "MFI": "master file|application|file event|entered|effective|response level",
    "MRG": "prior patient identifiers|prior alternate patient id|prior account number|prior patient id|prior visit number|"
    "prior alternate visit id|prior name",
    "MSH": "field separator|encoding characters|sending application|sending facility|receiving application|"
    "receiving facility|time|security|message type|control id|processing id|version|sequence number|continuation|"
    "accept acknowledgement|application acknowledgement|country|character set|language",
    "NK1": "set id|name|relationship|address|phone|business phone|contact role|start|end",
    "NPU": "bed location|bed status",
    "OBR": "set id|placer order number|filler order number|universal service id|priority|requested|observed|observed until|"
    "collection volume|collector|specimen action|danger|clinical information|specimen received|specimen source|"
    "ordering provider|callback phone|placer field 1|placer field 2|filler field 1|filler field 2|results reported|"
    "charge to practice|diagnostic section|result status|parent result|quantity and timing",
    "ORC": "order control|placer order number|filler order number|placer group number|order status|response flag|"
    "quantity and timing|parent|time of transaction|entered by|verified by|ordering provider|enterer's location|"
    "callback phone|effective|control code reason|entering organization|entering device|action by|"
    "beneficiary notice|ordering facility name",
    "PD1": "living dependency|living arrangement|primary facility|primary care provider",
    "PID": "set id|patient id|patient identifiers|alternate patient id|name|mother's maiden name|birth date|sex|alias|race|"
    "address|county|home phone|business phone|language|marital status|religion|account number|SSN|driver's license|"
    "mother's identifier|ethnic group|birth place|multiple birth|birth order|citizenship|veteran status|nationality|"
    "death time|death indicator",
    "PRA": "primary key|practitioner group|category|provider billing|specialty|practitioner id numbers",
    "PRC": "primary key|facility|department|valid patient classes|price|formula",
    "PV1": "set id|patient class|assigned location|admission type|pre-admit number|prior location|attending doctor|"
    "referring doctor|consulting doctor|hospital service|temporary location|pre-admit test|re-admission|admit source|"
    "ambulatory status|VIP|admitting doctor|patient type|visit number|financial class|charge price indicator|"
    "courtesy code|credit rating|contract code|contract effective|contract amount|contract period|interest code|"
    "transfer to bad debt|transfer to bad debt date|bad debt agency|bad debt transfer amount|bad debt recovery amount|"
    "delete account|delete account date|discharge disposition|discharged to|diet type|servicing facility|bed status|"
    "account status|pending location|prior temporary location|admitted|discharged|current balance|total charges|"
    "total adjustments|total payments|alternate visit id",
    "RQD": "line|item code internal|item code external|hospital item code|quantity|unit|cost centre account|"
    "natural account|deliver to|needed by",
    "RXD": "dispense sub-id|dispense code|dispensed|actual amount|actual unit|actual dosage form|prescription number|"
    "refills remaining|notes|dispensing provider|substitution|total daily dose|dispense to location|human review|"
    "special instructions|actual strength|actual strength unit|lot number|expiry|manufacturer",
    "SCH": "placer appointment id|filler appointment id|occurrence number|placer group number|schedule id|event reason|"
    "appointment reason|appointment type|duration|duration unit|timing quantity|placer contact|placer contact phone|"
    "placer contact address|placer contact location|filler contact|filler contact phone|filler contact address|"
    "filler contact location|entered by|entered by phone|entered by location|parent placer id|parent filler id|"
    "filler status|placer order number|filler order number",
    "STF": "primary key|staff identifiers|name|type|sex|birth date|active|department|hospital service|phone|address|"
    "activated|inactivated|backup person|e-mail|preferred contact|marital status|job title|job code|employment status",
    "TQ1": "set id|quantity|repeat pattern|explicit time|relative time|service duration|start|end|priority",
}  # fmt: skip
_NAMES = {segment: text.split("|") for segment, text in _FIELDS.items()}


def name_of(place: str) -> str:
    """What ``PID-5``, ``PID-5.1`` or ``PID`` is called; of an unknown field the segment alone, '' for an unknown segment.

    >>> name_of("PID-5.1"), name_of("OBX"), name_of("ZPI-3"), name_of("NTE-3")
    ('Patient: name', 'Observation', '', 'Note')
    """
    segment, _, rest = place.partition("-")
    known = SEGMENTS.get(segment, "")
    number = rest.partition(".")[0].partition("[")[0]
    names = _NAMES.get(segment, [])
    if not number.isdecimal() or int(number) > len(names):
        return known
    return f"{known}: {names[int(number) - 1]}"
