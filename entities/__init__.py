from . import (
    base,
    hearing,
    ownership_gate,
    upsert,
    hierarchy,
    partner_values,
    catalogue,
    merging,
    overtaken_merges,
)
from . import (
    transaction,
    accounting,
    charge_values,
    billing,
    charging,
    repricing,
    no_show_fees,
    purchasing,
    stock_places,
    stock_lots,
    stock_receipts,
    stock_gaps,
)
from . import payers, invoice_names, payment_entries
from . import invoice_lines, vendor_bills, customer_invoices
from . import jobs, leaving, employee_days
from . import party, employee, organization, location, product, service
from . import supply_corrections, supply_moves, order_memory, purchase_lines, supplier_answers
from . import encounter, appointment, coverage, order, service_order, supply_order, purchase_order
from . import stock_count, shipment, stock_movement, charge, invoice
from . import authorization, claim, payment
