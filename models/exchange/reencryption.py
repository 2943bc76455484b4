"""What is stored encrypted gets the current key, in small steps while everything goes on.

Keys are told to each server by its configuration (``keyring``). One after another is restarted with a new key in front;
then a run goes through all that is encrypted otherwise, a step a job, each a transaction of its own. What is written
meanwhile by servers that don't know the new key yet is found by another pass. At the end the run says which keys protect
nothing any more.
"""

import os
import time
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...core.errors import InteropError

#: rows locked at a time, and seconds after which a step commits
BATCH = 500
MOST_SECONDS = 2.0
#: how soon a server that can't do the step asks again who can, and after how long nobody can
ASK_SECONDS = 5
MOST_WAIT = timedelta(minutes=15)
CHANNEL = "root.interop.bulk"


class Sealed(NamedTuple):
    """A column that holds encrypted values: ``address`` is SQL for what each is bound to, of its row ``t``."""

    table: str
    column: str
    address: SQL
    purpose: str


SEALED = (
    Sealed(
        "interop_payload",
        "body",
        SQL("(SELECT m.uuid FROM interop_message m WHERE m.id = t.message_id)"),
        "payload",
    ),
    Sealed(
        "interop_disagreement",
        "told",
        SQL(
            "concat_ws('/', t.res_model, t.res_id, t.entity, t.attribute, COALESCE(t.system_id, 0))"
        ),
        "payload",
    ),
    # last: a server that does not know the key can't let anybody in from then on
    Sealed("interop_credential", "secret", SQL("t.uuid"), "secret"),
)


class Reencryption(models.Model):
    _name = "interop.reencryption"
    _description = "Re-encryption"
    _order = "id desc"
    _rec_name = "key"

    key = fields.Char(
        string="To key", required=True, readonly=True, help="The id of the key, as configured."
    )
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("stopped", "Stopped")],
        required=True,
        readonly=True,
        default="running",
        help="Running goes on by itself, also after a restart. Stopped keeps what was done; go on at any time.",
    )
    started_at = fields.Datetime(
        string="Started", readonly=True, default=lambda self: fields.Datetime.now()
    )
    moved_at = fields.Datetime(
        string="Last step", readonly=True, default=lambda self: fields.Datetime.now()
    )
    done_at = fields.Datetime(string="Ended", readonly=True)
    total = fields.Integer(
        string="To do", readonly=True, help="What had another key when the run began."
    )
    changed = fields.Integer(string="Re-encrypted", readonly=True)
    unreadable = fields.Integer(
        readonly=True,
        help="Their key is in no configuration, or they were altered. They stay as they are.",
    )
    reason = fields.Char(readonly=True)
    progress = fields.Float(compute="_compute_progress")
    #: {table: id of the last row looked at}, of this pass, and its number; how many rows this pass changed
    position = fields.Json(readonly=True)
    changed_in_pass = fields.Integer(readonly=True)

    _one_running = models.UniqueIndex(
        "((state)) WHERE state = 'running'", "What is stored is being re-encrypted already."
    )

    @api.depends("total", "changed", "unreadable", "state")
    def _compute_progress(self):
        for run in self:
            seen = run.changed + run.unreadable
            share = 100.0 * seen / run.total if run.total else 0.0
            run.progress = 100.0 if run.state == "done" else min(share, 99.0)

    # -- by people --

    @api.model
    def _begin(self):
        """A new run towards the current key. The caller answers for the right to it."""
        ring = self.env["interop.keyring"]._keyring()
        if self.search_count([("state", "=", "running")], limit=1):
            raise UserError(self.env._("What is stored is being re-encrypted already."))
        # runs are made here only
        run = self.sudo().create({"key": ring.current_key_id}).with_env(self.env)
        run._go_on()
        return run

    def action_stop(self):
        self._check_administrator()
        self.filtered(lambda run: run.state == "running")._end("stopped")

    def action_resume(self):
        self._check_administrator()
        self.ensure_one()
        if self.key != self.env["interop.keyring"]._keyring().current_key_id:
            raise UserError(
                self.env._("%s is not the current key any more: begin a new run.", self.key)
            )
        self._write({"state": "running", "done_at": False, "reason": False})
        self._go_on()

    def _check_administrator(self):
        if not self.env.user.has_group("healthcare_interop.group_administrator"):
            raise AccessError(self.env._("Only administrators change how content is encrypted."))

    def _write(self, values):
        # nobody writes a run by hand
        self.sudo().write({"moved_at": fields.Datetime.now(), **values})

    def _end(self, state, reason=False):
        self._write({"state": state, "done_at": fields.Datetime.now(), "reason": reason})

    # -- steps --

    def _go_on(self, seconds=0):
        self.with_delay(
            channel=CHANNEL,
            eta=seconds or None,
            description="Re-encrypt what is stored",
            identity_key=None,
            max_retries=0,
        )._step()

    def _step(self):
        """Job: a few seconds of work, and the next job. Ends quietly where the run was stopped."""
        self.ensure_one()
        if self.state != "running":
            return
        ring = self.env["interop.keyring"]._keyring()
        if ring.current_key_id != self.key:
            self._leave_to_others()
            return
        if not self.position:
            total = sum(self._left(ring, one) for one in SEALED)
            self._write({"total": total, "position": {"pass": 1}})
        deadline = time.monotonic() + MOST_SECONDS
        while time.monotonic() < deadline:
            if not self._take_batch(ring):
                self._finish_pass(ring)
                break
        if self.state == "running":
            self._go_on()

    def _leave_to_others(self):
        """This server doesn't encrypt with that key: another one does, or its configuration was taken back."""
        if fields.Datetime.now() - self.moved_at > MOST_WAIT:
            self._end(
                "stopped", self.env._("No server has this key in front of its configuration.")
            )
            return
        self._go_on(ASK_SECONDS)

    def _finish_pass(self, ring):
        """Done where nothing is left but what can't be read; else once more: others may have written meanwhile."""
        left = sum(self._left(ring, one) for one in SEALED)
        if left > self.unreadable and self.changed_in_pass:
            again = {"pass": self.position["pass"] + 1}
            self._write({"position": again, "changed_in_pass": 0, "unreadable": 0})
            return
        reason = left > self.unreadable and self.env._(
            "%s values were written with another key meanwhile: restart the servers that don't know the new one, then go on.",
            left - self.unreadable,
        )
        self._end("stopped" if reason else "done", reason)

    def _left(self, ring, sealed):
        header = ring.current_header
        self.env.cr.execute(
            SQL(
                "SELECT count(*) FROM %s t WHERE substring(t.%s FROM 1 FOR %s) <> %s",
                SQL.identifier(sealed.table),
                SQL.identifier(sealed.column),
                len(header),
                header,
            )
        )
        return self.env.cr.fetchone()[0]

    def _take_batch(self, ring):
        """Re-encrypt the next rows; False where none are left in any table."""
        for sealed in SEALED:
            rows = self._next_rows(ring, sealed)
            if rows:
                self._reencrypt(ring, sealed, rows)
                return True
        return False

    def _next_rows(self, ring, sealed):
        """``[(id, value, address)]``; what somebody else holds just now is left to the next pass."""
        header = ring.current_header
        self.env.cr.execute(
            SQL(
                """
                SELECT t.id, t.%(column)s, %(address)s FROM %(table)s t
                 WHERE t.id > %(after)s AND substring(t.%(column)s FROM 1 FOR %(size)s) <> %(header)s
                 ORDER BY t.id LIMIT %(limit)s FOR NO KEY UPDATE OF t SKIP LOCKED
                """,
                table=SQL.identifier(sealed.table),
                column=SQL.identifier(sealed.column),
                address=sealed.address,
                after=self.position.get(sealed.table, 0),
                size=len(header),
                header=header,
                limit=BATCH,
            )
        )
        return self.env.cr.fetchall()

    def _reencrypt(self, ring, sealed, rows):
        fresh = []
        for number, value, address in rows:
            try:
                content = ring.decrypt(value, row_uuid=address, purpose=sealed.purpose)
            except InteropError:
                continue
            fresh.append(
                (
                    number,
                    ring.encrypt(
                        content,
                        row_uuid=address,
                        random_bytes=os.urandom,
                        purpose=sealed.purpose,
                    ),
                )
            )
        if fresh:
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s t SET %(column)s = n.value FROM (VALUES %(rows)s) AS n (id, value) WHERE t.id = n.id",
                    table=SQL.identifier(sealed.table),
                    column=SQL.identifier(sealed.column),
                    rows=SQL(", ").join(SQL("(%s, %s)", *row) for row in fresh),
                )
            )
        self._write(
            {
                "position": {**self.position, sealed.table: rows[-1][0]},
                "changed": self.changed + len(fresh),
                "changed_in_pass": self.changed_in_pass + len(fresh),
                "unreadable": self.unreadable + len(rows) - len(fresh),
            }
        )
