"""How things come into the audit log: ``env["interop.audit"]._record([Act(...)])``, in the transaction of the act."""

import json
from datetime import datetime, timezone

from odoo import SUPERUSER_ID, models
from odoo.http import request
from odoo.tools import SQL

from ...core.audit import MACHINE, PERSON, Act, Entry, details_text, signed, storable

#: entries in one INSERT
BATCH = 1000
#: a place for each column
ROW = "(%s" + ", %s" * (len(Entry._fields) - 1) + ")"
#: in a transaction's own data: the sealer has been called
CALLED = "interop.audit"


class Audit(models.AbstractModel):
    _name = "interop.audit"
    _description = "Audit log"

    def _record(self, acts):
        """Write one entry for each ``Act`` of ``acts``, in order, in this transaction: what is rolled back did not happen.

        Two statements for all of them (each thousand), and one that calls the sealer after the commit.
        """
        acts = list(acts)
        if not self.env.registry.ready:
            # what an installation loads is the add-on's own, and nobody's act
            return
        for start in range(0, len(acts), BATCH):
            self._insert(acts[start : start + BATCH])
        if acts:
            self._call_sealer()

    def _now(self):
        """The moment as entries and seals keep it: UTC, to the microsecond (Odoo's own ends at seconds)."""
        return datetime.now(timezone.utc).replace(tzinfo=None)

    def _insert(self, acts):
        ring = self.env["interop.keyring"]._keyring()
        at = self._now()
        here, address = self._here(), self._address()
        entries = []
        for number, act in zip(self._numbers(len(acts)), acts, strict=True):
            kind, actor_id, actor = act.actor or here
            entry = Entry(
                id=number,
                at=at,
                action=act.action,
                outcome=act.outcome,
                actor_kind=kind,
                actor_id=actor_id or None,
                actor=storable(actor) or None,
                remote_address=address
                if act.remote_address is None
                else act.remote_address or None,
                res_model=act.res_model or None,
                res_id=act.res_id or None,
                res_name=storable(act.res_name) or None,
                company_id=act.company_id or None,
                message_uuid=act.message_uuid or None,
                count=act.count,
                details=details_text(act.details),
                key_id=ring.current_key_id,
            )
            entries.append(signed(entry, ring.audit_keys))
        self.env.cr.execute(
            SQL(
                "INSERT INTO interop_audit_entry (%s) VALUES %s",
                SQL(", ").join(map(SQL.identifier, Entry._fields)),
                SQL(", ").join(SQL(ROW, *entry) for entry in entries),
            )
        )

    def _numbers(self, count):
        self.env.cr.execute(
            SQL(
                "SELECT nextval('interop_audit_entry_id_seq') FROM generate_series(1, %s)",
                count,
            )
        )
        return sorted(row[0] for row in self.env.cr.fetchall())

    def _here(self):
        """Who acts: ``(kind, id, name)``."""
        if self.env.uid == SUPERUSER_ID:
            return MACHINE, SUPERUSER_ID, "Odoo"
        # one's own login may be read by nobody else, and is no secret
        return PERSON, self.env.uid, self.env.user.sudo().login or ""

    def _address(self):
        return request.httprequest.remote_addr if request else None

    def _call_sealer(self):
        """Have the sealer run soon after the commit; its own turn comes every minute anyway."""
        data = self.env.cr.precommit.data
        if data.get(CALLED):
            return
        data[CALLED] = True
        cron = self.env.ref("healthcare_interop.cron_audit_seal", raise_if_not_found=False)
        if cron:
            # crons are the administrator's; that this one comes now is no decision of anybody
            cron.sudo()._trigger()

    def _about(self, action, records, **values):
        """An ``Act`` for each of ``records``, named as they are called."""
        has_company = "company_id" in records._fields
        return [
            Act(
                action,
                res_model=record._name,
                res_id=record.id,
                res_name=record.display_name or "",
                company_id=record.company_id.id if has_company else 0,
                **values,
            )
            # what is recorded does not depend on what the actor may see
            for record in records.sudo()
        ]

    def _details_in_lines(self, text, model=None):
        """The details of an entry for people, fields of ``model`` by their labels; what can't be read as it stands."""
        try:
            details = json.loads(text or "{}")
        except ValueError:
            return text
        if not isinstance(details, dict):
            return text
        known = self.env[model]._fields if model in self.env else {}
        return "\n".join(
            self._line(known[name]._description_string(self.env) if name in known else name, value)
            for name, value in details.items()
            # of what was made anew, what is empty tells nothing
            if value != [None, None]
        )

    def _line(self, name, value):
        if isinstance(value, list) and len(value) == 2:
            before, after = (self._word(one) for one in value)
            return self.env._(
                "%(name)s: %(before)s → %(after)s", name=name, before=before, after=after
            )
        return f"{name}: {self._word(value)}"

    def _word(self, value):
        """A value of details: nothing as a dash, several (roles) in a row, with no technical name's joints."""
        if value is None or value in ("", []):
            return "–"
        if isinstance(value, list):
            return ", ".join(str(one).replace("_", " ") for one in value)
        return value
