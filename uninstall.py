"""What Odoo does not take away by itself when the add-on is uninstalled, and what must outlive it."""

from odoo.tools import SQL

from .models.exchange.keyed_identity import DONE as KEYED

ADDON = "healthcare_interop"
#: by now nobody can bring rows into them
AUDIT_TABLES = ("interop_audit_entry", "interop_audit_seal")
#: what ``init`` of models made: functions outlive the tables that they watched, and Odoo knows of tables of models only
DROP = (
    "DROP FUNCTION IF EXISTS interop_endpoint_revise(), interop_endpoint_readdress(), interop_credential_revise(), "
    "interop_erasure_refuse(), interop_audit_entry_added(), interop_audit_entry_deleted(), interop_audit_seal_deleted() CASCADE",
    "DROP FUNCTION IF EXISTS interop_take(varchar[], bigint[], bigint[], bigint, boolean)",
    "DROP TABLE IF EXISTS interop_rate",
    "DROP INDEX IF EXISTS queue_job_interop_idx",
)
#: Rows of Odoo's own tables that are about this add-on only. The names of its own records go first: Odoo would remove these one
#: by one, against each other's foreign keys, from tables that it drops a moment later.
FORGET = (
    f"DELETE FROM ir_model_data WHERE module = '{ADDON}' AND model LIKE 'interop.%'",
    # names that mail, portal and others gave to what these models have of theirs
    "DELETE FROM ir_model_data WHERE model = 'ir.model.fields.selection' AND starts_with(name, 'selection__interop_')",
    "DELETE FROM ir_model_data WHERE model = 'ir.model.inherit' AND starts_with(name, 'model_inherit__interop_')",
    "DELETE FROM queue_job WHERE model_name LIKE 'interop.%'",
    f"DELETE FROM ir_config_parameter WHERE starts_with(key, '{ADDON}.') OR key = '{KEYED}'",
    "DELETE FROM ir_filters WHERE model_id LIKE 'interop.%'",
    "DELETE FROM ir_exports WHERE resource LIKE 'interop.%'",
)


def uninstall_hook(env):
    """Runs before Odoo drops the add-on's tables and columns. The audit log stays, for whoever has to keep it: closed."""
    _let_nobody_in(env)
    env.flush_all()
    _close_audit(env.cr)
    for statement in (*DROP, *FORGET):
        env.cr.execute(statement)


def _let_nobody_in(env):
    """The users that systems acted as: that they can't log in was the add-on's doing."""
    systems = env["interop.system"].with_context(active_test=False)
    env["res.users"].browse(systems._service_users()).write({"active": False})


def _close_audit(cr):
    """Both tables of the log under names that a later installation does not use, and nothing goes in or out any more."""
    cr.execute("SELECT to_char(clock_timestamp(), 'YYYYMMDDHH24MISS')")
    [moment] = cr.fetchone()
    for table in AUDIT_TABLES:
        kept = SQL.identifier(f"{table}_kept_{moment}")
        cr.execute(SQL("ALTER TABLE %s RENAME TO %s", SQL.identifier(table), kept))
        _free_names(cr, f"{table}_kept_{moment}", moment)
        cr.execute(SQL("DROP TRIGGER interop_audit_refuse ON %s", kept))
        cr.execute(
            SQL(
                "CREATE TRIGGER interop_audit_refuse BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s "
                "FOR EACH STATEMENT EXECUTE FUNCTION interop_audit_refuse()",
                kept,
            )
        )


def _free_names(cr, kept, moment):
    """Its primary key is renamed, its sequence and other indexes go: an installation would take them for its own by their names."""
    cr.execute(
        "SELECT c.relname, i.indisprimary FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = %s::regclass",
        (kept,),
    )
    for index, is_primary in cr.fetchall():
        name = SQL.identifier(index)
        if is_primary:
            cr.execute(SQL("ALTER INDEX %s RENAME TO %s", name, SQL.identifier(f"{kept}_pkey")))
        else:
            cr.execute(SQL("DROP INDEX %s", name))
    cr.execute("SELECT pg_get_serial_sequence(%s, 'id')", (kept,))
    [sequence] = cr.fetchone()
    if sequence:
        schema, _dot, name = sequence.partition(".")
        cr.execute(
            SQL("ALTER TABLE %s ALTER COLUMN id DROP DEFAULT", SQL.identifier(kept)),
        )
        cr.execute(SQL("DROP SEQUENCE %s", SQL.identifier(schema, name)))
