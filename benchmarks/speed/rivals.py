"""What people use instead, from PyPI: OCA's endpoint, and OCA's EDI framework with its queue.

In a database of their own, beside the same probes and the same add-on; the messages are the same too. Each is measured as it
is meant to be used: the endpoint with a snippet of code that upserts a partner, EDI with an exchange type and a handler.
"""

from pathlib import Path

from benchmarks import instance, templates
from benchmarks.speed import backlog, load, messages, meter, place
from benchmarks.speed.door import FLOOR_SECRET
from benchmarks.speed.figures import Bar, Case, ratio
from devkit import python_env

HERE = Path(__file__).resolve().parents[1]
SENDERS, SECONDS = 8, 3.0
EDI_MESSAGES, OUR_MESSAGES = 150, 2000

SNIPPET = """
data = json.loads(request.httprequest.get_data())['data']
number = data['identifiers'][0]['value']
contacts = {one['kind']: one['value'] for one in data['contacts']}
values = {
    'name': data['name']['given'][0] + ' ' + data['name']['family'],
    'street': data['address']['lines'][0], 'city': data['address']['city'], 'zip': data['address']['postal_code'],
    'phone': contacts['phone'], 'email': contacts['email'],
}
found = env['res.partner'].search([('ref', '=', number)], limit=1)
if found:
    found.write(values)
else:
    env['res.partner'].create({'ref': number, **values})
result = {'payload': '{}', 'status_code': 202}
"""
SCRIPT = f"""
env['endpoint.endpoint'].create({{
    'name': 'Bench', 'route': '/bench-endpoint', 'request_method': 'POST', 'request_content_type': 'application/json',
    'auth_type': 'public', 'exec_mode': 'code', 'code_snippet': {SNIPPET!r}, 'exec_as_user_id': 1}})._handle_registry_sync()
backend_type = env['edi.backend.type'].create({{'name': 'Bench', 'code': 'bench'}})
backend = env['edi.backend'].create({{'name': 'Bench', 'backend_type_id': backend_type.id}})
env['edi.exchange.type'].create({{
    'name': 'Parties', 'code': 'bench_party', 'backend_type_id': backend_type.id, 'backend_id': backend.id,
    'direction': 'input', 'exchange_file_ext': 'json',
    'process_model_id': env.ref('interop_bench_rivals.model_interop_bench_edi').id}})
"""
DONE = """
SELECT NOT EXISTS (SELECT 1 FROM edi_exchange_record WHERE edi_exchange_state = 'input_received')
"""
BY_REFERENCE = "SELECT count(*) FROM res_partner WHERE ref LIKE 'P%'"
OURS = "SELECT count(*) FROM res_partner WHERE email LIKE '%@bench.example' AND ref IS NULL"


def template():
    """Made only where asked for: its add-ons have to be had from PyPI first."""
    packages = python_env.extra(HERE / "rivals.txt")
    return templates.Template(
        database="interop_rivals",
        modules=(*place.PLACE.modules, "interop_bench_rivals"),
        addons=(place.PROBES, HERE / "rivals", packages / "odoo" / "addons"),
        python=packages,
        script=place.SCRIPT + SCRIPT,
    )


def measure(options, made):
    channels = f"{place.CHANNELS},root.edi:1,root.edi.edi_exchange:1"
    endpoint = Case("rivals.endpoint", "OCA endpoint: a snippet upserts a partner", senders=SENDERS)
    floor = Case("rivals.row", "The floor beside it: HMAC and one plain INSERT", senders=SENDERS)
    edi = Case("rivals.edi", "OCA EDI with its queue, new partners, from first POST to last record")
    ours = Case("rivals.ours", "Ours beside it, new patients, from first POST to last record")
    numbers = iter(range(1, 10**9))
    with instance.started("run", template=made, channels=channels) as odoo:
        for round_ in range(options.rounds + 1):
            for case in (endpoint, floor):
                with backlog.standing(odoo):
                    _volley(odoo, case, numbers)
            _edi(odoo, edi, numbers)
            _ours(odoo, ours, numbers)
            if not round_:
                for case in (endpoint, floor, edi, ours):
                    case.rounds = []
    return [endpoint, floor, edi, ours]


def _volley(odoo, case, numbers):
    content = {"Content-Type": "application/json"}
    bodies = [messages.party(next(numbers)) for _one in range(2500)]
    is_endpoint = case.name.endswith("endpoint")
    if is_endpoint:
        requests = [load.request("/bench-endpoint", body, content) for body in bodies]
        count = BY_REFERENCE
    else:
        requests = [
            messages.single(odoo, body, target="/bench/row", secret=FLOOR_SECRET) for body in bodies
        ]
        count = "SELECT count(*) FROM interop_bench_inbox"
    before = odoo.scalar(count)
    with meter.used(odoo) as used:
        shots = load.fire(odoo.port, requests, senders=SENDERS, seconds=SECONDS)
    case.add_volley(shots, used, used.of("/bench"), found=odoo.scalar(count) - before)


def _edi(odoo, case, numbers):
    content = {"Content-Type": "text/plain"}
    requests = [
        load.request("/bench/edi", messages.party(next(numbers)), content)
        for _one in range(EDI_MESSAGES)
    ]

    def finish():
        load.fire(odoo.port, [load.request("/bench/edi/cron", b"", {})])
        return backlog.wait(odoo, DONE)

    _whole_path(odoo, case, requests, finish, BY_REFERENCE, "/bench/edi")
    backlog.wait(odoo, EDI_JOBS)


EDI_JOBS = """
SELECT NOT EXISTS (SELECT 1 FROM queue_job WHERE model_name = 'edi.exchange.record'
                      AND state IN ('pending', 'enqueued', 'started', 'wait_dependencies'))
"""


def _ours(odoo, case, numbers):
    """One POST a message too, and all the way to the record."""
    requests = [
        messages.single(odoo, messages.party(next(numbers))) for _one in range(OUR_MESSAGES)
    ]
    _whole_path(odoo, case, requests, lambda: backlog.wait(odoo), OURS, "/interop/v1/in/")


def _whole_path(odoo, case, requests, finish, count, path):
    """From the first POST until ``finish()``, which returns the seconds it waited; effects are told by ``count``."""
    before = odoo.scalar(count)
    with meter.used(odoo) as used:
        shots = load.fire(odoo.port, requests)
        waited = finish()
    case.add(
        messages=len(requests),
        seconds=shots.seconds + waited,
        used=used,
        statements=used.of(path, "/queue_job/"),
        found=odoo.scalar(count) - before,
    )


def bars(cases, drained):
    """``drained``: the case of new patients drained, where that part was run too."""
    _endpoint, _floor, edi, ours = cases
    found = [Bar("Ours ÷ EDI, from first POST to last record", ratio(ours, edi), least=1)]
    if drained:
        found.append(
            Bar("New patients drained ÷ EDI's whole path", drained.rate / edi.rate, least=20)
        )
    return found
