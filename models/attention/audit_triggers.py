"""The database's own refusal to change the audit log, for whoever comes past Odoo.

Who owns the tables can switch triggers off: against them stand the MACs, the seals and the heads outside.
"""

REFUSAL = """
CREATE OR REPLACE FUNCTION interop_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""
#: an entry waits for its seal from its own transaction on; deleted may be only what a seal of kind removal names
ENTRY_TRIGGERS = (
    REFUSAL
    + """
CREATE OR REPLACE FUNCTION interop_audit_entry_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO interop_audit_unsealed (entry_id) SELECT id FROM added;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION interop_audit_entry_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM gone WHERE NOT EXISTS (
            SELECT 1 FROM interop_audit_seal s
             CROSS JOIN LATERAL unnest(string_to_array(s.entries, ',')) AS r
             WHERE s.kind = 'removal'
               AND gone.id BETWEEN split_part(r, '-', 1)::bigint
                               AND COALESCE(NULLIF(split_part(r, '-', 2), ''), r)::bigint))
    THEN
        RAISE EXCEPTION 'the audit log is append only: DELETE on % refused', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER interop_audit_refuse BEFORE UPDATE OR TRUNCATE ON interop_audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION interop_audit_refuse();
CREATE OR REPLACE TRIGGER interop_audit_added AFTER INSERT ON interop_audit_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION interop_audit_entry_added();
CREATE OR REPLACE TRIGGER interop_audit_deleted AFTER DELETE ON interop_audit_entry
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION interop_audit_entry_deleted();
"""
)
SEAL_TRIGGERS = (
    REFUSAL
    + """
CREATE OR REPLACE FUNCTION interop_audit_seal_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM gone WHERE NOT EXISTS (
            SELECT 1 FROM interop_audit_seal s WHERE s.kind = 'removal' AND gone.id < s.removed_through))
    THEN
        RAISE EXCEPTION 'the audit log is append only: DELETE on % refused', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER interop_audit_refuse BEFORE UPDATE OR TRUNCATE ON interop_audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION interop_audit_refuse();
CREATE OR REPLACE TRIGGER interop_audit_deleted AFTER DELETE ON interop_audit_seal
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION interop_audit_seal_deleted();
"""
)
FUNCTIONS = (
    "DROP FUNCTION IF EXISTS interop_audit_refuse(), interop_audit_entry_added(), "
    "interop_audit_entry_deleted(), interop_audit_seal_deleted() CASCADE"
)
