"""Mappings that came with the add-on: in use after the installation, and versions of what an upgrade changed."""

from odoo import api, models

MODULE = "healthcare_interop"


class MappingShipped(models.Model):
    _inherit = "interop.mapping"

    @api.model
    def _keep_shipped(self, *, is_loaded=False):
        """After an installation or upgrade: a version for each shipped mapping that says something new.

        It is put in use, unless people here have put another in use, or a test of theirs is red: then it is proposed.
        ``is_loaded``: the data files have been read a moment ago, all of them.
        """
        self.env["interop.mapping.rule"]._give_missing_keys()
        if is_loaded:
            self.env["interop.mapping.rule"]._unlink_no_longer_shipped()
        shipped = self._shipped()
        fresh = {}
        for mapping in shipped | self._in_use_without_version():
            definition = mapping._definition()
            known = mapping.active_version_id | mapping._proposals()
            if definition.fingerprint not in known.mapped("sha256"):
                fresh[mapping] = definition
        add_on = self.env.ref(f"base.module_{MODULE}")
        note = self.env._("Came with version %s of the add-on", add_on.installed_version)
        came = {mapping: said for mapping, said in fresh.items() if mapping in shipped}
        versions = self._keep_versions(came, note=note, is_shipped=True)
        others = {mapping: said for mapping, said in fresh.items() if mapping not in shipped}
        versions |= self._keep_versions(others, note=self.env._("In use before versions were kept"))
        versions.filtered(lambda version: version._may_follow_shipped())._put_in_use()

    def _in_use_without_version(self):
        """Before the first version is kept, all that people made: an earlier release mapped messages by it as it stood."""
        if self.env["interop.mapping.version"].search_count([], limit=1):
            return self.browse()
        return self.search([("extends_id", "=", False)])

    def _shipped(self):
        return shipped(self)

    def unlink(self):
        """A mapping that an upgrade no longer ships is part of history, if it was ever in use: it is archived."""
        is_upgrade = bool(self.env.context.get("module"))
        used = self.filtered(lambda mapping: is_upgrade and mapping.active_version_id)
        used.write({"active": False})
        return super(MappingShipped, self - used).unlink()


class MappingRuleShipped(models.Model):
    _inherit = "interop.mapping.rule"

    @api.model
    def _give_missing_keys(self):
        """To rules of an older release."""
        for rule in self.search([("key", "=", False)]):
            vals = {"mapping_id": rule.mapping_id.id, "target": rule.target}
            self._give_keys([vals])
            rule.key = vals["key"]

    @api.model
    def _unlink_no_longer_shipped(self):
        unlink_no_longer_shipped(self)


def shipped(records):
    """Those of a model that came with the add-on, archived ones too."""
    # which records are shipped is no secret
    data = records.env["ir.model.data"].sudo()
    found = data.search([("module", "=", MODULE), ("model", "=", records._name)])
    return records.browse(found.mapped("res_id")).exists()


def unlink_no_longer_shipped(records):
    """What the data files don't have any more of a model. Odoo itself takes it away too, but after versions are made."""
    # which records are shipped is no secret
    shipped = records.env["ir.model.data"].sudo()
    loaded = records.env.registry.loaded_xmlids
    gone = [
        data.res_id
        for data in shipped.search([("module", "=", MODULE), ("model", "=", records._name)])
        if data.complete_name not in loaded
    ]
    records.browse(gone).exists().unlink()
