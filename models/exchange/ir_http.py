"""Addresses with a slash too many: a common slip of whoever joins a base address and a path."""

import re

from odoo import models

_SLASHES = re.compile("/{2,}")


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        # werkzeug would answer with a redirect, in HTML; senders rarely follow one with a body
        if path_info.lstrip("/").startswith("interop/"):
            path_info = _SLASHES.sub("/", path_info)
        return super()._match(path_info)
