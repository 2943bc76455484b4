from odoo.tools import SQL

from . import connectors, controllers, entities, models, wizards
from .models.exchange import keyed_identity


def uninstall_hook(env):
    """Functions of triggers outlive the tables they watched; what the audit log holds outlives the add-on."""
    env.cr.execute(
        "DROP FUNCTION IF EXISTS interop_endpoint_revise(), interop_credential_revise(), interop_erasure_refuse() CASCADE"
    )
    env["ir.config_parameter"].set_param(keyed_identity.DONE, False)
    env.cr.execute("SELECT to_char(clock_timestamp(), 'YYYYMMDDHH24MISS')")
    [moment] = env.cr.fetchone()
    for table in ("interop_audit_entry", "interop_audit_seal"):
        kept = SQL.identifier(f"{table}_kept_{moment}")
        env.cr.execute(SQL("ALTER TABLE %s RENAME TO %s", SQL.identifier(table), kept))
