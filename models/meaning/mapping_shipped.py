"""Mappings that came with the add-on: in use after the installation, and versions of what an upgrade changed."""

from dataclasses import replace

from odoo import api, models

from ...core.definition import read
from ...core.errors import InteropError
from ...core.profiles import carried_over
from .shipped import shipped, unlink_no_longer_shipped


class MappingShipped(models.Model):
    _name = "interop.mapping"
    _inherit = ["interop.mapping", "interop.shipped"]

    @api.model
    def _load_records(self, data_list, update=False):
        """In which order mappings are asked is said by whoever administers them, from the installation on."""
        if update:
            known = set(self._shipped().get_external_id().values())
            for data in data_list:
                if data.get("xml_id") in known:
                    data["values"].pop("sequence", None)
        return super()._load_records(data_list, update)

    @api.model
    def _keep_shipped(self, *, is_loaded=False):
        """After an installation or upgrade: a version for each shipped mapping that says something new.

        It is put in use, unless people here have put another in use, or a test of theirs is red: then it is proposed. What they
        made of it, in use or not, stands in the mapping as before, with the news of the upgrade (``core/profiles.py``), and waits
        to be put in use. ``is_loaded``: the data files have been read a moment ago, all of them.
        """
        self.env["interop.mapping.rule"]._give_missing_keys()
        if is_loaded:
            unlink_no_longer_shipped(self.env["interop.mapping.rule"])
        came = self._shipped()
        bases = {one: one._last_shipped()._to_core() for one in came.filtered("before_upgrade")}
        fresh = {}
        for mapping in came | self._in_use_without_version():
            changed = mapping in bases
            definition = mapping._shipped_definition() if changed else mapping._definition()
            known = mapping.active_version_id | mapping._proposals()
            if changed:
                known |= mapping._last_shipped()
            if definition.fingerprint not in known.mapped("sha256"):
                fresh[mapping] = definition
        note = self._shipped_note()
        versions = self._keep_versions(
            {mapping: said for mapping, said in fresh.items() if mapping in came},
            note=note,
            is_shipped=True,
        )
        others = {mapping: said for mapping, said in fresh.items() if mapping not in came}
        versions |= self._keep_versions(others, note=self.env._("In use before versions were kept"))
        versions.filtered(lambda version: version._may_follow_shipped())._put_in_use()
        for mapping, base in bases.items():
            mapping._carry_over(base)

    def _shipped_definition(self):
        """What the data files say: their rules, not those that people added."""
        ours = self.rule_ids & shipped(self.rule_ids)
        ordered = ours.sorted(lambda rule: (rule.sequence, rule.id))
        return replace(self._definition(), lines=tuple(rule._to_core() for rule in ordered))

    def _carry_over(self, base):
        """People's changes, which the data files were read over, to what is shipped now.

        Where that would be no mapping that works, they are kept as a proposal, as they were.
        """
        mine = read(self.before_upgrade)
        carried = carried_over(base, mine, self._shipped_definition())
        self.before_upgrade = False
        try:
            carried.check()
        except InteropError:
            note = self.env._("Changes made here that do not fit to what the upgrade brought")
            if mine.fingerprint != self.active_version_id.sha256:
                self._keep_versions({self: mine}, note=note)
            carried = self._shipped_definition()
        self._take_definition(carried)

    def _in_use_without_version(self):
        """Before the first version is kept, all that people made: an earlier release mapped messages by it as it stood."""
        if self.env["interop.mapping.version"].search_count([], limit=1):
            return self.browse()
        return self.search([("extends_id", "=", False)])

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
