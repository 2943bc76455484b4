"""What has to be settled before a person can be erased."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ...core.personal import holds
from .kept import ABOUT, EMPLOYEE

_lt = LazyTranslate(__name__)

HOLD_WORDS = {
    "open_delivery": _lt(
        "%s messages about the person wait or have failed. Settle or discard them first."
    ),
    "draft_invoice": _lt("%s draft invoices. Post or delete them first."),
    "open_charge": _lt("%s charges are not billed. Bill them, or have them taken back."),
    "login": _lt("%s users sign in as this person. Archive them first."),
    "employed": _lt("%s is employed here. Archive the employee once she has left."),
    "other_company": _lt(
        "%s records belong to companies that you don't work in. Somebody who works in all of them has to erase."
    ),
    "running": _lt("%s erasure of this person is running already."),
}


class ErasureHolds(models.AbstractModel):
    _inherit = "interop.kept"

    def _holds(self, keepings):
        """``{what stands in the way: how often}``."""
        # what stands in the way does so whether or not one may see it
        kept = self.sudo().with_context(active_test=False)
        contacts, about, kin = list(keepings.contacts), keepings.about, list(keepings.kin)
        drafts = fields.Domain("state", "=", "draft") & (
            fields.Domain("partner_id", "in", contacts)
            | fields.Domain("id", "in", about["invoice"])
        )
        employed = kin if keepings.model == EMPLOYEE else []
        counts = {
            "open_delivery": ("interop.delivery", self._open_deliveries(keepings)),
            "draft_invoice": ("account.move", drafts),
            "open_charge": (
                "interop.charge",
                [("id", "in", about["charge"]), ("state", "=", "open")],
            ),
            "login": ("res.users", [("partner_id", "in", contacts), ("active", "=", True)]),
            "employed": ("hr.employee", [("id", "in", employed), ("active", "=", True)]),
            "running": (
                "interop.erasure",
                [
                    ("res_model", "=", keepings.model),
                    ("res_id", "in", kin),
                    ("state", "=", "running"),
                ],
            ),
        }
        found = {
            name: kept.env[model].search_count(domain) for name, (model, domain) in counts.items()
        }
        found["other_company"] = self._elsewhere(kept, keepings)
        return {name: found[name] for name in holds(found)}

    def _open_deliveries(self, keepings):
        return [
            ("id", "in", sorted(keepings.deliveries)),
            ("state", "in", ("pending", "failed")),
        ]

    def _elsewhere(self, kept, keepings):
        """How much belongs to companies that the user does not work in."""
        mine = self.env.user.company_ids.ids
        places = [(ABOUT[kind], ids) for kind, ids in keepings.about.items()]
        places += [(keepings.model, keepings.kin), ("interop.message", keepings.messages)]
        return sum(
            kept.env[model].search_count(
                [("id", "in", list(ids)), ("company_id", "not in", [*mine, False])]
            )
            for model, ids in places
            if ids
        )

    def _holds_in_words(self, found):
        words = {name: self.env._(HOLD_WORDS[name]) for name in found}
        return [words[name] % count for name, count in found.items()]

    def _check_nothing_holds(self, keepings):
        found = self._holds(keepings)
        if found:
            raise UserError(
                "\n".join(self._holds_in_words(found) + self._exceptions_in_words(keepings))
            )

    def _exceptions_in_words(self, keepings):
        """The open exceptions that hold deliveries about the person, by their names; those names tell of nobody."""
        deliveries = (
            self.env["interop.delivery"].sudo().search(self._open_deliveries(keepings))
        )  # as above
        return [f"– {one.display_name}" for one in deliveries.exception_id]
