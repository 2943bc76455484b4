"""What came with the add-on and people may change: what they made of it outlives an upgrade.

The data files of an upgrade are read over it. So what people made of it is noted before (``data/shipped_changes.xml``), and carried
over to what is shipped now, line by line, when they have been read (``_keep_shipped`` of each model).
"""

from odoo import api, fields, models

MODULE = "healthcare_interop"


class Shipped(models.AbstractModel):
    """For models with ``_definition``, and versions of it that say whether they were shipped."""

    _name = "interop.shipped"
    _description = "Came with the add-on"

    before_upgrade = fields.Text(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="What people had made of what was shipped, while an upgrade reads its data files over it.",
    )

    @api.model
    def _note_changes(self):
        """Before the data files of an upgrade are read: what people made of what is shipped, in use or not."""
        for one in self._shipped():
            last = one._last_shipped()
            mine = last and one._definition()
            is_changed = bool(mine) and mine.fingerprint != last.sha256
            one.before_upgrade = mine.text() if is_changed else False

    def _last_shipped(self):
        """Its newest version that came with the add-on."""
        return self.version_ids.filtered("is_shipped").sorted("id")[-1:]

    @api.model
    def _shipped_note(self):
        """What a version says of where it is from."""
        add_on = self.env.ref(f"base.module_{MODULE}")
        return self.env._("Came with version %s of the add-on", add_on.installed_version)

    @api.model
    def _shipped(self):
        """Those of this model that came with the add-on, archived ones too."""
        return shipped(self.with_context(active_test=False))


def shipped(records):
    """Those of a model that came with the add-on."""
    return records.browse(external_ids(records).mapped("res_id")).exists()


def external_ids(model, *terms):
    """Those by which what is shipped of a model is known; ``terms`` of a domain narrow them."""
    # which records are shipped is no secret
    data = model.env["ir.model.data"].sudo()
    return data.search([("module", "=", MODULE), ("model", "=", model._name), *terms])


def unlink_no_longer_shipped(records):
    """What the data files don't have any more of a model. Odoo itself takes it away too, but after versions are made."""
    loaded = records.env.registry.loaded_xmlids
    gone = external_ids(records).filtered(lambda one: one.complete_name not in loaded)
    records.browse(gone.mapped("res_id")).exists().unlink()
