"""Green River Hospital: its wards, staff, suppliers, products, services and patients.

All of it is invented: people are a colour and a tree (patients) or a bird (staff), telephone
numbers are 555-01xx, the town does not exist, and no number could have been issued to anybody.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal

#: Local time in the hospital (America/Phoenix): without daylight saving no time is ambiguous.
ZONE = dt.timezone(dt.timedelta(hours=-7))
ZONE_NAME = "America/Phoenix"
CURRENCY = "USD"

#: The assigner of medical record, visit and account numbers; also the main facility's code.
HOSPITAL = "GRH"
DAY_CLINIC = "GRH-DAY"
STAFF = "GRH-STAFF"
CHARGE_MASTER = "GRH-CDM"
DEPARTMENT = "GRH-DEPT"
SUPPLIER = "GRH-SUP"
PLACER = "GRH-EHR"
FILLER = "GRH-LAB"
RADIOLOGY = "GRH-RIS"
SCHEDULE = "GRH-SCH"
RECEIPT = "GRH-GRN"
CABINET = "cabinet"
GTIN = "gtin"

#: Used by cabinets, known to nobody: 'one cause, many deliveries'.
UNKNOWN_PRODUCT = "GLV-M-NEW"
UNKNOWN_SUPPLIER = "S-9999"


@dataclass(frozen=True)
class Ward:
    """A department with a place of its own; ``rooms`` is 0 where nobody stays."""

    code: str
    name: str
    rooms: int = 0
    bed_service: str = ""

    @property
    def facility(self):
        """Whose ward it is: its code is unique only there (PV1-3.4)."""
        return DAY_CLINIC if self.code == "DAY" else HOSPITAL

    @property
    def store(self):
        """The location code of its supply cabinet."""
        return f"ST-{self.code}"


WARDS = {
    ward.code: ward
    for ward in (
        Ward("EMR", "Emergency", 8, "ER-OBS"),
        Ward("SUR", "Surgery", 12, "BED-SUR"),
        Ward("MED", "Medicine", 14, "BED-MED"),
        Ward("ICU", "Intensive Care", 6, "BED-ICU"),
        Ward("PED", "Paediatrics", 8, "BED-PED"),
        Ward("MAT", "Maternity", 8, "BED-MAT"),
        Ward("DAY", "Day Clinic", 10, "DAY-BED"),
        Ward("THR", "Operating Theatre"),
        Ward("LAB", "Laboratory"),
        Ward("RAD", "Radiology"),
        Ward("PHA", "Pharmacy"),
    )
}
#: Where the cabinets are filled from.
CENTRAL_STORE = "ST-CENTRAL"


@dataclass(frozen=True)
class Member:
    """A member of staff; ``specialty`` is a code of the hospital's own list."""

    number: str
    family: str
    given: str
    role: str
    ward: str
    worker_type: str = "staff"

    @property
    def prefix(self):
        """What stands before the name."""
        return "Dr" if self.role == "physician" else ""


_BIRDS = (
    "Heron Wren Plover Linnet Dunlin Avocet Siskin Osprey Curlew Bittern "
    "Kestrel Petrel Sandpiper Goldcrest Nuthatch Lapwing Merlin Redstart Whinchat Tern"
).split()
_ROLES = (
    "physician nurse physician nurse physician technician nurse physician pharmacist nurse".split()
)


def _staff():
    wards = list(WARDS)
    for place, bird in enumerate(_BIRDS):
        colour = _COLOURS[(place * 7 + 3) % len(_COLOURS)]
        kind = "contractor" if place % 9 == 8 else "staff"
        role = _ROLES[place % len(_ROLES)]
        yield Member(f"E-{1001 + place}", bird, colour, role, wards[place % len(wards)], kind)


@dataclass(frozen=True)
class Supplier:
    number: str
    name: str
    street: str
    phone: str
    tax_id: str


_SUPPLIER_NAMES = (
    "Lantern & Larch Surgical",
    "Quartz Heron Diagnostics",
    "Teal Otter Pharmaceuticals",
    "Paper Boat Linen",
    "North Pebble Gases",
    "Umber Fox Implants",
    "Mossy Kettle Catering",
    "Seven Sparrows Imaging",
)
SUPPLIERS = tuple(
    Supplier(
        f"S-{2001 + place}",
        name,
        f"{11 + 7 * place} Ferrypole Yard",
        f"(602) 555-01{60 + place}",
        f"00-00020{1 + place:02d}",
    )
    for place, name in enumerate(_SUPPLIER_NAMES)
)


#: number, name and plan of each payer; the health record knows the first two
PAYERS = (
    ("PAY-01", "Copper Kettle Mutual", "CK-BASIC"),
    ("PAY-02", "Three Herons Health Fund", "TH-FAMILY"),
    ("PAY-03", "Slate Meadow Cooperative", "SM-PLUS"),
)


@dataclass(frozen=True)
class Product:
    """Something on a shelf. ``unit`` is a UN/ECE code; ``tracking`` is none or lot."""

    code: str
    name: str
    unit: str
    cost: Decimal
    tracking: str
    supplier: Supplier
    gtin: str


def gtin13(number):
    """A GTIN-13 of the range for use inside a company (prefix 29), with its check digit."""
    digits = f"29{number:010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


# code, name, unit (UN/ECE Recommendation 20 and 21), cost, tracked by lot, supplier's place
_PRODUCTS = """
GLV-S|Examination gloves nitrile, small, box of 100|BX|6.80||0
GLV-M|Examination gloves nitrile, medium, box of 100|BX|6.80||0
GLV-L|Examination gloves nitrile, large, box of 100|BX|6.80||0
SYR-05|Syringe 5 ml, box of 100|BX|9.40||0
SYR-10|Syringe 10 ml, box of 100|BX|11.20||0
NDL-21|Needle 21 G, box of 100|BX|4.10||0
CAN-18|Cannula 18 G|EA|1.95|lot|0
CAN-20|Cannula 20 G|EA|1.85|lot|0
SUT-30|Suture absorbable 3-0|EA|4.60|lot|0
SUT-40|Suture absorbable 4-0|EA|4.75|lot|0
SCA-10|Scalpel blade no. 10, box of 50|BX|18.00|lot|0
DRS-10|Dressing 10 x 10 cm|EA|0.65||0
DRS-20|Dressing 20 x 20 cm|EA|1.20||0
GAU-05|Gauze roll 5 cm|RO|0.40||0
CAT-14|Urinary catheter 14 Ch|EA|3.30|lot|0
DRN-01|Wound drain|EA|12.50|lot|0
MSK-FF|Respirator mask, box of 20|BX|16.00||0
GWN-01|Isolation gown|EA|2.10||3
LIN-BD|Bed linen set|EA|7.90||3
LIN-TW|Towel|EA|1.70||3
TUB-ED|Sample tube EDTA, pack of 50|PK|14.00|lot|1
TUB-SE|Sample tube serum, pack of 50|PK|13.20|lot|1
RGT-CB|Blood count reagent|BO|86.00|lot|1
RGT-CH|Chemistry reagent|BO|112.00|lot|1
STR-GL|Glucose strips, pack of 50|PK|21.00|lot|1
CUL-BL|Blood culture bottle|BO|5.80|lot|1
NAC-05|Sodium chloride 0.9 %, 500 ml|BO|1.10|lot|2
NAC-10|Sodium chloride 0.9 %, 1000 ml|BO|1.60|lot|2
GLU-05|Glucose 5 %, 500 ml|BO|1.25|lot|2
PAR-1G|Paracetamol 1 g infusion|BO|2.40|lot|2
AMX-1G|Amoxicillin 1 g vial|VI|3.90|lot|2
HEP-05|Heparin 5000 IU ampoule|AM|2.75|lot|2
DIS-05|Disinfectant, canister|LTR|3.20||2
OXY-10|Oxygen, cylinder 10 l|EA|28.00|lot|4
NIT-10|Nitrous oxide, cylinder 10 l|EA|41.00|lot|4
PLT-06|Bone plate 6 holes|EA|185.00|lot|5
SCR-35|Bone screw 3.5 mm|EA|22.00|lot|5
HIP-01|Hip prosthesis stem|EA|1240.00|lot|5
CTR-50|Contrast medium 50 ml|BO|34.00|lot|7
FLM-14|Imaging film, pack of 100|PK|96.00||7
"""


def _products():
    for place, line in enumerate(_PRODUCTS.strip().splitlines()):
        code, name, unit, cost, tracking, supplier = line.split("|")
        yield Product(
            code,
            name,
            unit,
            Decimal(cost),
            tracking or "none",
            SUPPLIERS[int(supplier)],
            gtin13(4001 + place),
        )


@dataclass(frozen=True)
class Service:
    """Something done and billed, by the charge master's code; ``minutes`` is the planned time."""

    code: str
    name: str
    ward: str
    price: Decimal
    minutes: int


_SERVICES = """
ER-VISIT|Emergency visit|EMR|240.00|45
ER-OBS|Emergency observation, hour|EMR|65.00|60
BED-SUR|Bed day surgery|SUR|780.00|0
BED-MED|Bed day medicine|MED|690.00|0
BED-ICU|Bed day intensive care|ICU|2450.00|0
BED-PED|Bed day paediatrics|PED|720.00|0
BED-MAT|Bed day maternity|MAT|710.00|0
DAY-BED|Day clinic place|DAY|310.00|0
DAY-INF|Infusion, outpatient|DAY|185.00|90
OPC-FIRST|Outpatient visit, first|DAY|150.00|30
OPC-NEXT|Outpatient visit, following|DAY|95.00|20
THR-HOUR|Theatre time, hour|THR|1320.00|60
THR-ANAE|Anaesthesia, hour|THR|410.00|60
MAT-BIRTH|Birth, attended|MAT|2150.00|240
LAB-CBC|Full blood count|LAB|28.00|10
LAB-CHEM|Chemistry panel|LAB|46.00|15
LAB-COAG|Clotting screen|LAB|38.00|15
LAB-CULT|Culture|LAB|64.00|20
LAB-TYPE|Blood group and antibody screen|LAB|57.00|20
RAD-XR|Plain film, two views|RAD|120.00|15
RAD-CT|CT, one region|RAD|540.00|25
RAD-MR|MR, one region|RAD|860.00|40
RAD-US|Ultrasound|RAD|175.00|20
PHA-DISP|Dispensing fee|PHA|12.00|5
PHY-30|Physiotherapy, half an hour|MED|58.00|30
"""


def _services():
    for line in _SERVICES.strip().splitlines():
        code, name, ward, price, minutes = line.split("|")
        yield Service(code, name, ward, Decimal(price), int(minutes))


@dataclass(frozen=True)
class Patient:
    """Somebody who does not exist."""

    mrn: str
    family: str
    given: str
    middle: str
    birth_date: dt.date
    gender: str
    street: str
    phone: str
    language: str
    is_in_ehr: bool = False

    @property
    def email(self):
        return f"p{self.mrn}@mail.example"


CITY, STATE, POSTAL_CODE, COUNTRY = "Alderbrook", "AZ", "00417", "US"
_COLOURS = (
    "Amber Azure Céladon Coral Crimson Ebony Fawn Ginger Indigo Ivory Jade Lilac Magenta "
    "Mauve Ochre Olive Pearl Plum Russet Saffron Scarlet Sienna Teal Umber Violet"
).split()
_TREES = (
    "Alder Ash Aspen Beech Birch Cedar Cypress Elder Elm Fir Hawthorn Hazel Hornbeam "
    "Juniper Larch Linden Maple Oak Pine Poplar Rowan Spruce Sycamore Willow Yew"
).split()
_STREETS = ("Heron Lane", "Saltbridge Road", "Weir Street", "Millrace Walk", "Otter Court")

STAFF_MEMBERS = tuple(_staff())
PHYSICIANS = tuple(member for member in STAFF_MEMBERS if member.role == "physician")
PRODUCTS = {product.code: product for product in _products()}
SERVICES = {service.code: service for service in _services()}


#: The medical record number before the first of seed 1.
FIRST_PATIENT = 10_000_000


def patient(number, rng, *, born):
    """The patient of this number; ``born`` is the range of birth years."""
    place, block = number % 1000, number // 1000 - FIRST_PATIENT // 1000
    family = _TREES[(place + place // 25 * 7) % 25]
    if block or place >= 625:
        family = f"{family}-{_TREES[(block + place // 625) % 25]}"
    return Patient(
        mrn=str(number),
        family=family,
        given=_COLOURS[place % 25],
        middle=rng.choice(("", "", "J", "R")),
        birth_date=dt.date(rng.randint(*born), rng.randint(1, 12), rng.randint(1, 28)),
        gender=rng.choice(("female", "male")),
        street=f"{rng.randint(1, 180)} {rng.choice(_STREETS)}",
        phone=phone(rng),
        language=rng.choice(("en", "en", "en", "es")),
    )


def phone(rng: random.Random):
    """A number of the range that is kept for fiction."""
    return f"({rng.choice((480, 520, 602, 623, 928))}) 555-01{rng.randint(0, 59):02d}"


def product_ids(product):
    """The names a cabinet and a scanner give to a product, as (system, value)."""
    return ((CABINET, product.code), (GTIN, product.gtin))
