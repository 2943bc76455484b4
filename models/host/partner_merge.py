"""Odoo's own merge of contacts, where outside systems know them."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _interop_masters(self):
        """``{id: names of the systems}`` that have given these contacts a number; one statement."""
        if not self.ids:
            return {}
        self.env.cr.execute(
            SQL(
                """
                SELECT b.res_id, array_agg(DISTINCT s.name ORDER BY s.name) FROM interop_binding b
                  JOIN interop_system s ON s.id = b.system_id
                 WHERE b.res_model = 'res.partner' AND b.res_id = ANY(%s) GROUP BY b.res_id
                """,
                self.ids,
            )
        )
        return dict(self.env.cr.fetchall())


class MergePartners(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """A patient whom an outside system keeps stays: its messages would find nobody. Whoever merges others takes the
        systems' numbers along."""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if len(partners) > 1:
            stays = (
                dst_partner
                if dst_partner in partners
                else self._get_ordered_partner(partners.ids)[-1]
            )
            self._interop_refuse_patients(partners - stays)
        return super()._merge(partner_ids, dst_partner, extra_checks)

    def _interop_refuse_patients(self, goes):
        patients = goes.filtered(lambda partner: partner.interop_kind == "patient")
        if systems := patients._interop_masters():
            names = sorted({name for told in systems.values() for name in told})
            raise UserError(
                self.env._(
                    "%s keeps this patient and decides what becomes of it: merge there, or choose it as the one that stays.",
                    ", ".join(names),
                )
            )

    def _update_foreign_keys(self, src_partners, dst_partner):
        self._interop_take_along(src_partners, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self._interop_put_pairs_right()
        return result

    def _interop_take_along(self, goes, stays):
        """The numbers by which systems know those who go lead to the one who stays; what versions they told does not:
        it was told of another record."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE interop_binding SET res_id = %s WHERE res_model = 'res.partner' AND res_id = ANY(%s)",
                stays.id,
                goes.ids,
            )
        )
        self.env.cr.execute(
            SQL(
                "DELETE FROM interop_version WHERE res_model = 'res.partner' AND res_id = ANY(%s)",
                goes.ids,
            )
        )
        # keys are made anew at the next look
        self.env.cr.execute(
            SQL("DELETE FROM interop_duplicate_key WHERE record_id = ANY(%s)", goes.ids)
        )
        self.env["interop.binding"].invalidate_model()

    def _interop_put_pairs_right(self):
        """What was said of one who is gone is said of whom it went into; the pair itself is no pair any more."""
        self.env.cr.execute(
            """
            DELETE FROM interop_duplicate d
             WHERE d.one_id = d.other_id
                OR d.one_id > d.other_id AND EXISTS (
                    SELECT 1 FROM interop_duplicate o WHERE o.one_id = d.other_id AND o.other_id = d.one_id)
            """
        )
        self.env.cr.execute(
            "UPDATE interop_duplicate SET one_id = other_id, other_id = one_id WHERE one_id > other_id"
        )
        self.env["interop.duplicate"].invalidate_model()
