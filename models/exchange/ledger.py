"""References of the ledger: columns of ids that the database does not hold to."""

from odoo import fields
from odoo.tools import SQL
from odoo.tools.sql import drop_constraint


class LedgerReference(fields.Many2one):
    """A many2one without a foreign key, for rows that are written by the thousand and never change.

    A foreign key costs each row a look at, and a lock on, the row that it names. All messages of an endpoint name the
    same few rows, so these become hot; and each look is planned anew, since Odoo discards a connection's plans with every
    request. Seven of them took a sixth of the door's one INSERT (0.17 of 0.62 ms, docs/performance.md). What is named is
    configuration: it can't be deleted once it is used (``_unlink_except_in_ledger``).
    """

    def update_db_foreign_key(self, model, column):
        """None; and one of an earlier version goes."""
        model.env.cr.execute(
            SQL(
                """
                SELECT c.conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attname = %s
                 WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND c.conkey = ARRAY[a.attnum]
                """,
                self.name,
                model._table,
            )
        )
        for (name,) in model.env.cr.fetchall():
            drop_constraint(model.env.cr, model._table, name)
