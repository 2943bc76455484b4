"""The list prices that systems told, and since when each holds (docs/adr/0017)."""

import logging
from datetime import timedelta
from typing import NamedTuple

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL

from ...core.list_prices import Told, in_force, in_order
from ..exchange.contain import attempt, defect_of, is_race

_logger = logging.getLogger(__name__)

#: charges looked at in one run of the watchdog; the rest follow a minute later
MOST_CHARGES = 500
#: longer than any transaction lasts that may have charged without seeing a price
SETTLED = timedelta(minutes=10)


class Price(NamedTuple):
    """What is charged, and the told price that it is; ``told`` is None where what stands in Odoo decides."""

    amount: float
    told: Told | None


class ListPrice(models.Model):
    """One row a change. What stands in Odoo is the product's own; these say what stood there when."""

    _name = "interop.list.price"
    _description = "List price as told"
    _order = "product_id, since desc, id desc"
    _log_access = False
    _rec_name = "product_id"

    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade", index=False
    )
    since = fields.Datetime(
        readonly=True,
        help="The time that the message states. Empty: what stood in Odoo before anything was told.",
    )
    version = fields.Char(required=True, readonly=True)
    price = fields.Float(readonly=True, digits="Product Price")
    told_at = fields.Datetime(string="Received", required=True, readonly=True)
    is_due = fields.Boolean(
        string="Being followed",
        readonly=True,
        help="Charges of that time are looked at: they may have been made before this price was known.",
    )

    _product_uniq = models.UniqueIndex("(product_id, version)", "This price is told already.")
    _due_idx = models.Index("(product_id) WHERE is_due")

    # -- kept --

    def _told(self, products):
        """``{product id: [Told, oldest first]}``, one statement."""
        if not products:
            return {}
        self.env.cr.execute(
            SQL(
                "SELECT product_id, since, version, price FROM interop_list_price WHERE product_id = ANY(%s)",
                sorted(products),
            )
        )
        found = {}
        for product, since, version, price in self.env.cr.fetchall():
            found.setdefault(product, []).append(Told(since, version, float(price or 0)))
        return {product: in_order(told) for product, told in found.items()}

    def _keep(self, told):
        """Keep ``{product id: [Told]}``; one statement."""
        rows = [
            {
                "product_id": product,
                "since": one.since and one.since.isoformat(),
                "version": one.version,
                "price": one.price,
            }
            for product, prices in told.items()
            # of two of one version the last one counts
            for one in {price.version: price for price in prices}.values()
        ]
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO interop_list_price (product_id, since, version, price, told_at, is_due)
                SELECT r.product_id, r.since, r.version, r.price, now() AT TIME ZONE 'UTC', TRUE
                  FROM jsonb_to_recordset(%s)
                    AS r (product_id int, since timestamp, version varchar, price numeric)
                 ORDER BY r.product_id, r.version
                ON CONFLICT (product_id, version)
                DO UPDATE SET price = EXCLUDED.price, told_at = EXCLUDED.told_at, is_due = TRUE
                """,
                Json(rows),
            )
        )

    # -- asked --

    @api.model
    def _at(self, asked):
        """A ``Price`` for each of ``asked``, pairs of (product, moment or None); one statement."""
        told = self._told({product.id for product, _at in asked if product})
        found = []
        for product, at in asked:
            one = in_force(told.get(product.id, ()), product.list_price, at)
            # what a variant costs more than its template is not told
            amount = (
                one.price + product.lst_price - product.list_price if one else product.lst_price
            )
            found.append(Price(amount, one))
        return found

    # -- followed --

    def _follow(self, products=None):
        """Charges that were made before a price of their time was known follow it; how many of them did.

        Of ``products`` (ids), or of all whose prices were told lately. A look at what is there: whoever charges and
        whoever prices can't see each other's transaction, so a price is looked after until whatever began before it
        came is over. What can't follow stops nothing else, and is tried again.
        """
        charges = self.env["interop.charge"].browse(self._charges_due(products))
        groups = charges.grouped(lambda one: (one.system_id, one.company_id, one.move_id))
        tries = [attempt(self._reprice_alone, group) for group in groups.values()]
        errors = [error for _number, error in tries if error]
        defects = [defect_of(error) for error in errors if not is_race(error)]
        if defects:
            _logger.warning(
                "%d lots of charges can't follow their list price; the first: %s",
                len(defects),
                defects[0],
            )
        followed = sum(number or 0 for number, _error in tries)
        if products is None and not errors and not followed:
            self._settle()
        return followed

    def _reprice_alone(self, charges):
        first = charges[0]
        with self.env.cr.savepoint():
            acting = self.env["interop.system"]._acting(first.system_id.id, first.company_id.id)
            followed = acting["interop.repricing"]._reprice(charges.with_env(acting))
            acting.flush_all()
        return len(followed)

    def _charges_due(self, products):
        """Ids of charges in the time of a price told lately that say another price."""
        self.env["interop.charge"].flush_model()
        of_these = SQL(" AND product_id = ANY(%s)", list(products)) if products else SQL()
        self.env.cr.execute(
            SQL(
                """
                SELECT h.id
                  FROM (SELECT product_id, since, price, is_due,
                               lag(price) OVER told AS price_before, lead(since) OVER told AS until
                          FROM interop_list_price
                         WHERE product_id IN (
                                   SELECT product_id FROM interop_list_price WHERE is_due%s)
                        WINDOW told AS (PARTITION BY product_id ORDER BY since NULLS FIRST, version)) t
                  JOIN interop_charge h ON h.product_id = t.product_id AND h.is_at_list_price
                   AND h.reversal_of_id IS NULL AND h.price_unit <> t.price
                   AND (h.occurred_at >= t.since OR t.since IS NULL OR COALESCE(t.price_before, 0) = 0)
                   AND (h.occurred_at < t.until OR t.until IS NULL)
                 WHERE t.is_due ORDER BY h.id LIMIT %s
                """,
                of_these,
                MOST_CHARGES,
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def _settle(self):
        """Nothing follows them any more; prices of just now may have more to come."""
        self.env.cr.execute(
            SQL(
                "UPDATE interop_list_price SET is_due = FALSE WHERE is_due AND told_at < %s",
                fields.Datetime.now() - SETTLED,
            )
        )
