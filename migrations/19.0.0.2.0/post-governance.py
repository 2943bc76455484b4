"""What is left of 19.0.0.1.0 once contracts have their versions."""


def migrate(cr, _version):
    keep_numbers(cr)


def keep_numbers(cr):
    """The number that people gave a contract goes into the words of its first version; the column is no field any more."""
    cr.execute(
        "SELECT 1 FROM information_schema.columns WHERE table_schema = current_schema "
        "AND table_name = 'interop_contract' AND column_name = 'version'"
    )
    if not cr.rowcount:
        return
    cr.execute(
        """
        UPDATE interop_contract_version v SET note = v.note || ' (' || c.version || ')'
          FROM interop_contract c
         WHERE v.contract_id = c.id AND v.before_id IS NULL AND NOT v.is_shipped AND c.version <> v.number
        """
    )
    cr.execute("ALTER TABLE interop_contract DROP COLUMN version")
