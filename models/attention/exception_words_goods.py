"""What causes that stop orders, stock and deliveries mean, in the words of those who have to act on them."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: as in ``exception_words``
GOODS = {
    "product_replaced": (
        _lt("%(system)s orders an article that %(code)s replaces"),
        _lt(
            "Ask whoever ordered to order the other one, or order it for them. Where the catalogue is wrong, have it corrected, "
            "then press Try again."
        ),
    ),
    "unknown_pack": (
        _lt("%(system)s sent an article that comes in packs of a kind that nobody knows"),
        _lt(
            "Translate %(code)s in the concept map of units to a code of packs, such as BX or CS; then press Try again."
        ),
    ),
    "beyond_stock": (
        _lt("%(system)s used goods that Odoo does not have"),
        _lt(
            "This route blocks that. Book the receipt that is missing, or count what is there, and try again; or let the route "
            "post it as a stock gap."
        ),
    ),
    "less_than_delivered": (
        _lt("%(system)s reduces a supply order to less than was delivered"),
        _lt(
            "Goods that were delivered come back by a return. Ask the sender for one, or book it in Odoo; then discard what was "
            "stopped."
        ),
    ),
    "less_than_received": (
        _lt("%(system)s reduces a purchase order to less than was received"),
        _lt(
            "Goods that were received go back by a return. Agree on one with the supplier, then discard what was stopped."
        ),
    ),
    "line_twice": (
        _lt("%(system)s gives two lines of a purchase order one number"),
        _lt(
            "Ask the sender to number the lines of its orders apart, then discard what was stopped."
        ),
    ),
    "lines_unexpected": (
        _lt("%(system)s sent an order whose lines can't be read"),
        _lt(
            "Only purchase orders have lines, and one that has lines names no product besides them. Ask the sender for one order "
            "for each product, then discard what was stopped."
        ),
    ),
    "lot_required": (
        _lt("%(system)s reports goods without the lot that Odoo tracks them by"),
        _lt(
            "Ask the sender to tell the lot, or stop tracking the product by lots if that is not needed. Then press Try again."
        ),
    ),
    "movement_done": (
        _lt("%(system)s changes a stock movement that is done already"),
        _lt("Correct the stock in Odoo if it is wrong, then discard what was stopped."),
    ),
    "no_contract_price": (
        _lt("%(system)s orders what has no price with its supplier: %(code)s"),
        _lt(
            "Give the product a price of this supplier that fits quantity, unit and day (Purchase → Products → Vendor "
            "pricelists), or ask the sender to state one. Then press Try again."
        ),
    ),
    "not_stocked": (
        _lt("%(system)s reports stock movements of a product that Odoo does not keep in stock"),
        _lt(
            "Let the product track its inventory, or discard what was stopped. Then press Try again."
        ),
    ),
    "nothing_awaited": (
        _lt("%(system)s announces a shipment that no receipt awaits"),
        _lt(
            "The order may not be confirmed yet, or not have the product open any more. Confirm or change it and press Try "
            "again, or discard what was stopped."
        ),
    ),
    "order_kind_changed": (
        _lt("%(system)s makes a purchase of a supply order, or a supply order of a purchase"),
        _lt(
            "Cancel the one and place the other under a number of its own, with the sender or in Odoo; then discard what was "
            "stopped."
        ),
    ),
    "place_without_stock": (
        _lt("%(system)s orders goods for a place, or from one, that keeps no stock"),
        _lt(
            "Say under Care → Locations where the place holds its stock, or a place above it. Then press Try again."
        ),
    ),
    "purchase_billed": (
        _lt("%(system)s cancels a purchase order that is billed already"),
        _lt(
            "Cancel or reverse its bills if that is right, and press Try again; else discard this."
        ),
    ),
    "purchase_cancelled": (
        _lt("%(system)s tells news of a purchase order that is cancelled already"),
        _lt(
            "If it is wanted after all, set it to draft in Odoo and press Try again, or ask the sender for a new order; else "
            "discard what was stopped."
        ),
    ),
    "purchase_confirmed": (
        _lt(
            "%(system)s changes a product or the place of a purchase order that is confirmed already"
        ),
        _lt(
            "Ask the sender for a new line or order, or change this one in Odoo; then discard what was stopped."
        ),
    ),
    "purchase_locked": (
        _lt("%(system)s changes a purchase order that is locked"),
        _lt("Unlock the order and press Try again, or discard what was stopped."),
    ),
    "purchase_not_confirmed": (
        _lt("%(system)s calls a purchase order completed that nobody has confirmed"),
        _lt("Confirm the order in Odoo and press Try again, or discard what was stopped."),
    ),
    "quantity_not_positive": (
        _lt("%(system)s orders or moves nothing, or less"),
        _lt("Ask the sender what was meant, then discard what was stopped."),
    ),
    "same_place": (
        _lt("%(system)s reports a transfer from a place to itself"),
        _lt(
            "Two places hold their stock in one: give each its own under Care → Locations, then press Try again."
        ),
    ),
    "serial_quantity": (
        _lt("%(system)s reports several pieces under one serial number"),
        _lt("Ask the sender for one message a piece, then discard what was stopped."),
    ),
    "several_lines": (
        _lt("%(system)s changes the quantity of a purchase order of several lines"),
        _lt("Ask the sender for the lines as they are to be, then discard what was stopped."),
    ),
    "shipment_received": (
        _lt("%(system)s changes a shipment that is received already"),
        _lt("Correct the stock in Odoo if it is wrong, then discard what was stopped."),
    ),
    "supply_cancelled": (
        _lt("%(system)s tells news of a supply order that is cancelled already"),
        _lt(
            "If goods are wanted after all, ask the sender for a new order. If they were delivered, book the transfer in Odoo. "
            "Then discard what was stopped."
        ),
    ),
    "supply_closed": (
        _lt("%(system)s changes a supply order that is delivered already"),
        _lt(
            "More goods are a new order, and goods come back by a return: ask the sender for one, or book it in Odoo. Then "
            "discard what was stopped."
        ),
    ),
    "unit_mismatch": (
        _lt("%(system)s counts in the unit %(code)s, which does not go with the product's own"),
        _lt(
            "Correct the product's unit, or translate the sender's in a concept map. Then press Try again."
        ),
    ),
    "unknown_line": (
        _lt("%(system)s answers a line, %(code)s, that the purchase order does not have"),
        _lt(
            "Look whether the supplier delivers another product in its place. Change the order and press Try again, or discard "
            "what was stopped."
        ),
    ),
    "vendor_changed": (
        _lt("%(system)s gives a purchase order another supplier"),
        _lt(
            "Cancel it and order anew under a number of its own, with the sender or in Odoo; then discard what was stopped."
        ),
    ),
    "unknown_base_unit": (
        _lt("%(system)s counts a product in %(code)s, which is no code of UCUM or UN/ECE"),
        _lt(
            "Let the sender use such a code, or have the mapping's rule for the unit translate it. Then press Try again."
        ),
    ),
    "unknown_unit": (
        _lt("%(system)s counts in the unit %(code)s, which nobody has translated"),
        _lt("Translate it in a concept map (Configuration → Concept maps), then press Try again."),
    ),
}
