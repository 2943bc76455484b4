from . import location, encounter, charge, order, order_prices
