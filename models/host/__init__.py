from . import (
    sync_history,
    account_move,
    hr_department,
    hr_employee,
    product,
    product_template,
    purchase_order,
    res_config_settings,
    res_partner,
    stock_move,
    stock_picking,
)
