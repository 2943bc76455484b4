"""Whether the audit log is what it was: asked by an auditor, each night, or on the command line; each answer is kept."""

import itertools
import json
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.translate import LazyTranslate

from ...core.audit import FAILED, SUCCESS, Act
from ...core.audit_verify import Finding, Verification

_lt = LazyTranslate(__name__)

#: places that are named; more of them tell nothing new
MOST_FINDINGS = 200
#: of one go, while somebody waits
STEP_SECONDS = 15
STATES = [("running", "Under way"), ("holds", "Holds"), ("broken", "Does not hold")]
WORDS = {
    "altered_entry": _lt("entry %(entry)s was altered (seal %(seal)s)"),
    "reordered_entry": _lt(
        "entry %(entry)s stood elsewhere: it was number %(detail)s (seal %(seal)s)"
    ),
    "missing_entry": _lt("entries %(entry)s to %(last)s are missing (seal %(seal)s)"),
    "inserted_entry": _lt("entry %(entry)s was put in by somebody without the key"),
    "unsealed_entry": _lt("entry %(entry)s was kept from its seal"),
    "other_entries": _lt("entries %(entry)s to %(last)s are not those that seal %(seal)s closed"),
    "sealed_twice": _lt("entries %(entry)s to %(last)s are in seal %(seal)s and in an earlier one"),
    "altered_seal": _lt("seal %(seal)s was altered"),
    "missing_seal": _lt("seals %(seal)s to %(last)s are missing"),
    "broken_chain": _lt("seal %(seal)s does not follow the one before it"),
    "other_head": _lt("seal %(seal)s is not the one whose head was written outside"),
    "cut_off": _lt("the end was cut off: seals %(seal)s to %(last)s are known outside only"),
    "missing_key": _lt("the key %(detail)s is not in the keyring (seal %(seal)s, entry %(entry)s)"),
}


class AuditVerification(models.Model):
    _name = "interop.audit.verification"
    _description = "Verification of the audit log"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    state = fields.Selection(STATES, required=True, readonly=True, default="running")
    done_at = fields.Datetime(string="Ended", readonly=True)
    entry_count = fields.Integer(string="Entries verified", readonly=True)
    last_entry = fields.Integer(string="Up to entry", readonly=True)
    last_seal = fields.Integer(string="Up to seal", readonly=True)
    progress = fields.Float(compute="_compute_progress", help="Of the seals there are.")
    seconds = fields.Float(readonly=True, digits=(12, 1))
    is_end_proven = fields.Boolean(
        string="End proven",
        readonly=True,
        help="The newest seal's head is known outside the database. Otherwise an end that was cut off with its seals would "
        "not show.",
    )
    is_key_inside = fields.Boolean(
        string="Key within the database",
        readonly=True,
        help="No key is configured: whoever has the whole database can make the key, and forge what they like.",
    )
    findings = fields.Json(readonly=True)
    places = fields.Text(string="Where it does not hold", compute="_compute_places")
    #: where the next step goes on
    position = fields.Json(readonly=True)

    @api.depends("state", "last_seal")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for check in self:
            check.display_name = self.env._("Verification %s", check.id)

    @api.depends("last_seal", "state")
    def _compute_progress(self):
        newest = self.env["interop.audit.seal"].search([], limit=1).id
        for check in self:
            is_open = check.state == "running" and newest
            check.progress = 100.0 * check.last_seal / newest if is_open else 100.0

    @api.depends("findings")
    @api.depends_context("lang")
    def _compute_places(self):
        for check in self:
            found = [Finding(*one) for one in check.findings or []]
            lines = [self._in_words(one) for one in found[:MOST_FINDINGS]]
            if len(found) > MOST_FINDINGS:
                lines.append(self.env._("… and more."))
            check.places = "\n".join(lines)

    @api.model
    def _in_words(self, finding):
        """A finding as a line for people."""
        values = {
            name: "–" if value is None else value for name, value in finding._asdict().items()
        }
        # the words stand in WORDS as lazy terms, which the export finds
        return self.env._(WORDS[finding.kind]) % values  # pylint: disable=translation-not-lazy

    # -- by people --

    def action_verify(self):
        """Verify from the beginning, and show the answer, or how far it got."""
        self._check_may_verify()
        # nobody writes the answers by hand
        check = self.sudo().create({})
        check._step(STEP_SECONDS)
        return check._action_open()

    def action_go_on(self):
        self.ensure_one()
        self._check_may_verify()
        # likewise
        self.sudo()._step(STEP_SECONDS)
        return self._action_open()

    def _check_may_verify(self):
        self.check_access("read")
        allowed = ("group_auditor", "group_administrator")
        if not any(self.env.user.has_group(f"healthcare_interop.{group}") for group in allowed):
            raise AccessError(self.env._("Only auditors and administrators verify the audit log."))

    def _action_open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Verification of the audit log"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    # -- by the clock --

    @api.model
    def _cron_verify(self):
        """Once a day, in goes: what is under way goes on first. Auditors are told of what does not hold."""
        system_user = self.env.uid
        check = self.search([("state", "=", "running"), ("create_uid", "=", system_user)], limit=1)
        check = check or self.create({})
        check._step(STEP_SECONDS)
        if check.state == "running":
            self.env.ref("healthcare_interop.cron_audit_verify")._trigger()

    def _tell_auditors(self):
        self.ensure_one()
        group = self.env.ref("healthcare_interop.group_auditor")
        for user in group.all_user_ids.filtered("active"):
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=self.env._("The audit log does not hold"),
            )

    # -- on the command line --

    @api.model
    def _on_command_line(self, heads=""):
        """``(what to print, whether it holds)``; the answer is kept as any other. ``heads``: a file that has them."""
        check = self.create({})
        check._step(None, heads)
        lines = [
            f"{check.entry_count} entries verified in {check.seconds:.1f} s, "
            f"up to entry {check.last_entry}, seal {check.last_seal}"
        ]
        if not check.is_end_proven:
            lines.append("the end is not proven: no head of the newest seal outside the database")
        if check.is_key_inside:
            lines.append("no key is configured: whoever has the database can forge the log")
        holds = check.state == "holds"
        lines += ["the log holds"] if holds else [check.places, "THE LOG DOES NOT HOLD"]
        return "\n".join(lines), holds

    # -- the work --

    def _step(self, seconds, heads=""):
        """Go on verifying for about ``seconds`` (None: to the end); keeps where it stands, or the answer.

        ``heads``: a file of them instead of the configured one."""
        self.ensure_one()
        if self.state != "running":
            return
        began = time.monotonic()
        log = self.env["interop.audit"]
        until = None if seconds is None else began + seconds
        check, found, is_done = self._go(log, log._heads(heads), until)
        findings = (self.findings or []) + [list(one) for one in found]
        self.write(
            {
                "entry_count": check.count,
                "last_entry": check.entry_id,
                "last_seal": check.seal_id,
                "findings": findings[: MOST_FINDINGS + 1],
                "position": check.state(),
                "seconds": self.seconds + time.monotonic() - began,
            }
        )
        if is_done:
            self._end(check)

    def _go(self, log, heads, until):
        """``(verification, findings, whether it came to the end)``."""
        check = Verification(
            self.env["interop.keyring"]._keyring().audit_keys,
            heads=heads,
            removals=log._removals(),
            state=self.position,
        )
        found = []
        for seal, entries in log._seals(check.seal_id):
            found += itertools.islice(check.feed(seal, entries), MOST_FINDINGS + 1)
            if until is not None and time.monotonic() > until:
                return check, found, False
        now = self.env["interop.audit"]._now()
        rest = check.rest(log._unnamed(check.is_sealed), lost=log._lost(), now=now)
        found += itertools.islice(rest, MOST_FINDINGS + 1)
        log._forget_newer(heads, check.seal_id)
        found += check.close()
        return check, found, True

    def _end(self, check):
        holds = not self.findings
        self.write(
            {
                "state": "holds" if holds else "broken",
                "done_at": fields.Datetime.now(),
                "is_end_proven": check.is_end_proven,
                "is_key_inside": self.env["interop.keyring"]._is_derived(),
                "position": False,
            }
        )
        details = {
            "entries": check.count,
            "up_to_entry": check.entry_id,
            "up_to_seal": check.seal_id,
        }
        if not holds:
            details["places"] = [json.dumps(one) for one in self.findings[:20]]
        self.env["interop.audit"]._record(
            [
                Act(
                    "verified",
                    res_model=self._name,
                    res_id=self.id,
                    res_name=self.display_name,
                    outcome=SUCCESS if holds else FAILED,
                    details=details,
                )
            ]
        )
        if not holds:
            self._tell_auditors()
