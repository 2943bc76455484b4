"""What has to be settled before a person can be erased."""

from typing import Any, NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ...core.personal import holds
from .kept import ABOUT, EMPLOYEE

_lt = LazyTranslate(__name__)

HOLD_WORDS = {
    "open_delivery": _lt(
        "Messages about the person that wait or have failed: %s. Settle or discard them first."
    ),
    "draft_invoice": _lt("Draft invoices: %s. Post or delete them first."),
    "open_charge": _lt("Charges that are not billed: %s. Bill them, or have them taken back."),
    "login": _lt("Users who sign in as this person: %s. Archive them first."),
    "employed": _lt("Employed here: %s. Archive the employee once she has left."),
    "other_company": _lt(
        "Records of companies that you don't work in: %s. Somebody who works in all of them has to erase."
    ),
    "running": _lt("Erasures of this person that are running already: %s."),
}


class Hold(NamedTuple):
    """What stands in the way: how often, and the records, whether or not one may see them (None: they are others' business)."""

    name: str
    count: int
    records: Any

    @property
    def exceptions(self):
        """The open exceptions that hold deliveries; their names tell of nobody."""
        return self.records.exception_id if self.name == "open_delivery" else ()


class ErasureHolds(models.AbstractModel):
    _inherit = "interop.kept"

    def _holds(self, keepings):
        """A ``Hold`` for each thing that has to be settled first."""
        # what stands in the way does so whether or not one may see it
        kept = self.sudo().with_context(active_test=False)
        contacts, about, kin = list(keepings.contacts), keepings.about, list(keepings.kin)
        drafts = fields.Domain("state", "=", "draft") & (
            fields.Domain("partner_id", "in", contacts)
            | fields.Domain("id", "in", about["invoice"])
        )
        employed = kin if keepings.model == EMPLOYEE else []
        places = {
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
        found = {name: kept.env[model].search(domain) for name, (model, domain) in places.items()}
        counts = {name: len(records) for name, records in found.items()}
        counts["other_company"] = self._elsewhere(kept, keepings)
        return [Hold(name, counts[name], found.get(name)) for name in holds(counts)]

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

    def _in_words(self, hold):
        words = self.env._(HOLD_WORDS[hold.name])
        return words % hold.count

    def _check_nothing_holds(self, keepings):
        told = []
        for hold in self._holds(keepings):
            told += [self._in_words(hold), *(f"– {one.display_name}" for one in hold.exceptions)]
        if told:
            raise UserError("\n".join(told))
