from . import location, encounter, appointment, coverage, charge, order, order_prices
