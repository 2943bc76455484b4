"""The business records of a database as plain values, told without ids: two databases can be compared.

Runs inside ``odoo shell`` (see ``records.py``), so it imports nothing of this package. A record is named by what the
outside calls it, its bindings; where it has none, by what it belongs to. References are told by these names.
"""

MODELS = """res.partner hr.employee hr.department account.analytic.account interop.location interop.encounter interop.appointment interop.coverage
    interop.authorization interop.encounter.stay interop.order interop.charge interop.claim interop.claim.line
    interop.claim.decision interop.alias product.product product.supplierinfo stock.lot
    stock.picking stock.move stock.move.line stock.quant purchase.order purchase.order.line account.move
    account.move.line account.payment interop.payment.allocation account.partial.reconcile""".split()

#: fields that tell when or by which worker something was done, or in which order: not what was done
PROCESSING = set(
    """id create_uid create_date write_uid write_date __last_update access_token message_main_attachment_id
    display_name complete_name parent_path sequence_number sequence_prefix made_sequence_gap color sequence
    res_id merged_id survivor_id into_id lot_properties product_properties resource_id resource_calendar_id
    signup_type user_id email_normalized access_url barcode_nomenclature_id""".split()
)
#: the same, by model: numbers from a sequence, the moment of processing, who was first to tell of something; what Odoo
#: itself takes from the moment (costs, as in all of Odoo; the fiscal position, from the address known when an invoice is
#: drafted; whether a contact is an employee, computed while the employee is active; what a partner was called then)
OWN_PROCESSING = {
    "res.partner": {"employee"},
    "interop.encounter": {"system_id"},
    "interop.appointment": {"system_id"},
    "interop.coverage": {"system_id"},
    "interop.authorization": {"system_id"},
    "interop.claim": {"system_id"},
    "interop.payment.allocation": {"looks", "look_at"},
    "account.payment": {"name", "date", "is_sent"},
    "account.partial.reconcile": {"max_date"},
    "interop.order": {"system_id"},
    "interop.charge": {"system_id"},
    "stock.picking": {"name", "date", "date_done", "scheduled_date", "date_deadline", "origin"},
    "stock.move": {
        "date",
        "date_deadline",
        "delay_alert_date",
        "reference",
        "reservation_date",
        "value",
        "price_unit",
    },
    "purchase.order": {"name", "date_order", "date_calendar_start"},
    "stock.move.line": {"date", "reference"},
    "stock.quant": {"in_date", "last_count_date", "inventory_date"},
    "stock.lot": {"last_delivery_partner_id"},
    "account.move": {
        "name",
        "date",
        "invoice_user_id",
        "is_manually_modified",
        "fiscal_position_id",
        "invoice_partner_display_name",
    },
    "account.move.line": {"move_name", "date", "matching_number"},
    "interop.alias": {"created_at", "merged_at", "undone_at"},
}
#: what is archived of these is the memory of orders that were told of before they were placed, not an order
LIVE = {"interop.order": [("active", "=", True)]}
#: Odoo counts documents in these: any number above zero says the same, as in ``entities/organization.py``
COUNTED = {"customer_rank", "supplier_rank"}
SKIPPED_TYPES = {"one2many", "binary", "html", "json", "properties", "properties_definition"}
SKIPPED_PREFIXES = ("message_", "activity_", "website_", "my_activity_", "rating_", "image_")


def snapshot(env):
    """``{model: {name of record: {field: value}}}``; records of one name are numbered in the order of their values."""
    env = env(user=1, su=True, context={"active_test": False, "lang": "en_US"})
    names = Names(env)
    return {
        model: _numbered(
            sorted(
                (
                    (names.of(record), _values(record, names))
                    for record in env[model].search(LIVE.get(model, []))
                ),
                key=repr,
            )
        )
        for model in MODELS
        if model in env
    }


def _numbered(pairs):
    told = {}
    for name, values in pairs:
        number = 1
        while f"{name} #{number}" in told:
            number += 1
        told[f"{name} #{number}"] = values
    return told


def _values(record, names):
    ignored = PROCESSING | OWN_PROCESSING.get(record._name, set())
    return {
        name: record[name] > 0 if name in COUNTED else _plain(record[name], field, names)
        for name, field in sorted(record._fields.items())
        if field.store
        and name not in ignored
        and field.type not in SKIPPED_TYPES
        and not name.startswith(SKIPPED_PREFIXES)
        and not field.groups
    }


def _plain(value, field, names):
    if field.type == "many2one":
        return names.of(value) if value else None
    if field.type == "many2many":
        return sorted(names.of(one) for one in value)
    if field.type in ("float", "monetary"):
        return round(value or 0.0, 6)
    if field.type in ("date", "datetime"):
        return value.isoformat() if value else None
    return str(value) if field.type in ("many2one_reference", "reference") else (value or None)


class Names:
    """What records are called outside."""

    def __init__(self, env):
        self.env = env
        self.known = {}
        self.bound = {}
        # some bindings are the engine's own and made of ids
        env.cr.execute(
            "SELECT res_model, res_id, entity || ':' || namespace || '|' || value FROM interop_binding "
            "WHERE entity <> 'stock_lot' AND res_id IS NOT NULL AND namespace !~ '^(vendor|payer):' ORDER BY 1, 2, 3"
        )
        for model, record, name in env.cr.fetchall():
            self.bound.setdefault((model, record), []).append(name)

    def of(self, record):
        key = (record._name, record.id)
        if key not in self.known:
            self.known[key] = ""  # whoever comes round in a circle
            self.known[key] = self._name(record)
        return self.known[key]

    def _name(self, record):
        if names := self.bound.get((record._name, record.id)):
            return " = ".join(names)
        build = getattr(self, "_" + record._name.replace(".", "_"), None)
        return build(record) if build else f"{record._name}:{record.display_name}"

    def _parts(self, record, *fields):
        values = (record[name] for name in fields)
        told = (self.of(one) if hasattr(one, "_name") and one else str(one or "") for one in values)
        return f"{record._name}:" + "/".join(told)

    def _product_template(self, record):
        variants = record.product_variant_ids
        return "template of " + self.of(variants[:1]) if variants else record.name

    def _interop_encounter_stay(self, record):
        return self._parts(record, "encounter_id", "location_id", "start_at")

    def _interop_alias(self, record):
        ids = (record["merged_id"], record["into_id"])
        merged, into = (self.of(self.env[record.res_model].browse(int(one or 0))) for one in ids)
        return f"alias:{merged} into {into}"

    def _stock_picking(self, record):
        return "picking:" + " & ".join(sorted(self.of(move) for move in record.move_ids))

    def _stock_move(self, record):
        return self._parts(record, "product_id", "location_id", "location_dest_id", "quantity")

    def _stock_move_line(self, record):
        return self._parts(record, "move_id", "lot_id")

    def _stock_quant(self, record):
        return self._parts(record, "product_id", "location_id", "lot_id")

    def _stock_lot(self, record):
        return self._parts(record, "product_id", "name")

    def _account_move(self, record):
        if record["interop_encounter_id"]:
            return self._parts(record, "move_type", "interop_encounter_id", "currency_id")
        return self._parts(record, "move_type", "partner_id", "ref", "invoice_date")

    def _account_move_line(self, record):
        return self._parts(record, "move_id", "display_type", "product_id", "name")

    def _interop_payment_allocation(self, record):
        return self._parts(record, "payment_id", "name", "is_rest")

    def _account_payment(self, record):
        return self._parts(record, "payment_reference", "partner_id", "amount")

    def _purchase_order_line(self, record):
        return self._parts(record, "order_id", "product_id")
