"""Provoking failures about a marked patient, and listening to what is told of them."""

import logging
from unittest.mock import patch

from .common import InteropCase

MARK = "Zephyrina MARK"
#: what PostgreSQL itself refuses about a marked patient
TRIGGER = """
    CREATE OR REPLACE FUNCTION pg_temp.interop_test_stumble() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.name LIKE '%MARK%' THEN
            CASE current_setting('interop.test')
                WHEN 'not null' THEN NEW.id = NULL;
                WHEN 'unique' THEN NEW.id = 1;
                WHEN 'check' THEN NEW.type = 'contact'; NEW.name = NULL; NEW.city = 'MARK';
                WHEN 'type' THEN NEW.color = NEW.name::int;
                WHEN 'raised' THEN RAISE EXCEPTION 'row of %', NEW.name USING DETAIL = NEW.name;
                WHEN 'serialization' THEN
                    RAISE EXCEPTION 'could not serialize %', NEW.name USING ERRCODE = '40001', DETAIL = NEW.name;
                WHEN 'deadlock' THEN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01', DETAIL = NEW.name;
                WHEN 'program limit' THEN RAISE EXCEPTION 'row %', NEW.name USING ERRCODE = '54000';
            END CASE;
        END IF;
        RETURN NEW;
    END $$
"""


class Listener(logging.Handler):
    """Everything that is logged, as it would be written, tracebacks included."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))

    def emit(self, record):
        self.lines.append(self.format(record))


class FailureCase(InteropCase):
    def setUp(self):
        super().setUp()
        self.listener = Listener()
        # as talkative as can be, and to nobody else
        self.startPatcher(patch.object(logging.getLogger(), "handlers", [self.listener]))
        for name in ("", "odoo", "odoo.sql_db"):
            logger = logging.getLogger(name)
            self.addCleanup(logger.setLevel, logger.level)
            logger.setLevel(logging.DEBUG)

    def crowd(self, marked=1, others=19):
        """Messages about patients of which some have the mark in their name; the marked ones in the middle."""
        names = ["Jane"] * (others // 2) + [MARK] * marked + ["Jane"] * (others - others // 2)
        self.send(*(self.party(f"n{place}", name=name) for place, name in enumerate(names)))

    def assertOnlyTheMarked(self, state, marked=1, others=19):
        counts = self.counts()
        self.assertEqual(counts.get("done"), others, counts)
        self.assertEqual(counts.get(state), marked, counts)

    def assertToldNobody(self, mark="MARK"):
        """The mark is in no log line and in no row of ours or of queue_job."""
        for line in self.listener.lines:
            self.assertNotIn(mark, line)
        for table in ("delivery", "attempt", "exception", "message", "lane_try"):
            self.assertEqual(self.rows_with(f"interop_{table}", mark), [])
        self.assertEqual(self.rows_with("queue_job", mark), [])

    def rows_with(self, table, mark):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT query_to_xml(format('SELECT * FROM %%I t WHERE t::text LIKE %%L', %s, %s), true, true, '')::text",
            (table, f"%{mark}%"),
        )
        found = self.env.cr.fetchone()[0]
        return [found] if "<row>" in found else []

    def provoke(self, how):
        self.env.cr.execute(TRIGGER)
        self.env.cr.execute("SELECT set_config('interop.test', %s, true)", (how,))
        self.env.cr.execute("DROP TRIGGER IF EXISTS interop_test ON res_partner")
        self.env.cr.execute(
            "CREATE TRIGGER interop_test BEFORE INSERT ON res_partner "
            "FOR EACH ROW EXECUTE FUNCTION pg_temp.interop_test_stumble()"
        )
