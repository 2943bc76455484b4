"""What a database is made of and what it holds, so that two of them, or one before and after, can be compared."""

from devkit import paths, postgres

OURS = paths.ADDON.replace("_", "\\_")
#: Each gives lines of text about tables, columns, indexes, constraints, triggers, functions and sequences. Names that
#: PostgreSQL makes up are left out where what stands behind them says the same.
STRUCTURE = """
SELECT 'table ' || c.relname || CASE c.relkind WHEN 'v' THEN ' (view)' ELSE '' END
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'p')
UNION ALL
SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
       || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'p')
UNION ALL
SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'constraint ' || conrelid::regclass::text || ': ' || pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conrelid <> 0
UNION ALL
SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc
 WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
UNION ALL
SELECT 'sequence ' || sequencename FROM pg_sequences WHERE schemaname = 'public'
"""
#: what Odoo keeps of a module beside its tables; {ours} is a pattern of LIKE
RECORDS = """
SELECT 'XML id ' || model || ' ' || module || '.' || name FROM ir_model_data WHERE {which}
"""


def structure(database):
    """The set of lines that say what the database is made of; a function's text is one line."""
    sql = f"SELECT replace(line, E'\\n', ' ') FROM ({STRUCTURE}) AS told (line)"
    return {row[0] for row in postgres.query(sql, database)}


def identifiers(database, which="TRUE"):
    """The XML ids that the database knows, those for which ``which`` holds."""
    return {row[0] for row in postgres.query(RECORDS.format(which=which), database)}


#: what stays beside a release's own tables
HOST = (
    "account_move",
    "account_move_line",
    "account_payment",
    "account_analytic_line",
    "hr_employee",
    "product_product",
    "product_template",
    "purchase_order",
    "purchase_order_line",
    "res_partner",
    "stock_lot",
    "stock_move",
    "stock_move_line",
    "stock_picking",
    "stock_quant",
)
TABLES = """
SELECT c.relname, string_agg(a.attname, ',' ORDER BY a.attnum)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
   AND c.relname NOT IN (SELECT replace(model, '.', '_') FROM ir_model WHERE transient)
   AND a.attname NOT IN ('write_date', 'write_uid')
   AND (c.relname LIKE 'interop\\_%' OR c.relname = ANY ('{{{host}}}'))
 GROUP BY 1 ORDER BY 1
"""
#: rows that came with the add-on are the add-on's to change
SHIPPED = """
SELECT replace(model, '.', '_'), string_agg(res_id::text, ',') FROM ir_model_data
 WHERE module = '{addon}' AND res_id > 0 GROUP BY 1
"""
#: statements in one call of psql, whose one argument they are
AT_ONCE = 300


def columns(database):
    """``{table: [column, …]}`` of the add-on's tables and of those of Odoo's that it writes into."""
    rows = postgres.query(TABLES.format(host=",".join(HOST)), database)
    return {table: names.split(",") for table, names in rows}


def rows(database):
    """What ``contents`` is to look at, taken before something is done: ``{table: condition}``.

    Rows that came with the add-on are left out, and those that come later.
    """
    tables = columns(database)
    shipped = dict(postgres.query(SHIPPED.format(addon=paths.ADDON), database))
    asked = [
        f"SELECT '{table}', COALESCE(max(id), 0) FROM {table}"
        for table, names in tables.items()
        if "id" in names
    ]
    known = dict.fromkeys(tables, "TRUE")
    return known | {
        table: f"id <= {last} AND id NOT IN ({shipped.get(table, 0)})"
        for table, last in _all(asked, database)
    }


def contents(database, known):
    """``{(table, column): (rows, digest)}`` of the rows that ``known`` (of ``rows``) tells of. The digest tells which row, by
    its first column, has which value."""
    asked = [
        f"SELECT '{table}', '{name}', count(*), COALESCE(sum(hashtextextended("
        f"""{names[0]} || ':' || COALESCE("{name}"::text, '~'), 0)), 0) FROM {table} WHERE {known[table]}"""
        for table, names in columns(database).items()
        if table in known
        for name in names
    ]
    return {
        (table, name): (int(number), told) for table, name, number, told in _all(asked, database)
    }


#: Odoo's columns that name a model
NAMING = ("model", "model_name", "res_model", "resource")
NAMED = """
SELECT c.relname, a.attname FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.atttypid IN ('varchar'::regtype, 'text'::regtype)
   AND (a.attname = ANY ('{{{naming}}}') OR a.attname = 'model_id')
   AND c.relname NOT LIKE 'interop\\_audit\\_%'
"""


def mentions(database):
    """Lines on rows of any table that name one of the add-on's models."""
    named = postgres.query(NAMED.format(naming=",".join(NAMING)), database)
    asked = [
        f"""SELECT '{table}', '{name}', count(*) FROM "{table}" WHERE starts_with("{name}", 'interop.')"""
        for table, name in named
    ]
    return [
        f"{table}.{name}: {number} rows name its models"
        for table, name, number in _all(asked, database)
        if number != "0"
    ]


def _all(asked, database):
    for start in range(0, len(asked), AT_ONCE):
        yield from postgres.query(" UNION ALL ".join(asked[start : start + AT_ONCE]), database)


def lost(before, after, given_up):
    """Lines on columns, rows and values of ``before`` (see ``contents``) that are not in ``after``.

    ``given_up``: {(table, column)} whose values a release replaces on purpose; a column named there may also be gone.
    """
    told = []
    for (table, name), (rows, digest) in before.items():
        if (table, name) not in after:
            if (table, name) not in given_up:
                told.append(f"{table}.{name}: the column is gone")
        elif after[table, name][0] != rows:
            told.append(f"{table}: {rows} rows before, {after[table, name][0]} of them after")
        elif after[table, name][1] != digest and (table, name) not in given_up:
            told.append(f"{table}.{name}: other values than before")
    return sorted(set(told))
