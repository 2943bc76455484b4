"""What 19.0.0.2.0 demands of contracts and endpoints, said for those that people made when it was not asked for.

Each statement takes all rows at once, and may run again: databases of 19.0.0.1.0 have this or that already.
"""

from odoo.tools import SQL

from odoo.addons.healthcare_interop.core.contract import RESTRICTED_DAYS, Contract
from odoo.addons.healthcare_interop.core.contract_definition import define
from odoo.addons.healthcare_interop.core.errors import InteropError

PURPOSE = "Not stated before version 19.0.0.2.0"
SET_ASIDE = "Set aside by the update to 19.0.0.2.0, which enforces JSON Schemas: this one can't be."


def migrate(cr, _version):
    state_purposes(cr)
    give_retention(cr)
    set_schemas_aside(cr)
    keep_what_does_not_fit(cr)
    name_owners(cr)
    keep_active(cr)
    rename_reminders(cr)


def state_purposes(cr):
    """A purpose that nobody stated is said to be just that."""
    cr.execute(
        "UPDATE interop_contract_attribute SET purpose = %s WHERE COALESCE(btrim(purpose), '') = ''",
        (PURPOSE,),
    )


def give_retention(cr):
    """What is restricted is kept as long as the form proposes; what is stored already keeps its time."""
    cr.execute(
        "ALTER TABLE interop_contract_attribute ADD COLUMN IF NOT EXISTS retention_days integer"
    )
    cr.execute(
        "UPDATE interop_contract_attribute SET retention_days = %s "
        "WHERE data_class = 'restricted' AND COALESCE(retention_days, 0) <= 0",
        (RESTRICTED_DAYS,),
    )


def set_schemas_aside(cr):
    """A JSON Schema that nothing ever compiled may be none: its text goes into the contract's history."""
    cr.execute(
        "SELECT id, format, document, schema FROM interop_contract WHERE btrim(schema) <> ''"
    )
    unusable = [contract for contract, *said in cr.fetchall() if not _is_usable(*said)]
    cr.execute(
        """
        INSERT INTO mail_message (model, res_id, message_type, subtype_id, author_id, date, body, is_internal,
                                  create_uid, create_date, write_uid, write_date)
        SELECT 'interop.contract', c.id, 'notification', note.res_id, bot.partner_id, now() AT TIME ZONE 'UTC',
               '<p>' || %s || '</p><pre>'
                   || replace(replace(replace(c.schema, '&', '&amp;'), '<', '&lt;'), '>', '&gt;') || '</pre>',
               TRUE, bot.id, now() AT TIME ZONE 'UTC', bot.id, now() AT TIME ZONE 'UTC'
          FROM interop_contract c
          JOIN res_users bot ON bot.id = 1
          LEFT JOIN ir_model_data note ON note.module = 'mail' AND note.name = 'mt_note'
         WHERE c.id = ANY (%s)
        """,
        (SET_ASIDE, unusable),
    )
    cr.execute("UPDATE interop_contract SET schema = NULL WHERE id = ANY (%s)", (unusable,))


def _is_usable(format_, document, schema):
    try:
        define(Contract(format_, document, ()), schema)
    except InteropError:
        return False
    return True


def keep_what_does_not_fit(cr):
    """Nothing that was taken is refused from one day to the next: where a schema begins to act, what does not fit is kept, and
    stands as an exception."""
    if _has_column(cr, "interop_endpoint", "on_invalid"):
        return
    cr.execute("ALTER TABLE interop_endpoint ADD COLUMN on_invalid varchar")
    cr.execute(
        """
        UPDATE interop_endpoint e SET on_invalid = CASE WHEN EXISTS (
            SELECT 1 FROM interop_contract c
             WHERE c.active AND btrim(c.schema) <> ''
               AND (c.format = e.format OR c.format = 'json' AND e.format = 'cloudevents')
        ) THEN 'fail' ELSE 'refuse' END
        """
    )


def name_owners(cr):
    """Whoever made an endpoint or a contract answers for it, where that is a person who is still here; by itself Odoo would
    name whoever runs the update."""
    for name in ("interop_endpoint", "interop_contract"):
        if _has_column(cr, name, "user_id"):
            continue
        table = SQL.identifier(name)
        cr.execute(SQL("ALTER TABLE %s ADD COLUMN user_id integer", table))
        cr.execute(
            SQL(
                "UPDATE %s o SET user_id = u.id FROM res_users u "
                "WHERE u.id = o.create_uid AND u.id <> 1 AND u.active AND NOT u.share",
                table,
            )
        )


def keep_active(cr):
    """Large tables get their new flag without being written anew."""
    for name in ("interop_encounter", "interop_appointment"):
        table = SQL.identifier(name)
        cr.execute(SQL("ALTER TABLE %s ADD COLUMN IF NOT EXISTS active bool DEFAULT TRUE", table))
        cr.execute(SQL("ALTER TABLE %s ALTER COLUMN active DROP DEFAULT", table))


def rename_reminders(cr):
    """Who was warned of a credential's end is not warned again."""
    if _has_column(cr, "interop_credential", "warned_days"):
        cr.execute("ALTER TABLE interop_credential RENAME COLUMN warned_days TO reminded_days")


def _has_column(cr, table, column):
    cr.execute(
        "SELECT 1 FROM information_schema.columns WHERE table_schema = current_schema "
        "AND table_name = %s AND column_name = %s",
        (table, column),
    )
    return bool(cr.rowcount)
