"""The database's own refusal to change the audit log, for whoever comes past Odoo.

Who owns the tables can switch triggers off: against them stand the MACs, the seals and the heads outside.
"""

#: ids that a piece ``r`` of a seal's ``entries`` names: ``7`` or ``1-4``; to stand behind ``id BETWEEN``
NAMED = "split_part(r, '-', 1)::bigint AND COALESCE(NULLIF(split_part(r, '-', 2), ''), r)::bigint"

REFUSAL = """
CREATE OR REPLACE FUNCTION interop_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""


def _guard(table, removed):
    """What refuses UPDATE, TRUNCATE, and DELETE of rows (``gone``) that no seal ``s`` of kind removal names by ``removed``."""
    return f"""
CREATE OR REPLACE FUNCTION {table}_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM gone WHERE NOT EXISTS (
            SELECT 1 FROM interop_audit_seal s WHERE s.kind = 'removal' AND {removed}))
    THEN
        RAISE EXCEPTION 'the audit log is append only: DELETE on % refused', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER interop_audit_refuse BEFORE UPDATE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION interop_audit_refuse();
CREATE OR REPLACE TRIGGER interop_audit_deleted AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION {table}_deleted();
"""


#: an entry waits for its seal from its own transaction on; deleted may be only what a seal of kind removal names
ENTRY_TRIGGERS = (
    REFUSAL
    + _guard(
        "interop_audit_entry",
        "EXISTS (SELECT 1 FROM unnest(string_to_array(s.entries, ',')) AS r "
        f"WHERE gone.id BETWEEN {NAMED})",
    )
    + """
CREATE OR REPLACE FUNCTION interop_audit_entry_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO interop_audit_unsealed (entry_id) SELECT id FROM added;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER interop_audit_added AFTER INSERT ON interop_audit_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION interop_audit_entry_added();
"""
)
SEAL_TRIGGERS = REFUSAL + _guard("interop_audit_seal", "gone.id < s.removed_through")
FUNCTIONS = (
    "DROP FUNCTION IF EXISTS interop_audit_refuse(), interop_audit_entry_added(), "
    "interop_audit_entry_deleted(), interop_audit_seal_deleted() CASCADE"
)
