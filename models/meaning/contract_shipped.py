"""Contracts that came with the add-on: a version in use after the installation, and one of what an upgrade changed."""

from odoo import api, models

from .mapping_shipped import MODULE, unlink_no_longer_shipped


class ContractShipped(models.Model):
    _inherit = "interop.contract"

    @api.model
    def _keep_shipped(self, *, is_loaded=False):
        """After an installation or upgrade: a version for each shipped contract that says something new.

        It is put in use, unless people here have published their own: then it waits, as a change that is not published.
        Contracts without a code were in force as they stood, in an earlier release: they stay so. Others that nobody has
        published stay what they are. ``is_loaded``: the data files have been read a moment ago, all of them.
        """
        if is_loaded:
            unlink_no_longer_shipped(self.env["interop.contract.attribute"])
        shipped = self._shipped()
        add_on = self.env.ref(f"base.module_{MODULE}")
        note = self.env._("Came with version %s of the add-on", add_on.installed_version)
        for contract in self.with_context(active_test=False).search([]):
            was_in_force = not contract.code
            contract._give_missing_code(contract in shipped)
            used = contract.active_version_id
            if not used and (contract in shipped or was_in_force):
                mine = self.env._("In force before versions were kept")
                contract._publish_if_changed(
                    note if contract in shipped else mine, is_shipped=contract in shipped
                )
            elif contract in shipped and used.is_shipped:
                contract._publish_if_changed(note, is_shipped=True)

    def _give_missing_code(self, is_shipped):
        if not self.code:
            name = self.get_external_id()[self.id] if is_shipped else ""
            wanted = name.partition(".contract_")[2] or self.name
            self.code = self._free_code(wanted)

    def _shipped(self):
        """Those that came with the add-on."""
        # which records are shipped is no secret
        shipped = self.env["ir.model.data"].sudo()
        return (
            self.with_context(active_test=False)
            .browse(
                shipped.search([("module", "=", MODULE), ("model", "=", self._name)]).mapped(
                    "res_id"
                )
            )
            .exists()
        )

    def unlink(self):
        """A contract that an upgrade no longer ships is part of history: it is archived."""
        is_upgrade = bool(self.env.context.get("module"))
        used = self.filtered(lambda contract: is_upgrade and contract.version_ids)
        used.write({"active": False})
        return super(ContractShipped, self - used).unlink()
