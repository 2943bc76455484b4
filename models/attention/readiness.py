"""“Ready for production?”: facts of this server and its database, and what to do about each (``core.readiness`` judges)."""

import os
from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError
from odoo.tools.translate import LazyTranslate

from ...core.readiness import Facts, findings

_lt = LazyTranslate(__name__)
#: how soon an end is worth a word, and how long content is kept where nobody thought of it
SOON = timedelta(days=30)
MOST_PAYLOAD_DAYS = 90
LEVELS = [("problem", "To do"), ("advice", "Advice"), ("good", "Good")]
#: code → (what was looked at, what to do)
WORDS = {
    "server_wide": (
        _lt("The add-on is loaded with the server"),
        _lt(
            "Add healthcare_interop to server_wide_modules: senders get 503, not 404, while the database is away."
        ),
    ),
    "workers": (
        _lt("Several worker processes"),
        _lt("Set workers to at least 2; with none, one long request stops the door and all jobs."),
    ),
    "channels": (
        _lt("Jobs have channels of their own"),
        _lt(
            "Set channels in the section [queue_job] as README shows, or a bulk load delays bed changes."
        ),
    ),
    "plain_http": (
        _lt("Messages come by https only"),
        _lt(
            "Remove allow_http from [healthcare_interop]: secrets and patients travel in the clear."
        ),
    ),
    "proxy": (
        _lt("The reverse proxy is known"),
        _lt(
            "Set trusted_proxies in [healthcare_interop], or proxy_mode: without either nothing counts as https."
        ),
    ),
    "list_db": (_lt("Databases are not listed"), _lt("Set list_db = False.")),
    "master_password": (
        _lt("The master password was changed"),
        _lt("Set admin_passwd to a long random text: whoever knows it can drop the database."),
    ),
    "dbfilter": (
        _lt("The database is named"),
        _lt(
            "Prefer db_name, or the header X-Odoo-Database: with dbfilter each webhook opens a new connection."
        ),
    ),
    "keys": (
        _lt("Encryption keys are configured"),
        _lt(
            "Make a key under Connections > Encryption: a copy of the database opens all content now."
        ),
    ),
    "audit_heads": (
        _lt("Heads of seals leave the database"),
        _lt(
            "Set audit_heads in [healthcare_interop] to a file that only grows, best on another host: a cut-off end shows."
        ),
    ),
    "audit_sealing": (
        _lt("The audit log is sealed each minute"),
        _lt(
            "Look whether scheduled actions run: the oldest entry has waited for its seal for too long (seconds)."
        ),
    ),
    "audit_verified": (
        _lt("The audit log was verified and holds"),
        _lt("Verify it under Audit > Verify, and see what it names."),
    ),
    "database_tls": (
        _lt("The way to PostgreSQL is encrypted"),
        _lt("Set db_sslmode = require (better verify-full): the database is on another host."),
    ),
    "database_role": (
        _lt("Odoo is no superuser of PostgreSQL"),
        _lt(
            "Give Odoo a role without SUPERUSER: it could switch off the triggers that protect the audit log."
        ),
    ),
    "database_durable": (
        _lt("What is committed is on disk"),
        _lt(
            "Switch fsync, full_page_writes and synchronous_commit on: accepted messages may be lost in a crash."
        ),
    ),
    "drained": (
        _lt("Jobs are being run"),
        _lt(
            "The oldest due message waits for too long (seconds): start the job runner, see its log."
        ),
    ),
    "watchdog": (
        _lt("The watchdog runs each minute"),
        _lt(
            "Switch “Interop: watchdog” on among scheduled actions, and see that these run at all."
        ),
    ),
    "credentials": (
        _lt("Every endpoint has a valid credential"),
        _lt("Issue one, or nobody can send there:"),
    ),
    "expiring": (_lt("No credential ends soon"), _lt("Rotate what ends within a month:")),
    "limits": (
        _lt("Every live endpoint has a rate limit"),
        _lt("Set one that the sender never needs; it stops a loop from filling the database:"),
    ),
    "demo": (
        _lt("No demo endpoint is live"),
        _lt("Pause or archive what came with the demo; its secrets are known:"),
    ),
    "retention": (
        _lt("Content is removed in time"),
        _lt("Keep content as long as it is needed and no longer; more than 90 days stand at:"),
    ),
    "attribute_retention": (
        _lt("Restricted attributes have a purpose and an end"),
        _lt("Say it in the contracts; meanwhile they count as 30 days:"),
    ),
    "excess_rights": (
        _lt("Systems may change what they send and nothing else"),
        _lt("Somebody gave service users further rights. Take them away in Settings → Users:"),
    ),
    "overdue_contents": (
        _lt("Content past its time is removed"),
        _lt(
            "Look whether Odoo's daily clean-up runs; so many messages should have lost their content two days ago:"
        ),
    ),
    "held_contents": (
        _lt("No content is held past its time"),
        _lt(
            "Settle or discard what waits or has failed: only then is the content removed. Messages:"
        ),
    ),
}


class Readiness(models.TransientModel):
    _name = "interop.readiness"
    _description = "Ready for production?"
    _order = "id"

    name = fields.Char(string="Looked at", readonly=True)
    level = fields.Selection(LEVELS, readonly=True)
    advice = fields.Text(string="What to do", readonly=True)
    code = fields.Char(readonly=True)

    @api.model
    def _look(self):
        """The action that shows what was found just now."""
        if not self.env.user.has_group("healthcare_interop.group_administrator"):
            raise AccessError(self.env._("Only administrators see how the server is set up."))
        self.search([("create_uid", "=", self.env.uid)]).unlink()
        rows = self.create([self._row(one) for one in findings(self._facts())])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "healthcare_interop.readiness_action"
        )
        return {**action, "domain": [("id", "in", rows.ids)]}

    def _row(self, finding):
        name, advice = (str(self.env._(text)) for text in WORDS[finding.code])
        if finding.detail:
            advice = f"{advice} {finding.detail}"
        is_good = finding.level == "good"
        return {
            "name": name,
            "level": finding.level,
            "advice": "" if is_good else advice,
            "code": finding.code,
        }

    # -- facts --

    def _facts(self):
        return Facts(
            **self._server_facts(),
            **self._evidence_facts(),
            **self._database_facts(),
            **self._work_facts(),
            **self._door_facts(),
            **self._least_data_facts(),
            **self._right_facts(),
        )

    def _server_facts(self):
        config, trust = tools.config, self.env["interop.door"]._trust()
        return {
            "is_server_wide": "healthcare_interop" in config["server_wide_modules"],
            "workers": config["workers"] or 0,
            "channels": self._channels(),
            "allows_http": trust.allows_http,
            "is_behind_proxy": bool(trust.proxies or trust.is_proxy_mode),
            "lists_databases": bool(config["list_db"]),
            "has_default_master_password": config["admin_passwd"] == "admin",
            "uses_dbfilter": bool(config["dbfilter"]) and not config["db_name"],
        }

    def _channels(self):
        """Names of queue_job's channels, read where queue_job reads them."""
        text = os.environ.get("ODOO_QUEUE_JOB_CHANNELS") or self.env["interop.settings"]._option(
            "channels", "queue_job"
        )
        return tuple(part.strip().partition(":")[0] for part in text.split(",") if part.strip())

    def _evidence_facts(self):
        self.env.cr.execute(
            "SELECT extract(epoch FROM now() AT TIME ZONE 'UTC' - min(e.at)) FROM interop_audit_unsealed u "
            "JOIN interop_audit_entry e ON e.id = u.entry_id"
        )
        [[unsealed]] = self.env.cr.fetchall()
        # the state of the server's own log, whoever asks
        last = self.env["interop.audit.verification"].sudo().search([], limit=1)
        return {
            "keys_from": self.env["interop.keyring"]._source(),
            "keeps_heads_outside": bool(self.env["interop.settings"]._option("audit_heads")),
            "oldest_unsealed": unsealed and float(unsealed),
            "audit_state": last.state or "",
        }

    def _database_facts(self):
        self.env.cr.execute(
            """
            SELECT COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), FALSE) AS is_database_private,
                   (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser,
                   current_setting('fsync')::bool AND current_setting('full_page_writes')::bool
                       AND current_setting('synchronous_commit') <> 'off' AS is_durable
            """
        )
        return {**self.env.cr.dictfetchone(), "database_host": tools.config["db_host"] or ""}

    def _work_facts(self):
        self.env.cr.execute(
            """
            SELECT extract(epoch FROM now() AT TIME ZONE 'UTC' - min(GREATEST(received_at, not_before)))
              FROM interop_delivery
             WHERE state = 'pending' AND route_id IS NOT NULL
               AND (not_before IS NULL OR not_before <= now() AT TIME ZONE 'UTC')
            """
        )
        [[due]] = self.env.cr.fetchall()
        # scheduled actions are the server's
        watchdog = self.env.ref("healthcare_interop.cron_watchdog").sudo()
        ran = watchdog.lastcall if watchdog.active else None
        return {
            "oldest_due": due and float(due),
            "watchdog_ran": ran and (fields.Datetime.now() - ran).total_seconds(),
        }

    def _door_facts(self):
        now = fields.Datetime.now()
        open_ = self.env["interop.endpoint"].search([("state", "in", ("live", "test"))])
        valid = open_.credential_ids.filtered(lambda one: one.state == "valid")
        limited = valid.filtered("rate_limit")
        demo = self.env["ir.model.data"].sudo()  # what came with the demo is nobody's secret
        shipped = demo.search(
            [("module", "=", "healthcare_interop"), ("model", "=", "interop.endpoint")]
        ).mapped("res_id")
        return {
            "unsigned_endpoints": self._codes(open_ - valid.endpoint_id),
            "expiring_credentials": tuple(
                one.display_name
                for one in valid
                if one.expires_at and one.expires_at - now < SOON and not one.successor_id
            ),
            "unlimited_endpoints": self._codes(
                open_.filtered(
                    lambda one: not one.rate_limit and one.credential_ids & valid - limited
                )
            ),
            "demo_endpoints": self._codes(open_.filtered(lambda one: one.id in shipped)),
            "long_kept_endpoints": self._codes(
                open_.filtered(lambda one: one.payload_days > MOST_PAYLOAD_DAYS)
            ),
        }

    def _least_data_facts(self):
        contracts = self.env["interop.contract"].search([])
        messages = self.env["interop.message"]
        return {
            "endless_attributes": tuple(
                f"{line.contract_id.name}: {line.path}"
                for line in contracts.attribute_ids
                if line.data_class == "restricted" and line._to_core().lacks
            ),
            "overdue_contents": messages._overdue(),
            "held_contents": messages._held(),
        }

    def _right_facts(self):
        # archived ones too: what they told may still be applied
        systems = self.env["interop.system"].with_context(active_test=False).search([])
        return {"excess_rights": self._codes(systems._excess_rights())}

    def _codes(self, endpoints):
        return tuple(sorted(endpoints.mapped("code")))
