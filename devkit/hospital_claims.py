"""The claims house: authorizations asked for and given, claims, payers' answers and remittances, in FHIR R4.

It knows patients, visits and payers by the numbers that admissions carry.
"""

from __future__ import annotations

from decimal import Decimal

from devkit import hospital_fhir as fhir
from devkit import hospital_world as world

CLAIMS = "demo_claims"
CLAIM_NUMBERS, PAYMENT_NUMBERS = "GRH-CLM", "GRH-EFT"
#: minutes of the day: authorizations in the morning, claims in the afternoon, money in the evening
OPENS, FIRST_CLAIM, LAST_CLAIM, REMITTANCE = 430, 900, 1290, 1380
AUTHORIZED = ("RAD-MR", "RAD-CT", "DAY-INF")
BILLED = ("BED-SUR", "BED-MED", "LAB-CBC", "LAB-CHEM", "RAD-XR", "PHA-DISP", "PHY-30")
ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"
REASONS = "https://x12.org/codes/claim-adjustment-reason-codes"
#: share that the payer pays, share left to the patient, reason of the rest: what becomes of ten claims
DECISIONS = (
    *(("0.80", "0.20", ""),) * 4,
    ("1.00", "0", ""),
    ("0.60", "0.20", "45"),
    *(("0.80", "0.20", ""),) * 2,
    ("0", "0", "197"),
    None,
)


def day(story, visits, authorizations):
    """``authorizations`` of planned work; one claim for each of ``visits``, answered; what payers remit in the evening."""
    for place in range(authorizations):
        _authorization(story, place, OPENS + 20 * place)
    paid = {}
    for place, visit in enumerate(visits):
        minute = FIRST_CLAIM + (LAST_CLAIM - FIRST_CLAIM) * place / len(visits)
        payer, number, amount = _claim(story, place, visit, minute)
        if amount:
            paid.setdefault(payer, []).append((number, amount))
    for place, (payer, parts) in enumerate(sorted(paid.items())):
        _remittance(story, place, payer, parts)


def payer_of(patient):
    """The payer who comes first, as admissions tell it."""
    return world.PAYERS[int(patient.mrn[-4:]) % len(world.PAYERS)][0]


def _named(namespace, value):
    return {"identifier": {"system": namespace, "value": value}}


def _payer(number):
    name = next(name for code, name, _plan in world.PAYERS if code == number)
    return _named(world.PLACER, number) | {"display": name}


def _money(amount):
    return {"value": amount.quantize(Decimal("0.01")), "currency": world.CURRENCY}


def _resource(kind, number, when, patient, payer, **more):
    return {
        "resourceType": kind,
        "id": number,
        "meta": fhir.meta(1, when),
        "identifier": [{"system": CLAIM_NUMBERS, "value": number}],
        "status": "active",
        "type": {"coding": [{"code": "institutional"}]},
        "patient": _named(world.HOSPITAL, patient.mrn),
        "created": fhir.instant(when)[:10],
        "insurer": _payer(payer),
        **more,
    }


def _request(number, when, patient, services, *, use, visit=None):
    """A Claim; diagnosis and supporting information must be dropped."""
    total = sum((price * quantity for _code, quantity, price in services), Decimal())
    items = [
        {
            "sequence": place,
            "productOrService": {"coding": [{"system": world.CHARGE_MASTER, "code": code}]},
            "quantity": {"value": quantity},
            "net": _money(price * quantity),
            **({"encounter": [_named(world.HOSPITAL, visit.number)]} if visit else {}),
        }
        for place, (code, quantity, price) in enumerate(services, 1)
    ]
    return _resource(
        "Claim",
        number,
        when,
        patient,
        payer_of(patient),
        use=use,
        provider={"display": "Green River Hospital"},
        priority={"coding": [{"code": "normal"}]},
        diagnosis=[
            {
                "sequence": 1,
                "diagnosisCodeableConcept": {"text": "Invented fatigue of the left eyebrow"},
            }
        ],
        supportingInfo=[
            {
                "sequence": 1,
                "category": {"coding": [{"code": "info"}]},
                "valueString": "Invented circumstance of a slippery quarto",
            }
        ],
        insurance=[
            {
                "sequence": 1,
                "focal": True,
                "coverage": {"display": f"{payer_of(patient)[-2:]}-{patient.mrn}"},
            }
        ],
        item=items,
        total=_money(total),
    ), total


def _answer(number, asked, when, patient, *, use, **more):
    return _resource(
        "ClaimResponse",
        number,
        when,
        patient,
        payer_of(patient),
        use=use,
        request={"reference": f"Claim/{asked}"},
        **more,
    )


def _send(story, resource, words, when):
    story.send(CLAIMS, fhir.CONTENT_TYPE, fhir.dump(resource), words, when)


def _priced(codes):
    return [(code, 1 + place % 2, world.SERVICES[code].price) for place, code in enumerate(codes)]


def _authorization(story, place, minute):
    patient, number = story.patient(), story.number("U")
    service = AUTHORIZED[place % len(AUTHORIZED)]
    when = story.when(minute)
    asked, _total = _request(number, when, patient, _priced([service]), use="preauthorization")
    _send(story, asked, "authorization asked for", when)
    when = story.when(minute + 35)
    given = {
        "outcome": "complete",
        "preAuthRef": number.replace("U", "AUTH-", 1),
        "preAuthPeriod": {"start": f"{when:%Y-%m-%d}", "end": f"{when:%Y}-12-31"},
    }
    refused = {"outcome": "error", "error": [{"code": {"coding": [{"code": "a002"}]}}]}
    decision = refused if place % 5 == 4 else given
    answer = _answer(story.number("R"), number, when, patient, use="preauthorization", **decision)
    _send(story, answer, "authorization refused" if place % 5 == 4 else "authorization given", when)


def _claim(story, place, visit, minute):
    """(payer, number of the claim, what the payer pays)."""
    patient, number, when = visit.patient, story.number("C"), story.when(minute)
    codes = [BILLED[(place + more) % len(BILLED)] for more in range(2 + place % 2)]
    asked, total = _request(number, when, patient, _priced(codes), use="claim", visit=visit)
    _send(story, asked, "claim submitted", when)
    decision = DECISIONS[place % len(DECISIONS)]
    when = story.when(minute + 45)
    if decision is None:
        answer = _answer(story.number("R"), number, when, patient, use="claim", outcome="queued")
        _send(story, answer, "claim in review", when)
        return payer_of(patient), number, None
    share, left, reason = decision
    items = [_decided(item, Decimal(share), Decimal(left), reason) for item in asked["item"]]
    answer = _answer(
        story.number("R"), number, when, patient, use="claim", outcome="complete", item=items
    )
    words = "claim denied" if not Decimal(share) else "claim adjudicated"
    _send(story, answer, words, when)
    return payer_of(patient), number, (total * Decimal(share)).quantize(Decimal("0.01"))


def _decided(item, share, left, reason):
    net = item["net"]["value"]
    amounts = (("submitted", net), ("benefit", net * share), ("copay", net * left))
    entries = [
        {
            "category": {"coding": [{"system": ADJUDICATION, "code": code}]},
            "amount": _money(amount),
        }
        for code, amount in amounts
    ]
    if reason:
        entries[1]["reason"] = {"coding": [{"system": REASONS, "code": reason}]}
    return {"itemSequence": item["sequence"], "adjudication": entries}


def _remittance(story, place, payer, parts):
    """One transfer for all that a payer pays that day; the first payer adds something that it does not explain."""
    number, when = story.number("E"), story.when(REMITTANCE + 5 * place)
    details = [
        {
            "type": {"coding": [{"code": "payment"}]},
            "request": {"reference": f"Claim/{claim}"},
            "amount": _money(amount),
        }
        for claim, amount in parts
    ]
    if not place:
        details.append({"type": {"coding": [{"code": "advance"}]}, "amount": _money(Decimal(75))})
    total = sum((detail["amount"]["value"] for detail in details), Decimal())
    resource = {
        "resourceType": "PaymentReconciliation",
        "id": number,
        "meta": fhir.meta(1, when),
        "identifier": [{"system": PAYMENT_NUMBERS, "value": number}],
        "status": "active",
        "created": fhir.instant(when)[:10],
        "paymentIssuer": _payer(payer),
        "outcome": "complete",
        "paymentDate": fhir.instant(when)[:10],
        "paymentAmount": _money(total),
        "paymentIdentifier": {"system": PAYMENT_NUMBERS, "value": number},
        "detail": details,
        "processNote": [{"type": "display", "text": "Invented remark on the colour of cheques"}],
    }
    _send(story, resource, "remittance", when)
