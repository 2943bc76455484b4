"""Erasing: all that is known by the person's records at once, the ledger's rows in batches that can be interrupted."""

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL

from ...core.personal import (
    HELD,
    STAYS,
    decided,
    identifier_digest,
    subject_pseudonym,
    word_pseudonym,
)
from ..exchange.own_cursor import later
from ..exchange.reencryption import CHANNEL
from .erasure import BASES, SHORTEST_WORDS
from .kept import ABOUT, PARTNER

#: deliveries dealt with in one transaction
BATCH = 500
#: longer than any transaction lasts that may have seen the person as she was
LOOK_AGAIN_SECONDS = 600
#: how long the door waits at the most, should one that writes messages not end
WAIT_SECONDS = 2
#: rows that go as they are found
REMOVED = (
    "binding",
    "alias",
    "version",
    "disagreement",
    "duplicate",
    "identifier_fault",
)
#: of every contact
BLANKED = """phone email website function comment ref barcode interop_birth_date interop_gender interop_guarantor_id
    interop_is_deceased image_1920 lang category_id""".split()
#: and of those that no books name
BOOKED = "street street2 zip city state_id country_id vat".split()
QUIET = {"tracking_disable": True, "mail_notrack": True, "active_test": False}


class ErasureDoing(models.Model):
    _inherit = "interop.erasure"

    @api.model
    def _erase(self, record, basis, words):
        """Erase the person that ``record`` stands for: the erasure. ``UserError`` where something stands in the way.

        What tells of the person is gone when this commits, but for what the ledger has of her: that follows in batches.
        """
        self.env["interop.person"]._check_protector()
        record.check_access("read")
        words = " ".join((words or "").split())
        if basis not in dict(BASES) or len(words) < SHORTEST_WORDS:
            raise UserError(self.env._("Say on what ground, and in words why. It stays on record."))
        kept = self.env["interop.kept"]
        keepings = kept._of(record)
        self._lock(keepings)
        kept._check_nothing_holds(keepings)
        # erasing is for data protection, whatever else of these records they may change
        erasure = self.sudo().with_context(**QUIET)._begin(record, keepings, basis, words)
        erasure._record_act(keepings)
        erasure._remove(keepings)
        erasure._empty(keepings)
        erasure._take_batch()
        if erasure.state == "running":
            erasure._go_on()
        self._check_nothing_came(record, keepings)
        self.env.invalidate_all()
        return self.browse(erasure.id)

    def _lock(self, keepings):
        """Whoever applies a message to this person meanwhile comes before us or begins again, with what is left.

        FOR UPDATE waits for those who hold a record (``interop.route._held``, foreign keys) and has them wait; written as it
        stands, it tells those who saw it before that it is another one now.
        """
        self.env.flush_all()
        places = {keepings.model: {*keepings.kin, *keepings.contacts}}
        places |= {ABOUT[kind]: set(numbers) for kind, numbers in keepings.about.items()}
        for model in HELD:
            if places.get(model):
                self.env.cr.execute(
                    SQL(
                        """
                        WITH mine AS (SELECT id FROM %(table)s WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE)
                        UPDATE %(table)s t SET id = t.id FROM mine WHERE t.id = mine.id
                        """,
                        table=SQL.identifier(self.env[model]._table),
                        ids=sorted(places[model]),
                    )
                )

    def _check_nothing_came(self, record, keepings):
        """Last of all: what was committed since our snapshot, received or applied, would stay. Then all of it begins anew.

        The door's transactions end first, and begin again once we have committed, a moment later: what came in before that
        is seen, what comes in after is a new word about somebody unknown. Raises ``ConcurrencyError``, or 55P03 where one
        that writes messages lasts; Odoo runs the request again for both.
        """
        self.env.flush_all()
        self.env.cr.execute(SQL("SET LOCAL lock_timeout = %s", f"{WAIT_SECONDS}s"))
        self.env.cr.execute("LOCK TABLE interop_message IN SHARE MODE")
        with later(self.env) as env:
            if env and env["interop.kept"]._of(record.with_env(env)) != keepings:
                raise ConcurrencyError(
                    self.env._("Something about this person came in just now. Look again.")
                )

    def _begin(self, record, keepings, basis, words):
        kept = self.env["interop.kept"]
        is_accounted = kept._is_accounted(keepings)
        decision = self.env["interop.person"]._decision
        key = self.env["interop.keyring"]._keyring().fingerprint_key
        numbers = kept._identifiers(keepings.model, keepings.kin, keepings.about, with_books=False)
        erasure = self.create(
            {
                "res_model": keepings.model,
                "res_id": record.id,
                "kin": list(keepings.kin),
                "user_id": self.env.uid,
                "basis": basis,
                "words": words,
                "begun_at": fields.Datetime.now(),
                "others": kept._count_of_others(keepings),
                "line_ids": [
                    fields.Command.create(
                        {"kind": kind, "count": n, **decision(kind, is_accounted)}
                    )
                    for kind, n in kept._counts(keepings).items()
                    if n
                ],
                "digest_ids": [
                    fields.Command.create({"digest": identifier_digest(key, *number)})
                    for number in numbers
                ],
            }
        )
        erasure._forget_values([value for *_whose, value in numbers])
        erasure.total = erasure._plan_work(keepings)
        return erasure

    def _forget_values(self, values):
        """Settled exceptions that name a number of the person name it no longer; open ones hold the erasure back."""
        self.env.cr.execute(
            SQL(
                "UPDATE interop_exception SET value = NULL, detail = NULL WHERE state <> 'open' AND value = ANY(%s)",
                values,
            )
        )

    def _plan_work(self, keepings):
        """Deliveries about the person, and those of the same messages that made no record. How many."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO interop_erasure_work (erasure_id, delivery_id)
                SELECT %(erasure)s, d.id FROM interop_delivery d
                 WHERE (d.id = ANY(%(deliveries)s) OR d.message_id = ANY(%(messages)s) AND d.res_id IS NULL)
                   AND (d.subject IS NULL OR d.subject !~ '/~[0-9a-f]{64}$')
                 ORDER BY d.message_id, d.id
                """,
                erasure=self.id,
                deliveries=sorted(keepings.deliveries),
                messages=keepings.messages,
            )
        )
        return self.env.cr.rowcount

    def _record_act(self, keepings):
        details = {"basis": self.basis, "words": self.words, "erasure": self.id}
        details["kept"] = {line.kind: [line.count, line.fate] for line in self.line_ids}
        # the act is the user's own, though the rights for it are not
        person = self.env["interop.person"].new(
            {"res_model": keepings.model, "res_id": self.res_id}
        )
        person._record_act("person_erased", details)

    # -- at once --

    def _remove(self, keepings):
        kept = self.env["interop.kept"]
        domains = kept._domains(keepings)
        kinds = [*REMOVED, "chatter", "activity", "attachment"]
        if decided("bank_account", is_accounted=kept._is_accounted(keepings)).fate != STAYS:
            kinds.append("bank_account")
        for kind in kinds:
            model, domain = domains[kind]
            self.env[model].search(domain).unlink()
        self.env["interop.duplicate.key"].search(
            [("record_id", "in", list(keepings.contacts))]
        ).unlink()

    def _empty(self, keepings):
        """Emptied and archived; one write for all that get the same values."""
        about = keepings.about
        is_accounted = self.env["interop.kept"]._is_accounted(keepings)
        for kind, names in (
            ("encounter", ("account", "disposition_code")),
            ("appointment", ()),
            ("coverage", ("member_id", "plan_code", "relationship")),
            ("authorization", ("name",)),
            ("order", ("told_unit",)),
        ):
            records = self.env[f"interop.{kind}"].browse(about[kind])
            values = dict.fromkeys(names, False)
            if kind in ("encounter", "appointment", "order"):
                values["active"] = False
                self._renumber(records)
            records.write(values)
        if keepings.model == PARTNER:
            self._empty_contacts(self.env[PARTNER].browse(keepings.contacts), is_accounted)

    def _renumber(self, records):
        """Records that are called by a number from outside are called by their own."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET name = '#' || id WHERE id = ANY(%s)",
                SQL.identifier(records._table),
                records.ids,
            )
        )
        records.invalidate_recordset(["name"], flush=False)

    def _empty_contacts(self, contacts, is_accounted):
        values = dict.fromkeys(BLANKED, False) | {"category_id": [fields.Command.clear()]}
        if not is_accounted:
            values |= dict.fromkeys(BOOKED, False)
        contacts.write(values | {"active": False})
        if not is_accounted:
            for contact in contacts:
                contact.name = self.env._("Erased person #%s", contact.id)

    # -- in batches --

    def _go_on(self):
        self._delayed()._step()

    def _delayed(self, seconds=0):
        # the job is the engine's: who asked for it was checked
        return self.sudo().with_delay(
            channel=CHANNEL,
            eta=seconds or None,
            description="Erase what the ledger has",
            identity_key=None,
            max_retries=0,
        )

    def _step(self):
        """Job: one batch, and the next job. Done twice, or begun anew, it finds what is left."""
        self.ensure_one()
        if self.state != "running":
            return
        self._take_batch()
        if self.state == "running":
            self._go_on()

    def _take_batch(self):
        """Content and numbers of the next messages go; ``state`` is ``done`` where none was left."""
        self.env.flush_all()
        rows = self._next_rows()
        if rows:
            key = self.env["interop.keyring"]._keyring().fingerprint_key
            self._purge(sorted({message for _work, _delivery, message, _subject in rows}), key)
            self._disguise(
                [
                    (delivery, subject_pseudonym(key, subject or ""))
                    for _w, delivery, _m, subject in rows
                ]
            )
            self.env.cr.execute(
                SQL("DELETE FROM interop_erasure_work WHERE id = ANY(%s)", [row[0] for row in rows])
            )
        self.env.invalidate_all()
        if len(rows) < BATCH and not self.left:
            self.sudo().write({"state": "done", "done_at": fields.Datetime.now()})  # as above
            self._delayed(LOOK_AGAIN_SECONDS)._look_again()

    def _look_again(self):
        """Job, minutes later. A message that was being applied while the person was erased may have found her record in
        its snapshot, and said something of it without writing to it. By now that has ended: it goes too."""
        self.ensure_one()
        quiet = self.sudo().with_context(**QUIET)  # as above
        record = self.env[self.res_model].browse(self.res_id)
        keepings = self.env["interop.kept"]._of(record, kin=self.kin)
        quiet._remove(keepings)
        quiet._empty(keepings)
        if added := quiet._plan_work(keepings):
            quiet.write({"state": "running", "total": self.total + added})
            quiet._step()

    def _next_rows(self):
        self.env.cr.execute(
            SQL(
                """
                SELECT w.id, d.id, d.message_id, d.subject
                  FROM interop_erasure_work w JOIN interop_delivery d ON d.id = w.delivery_id
                 WHERE w.erasure_id = %s ORDER BY w.id LIMIT %s FOR UPDATE
                """,
                self.id,
                BATCH,
            )
        )
        return self.env.cr.fetchall()

    def _purge(self, messages, key):
        """Content and attempts of ``messages`` go, and the sender's words for them but for MSH-10, which its ACK repeats."""
        self.env.cr.execute(
            SQL(
                "SELECT id, format, sender_ref, correlation_id FROM interop_message WHERE id = ANY(%s)",
                messages,
            )
        )
        words = [
            (
                number,
                word_pseudonym(key, reference) if reference and format_ != "hl7v2" else reference,
                word_pseudonym(key, correlation) if correlation else correlation,
            )
            for number, format_, reference, correlation in self.env.cr.fetchall()
        ]
        self.env.cr.execute(
            SQL(
                """
                WITH gone AS (
                    DELETE FROM interop_payload WHERE message_id = ANY(%(messages)s)
                ), tries AS (
                    DELETE FROM interop_attempt a USING interop_delivery d
                     WHERE a.delivery_id = d.id AND d.message_id = ANY(%(messages)s)
                )
                UPDATE interop_message m
                   SET purged_at = COALESCE(m.purged_at, %(now)s), sender_ref = v.reference, correlation_id = v.correlation
                  FROM unnest(%(numbers)s::int[], %(references)s::text[], %(correlations)s::text[])
                    AS v (number, reference, correlation)
                 WHERE m.id = v.number
                """,
                messages=messages,
                now=fields.Datetime.now(),
                numbers=[word[0] for word in words],
                references=[word[1] for word in words],
                correlations=[word[2] for word in words],
            )
        )

    def _disguise(self, pairs):
        self.env.cr.execute(
            SQL(
                """
                UPDATE interop_delivery d
                   SET subject = NULLIF(v.subject, ''), error_value = NULL, error_detail = NULL
                  FROM unnest(%s::int[], %s::text[]) AS v (number, subject) WHERE d.id = v.number
                """,
                [pair[0] for pair in pairs],
                [pair[1] for pair in pairs],
            )
        )
