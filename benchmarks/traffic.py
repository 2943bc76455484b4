"""Messages whose effects can be counted: each has exactly one, in a business table, with a number of its own.

Half are registrations of people (one ``res.partner`` each), three tenths charges of a few stays (one
``interop.charge`` each), two tenths consumptions from ward cabinets (one ``stock.move`` each). ``Expected`` knows what
must be there in the end and finds what is missing or double.
"""

import dataclasses
import datetime as dt
import json

from devkit import hospital_events as events
from devkit import hospital_hl7 as hl7
from devkit import hospital_master, hospital_stores, hospital_wards
from devkit import hospital_world as world
from devkit.hospital_story import Story

#: far from the chunks of ``devkit.hospital``
CHUNK = 7000
STAYS = 10
STREET = "Countable Row"
#: a product without lots, that nothing else of a benchmark moves
PRODUCT = next(one for one in world.PRODUCTS.values() if one.tracking == "none")


@dataclasses.dataclass
class Expected:
    """What the messages must have made: people by street, charges and movements by number."""

    people: set
    charges: dict
    movements: dict

    def broken(self, instance):
        """One line for each promise that the business tables do not keep."""
        lines = []
        streets = [row[0] for row in instance.query(PEOPLE, f"% {STREET}")]
        lines += compare("partners", streets, self.people)
        charges = dict_of_lists(instance.query(CHARGES, list(self.charges)))
        lines += compare_amounts("charges", charges, self.charges)
        movements = dict_of_lists(instance.query(MOVEMENTS, list(self.movements)))
        lines += compare_amounts("stock moves", movements, self.movements)
        moved = instance.scalar(MOVED, PRODUCT.code) or 0
        if float(moved) != float(sum(self.movements.values())):
            lines.append(f"stock: {moved} moved in all, {sum(self.movements.values())} expected")
        lines += [f"deliveries {state}: {number}" for state, number in instance.query(NOT_DONE)]
        return lines

    def __len__(self):
        return len(self.people) + len(self.charges) + len(self.movements)


PEOPLE = "SELECT street FROM res_partner WHERE street LIKE %s"
CHARGES = "SELECT name, quantity FROM interop_charge WHERE name = ANY(%s)"
#: every movement that is bound to one of these numbers, and every one that says it in its text
MOVEMENTS = """
SELECT b.value, m.quantity FROM interop_binding b JOIN stock_move m ON m.id = b.res_id
 WHERE b.entity = 'stock_movement' AND b.res_model = 'stock.move' AND m.state = 'done' AND b.value = ANY(%s)
"""
MOVED = """
SELECT sum(m.quantity) FROM stock_move m JOIN product_product p ON p.id = m.product_id
 WHERE p.default_code = %s AND m.state = 'done'
"""
NOT_DONE = """
SELECT d.state || COALESCE(' ' || d.error_category || ' ' || d.error_code, '')
       || COALESCE(' ' || d.reason, '') || ' ' || COALESCE(d.entity, '?'), count(*)
  FROM interop_delivery d WHERE d.state <> 'done' GROUP BY 1
"""


def dict_of_lists(rows):
    found = {}
    for key, value in rows:
        found.setdefault(key, []).append(float(value))
    return found


def compare(what, found, expected):
    """Lines on what is missing, double or unheard of."""
    double = (
        sorted({one for one in found if found.count(one) > 1})
        if len(found) != len(set(found))
        else []
    )
    missing, strange = sorted(expected - set(found)), sorted(set(found) - expected)
    told = (("double", double), ("missing", missing), ("unexpected", strange))
    return [f"{what}: {len(ones)} {word}, such as {ones[:3]}" for word, ones in told if ones]


def compare_amounts(what, found, expected):
    lines = compare(what, [key for key, values in found.items() for _one in values], set(expected))
    wrong = [
        key for key, values in found.items() if values[0] != float(expected.get(key, values[0]))
    ]
    return [
        *lines,
        *([f"{what}: {len(wrong)} of another amount, such as {wrong[:3]}"] if wrong else []),
    ]


def countable(count, seed=1):
    """``(master data and stays to send first, the messages, Expected)``."""
    story = Story(seed, dt.date.today() - dt.timedelta(days=1), CHUNK)
    hospital_master.opening(story)
    journeys = []
    for place in range(STAYS):
        journey = hospital_wards.Journey(
            story, story.patient(), ward="MED", visit_class="I", minute=400 + place
        )
        journey.adt("A01", 0)
        journeys.append(journey)
    first, story.sent = story.ordered(), []
    expected = Expected(set(), {}, {})
    makers = (
        _person,
        _charge,
        _person,
        _movement,
        _person,
        _charge,
        _person,
        _movement,
        _person,
        _charge,
    )
    for place in range(count):
        makers[place % len(makers)](story, journeys, place, expected)
    return first, story.sent, expected


def _person(story, _journeys, place, expected):
    person = dataclasses.replace(story.patient(), street=f"{place} {STREET}")
    when = _when(story, place)
    segments = hl7.person_adt("A28", person, f"N{story.seed}.{place}", when)
    story.hl7("demo_pas", segments, f"person {place}", when)
    expected.people.add(person.street)


def _charge(story, journeys, place, expected):
    when, visit = _when(story, place), journeys[place % len(journeys)].visit
    posting = hl7.Posting(story.number("TN"), world.SERVICES["PHA-DISP"], 1 + place % 3, when)
    segments = hl7.dft(visit, [posting], f"N{story.seed}.{place}", when)
    story.hl7("demo_pas", segments, f"charge {place}", when)
    expected.charges[posting.number] = posting.quantity


def _movement(story, _journeys, place, expected):
    when, number = _when(story, place), story.number("MN")
    ward = hospital_stores.CABINET_WARDS[place % 5]
    data = events.movement(
        number,
        "consumption",
        (world.product_ids(PRODUCT)[0],),
        1 + place % 4,
        PRODUCT.unit,
        when,
        from_location=events.store(world.WARDS[ward].store),
    )
    event = events.event("item.consumed", f"cab-{number}", f"stock_movement/{number}", when, data)
    story.send("demo_cabinet", events.STRUCTURED, events.dump(event), f"movement {place}", when)
    expected.movements[number] = 1 + place % 4


def _when(story, place):
    """Later than all of the opening, a second apart; nobody needs a second of its own here."""
    return story.midnight + dt.timedelta(hours=8, seconds=place)


def outcome_counts(instance):
    """``{state: deliveries}``."""
    return dict(instance.query("SELECT state, count(*) FROM interop_delivery GROUP BY state"))


def figures(instance):
    return json.loads(json.dumps(outcome_counts(instance), default=int))
