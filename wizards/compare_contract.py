"""Two versions of a contract side by side: what differs, attribute by attribute, and what that means for those who send."""

from odoo import api, fields, models

from ..core.compatibility import compare, verdict

VERDICTS = [
    ("compatible", "Compatible"),
    ("backward", "Backward-compatible"),
    ("breaking", "Breaking"),
]
BETTER = [("same", "Nothing differs"), *VERDICTS]


class ContractDifference(models.TransientModel):
    _name = "interop.contract.difference"
    _description = "Difference of contracts"
    _rec_name = "place"

    part = fields.Char(readonly=True)
    place = fields.Char(
        readonly=True, help="In the document; of a JSON Schema in what it is about."
    )
    change = fields.Char(string="What", readonly=True, help="Or the keyword of JSON Schema.")
    before = fields.Char(readonly=True)
    after = fields.Char(readonly=True)
    verdict = fields.Selection(
        VERDICTS,
        readonly=True,
        help="Breaking: a message that was valid may be refused, or something that was kept is dropped. Backward-compatible: "
        "what was accepted and kept still is. Compatible: the same holds the other way round.",
    )
    why = fields.Char(readonly=True)

    @api.model
    def _of(self, differences):
        """A line for each, for the dialog that asks."""
        words = self.env["interop.contract.words"]
        return self.create(
            [
                {
                    "part": words._part(one),
                    "place": one.place,
                    "change": words._change(one),
                    "before": one.before,
                    "after": one.after,
                    "verdict": one.verdict,
                    "why": words._why(one),
                }
                for one in differences
            ]
        )


class CompareContract(models.TransientModel):
    _name = "interop.compare.contract"
    _description = "Compare versions of a contract"

    contract_id = fields.Many2one("interop.contract", required=True, readonly=True)
    old_id = fields.Many2one(
        "interop.contract.version", string="From", domain="[('contract_id', '=', contract_id)]"
    )
    new_id = fields.Many2one(
        "interop.contract.version",
        string="To",
        domain="[('contract_id', '=', contract_id)]",
        help="Empty: what stands in the contract and is not published.",
    )
    verdict = fields.Selection(BETTER, compute="_compute_differences")
    difference_ids = fields.Many2many("interop.contract.difference", compute="_compute_differences")

    @api.depends("old_id", "new_id")
    def _compute_differences(self):
        for wizard in self:
            found = ()
            if wizard.old_id:
                new = wizard.new_id or wizard.contract_id
                new = new._to_core() if wizard.new_id else new._definition()
                found = compare(wizard.old_id._to_core(), new)
            wizard.verdict = verdict(found) or "same"
            wizard.difference_ids = self.env["interop.contract.difference"]._of(found)
