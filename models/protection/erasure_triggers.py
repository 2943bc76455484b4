"""The database's own refusal to change the report of an erasure, for whoever comes past Odoo."""

from odoo.tools import SQL

FUNCTION = """
CREATE OR REPLACE FUNCTION interop_erasure_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        FOREACH name IN ARRAY TG_ARGV LOOP
            IF to_jsonb(NEW) -> name IS DISTINCT FROM to_jsonb(OLD) -> name THEN
                RAISE EXCEPTION 'the report of an erasure stays: UPDATE of % on % refused', name, TG_TABLE_NAME
                    USING ERRCODE = 'insufficient_privilege';
            END IF;
        END LOOP;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the report of an erasure stays: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""


def guard(cr, table, columns):
    """Refuse DELETE and TRUNCATE of ``table``, and an UPDATE that changes one of ``columns``."""
    cr.execute(FUNCTION)
    cr.execute(
        SQL(
            """
            CREATE OR REPLACE TRIGGER interop_erasure_refuse BEFORE UPDATE OR DELETE ON %(table)s
                FOR EACH ROW EXECUTE FUNCTION interop_erasure_refuse(%(columns)s);
            CREATE OR REPLACE TRIGGER interop_erasure_refuse_all BEFORE TRUNCATE ON %(table)s
                FOR EACH STATEMENT EXECUTE FUNCTION interop_erasure_refuse();
            """,
            table=SQL.identifier(table),
            columns=SQL(", ").join(SQL("%s", name) for name in columns),
        )
    )
