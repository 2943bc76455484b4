"""What HL7 v2 calls its segments and fields (v2.5.1, chapters 2 to 17), for those that mappings read and senders often send.

Names are the standard's own, in small letters after the first; a name that is '' here is shown as its number alone.
"""

from __future__ import annotations

from functools import cache

_TABLE = """
MSH Message header|Field separator|Encoding characters|Sending application|Sending facility|Receiving application|Receiving facility|Date/time of message|Security|Message type|Message control ID|Processing ID|Version ID|Sequence number|Continuation pointer|Accept acknowledgment type|Application acknowledgment type|Country code|Character set|Principal language of message|Alternate character set handling scheme|Message profile identifier
EVN Event type|Event type code|Recorded date/time|Date/time planned event|Event reason code|Operator ID|Event occurred|Event facility
PID Patient identification|Set ID|Patient ID|Patient identifier list|Alternate patient ID|Patient name|Mother's maiden name|Date/time of birth|Administrative sex|Patient alias|Race|Patient address|County code|Phone number, home|Phone number, business|Primary language|Marital status|Religion|Patient account number|SSN number|Driver's license number|Mother's identifier|Ethnic group|Birth place|Multiple birth indicator|Birth order|Citizenship|Veterans military status|Nationality|Patient death date and time|Patient death indicator|Identity unknown indicator|Identity reliability code|Last update date/time|Last update facility
PD1 Patient additional demographic|Living dependency|Living arrangement|Patient primary facility|Patient primary care provider|Student indicator|Handicap|Living will code|Organ donor code|Separate bill|Duplicate patient|Publicity code|Protection indicator
NK1 Next of kin|Set ID|Name|Relationship|Address|Phone number|Business phone number|Contact role|Start date|End date
MRG Merge patient information|Prior patient identifier list|Prior alternate patient ID|Prior patient account number|Prior patient ID|Prior visit number|Prior alternate visit ID|Prior patient name
PV1 Patient visit|Set ID|Patient class|Assigned patient location|Admission type|Preadmit number|Prior patient location|Attending doctor|Referring doctor|Consulting doctor|Hospital service|Temporary location|Preadmit test indicator|Re-admission indicator|Admit source|Ambulatory status|VIP indicator|Admitting doctor|Patient type|Visit number|Financial class|Charge price indicator|Courtesy code|Credit rating|Contract code|Contract effective date|Contract amount|Contract period|Interest code|Transfer to bad debt code|Transfer to bad debt date|Bad debt agency code|Bad debt transfer amount|Bad debt recovery amount|Delete account indicator|Delete account date|Discharge disposition|Discharged to location|Diet type|Servicing facility|Bed status|Account status|Pending location|Prior temporary location|Admit date/time|Discharge date/time|Current patient balance|Total charges|Total adjustments|Total payments|Alternate visit ID|Visit indicator
PV2 Patient visit, additional|Prior pending location|Accommodation code|Admit reason|Transfer reason|Patient valuables|Patient valuables location|Visit user code|Expected admit date/time|Expected discharge date/time
NPU Bed status update|Bed location|Bed status
GT1 Guarantor|Set ID|Guarantor number|Guarantor name|Guarantor spouse name|Guarantor address|Guarantor phone number, home|Guarantor phone number, business|Guarantor date/time of birth|Guarantor administrative sex|Guarantor type|Guarantor relationship
IN1 Insurance|Set ID|Insurance plan ID|Insurance company ID|Insurance company name|Insurance company address|Insurance contact person|Insurance phone number|Group number|Group name|Insured's group employer ID|Insured's group employer name|Plan effective date|Plan expiration date|Authorization information|Plan type|Name of insured|Insured's relationship to patient|Insured's date of birth|Insured's address|Assignment of benefits|Coordination of benefits|Coordination of benefits priority|Notice of admission flag|Notice of admission date|Report of eligibility flag|Report of eligibility date|Release information code|Pre-admit certification|Verification date/time|Verification by|Type of agreement code|Billing status|Lifetime reserve days|Delay before lifetime reserve day|Company plan code|Policy number|Policy deductible
IN2 Insurance, additional|Insured's employee ID|Insured's social security number|Insured's employer's name and ID
MFI Master file identification|Master file identifier|Master file application identifier|File-level event code|Entered date/time|Effective date/time|Response level code
MFE Master file entry|Record-level event code|MFN control ID|Effective date/time|Primary key value|Primary key value type
STF Staff identification|Primary key value|Staff identifier list|Staff name|Staff type|Administrative sex|Date/time of birth|Active/inactive flag|Department|Hospital service|Phone|Office/home address|Institution activation date|Institution inactivation date|Backup person ID|E-mail address|Preferred method of contact|Marital status|Job title|Job code/class|Employment status code
PRA Practitioner detail|Primary key value|Practitioner group|Practitioner category|Provider billing|Specialty|Practitioner ID numbers
ORG Practitioner organization unit|Set ID|Organization unit code|Organization unit type|Primary organization unit indicator|Practitioner organization unit identifier|Health care provider type|Health care provider classification|Health care provider area of specialization|Effective date range|Employment status code
LOC Location identification|Primary key value|Location description|Location type|Organization name|Location address|Location phone|License number|Location equipment|Location service code
LDP Location department|Primary key value|Location department|Location service|Specialty type
CDM Charge description master|Primary key value|Charge code alias|Charge description, short|Charge description, long|Description override indicator|Exploding charges|Procedure code|Active/inactive flag|Inventory number
PRC Pricing|Primary key value|Facility ID|Department|Valid patient classes|Price|Formula
IIM Inventory item master|Primary key value|Service item code|Inventory lot number|Inventory expiration date|Inventory manufacturer name|Inventory location|Inventory received date|Inventory received quantity|Inventory received quantity unit|Inventory received item cost|Inventory on hand date|Inventory on hand quantity|Inventory on hand quantity unit|Procedure code
ORC Common order|Order control|Placer order number|Filler order number|Placer group number|Order status|Response flag|Quantity/timing|Parent|Date/time of transaction|Entered by|Verified by|Ordering provider|Enterer's location|Call back phone number|Order effective date/time|Order control code reason|Entering organization|Entering device|Action by
OBR Observation request|Set ID|Placer order number|Filler order number|Universal service identifier|Priority|Requested date/time|Observation date/time|Observation end date/time|Collection volume|Collector identifier|Specimen action code|Danger code|Relevant clinical information|Specimen received date/time|Specimen source|Ordering provider|Order callback phone number|Placer field 1|Placer field 2|Filler field 1|Filler field 2|Results report/status change date/time|Charge to practice|Diagnostic service section ID|Result status|Parent result|Quantity/timing|Result copies to
OBX Observation|Set ID|Value type|Observation identifier|Observation sub-ID|Observation value|Units|References range|Abnormal flags|Probability|Nature of abnormal test|Observation result status
TQ1 Timing/quantity|Set ID|Quantity|Repeat pattern|Explicit time|Relative time and units|Service duration|Start date/time|End date/time|Priority
RQD Requisition detail|Requisition line number|Item code, internal|Item code, external|Hospital item code|Requisition quantity|Requisition unit of measure|Department cost centre|Item natural account code|Deliver to ID|Date needed
RXD Pharmacy/treatment dispense|Dispense sub-ID counter|Dispense/give code|Date/time dispensed|Actual dispense amount|Actual dispense units|Actual dosage form|Prescription number|Number of refills remaining|Dispense notes|Dispensing provider|Substitution status|Total daily dose|Dispense-to location|Needs human review|Special dispensing instructions|Actual strength|Actual strength unit|Substance lot number|Substance expiration date|Substance manufacturer name
FT1 Financial transaction|Set ID|Transaction ID|Transaction batch ID|Transaction date|Transaction posting date|Transaction type|Transaction code|Transaction description|Transaction description, alternate|Transaction quantity|Transaction amount, extended|Transaction amount, unit|Department code|Insurance plan ID|Insurance amount|Assigned patient location|Fee schedule|Patient type|Diagnosis code|Performed by code|Ordered by code|Unit cost|Filler order number|Entered by code|Procedure code
SCH Scheduling activity|Placer appointment ID|Filler appointment ID|Occurrence number|Placer group number|Schedule ID|Event reason|Appointment reason|Appointment type|Appointment duration|Appointment duration units|Appointment timing quantity|Placer contact person|Placer contact phone number|Placer contact address|Placer contact location|Filler contact person|Filler contact phone number|Filler contact address|Filler contact location|Entered by person|Entered by phone number|Entered by location|Parent placer appointment ID|Parent filler appointment ID|Filler status code
RGS Resource group|Set ID|Segment action code|Resource group ID
AIS Appointment, service|Set ID|Segment action code|Universal service identifier|Start date/time|Start date/time offset|Start date/time offset units|Duration|Duration units|Allow substitution code|Filler status code
AIG Appointment, general resource|Set ID|Segment action code|Resource ID|Resource type|Resource group
AIP Appointment, personnel|Set ID|Segment action code|Personnel resource ID|Resource type|Resource group
AIL Appointment, location|Set ID|Segment action code|Location resource ID|Location type|Location group
DG1 Diagnosis|Set ID|Diagnosis coding method|Diagnosis code|Diagnosis description|Diagnosis date/time|Diagnosis type
AL1 Allergy|Set ID|Allergen type code|Allergen code|Allergy severity code|Allergy reaction code|Identification date
NTE Notes and comments|Set ID|Source of comment|Comment|Comment type
PR1 Procedures|Set ID|Procedure coding method|Procedure code|Procedure description|Procedure date/time
ROL Role|Role instance ID|Action code|Role|Role person
SFT Software|Software vendor organization|Software certified version|Software product name|Software binary ID
ARV Access restriction
PRT Participation information
SPM Specimen
ACC Accident
DB1 Disability
PDA Patient death and autopsy
ACC Accident
CTI Clinical trial identification
DB1 Disability
DRG Diagnosis related group
IAM Adverse reaction
IN3 Insurance, certification
PRB Problem
RXA Pharmacy/treatment administration
RXC Pharmacy/treatment component
RXE Pharmacy/treatment encoded order
RXO Pharmacy/treatment order
RXR Pharmacy/treatment route
SPM Specimen
TXA Document notification
UAC User authentication credential
UB1 UB82 data
UB2 UB92 data
VAR Variance
"""


@cache
def _names() -> dict[str, tuple[str, ...]]:
    found = {}
    for line in _TABLE.strip().splitlines():
        head, *fields = line.split("|")
        segment, _blank, name = head.partition(" ")
        found[segment] = (name, *fields)
    return found


def segment_name(segment: str) -> str:
    """``PID`` → "Patient identification"; '' for one of a sender's own, or that is not in the table."""
    return _names().get(segment, ("",))[0]


def field_name(segment: str, number: int) -> str:
    """``PID``, 3 → "Patient identifier list"; '' for one that is not in the table."""
    names = _names().get(segment, ())
    return names[number] if 0 < number < len(names) else ""


def place_name(place: str) -> str:
    """What ``PID-5``, ``PID-5.1`` or ``PID`` is called; of an unknown field the segment alone, '' for an unknown segment.

    >>> place_name("PID-5.1"), place_name("OBX"), place_name("ZPI-3")
    ('Patient identification: Patient name', 'Observation', '')
    """
    segment, _, rest = place.partition("-")
    number = rest.partition(".")[0].partition("[")[0]
    field = field_name(segment, int(number)) if number.isdecimal() else ""
    return ": ".join(filter(None, (segment_name(segment), field)))
