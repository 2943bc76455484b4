"""`./dev screens`: a picture of every screen of the running demo, into static/description/.

Run with the environment's Python (it needs Playwright); `dev` has started Odoo by then.
"""

import argparse
import dataclasses
import sys

from devkit import chromium, console, odoo, paths

FOLDER = paths.CHECKOUT / "static" / "description"
SIZE = {"width": 1440, "height": 900}
SETTLE_MS = 1000
SHOWN = ".o_action_manager .o_view_controller, .o_action_manager .o_action"
FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync""".split()


@dataclasses.dataclass(frozen=True)
class Screen:
    """One picture: file name, where (menu or action XML id), the record shown (SQL for its id), what to click before.

    A pair among ``clicks`` is a field and the text to fill it with.
    """

    name: str
    where: str
    record: str = ""
    clicks: tuple = ()


def _named(model, field, value):
    return f"SELECT id FROM {model} WHERE {field} = '{value}' ORDER BY id LIMIT 1"


def _about(model):
    """SQL for the first record of ``model`` that a message made."""
    return (
        "SELECT res_id FROM interop_delivery WHERE res_id IS NOT NULL "
        f"AND res_model = '{model}' ORDER BY id LIMIT 1"
    )


ACTION = "healthcare_interop.{}_action"
CODE = "SELECT id FROM interop_exception WHERE category = 'code' ORDER BY id LIMIT 1"
SAMPLE = "\r".join(
    (
        "MSH|^~\\&|PAS|GRH|ODOO|GRH|20261123101010||ADT^A01|SAMPLE-1|P|2.5",
        "EVN||20261123101010",
        "PID|1||77700123^^^MRN^MR||Tryout^Nora^^^Ms||19800412|F|||12 Oak St^^Alderbrook^AZ^00417^USA"
        "||(520)555-0199|||M|||123-45-6789",
        "PV1|1|I|MED^12^A^GRH||||||||||||||||V9000123|||||||||||||||||||||||||20261123100500",
        "DG1|1||I10^Hypertension^I10",
    )
)
LISTS = """exception message delivery encounter charge order location endpoint credential facility route
contract mapping concept_map binding alias accounting_rule disagreement""".split()

SCREENS = [
    Screen("overview", ACTION.format("system")),
    *(Screen(f"screen_{name}_list", ACTION.format(name)) for name in LISTS),
    Screen("screen_readiness", "healthcare_interop.readiness_look"),
    Screen(
        "screen_encryption_keys",
        ACTION.format("reencryption"),
        clicks=("button[name]:has-text('Keys')",),
    ),
    Screen("screen_audit", ACTION.format("audit_entry")),
    Screen("screen_audit_seals", ACTION.format("audit_seal")),
    Screen(
        "screen_exception",
        ACTION.format("exception"),
        CODE,
    ),
    Screen(
        "screen_bind_code",
        ACTION.format("exception"),
        CODE,
        ("button[name='action_bind']",),
    ),
    Screen(
        "screen_discard",
        ACTION.format("exception"),
        CODE,
        ("button[name='action_discard']",),
    ),
    Screen("screen_system", ACTION.format("system_list"), _named("interop_system", "code", "ehr")),
    Screen(
        "screen_endpoint", ACTION.format("endpoint"), _named("interop_endpoint", "code", "demo_pas")
    ),
    Screen(
        "screen_try_sample",
        ACTION.format("endpoint"),
        _named("interop_endpoint", "code", "demo_pas"),
        (
            "button[name='action_try_sample']",
            (".o_interop_sample textarea", SAMPLE),
            ".o_interop_try_button",
        ),
    ),
    Screen(
        "screen_issue_secret",
        ACTION.format("endpoint"),
        _named("interop_endpoint", "code", "demo_pas"),
        ("button:has-text('New credential')",),
    ),
    Screen("screen_message_graph", ACTION.format("message"), clicks=(".o_switch_view.o_graph",)),
    Screen(
        "screen_delivery_pivot",
        ACTION.format("delivery"),
        clicks=(".o_facet_remove", ".o_switch_view.o_pivot"),
    ),
    Screen(
        "screen_message",
        ACTION.format("message"),
        "SELECT id FROM interop_message WHERE kind = 'DFT^P03' ORDER BY id LIMIT 1",
    ),
    Screen(
        "screen_delivery",
        ACTION.format("delivery"),
        "SELECT id FROM interop_delivery WHERE state = 'failed' ORDER BY id LIMIT 1",
    ),
    Screen(
        "screen_encounter",
        ACTION.format("encounter"),
        "SELECT encounter_id FROM interop_charge WHERE encounter_id IS NOT NULL ORDER BY id LIMIT 1",
    ),
    Screen("screen_appointments", ACTION.format("appointment")),
    Screen("screen_coverage", ACTION.format("coverage")),
    Screen("screen_stock_gaps", ACTION.format("stock_gap")),
    Screen("screen_ownership", ACTION.format("ownership")),
    Screen("screen_duplicate_rules", ACTION.format("duplicate_rule")),
    Screen("screen_authorizations", ACTION.format("authorization")),
    Screen("screen_claims", ACTION.format("claim"), clicks=(".o_facet_remove",)),
    Screen(
        "screen_claim",
        ACTION.format("claim"),
        "SELECT id FROM interop_claim WHERE state = 'partial' ORDER BY id LIMIT 1",
    ),
    Screen("screen_payments", ACTION.format("payment_allocation")),
    Screen(
        "screen_payment",
        "account.action_account_payments",
        "SELECT payment_id FROM interop_payment_allocation ORDER BY id LIMIT 1",
    ),
    Screen(
        "screen_survey",
        ACTION.format("endpoint"),
        _named("interop_endpoint", "code", "demo_pas"),
        ("button[name='action_survey']", ".modal button[name='action_look']"),
    ),
    Screen(
        "screen_workbench",
        ACTION.format("mapping"),
        "SELECT id FROM interop_mapping WHERE entity = 'party' AND format = 'hl7v2' AND documents LIKE '%ADT^A28%' LIMIT 1",
        (
            "button[name='action_open_workbench']",
            (".o_interop_tree textarea", SAMPLE),
        ),
    ),
    Screen(
        "screen_supply_order",
        "stock.action_picking_tree_internal",
        _about("stock.picking"),
    ),
    Screen("screen_purchase_order", "purchase.purchase_rfq", _about("purchase.order")),
    Screen(
        "screen_mapping",
        ACTION.format("mapping"),
        "SELECT id FROM interop_mapping WHERE entity = 'charge' AND format = 'hl7v2' LIMIT 1",
    ),
    Screen(
        "screen_contract",
        ACTION.format("contract"),
        _named("interop_contract", "document", "Patient"),
    ),
    Screen(
        "screen_account_sample",
        ACTION.format("contract"),
        "SELECT id FROM interop_contract WHERE format = 'hl7v2' ORDER BY id LIMIT 1",
        (
            "button:has-text('What goes and what stays')",
            (".o_interop_sample textarea", SAMPLE),
            ".o_interop_try_button",
        ),
    ),
    Screen(
        "screen_register", "healthcare_interop.register_open", clicks=(".o_group_header >> nth=2",)
    ),
    Screen("screen_interfaces", ACTION.format("interface")),
    Screen("screen_event_types", ACTION.format("event_type")),
    Screen(
        "screen_api_description", ACTION.format("api_description"), clicks=("summary >> nth=5",)
    ),
    Screen(
        "screen_contract_version",
        ACTION.format("contract_version"),
        _named("interop_contract_version", "name", "FHIR Patient"),
        (".nav-link:has-text('Technical')",),
    ),
    Screen(
        "screen_deprecate",
        ACTION.format("endpoint"),
        _named("interop_endpoint", "code", "demo_pas"),
        ("button:has-text('Deprecate')",),
    ),
    Screen(
        "screen_export_configuration",
        ACTION.format("contract"),
        clicks=(
            "button[data-menu-xmlid='healthcare_interop.configuration_menu']",
            "a[data-menu-xmlid='healthcare_interop.export_configuration_menu']",
        ),
    ),
    Screen(
        "screen_concept_map",
        ACTION.format("concept_map"),
        "SELECT map_id FROM interop_concept_map_line LIMIT 1",
    ),
    Screen(
        "screen_route", ACTION.format("route"), "SELECT id FROM interop_route ORDER BY id LIMIT 1"
    ),
    Screen(
        "screen_facility",
        ACTION.format("facility"),
        "SELECT id FROM interop_facility ORDER BY id LIMIT 1",
    ),
    Screen(
        "screen_partner",
        "base.action_partner_form",
        "SELECT id FROM res_partner WHERE interop_kind = 'patient' ORDER BY id LIMIT 1",
    ),
    Screen("screen_bill", "account.action_move_in_invoice_type", _about("account.move")),
    Screen("screen_employee", "hr.open_view_employee_list_my", _about("hr.employee")),
    Screen("screen_product", "product.product_normal_action", _about("product.product")),
]


def address(where):
    """The path of a screen; an XML id of a menu or action is looked up in the database."""
    if where.startswith("/"):
        return where
    from devkit import database, postgres

    module, _dot, name = where.partition(".")
    sql = f"SELECT model, res_id FROM ir_model_data WHERE module = '{module}' AND name = '{name}'"
    rows = postgres.query(sql, database.demo_name())
    if not rows:
        raise console.Failure(f"there is no {where} in the demo database")
    model, number = rows[0]
    if model == "ir.ui.menu":
        sql = f"SELECT split_part(action, ',', 2) FROM ir_ui_menu WHERE id = {number}"
        number = postgres.scalar(sql, database.demo_name())
        if not number:
            raise console.Failure(f"the menu {where} opens nothing")
    return f"/odoo/action-{number}"


def _record(screen):
    """The part of the path that opens one record."""
    if not screen.record:
        return ""
    from devkit import database, postgres

    number = postgres.scalar(screen.record, database.demo_name())
    if not number:
        raise console.Failure(
            f"{screen.name}: the demo has no such record yet; ./dev up plays its day"
        )
    return f"/{number}"


def log_in(page):
    page.goto(f"{odoo.url()}/web/login")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", "admin")
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar")


def _settle(page):
    """Wait until nothing loads any more; the network is never idle, the bus keeps a line open."""
    page.wait_for_timeout(SETTLE_MS)
    page.wait_for_selector(".o_loading_indicator", state="hidden")


def take(page, screen):
    """Open one screen and write its picture; a list of what the browser complained of."""
    complaints = []
    listen = lambda error: complaints.append(str(error))  # noqa: E731
    page.on("pageerror", listen)
    page.goto(odoo.url() + address(screen.where) + _record(screen))
    page.wait_for_selector(SHOWN)
    _settle(page)
    for step in screen.clicks:
        page.fill(*step) if isinstance(step, tuple) else page.click(step)
        _settle(page)
    page.screenshot(path=FOLDER / f"{screen.name}.png")
    page.remove_listener("pageerror", listen)
    return complaints


def main():
    found = argparse.ArgumentParser(prog="dev screens", description=__doc__.splitlines()[0])
    found.add_argument("names", nargs="*", help="only these; all by default")
    wanted = found.parse_args().names
    if unknown := set(wanted) - {screen.name for screen in SCREENS}:
        found.error(f"no such picture: {', '.join(sorted(unknown))}")
    program, reason = chromium.ensure()
    if not program:
        raise console.Failure(reason)
    from playwright.sync_api import sync_playwright  # of the environment, not of `dev`'s Python

    FOLDER.mkdir(parents=True, exist_ok=True)
    bad = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(viewport=SIZE)
        log_in(page)
        for screen in SCREENS:
            if not wanted or screen.name in wanted:
                bad += _take_and_tell(page, screen)
        browser.close()
    return 1 if bad else 0


def _take_and_tell(page, screen):
    complaints = take(page, screen)
    console.note(f"{screen.name}.png  {'; '.join(complaints) or 'fine'}")
    return len(complaints)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except console.Failure as failure:
        sys.exit(f"dev screens: {failure}")
