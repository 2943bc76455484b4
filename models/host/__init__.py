from . import (
    sync_history,
    account_move,
    account_payment,
    hr_department,
    hr_employee,
    product,
    product_template,
    purchase_order,
    res_partner,
    stock_move,
    stock_picking,
    stock_supply,
)
