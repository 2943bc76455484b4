"""Bar 5: after all samples came in, what must never be stored is in no table, payload, log line, job or answer."""

import collections
import contextlib
import json
import logging
import pathlib
import re
from unittest.mock import patch

from odoo import sql_db
from odoo.tests import tagged
from odoo.tools import SQL

from ..core.codecs import fhir_structure
from ..core.codecs.fhir_structure import RESOURCE_TYPES
from .common_clinical import clinical, kept
from .common_samples import SamplesCase, tell

LEAST_SEARCHED = 300
SHORTEST = 6
#: leaks shown; there are either none or very many
MOST_SHOWN = 20
#: numbers, dates and times; ranges and lists of them
NO_WORD = re.compile(r"[\d\s.,:/+<>=%*TZ-]*").fullmatch
#: what the issue names; the tables themselves come from PostgreSQL's own statistics of the transaction
EXPECTED_TABLES = {
    "interop_message",
    "interop_delivery",
    "interop_attempt",
    "interop_exception",
    "interop_binding",
    "queue_job",
    "res_partner",
    "hr_employee",
    "interop_encounter",
}
#: as long as the column of dropped places may get
MOST_DROPPED = 2000
HL7_PLACE = re.compile(
    r"[A-Z][A-Z0-9]{2}(-\d{1,3}\+?(\.\d{1,3}\+?|\[(\d+=(SS|SSN|SB|PPN|DL)|4=SSA)\])?)?"
).fullmatch
_TABLE = json.loads(pathlib.Path(fhir_structure.__file__).with_name("fhir_r4.json").read_bytes())
FHIR_NAMES = {name for part in ("types", "bases") for own in _TABLE[part].values() for name in own}
_NOISE = str.maketrans("", "", '"\\')


def plain(text):
    """Without what rows and JSON put around and into a text, in small letters: a leak in another dress is a leak."""
    return re.sub(r"\s+", " ", text.translate(_NOISE)).casefold()


class Listener(logging.Handler):
    """Everything that is logged, as a file would have it, tracebacks included."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))

    def emit(self, record):
        self.lines.append(self.format(record))


@contextlib.contextmanager
def listening():
    """All loggers as talkative as can be, and to nobody else."""
    listener = Listener()
    named = [
        one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger)
    ]
    levels = {logger: logger.level for logger in (logging.root, *named)}
    with patch.object(logging.root, "handlers", [listener]):
        for logger in levels:
            logger.setLevel(logging.DEBUG)
        try:
            yield listener
        finally:
            for logger, level in levels.items():
                logger.setLevel(level)


@tagged("-at_install", "post_install")
class TestNeverStored(SamplesCase):
    def ingest(self):
        with listening() as listener:
            result = super().ingest()
        type(self).logged = listener.lines
        return result

    # -- what is searched --

    def values(self):
        """``(values, why others are left out)``."""
        left_out = collections.Counter()
        found, secrets = set(), set()
        for sample in self.samples:
            words, numbers = clinical(sample)
            found |= {plain(word).strip() for word in words}
            secrets |= {number for number in numbers if len(number) >= SHORTEST}
        in_kept_places = self.kept_text()
        searched = set()
        for value in found | secrets:
            if len(value) < SHORTEST:
                left_out["shorter than six characters"] += 1
            elif NO_WORD(value) and value not in secrets:
                left_out["a number or a date"] += 1
            elif value in in_kept_places:
                left_out["in a kept field of a sample, too"] += 1
            else:
                searched.add(value)
        return searched, left_out

    def kept_text(self):
        contracts = self.env["interop.endpoint"]._plan(self.endpoints["fhir"].id).contracts
        return plain("\n".join(text for sample in self.samples for text in kept(sample, contracts)))

    # -- where --

    def changed_tables(self):
        """Every table that this transaction wrote to, as PostgreSQL counts."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT relname FROM pg_stat_xact_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 ORDER BY 1"
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def rows_text(self, table):
        # the places of what was dropped are a standard's own words; a test of their own holds that they are
        row = "(to_jsonb(t) - 'dropped')::text" if table == "interop_message" else "t::text"
        self.env.cr.execute(SQL("SELECT %s FROM %s t", SQL(row), SQL.identifier(table)))
        return plain("\n".join(row[0] for row in self.env.cr.fetchall()))

    def payloads_text(self):
        messages = self.env["interop.message"].search([("system_id", "=", self.system.id)])
        bodies = [message._payload_body() for message in messages]
        self.assertTrue(all(bodies))
        return plain("\n".join(map(readable, bodies)))

    def answers_text(self):
        parts = [
            one.answer.body.decode() + "\n" + "\n".join(map(str, one.answer.headers))
            for one in self.posted
        ]
        return plain("\n".join(parts))

    def files_text(self):
        """What applying stored as files, if anything."""
        self.env.cr.execute("SELECT id FROM ir_attachment WHERE xmin = pg_current_xact_id()::xid")
        attachments = self.env["ir.attachment"].browse([row[0] for row in self.env.cr.fetchall()])
        return plain("\n".join((one.raw or b"").decode("utf-8", "replace") for one in attachments))

    def in_empty_database(self, values):
        """Those of ``values`` that a database without any message has already, as another connection sees it."""
        with contextlib.closing(sql_db.db_connect(self.env.cr.dbname).cursor()) as cr:
            cr.execute("SELECT count(*) FROM interop_message")
            self.assertEqual(cr.fetchone()[0], 0, "this database is not empty")
            cr.execute("SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public'")
            there = set()
            for (table,) in cr.fetchall():
                missing = sorted(values - there)
                if missing:
                    cr.execute(
                        SQL(
                            """
                            SELECT v FROM unnest(%s) v WHERE EXISTS (
                                SELECT 1 FROM %s t WHERE position(v IN lower(translate(t::text, '"\\', ''))) > 0)
                            """,
                            missing,
                            SQL.identifier(table),
                        )
                    )
                    there |= {row[0] for row in cr.fetchall()}
        return there

    def places(self, tables):
        """The plain text of every place a value could have got to."""
        return {
            **{f"table {table}": self.rows_text(table) for table in tables},
            "decrypted payloads": self.payloads_text(),
            "stored files": self.files_text(),
            "answers": self.answers_text(),
            "log lines": plain("\n".join(self.logged)),
        }

    def test_no_clinical_value_is_anywhere(self):
        values, left_out = self.values()
        tables = self.changed_tables()
        self.assertLessEqual(EXPECTED_TABLES, set(tables))
        places = self.places(tables)
        hits = collections.defaultdict(list)
        for place, text in places.items():
            for value in values:
                if value in text:
                    hits[value].append(place)
        empty = self.in_empty_database(set(hits)) if hits else set()
        left_out["in an empty database, too"] = len(empty)
        searched = len(values) - len(empty)
        searched_in = [
            (len(tables), "tables written to, of which", len(EXPECTED_TABLES), "are named here"),
            (sum(map(len, places.values())), "characters in all"),
            (len(self.logged), "log lines"),
            (
                sum(len(one.messages) for one in self.posted),
                "messages of",
                len(self.posted),
                "files",
            ),
        ]
        why = [(count, f"left out: {reason}") for reason, count in left_out.most_common()]
        tell("never stored", [(searched, "values searched"), *why, *searched_in])
        self.assertGreaterEqual(searched, LEAST_SEARCHED)
        leaks = sorted((value, where) for value, where in hits.items() if value not in empty)
        self.assertFalse(leaks[:MOST_SHOWN], f"{len(leaks)} values are where they must not be")

    def test_what_was_dropped_is_told_by_its_place(self):
        """A segment, field or component of HL7 v2; a type and elements that R4 knows. Nothing a sender could write there."""
        self.env.cr.execute(
            "SELECT format, dropped FROM interop_message WHERE system_id = %s AND dropped IS NOT NULL",
            (self.system.id,),
        )
        rows = self.env.cr.fetchall()
        self.assertGreater(len(rows), 300)
        for format_, dropped in rows:
            places = dropped.split(" ")
            # a long list is cut, which may be within a place
            for place in places[:-1] if len(dropped) >= MOST_DROPPED else places:
                is_known = HL7_PLACE(place) if format_ == "hl7v2" else is_fhir_place(place)
                self.assertTrue(is_known, place)

    def test_the_search_would_find_what_is_kept(self):
        """The same search for what may be stored: a search that finds nothing proves something only if it can find."""
        payloads, partners = self.payloads_text(), self.rows_text("res_partner")
        names = {"everyman", "chalmers", "kleinsteuber"}
        self.assertTrue(any(name in payloads for name in names))
        self.assertTrue(any(name in partners for name in names))
        self.assertTrue(any("interop" in line for line in self.logged))


def is_fhir_place(place):
    kind, *names = place.split(".")
    known = all(name == "*" or name.removeprefix("_") in FHIR_NAMES for name in names)
    return known and (kind == "*" or kind in RESOURCE_TYPES)


def readable(body):
    """A payload's bytes as text, however its codec wrote them."""
    with contextlib.suppress(ValueError):
        return json.dumps(json.loads(body), ensure_ascii=False)
    return body.decode("utf-8", "replace")
