"""For tests of the audit log: entries, seals, heads, and hands in the database that have no business there."""

import tempfile
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import psycopg2

from odoo.tools import SQL, mute_logger

from ..core.audit import Act
from ..models.attention import audit_seal
from .common import InteropCase

TABLES = ("interop_audit_entry", "interop_audit_seal")


class AuditMixin:
    """``self.log`` records, ``self.seals`` seals; heads go to a file of the test's own (``self.heads``)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.log = cls.env["interop.audit"]
        cls.seals = cls.env["interop.audit.seal"]
        cls.heads = Path(cls.enterClassContext(tempfile.TemporaryDirectory())) / "heads"
        cls.enterClassContext(
            patch.object(cls.env.registry["interop.audit.seal"], "_heads_path", cls._path)
        )

    def setUp(self):
        super().setUp()
        # the test before was rolled back, which no file is
        self.heads.unlink(missing_ok=True)
        audit_seal._told.clear()

    @classmethod
    def _path(cls, *_self):
        return str(cls.heads)

    def record(self, count=1, **values):
        """The ids of ``count`` new entries."""
        newest = self.newest()
        acts = [
            Act("changed", **{"res_name": f"thing {place}", **values}) for place in range(count)
        ]
        self.log._record(acts)
        return self.ids(newest)

    def seal(self):
        """The seals made."""
        self.env.flush_all()
        made = self.seals._seal_due(self.env.cr)
        self.env.invalidate_all()
        return made

    def newest(self):
        self.env.cr.execute("SELECT COALESCE(max(id), 0) FROM interop_audit_entry")
        return self.env.cr.fetchone()[0]

    def ids(self, after):
        self.env.cr.execute(
            "SELECT id FROM interop_audit_entry WHERE id > %s ORDER BY id", (after,)
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def entries(self, after=0, **equal):
        """Entries beyond ``after`` whose fields are as told."""
        self.env.invalidate_all()
        domain = [("id", ">", after), *((name, "=", value) for name, value in equal.items())]
        return self.env["interop.audit.entry"].search(domain, order="id")

    def verified(self):
        """The verification, at its end."""
        self.env.flush_all()
        check = self.env["interop.audit.verification"].create({})
        check._step(None)
        return check

    def found(self):
        """``(kind, entry, seal, last)`` of what does not hold."""
        return [tuple(one[:4]) for one in self.verified().findings or []]

    def assert_refused(self, statements):
        """The triggers let none of these pass."""
        for statement in statements:
            with (
                self.subTest(statement),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.InsufficientPrivilege),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement)  # pylint: disable=sql-injection

    @contextmanager
    def without_triggers(self):
        """As whoever owns the tables."""
        for table in TABLES:
            self.env.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", SQL.identifier(table)))
        yield self.env.cr.execute
        for table in TABLES:
            self.env.cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", SQL.identifier(table)))
        self.env.invalidate_all()


class AuditCase(AuditMixin, InteropCase):
    """The tests' own system and endpoints, and the audit log."""
