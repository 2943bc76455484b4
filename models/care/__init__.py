from . import validity, location, encounter, appointment, coverage, charge, order, order_prices
from . import authorization, claim, payment_allocation, post
from . import cost_share, list_price
