"""Units of measure: codes of UCUM and UN/ECE Recommendations 20 and 21, and what Odoo calls them.

Senders' own words are translated by the concept map ``unit`` before they come here; its target may be one of these codes
or the external id of a unit in Odoo (``my_addon.uom_tray``).
"""

from __future__ import annotations

import re

_UNIT = "uom.product_uom_unit"

#: code → external id in Odoo; UCUM codes are case-sensitive
UNITS: dict[str, str] = {
    # pieces
    "1": _UNIT,
    "C62": _UNIT,
    "EA": _UNIT,
    "H87": _UNIT,
    "NAR": _UNIT,
    "PCE": _UNIT,
    "DZN": "uom.product_uom_dozen",
    # volume
    "L": "uom.product_uom_litre",
    "l": "uom.product_uom_litre",
    "LTR": "uom.product_uom_litre",
    "mL": "uom.product_uom_milliliter",
    "ml": "uom.product_uom_milliliter",
    "MLT": "uom.product_uom_milliliter",
    "m3": "uom.product_uom_cubic_meter",
    "MTQ": "uom.product_uom_cubic_meter",
    "[foz_us]": "uom.product_uom_floz",
    "OZA": "uom.product_uom_floz",
    "[qt_us]": "uom.product_uom_qt",
    "QTL": "uom.product_uom_qt",
    "[gal_us]": "uom.product_uom_gal",
    "GLL": "uom.product_uom_gal",
    # mass
    "g": "uom.product_uom_gram",
    "GRM": "uom.product_uom_gram",
    "kg": "uom.product_uom_kgm",
    "KGM": "uom.product_uom_kgm",
    "t": "uom.product_uom_ton",
    "TNE": "uom.product_uom_ton",
    "[oz_av]": "uom.product_uom_oz",
    "ONZ": "uom.product_uom_oz",
    "[lb_av]": "uom.product_uom_lb",
    "LBR": "uom.product_uom_lb",
    # length and area
    "mm": "uom.product_uom_millimeter",
    "MMT": "uom.product_uom_millimeter",
    "cm": "uom.product_uom_cm",
    "CMT": "uom.product_uom_cm",
    "m": "uom.product_uom_meter",
    "MTR": "uom.product_uom_meter",
    "[in_i]": "uom.product_uom_inch",
    "INH": "uom.product_uom_inch",
    "[ft_i]": "uom.product_uom_foot",
    "FOT": "uom.product_uom_foot",
    "[yd_i]": "uom.product_uom_yard",
    "YRD": "uom.product_uom_yard",
    "m2": "uom.product_uom_square_meter",
    "MTK": "uom.product_uom_square_meter",
    # time
    "min": "uom.product_uom_minute",
    "MIN": "uom.product_uom_minute",
    "h": "uom.product_uom_hour",
    "HUR": "uom.product_uom_hour",
    "d": "uom.product_uom_day",
    "DAY": "uom.product_uom_day",
}

#: what goods come in, one being one of the product as it is stocked: Recommendation 21, senders' plain words, and what
#: SNOMED CT calls a capsule and a tablet
PACKS = frozenset(
    """
    AM AMP AT BA BC BE BG BJ BK BN BO BT BX CA CG CJ CN CS CT CU CY DR EN GB JR KT NE PA PC PF PG PH PK PR PU
    RL RO SA SC SET ST SY TB TU TY VI VL
    AMPULE BAG BLISTER BOTTLE BOX CAN CAP CAPSULE CASE KIT PACK PATCH PIECE ROLL SUPP SYRINGE TAB TABLET TUBE VIAL
    385049006 385055001
    """.split()
)

#: senders' plain words for packs that have a code
_PACK_WORDS = {
    "AMPULE": "AM",
    "BAG": "BG",
    "BOTTLE": "BO",
    "BOX": "BX",
    "CAN": "CA",
    "CASE": "CS",
    "KIT": "KT",
    "PACK": "PK",
    "ROLL": "RO",
    "TUBE": "TU",
    "VIAL": "VI",
}

_ANNOTATION = re.compile(r"(?:1|10\*0)?\{[^{}]*\}")
_EXTERNAL_ID = re.compile(r"[a-z][a-z0-9_]*\.[A-Za-z][\w.]*", re.ASCII)


def unit_name(code: str) -> str:
    """The external id of Odoo's unit for ``code``; '' for one that nobody knows.

    >>> unit_name("mL")
    'uom.product_uom_milliliter'
    >>> unit_name("our_addon.uom_tray")
    'our_addon.uom_tray'
    >>> unit_name("furlong")
    ''
    """
    return UNITS.get(code) or (code if _EXTERNAL_ID.fullmatch(code) else "")


def is_pack(code: str) -> bool:
    """Whether ``code`` counts the product in the packs it is stocked in: a box, a vial, UCUM's ``{tablet}``.

    >>> is_pack("BX"), is_pack("XBX"), is_pack("{tbl}"), is_pack("mL")
    (True, True, True, False)
    """
    return _short(code) in PACKS or bool(_ANNOTATION.fullmatch(code))


def pack_code(code: str) -> str:
    """What packagings of one kind go by, however a sender writes it.

    >>> pack_code("BX"), pack_code("XBX"), pack_code("box"), pack_code("{tbl}")
    ('BX', 'BX', 'BX', '{tbl}')
    """
    if _ANNOTATION.fullmatch(code):
        return code
    return _PACK_WORDS.get(_short(code), _short(code))


def _short(code: str) -> str:
    """In Recommendation 20 the codes of Recommendation 21 stand behind an X."""
    return (code[1:] if len(code) == 3 and code[0] == "X" else code).upper()
