from . import location, encounter, appointment, charge, order, order_prices
