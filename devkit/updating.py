"""`upgrade`: does a hospital that runs an earlier release live on with this one, and is all of it gone once uninstalled?

In a database as that release left it (``apart``) the add-on is updated to what stands in this checkout, messages go on, and
then it is uninstalled and installed again. What the database is made of is compared with a fresh installation, and after
uninstalling with a database that never had the add-on. Each check gives lines on what is wrong.
"""

import json
import re

from devkit import (
    addon,
    apart,
    console,
    database,
    former,
    locks,
    odoo,
    odoo_log,
    paths,
    postgres,
    schema,
)

#: what this release replaces on purpose: {(table, column): why}
GIVEN_UP = {
    ("interop_contract", "version"): "numbers are those of versions; in the words of the first one",
    ("interop_contract", "schema"): "texts that are no JSON Schema go into the contract's history",
    ("interop_contract_attribute", "purpose"): "empty ones say that nobody stated any",
    ("interop_credential", "warned_days"): "is called reminded_days, as with all that ends",
    ("interop_message", "dedup_key"): "a digest that is keyed now, of the same key",
    ("interop_endpoint", "revision"): "tells workers to read the endpoint again",
}
#: structure that is not the add-on's
ODOOS = re.compile(
    # a column for each analytic plan of the hospital
    r"x_plan\d+_id"
    # Odoo reads the relation from either of its sides, whichever is set up last
    r"|^constraint rule_group_rel:"
)
#: the log of the audit, closed
KEPT = re.compile(r"interop_audit_(entry|seal)_kept_\d{14}|FUNCTION public\.interop_audit_refuse")
#: Odoo tries to delete what the add-on brought, and keeps what its own documents refer to: the place patients consume at
IN_USE = re.compile(r'bad query: DELETE FROM "stock_location"')
#: documents and records that are the hospital's, whatever becomes of the add-on
HOSPITALS = schema.HOST
#: characters of a line on what is wrong
LONGEST = 300
#: messages of another day
AFTER = """
import json
env.cr.execute("SELECT id FROM interop_delivery WHERE state = 'pending' AND COALESCE(not_before < 'infinity', TRUE)")
waiting = env['interop.delivery'].browse(row[0] for row in env.cr.fetchall())
last = max(env['interop.delivery'].search([]).ids)
_settle(env)
waited = waiting.mapped('state')
play(env, json.loads({messages!r}), None)
fresh = env['interop.delivery'].search([('id', '>', last)])
env['interop.audit.seal']._cron_seal()
print('>>>')
print(json.dumps({{'waited': waited, 'fresh': fresh.mapped('state'), 'defects': fresh.filtered(
    lambda one: one.error_category == 'defect').ids}}))
"""
UNINSTALL = """
env['ir.module.module'].search([('name', '=', {addon!r})]).button_immediate_uninstall()
"""
WORKS = """
company = env.company
partner = env['res.partner'].create({'name': 'After all'})
product = env['product.product'].create({'name': 'Thing', 'type': 'consu', 'is_storable': True})
invoice = env['account.move'].create({'move_type': 'out_invoice', 'partner_id': partner.id, 'invoice_line_ids': [
    (0, 0, {'product_id': product.id, 'quantity': 2, 'price_unit': 10})]})
invoice.action_post()
order = env['purchase.order'].create({'partner_id': partner.id, 'order_line': [
    (0, 0, {'product_id': product.id, 'product_qty': 3, 'price_unit': 5})]})
order.button_confirm()
order.picking_ids.button_validate()
for model in ('res.partner', 'account.move', 'account.payment', 'product.template', 'purchase.order', 'stock.picking',
              'hr.employee', 'hr.department', 'account.analytic.account', 'res.config.settings'):
    env[model].get_views([(False, 'form'), (False, 'list'), (False, 'search')])
env['ir.ui.menu'].load_menus(False)
print('>>>')
print(invoice.state, order.state, order.picking_ids.state)
"""


def upgrade(revision=""):
    """The command: True when all is well."""
    with locks.tests():
        checks = run(former.find(revision))
    tell(checks)
    return not any(checks.values())


def tell(checks):
    """Print what ``run`` found."""
    for title, wrong in checks.items():
        print(f"{'FAILED' if wrong else 'passed'}  {title}")
        for line in wrong:
            print(f"        {line[:LONGEST]}")


def run(commit):
    """``{check: [line on what is wrong]}`` of updating the release of a commit to this checkout, and of uninstalling that."""
    database.prepare()
    addon.ensure_test()
    fresh = schema.structure(database.test_name()), schema.identifiers(database.test_name())
    never = schema.structure(database.base_name()), schema.identifiers(database.base_name())
    with apart.hospital(commit) as peers:
        return {
            **_updated(*fresh),
            **_going_on(peers),
            **_uninstalled(*never),
            **_installed_again(*fresh),
        }


def _updated(structure, identifiers):
    name = apart.name()
    known = schema.rows(name)
    before = schema.contents(name, known)
    with console.step("updating the add-on"):
        logged = _load("-u", "update")
    after = schema.contents(name, known)
    return {
        "updating logs no warning and no error": logged,
        f"nothing of {len(known)} tables is lost": schema.lost(before, after, GIVEN_UP),
        "updated, a database is made as a fresh one is": _differences(
            schema.structure(name), structure
        ),
        "updated, it knows the same records": _differences(schema.identifiers(name), identifiers),
        "what was in force is in force": _out_of_force(name, before),
    }


def _out_of_force(name, before):
    """Contracts without a version in use, of a release in which all of them were in force as they stood."""
    if ("interop_contract", "active_version_id") in before:
        return []  # which one is in use is a value like any other
    sql = "SELECT name FROM interop_contract WHERE active AND active_version_id IS NULL"
    return [row[0] for row in postgres.query(sql, name)]


def _going_on(peers):
    books = (paths.CHECKOUT / "benchmarks" / "books.py").read_text(encoding="utf-8")
    day = apart.messages(paths.CHECKOUT, peers, seed=2, scale=0.1)
    with console.step(f"{apart.WAITING} messages that waited, and {len(day)} new ones"):
        told = json.loads(apart.script(books + AFTER.format(messages=json.dumps(day))))
    wrong = [] if "done" in told["waited"] else ["nothing that waited was applied"]
    # one that a later word has overtaken by then is discarded, with that reason
    wrong += [
        f"one that waited is {state}"
        for state in told["waited"]
        if state not in ("done", "discarded")
    ]
    going = [] if "done" in told["fresh"] else ["no new message took effect"]
    going += [f"delivery {one} failed as a defect" for one in told["defects"]]
    return {
        "what waited takes effect": wrong,
        "new messages take effect": going,
        "the audit log holds": _verify(),
    }


def _verify():
    """By the command that an administrator has."""
    folders = ",".join(map(str, odoo.addons_path()))
    command = [*odoo.program(), f"--addons-path={folders}", "interop_audit_verify"]
    try:
        console.run([*command, "-c", apart.CONF, "-d", apart.name()], env=odoo.environment())
    except console.Failure as failure:
        return str(failure).splitlines()
    return []


def _uninstalled(structure, identifiers):
    name, log = apart.name(), apart.FOLDER / "uninstall.log"
    users = "SELECT user_id FROM interop_system WHERE user_id IS NOT NULL"
    acting = ",".join(row[0] for row in postgres.query(users, name))
    own = {table: rule for table, rule in schema.rows(name).items() if table in HOSPITALS}
    before = schema.contents(name, own)
    with console.step("uninstalling the add-on"):
        apart.script(UNINSTALL.format(addon=paths.ADDON), log=log)
    found = {line for line in schema.structure(name) if not KEPT.search(line)}
    # a contact whose user can't log in any more is one of outside
    ours = {("res_partner", "partner_share")}
    ours |= {key for key in before if key[1].startswith("interop_")}
    after = schema.contents(name, own)
    entries = postgres.query(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'interop\\_audit\\_%\\_kept\\_%'",
        name,
    )
    refusing = [f"{table} lets rows be removed" for [table] in entries if _lets_remove(table, name)]
    in_use = f"XML id stock.location {paths.ADDON}.stock_location_patient"
    awake = f"SELECT login FROM res_users WHERE active AND id IN ({acting or 0})"
    return {
        "uninstalling logs no warning and no error": [
            line for line in odoo_log.read(log).unexpected if not IN_USE.search(line)
        ],
        "uninstalled, a database is made as if it never had it": _differences(found, structure),
        "uninstalled, no record is left": _differences(
            schema.identifiers(name) - {in_use}, identifiers
        )
        + schema.mentions(name),
        "the hospital keeps its documents": schema.lost(before, after, ours),
        "the audit log stays, closed": refusing
        or ([] if len(entries) == 2 else [f"{len(entries)} tables are kept"]),
        "nobody can log in as a system": [row[0] for row in postgres.query(awake, name)],
        "Odoo works without it": _works(),
    }


def _lets_remove(table, name):
    try:
        postgres.query(f"DELETE FROM {table}", name)
    except console.Failure as failure:
        return "append only" not in str(failure)
    return True


def _works():
    told = apart.script(WORKS, log=apart.FOLDER / "without.log")
    return [] if told == "posted purchase done" else [f"invoice, order and receipt: {told}"]


def _installed_again(structure, identifiers):
    name = apart.name()
    with console.step("installing it again"):
        logged = _load("-i", "again")
    found = {line for line in schema.structure(name) if not KEPT.search(line)}
    wanted = {line for line in structure if not KEPT.search(line)}
    return {
        "installing again logs no warning and no error": logged,
        "installed again, a database is made as a fresh one is": _differences(found, wanted),
        "installed again, it knows the same records": _differences(
            schema.identifiers(name), identifiers
        ),
    }


def _load(how, title):
    """Odoo with ``-i`` or ``-u``; lines of its log that nobody expected."""
    conf = apart.write_configuration(apart.FOLDER, paths.ADDONS)
    log = apart.FOLDER / f"{title}.log"
    arguments = ["server", "-d", apart.name(), how, paths.ADDON, "--stop-after-init", "--no-http"]
    odoo.call([*arguments, "--logfile="], conf=conf, log=log)
    return odoo_log.read(log).unexpected


def _differences(found, wanted):
    """Lines that one has and the other lacks, what is Odoo's own left out."""
    lines = [f"too much: {line}" for line in sorted(found - wanted) if not ODOOS.search(line)]
    lines += [f"missing: {line}" for line in sorted(wanted - found) if not ODOOS.search(line)]
    return lines
