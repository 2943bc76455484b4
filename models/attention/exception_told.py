"""What stops a message stops a button too, and is told to whoever pressed it in the same words."""

from contextlib import contextmanager

from odoo import models
from odoo.exceptions import UserError

from ...core.errors import BusinessRule
from .exception_words import WORDS


class ExceptionTold(models.Model):
    _inherit = "interop.exception"

    @contextmanager
    def _telling_people(self):
        """Within, what stops a message stops a button: a ``BusinessRule`` is a ``UserError`` in the same words."""
        try:
            yield
        except BusinessRule as error:
            headline, advice = WORDS[error.code]
            # as in _in_words
            told = (self.env._(headline), self.env._(advice))  # pylint: disable=translation-not-lazy
            raise UserError("\n".join(told)) from error
