"""When two records may be of one person or company: the keys that such records share under a rule.

Records that share a key are worth a look, and no more: nobody is merged by it. What people write in many ways is brought
to one; what says nothing (a telephone number of zeros, a name of one letter) makes no key. Keys are numbers, so that they can
be looked up fast and say nothing by themselves.

>>> same = Rule("phone")
>>> one = Record(name="Doe, Jane Q.", phone="+1 (555) 010-4477")
>>> keys(same, one) == keys(same, Record(name="JANE DOE", phone="0555 0104477"))
True
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

IDENTIFIER, PHONE, EMAIL, ADDRESS = "identifier", "phone", "email", "address"
BASES = (IDENTIFIER, PHONE, EMAIL, ADDRESS)

#: digits of a telephone number that count, from the right: country and trunk prefixes are written in many ways
_PHONE_DIGITS = 9
_LEAST_PHONE = 7
#: fewer letters and digits than this name nothing that two records could share
_LEAST = 3
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """``basis``: what two records share, one of ``BASES``; ``number_type``: of identifiers only that type ('' any).

    ``needs_name``: their names must be the same too; ``kind``: only records of this kind in care ('' any).
    """

    basis: str
    number_type: str = ""
    needs_name: bool = True
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What is compared of a contact; ``numbers`` are (type, value) of what it is bound to."""

    name: str = ""
    phone: str = ""
    email: str = ""
    street: str = ""
    postal_code: str = ""
    kind: str = ""
    is_company: bool = False
    numbers: tuple[tuple[str, str], ...] = ()


def keys(rule: Rule, record: Record) -> frozenset[int]:
    """The keys of ``record`` under ``rule``; none for one that the rule says nothing about."""
    name = name_key(record.name) if rule.needs_name else ""
    if (rule.kind and record.kind != rule.kind) or (rule.needs_name and not name):
        return frozenset()
    common = (record.kind, "company" if record.is_company else "person", name)
    return frozenset(_number((*common, *parts)) for parts in _shared(rule, record))


def name_key(name: str) -> str:
    """A name without accents, case, punctuation and order of its words; initials beside two longer words are left out."""
    words = _words(name)
    longer = [word for word in words if len(word) > 1]
    told = sorted(longer if len(longer) > 1 else words)
    return " ".join(told) if len("".join(told)) >= _LEAST else ""


def phone_key(phone: str) -> str:
    """The last digits of a telephone number; '' for what is too short, or the same digit all along."""
    digits = "".join(letter for letter in phone if letter in "0123456789")
    if len(digits) < _LEAST_PHONE or len(set(digits)) == 1:
        return ""
    return (
        digits[-_PHONE_DIGITS:].lstrip("0") if len(digits) > _PHONE_DIGITS else digits.lstrip("0")
    )


def email_key(email: str) -> str:
    """An e-mail address in small letters; '' for what is none."""
    told = email.strip().casefold()
    user, at, host = told.rpartition("@")
    return told if at and user and "." in host else ""


def address_key(street: str, postal_code: str) -> str:
    """Street and postal code; '' where one of them is missing, or is what none looks like."""
    road, code = "".join(_words(street)), "".join(_words(postal_code))
    is_road = len(road) >= _LEAST and not road.isdigit() and road != code
    is_code = len(code) >= _LEAST and any(letter.isdigit() for letter in code)
    return f"{road} {code}" if is_road and is_code else ""


def _shared(rule: Rule, record: Record) -> Iterator[tuple[str, ...]]:
    if rule.basis == IDENTIFIER:
        for kind, value in record.numbers:
            told = "".join(_words(value))
            if kind and told and rule.number_type in ("", kind):
                yield kind, told
        return
    told = {
        PHONE: lambda: phone_key(record.phone),
        EMAIL: lambda: email_key(record.email),
        ADDRESS: lambda: address_key(record.street, record.postal_code),
    }[rule.basis]()
    if told:
        yield (told,)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _WORD.findall(bare.casefold())


def _number(parts: tuple[str, ...]) -> int:
    digest = blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
