"""Translations that came with the add-on: what people changed, took out or said themselves stands when an upgrade is read.

Line by line: what nobody here has an opinion of is as it is shipped now.
"""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import groupby

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .shipped import external_ids, shipped

LINE = "interop.concept.map.line"
NOTHING = {"source_system": "", "source_code": "", "valid_from": None}


class ConceptMapShipped(models.Model):
    _inherit = "interop.concept.map"

    taken_out = fields.Text(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="Shipped translations that people took out, by their external ids: an upgrade does not bring them back.",
    )

    @api.model
    def _note_changes(self):
        """Before the data files of an upgrade are read: what people changed last is theirs from now on."""
        for model in (self._name, LINE):
            came = shipped(self.env[model])
            mine = came.filtered(lambda one: one.write_uid.id != SUPERUSER_ID)
            _names(mine).noupdate = True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        # an upgrade that ships it no longer takes it away
        for concept_map in () if self.env.context.get("module") else self & shipped(self):
            raise UserError(
                self.env._(
                    "%s came with the add-on, and an update would bring it back: archive it.",
                    concept_map.display_name,
                )
            )


class ConceptMapLineShipped(models.Model):
    _inherit = LINE

    def unlink(self):
        context = self.env.context
        if not (context.get(MODULE_UNINSTALL_FLAG) or context.get("module")):
            self._note_taken_out()
        return super().unlink()

    def _note_taken_out(self):
        names = {name.res_id: name.complete_name for name in _names(self)}
        came = self.filtered(lambda line: line.id in names)
        # it is the machine's; whoever may take lines out has it noted
        for concept_map, lines in groupby(came.sudo(), lambda line: line.map_id):
            known = (concept_map.taken_out or "").split()
            told = sorted({*known, *(names[line.id] for line in lines)})
            concept_map.taken_out = "\n".join(told)

    @api.model
    def _load_records(self, data_list, update=False):
        """What an upgrade's files say where people said nothing."""
        if update:
            data_list = self._without_peoples(data_list)
        return super()._load_records(data_list, update)

    def _without_peoples(self, data_list):
        maps = self.map_id.browse({data["values"].get("map_id") for data in data_list} - {None})
        # it is the machine's
        taken_out = {name for one in maps.exists().sudo() for name in (one.taken_out or "").split()}
        lines = self.search([("map_id", "in", maps.ids), ("for_system_id", "=", False)])
        machines = set(_names(lines).filtered(lambda name: not name.noupdate).mapped("res_id"))
        peoples = {_translated(line.map_id.id, line) for line in lines if line.id not in machines}
        return [
            data
            for data in data_list
            if data.get("xml_id") not in taken_out
            and _translated(data["values"].get("map_id"), {**NOTHING, **data["values"]})
            not in peoples
        ]


def _translated(map_id, said):
    """What a line, or the values of one, is for: of each there is one line."""
    return map_id, said["source_system"] or "", said["source_code"], said["valid_from"] or None


def _names(records):
    return external_ids(records, ("res_id", "in", records.ids))
