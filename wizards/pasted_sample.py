"""A sample that somebody pastes or uploads, for dialogs that show something of it.

Nothing of it is a column, and such a dialog never saves: it travels to ``onchange`` and back, so that no patient's data
reaches a table (DESIGN.md section 2, Least data).
"""

import base64
import binascii

from odoo import fields, models

LARGEST_SAMPLE = 1024 * 1024


class PastedSample(models.AbstractModel):
    _name = "interop.pasted.sample"
    _description = "Pasted sample"

    sample = fields.Text(
        store=False, help="A message as the sender would post it. Nothing of it is kept."
    )
    file = fields.Binary(string="Or a file", store=False, attachment=False)
    file_name = fields.Char(store=False)
    asked = fields.Integer(store=False, help="Counts the presses of the button.")
    result = fields.Html(store=False, sanitize=False, readonly=True)

    def _body(self):
        """The bytes to look at: the file if there is one, else the text."""
        try:
            body = base64.b64decode(self.file) if self.file else (self.sample or "").encode()
        except binascii.Error:
            return b""
        return body[:LARGEST_SAMPLE]
