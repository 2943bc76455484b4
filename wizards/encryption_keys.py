"""The keys that protect stored content: where they come from, a new one, and the run that takes it into use.

A new key travels in the answer of the button and stands in no table: keys are told to servers by their configuration.
"""

import itertools
import os

from odoo import fields, models

from ..core.keyring import fingerprint_entry, generate_entry


class EncryptionKeys(models.TransientModel):
    _name = "interop.encryption.keys"
    _description = "Encryption keys"
    _inherit = ["interop.shown.once"]
    _shown = "line"

    source = fields.Selection(
        [
            ("environment", "The environment (HEALTHCARE_INTEROP_KEYS)"),
            ("configuration", "Odoo's configuration file"),
            ("database", "The database itself"),
        ],
        string="Keys come from",
        compute="_compute_facts",
    )
    current = fields.Char(string="Encrypts with", compute="_compute_facts")
    known = fields.Char(
        string="Can read", compute="_compute_facts", help="Ids of the keys that this server knows."
    )
    run_id = fields.Many2one("interop.reencryption", compute="_compute_facts")
    line = fields.Char(string="To configure", store=False, readonly=True)

    def _compute_facts(self):
        service = self.env["interop.keyring"]
        ring = service._keyring()
        running = self.env["interop.reencryption"].search([("state", "=", "running")], limit=1)
        for one in self:
            one.source = service._source()
            one.current = ring.current_key_id
            one.known = ", ".join(ring.key_ids)
            one.run_id = running

    def action_make_key(self):
        """Show a new entry: the only time that anybody sees it."""
        self._check()
        service = self.env["interop.keyring"]
        known = set(service._keyring().key_ids)
        name = next(f"k{n}" for n in itertools.count(1) if f"k{n}" not in known)
        line = generate_entry(name, os.urandom)
        if service._is_derived():
            # or a message that comes again would no longer be known as the one that came before
            line += "," + fingerprint_entry(service._material()[0])
        return self._show(line)

    def action_begin(self):
        self._check()
        run = self.env["interop.reencryption"]._begin()
        return {
            "type": "ir.actions.act_window",
            "res_model": run._name,
            "res_id": run.id,
            "view_mode": "form",
        }

    def _check(self):
        self.env["interop.reencryption"]._check_administrator()
