"""Contracts that came with the add-on: a version in use after the installation, and one of what an upgrade changed."""

from odoo import api, models

from ...core.contract import Contract
from ...core.contract_definition import define, read
from ...core.contract_merging import merged
from .shipped import shipped, unlink_no_longer_shipped


class ContractShipped(models.Model):
    _name = "interop.contract"
    _inherit = ["interop.contract", "interop.shipped"]

    @api.model
    def _keep_shipped(self, *, is_loaded=False):
        """After an installation or upgrade: a version for each shipped contract that says something new.

        It is put in use, unless people here have published their own: then it is a draft. What they made of it, published or not,
        stands in the contract as before, with the news of the upgrade (``core/contract_merging.py``), and waits to be published.
        Contracts without a code were in force as they stood, in an earlier release: they stay so. Others that nobody has
        published stay what they are. ``is_loaded``: the data files have been read a moment ago, all of them.
        """
        if is_loaded:
            unlink_no_longer_shipped(self.env["interop.contract.attribute"])
        came = self._shipped()
        note = self._shipped_note()
        for contract in self.with_context(active_test=False).search([]):
            was_in_force = not contract.code
            contract._give_missing_code(contract in came)
            used = contract.active_version_id
            if not used and (contract in came or was_in_force):
                mine = self.env._("In force before versions were kept")
                contract._publish_if_changed(
                    note if contract in came else mine, is_shipped=contract in came
                )
            elif contract.before_upgrade:
                contract._carry_over(note)
            elif contract in came and used.is_shipped:
                contract._publish_if_changed(note, is_shipped=True)

    def _carry_over(self, note):
        """People's changes, which the data files were read over, to what is shipped now."""
        mine = read(self.before_upgrade)
        base = self._last_shipped()._to_core()
        theirs = self._shipped_definition(base)
        if theirs.fingerprint not in self.version_ids.mapped("sha256"):
            status = "active" if self.active_version_id.is_shipped else "draft"
            self._publish(note, definition=theirs, is_shipped=True, status=status)
        self._take_definition(merged(base, mine, theirs))
        self.before_upgrade = False

    def _shipped_definition(self, base):
        """What the data files say: their lines, not those that people added; and no schema, where ``base`` had none."""
        lines = self.attribute_ids & shipped(self.attribute_ids)
        contract = Contract(self.format, self.document, tuple(line._to_core() for line in lines))
        return define(contract, base.schema)

    def _give_missing_code(self, is_shipped):
        if not self.code:
            name = self.get_external_id()[self.id] if is_shipped else ""
            wanted = name.partition(".contract_")[2] or self.name
            self.code = self._free_code(wanted)

    def unlink(self):
        """A contract that an upgrade no longer ships is part of history: it is archived."""
        is_upgrade = bool(self.env.context.get("module"))
        used = self.filtered(lambda contract: is_upgrade and contract.version_ids)
        used.write({"active": False})
        return super(ContractShipped, self - used).unlink()
