"""A dialog that shows what it made, once.

What is shown travels in the answer of the button and stands in no table: the field that shows it is not stored.
"""

from odoo import api, models

CONTEXT = "interop_shown_once"


class ShownOnce(models.AbstractModel):
    _name = "interop.shown.once"
    _description = "What is shown once"

    #: the field that shows it; ``store=False``
    _shown = ""

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        shown = self.env.context.get(CONTEXT)
        # Char fields that are not stored get no default by themselves
        if shown and self._shown in fields_list:
            values[self._shown] = shown
        return values

    def _show(self, text, **context):
        """The action that opens this dialog again with ``text``: the only time that anybody sees it."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Copy it now"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {**context, CONTEXT: text},
        }
