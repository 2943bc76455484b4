"""Completed orders whose service gets its list price afterwards."""

import logging

from odoo import models
from odoo.tools import SQL

from ..exchange.contain import attempt, defect_of, is_race

_logger = logging.getLogger(__name__)

#: orders looked at in one run of the watchdog; the rest follow a minute later
MOST_ORDERS = 500


class OrderPrices(models.Model):
    _inherit = "interop.order"

    def _charge_priced(self):
        """Charge orders that were completed before their service had a price; how many of them.

        A look at what is there, not a hook on the price: whoever completes and whoever prices can't see each other's
        transaction, and both a message and a person may set a price. One by one, since this is rare: an order that
        can't be charged stays marked, and stops no other.
        """
        orders = self.browse(self._priced_since())
        errors = [attempt(order._charge_alone)[1] for order in orders]
        defects = [defect_of(error) for error in errors if error and not is_race(error)]
        if defects:
            _logger.warning("%d orders can't be charged; the first: %s", len(defects), defects[0])
        return errors.count(None)

    def _charge_alone(self):
        with self.env.cr.savepoint():
            system = self.system_id.id
            acting = self.env["interop.system"]._acting(system, self.company_id.id)
            acting["interop.charging"]._charge(self.with_env(acting), system)
            acting.flush_all()

    def _priced_since(self):
        """Ids of orders marked as without a price whose service has one.

        Steps from service to service on a partial index: what is never priced costs one step a service, however many
        orders there are.
        """
        self.env.cr.execute(
            SQL(
                """
                WITH RECURSIVE service (id) AS (
                    (SELECT product_id FROM interop_order WHERE is_unpriced ORDER BY product_id LIMIT 1)
                     UNION ALL
                    SELECT (SELECT o.product_id FROM interop_order o
                             WHERE o.is_unpriced AND o.product_id > s.id ORDER BY o.product_id LIMIT 1)
                      FROM service s WHERE s.id IS NOT NULL)
                SELECT o.id FROM service s
                  JOIN product_product p ON p.id = s.id
                  JOIN product_template t ON t.id = p.product_tmpl_id AND t.list_price <> 0
                  JOIN interop_order o ON o.product_id = s.id AND o.is_unpriced
                 ORDER BY o.id LIMIT %s
                """,
                MOST_ORDERS,
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]
