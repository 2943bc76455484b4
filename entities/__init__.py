from . import base, upsert, partner_values, catalogue, merging
from . import party, employee, organization, location, product, service
from . import encounter, order, stock_movement, charge, invoice
