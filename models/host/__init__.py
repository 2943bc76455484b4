from . import (
    sync_history,
    account_move,
    hr_department,
    hr_employee,
    product,
    purchase_order,
    res_partner,
    stock_picking,
)
