"""The Odoo that is measured: the add-on, the demo hospital, the probes, and an endpoint with routes of its own."""

from pathlib import Path

from benchmarks import templates
from benchmarks.speed import messages
from devkit import odoo

WEBHOOK = "interop-bench"
#: what the rule does with what was posted, as an administrator would write it
WRITE = """
data = payload['data']
contacts = {one['kind']: one['value'] for one in data['contacts']}
record.write({
    'name': data['name']['given'][0] + ' ' + data['name']['family'],
    'street': data['address']['lines'][0], 'city': data['address']['city'], 'zip': data['address']['postal_code'],
    'phone': contacts['phone'], 'email': contacts['email'],
})
"""
PROBES = Path(__file__).resolve().parents[1] / "probes"

#: A system with an endpoint and a route an entity, and one with two lanes a route; and the automation rule that upserts a partner.
SCRIPT = f"""
from odoo.addons.healthcare_interop.core.canonical import Identifier
for code, name, lanes in (({messages.ENDPOINT!r}, 'Bench', 1), ({messages.TWO_LANES!r}, 'Bench, two lanes', 2),
                          ({messages.BULK!r}, 'Bench, bulk', 1)):
    system = env['interop.system'].create({{'name': name, 'code': code, 'identity_domain': 'bench'}})
    endpoint = env['interop.endpoint'].create({{
        'name': name, 'code': code, 'system_id': system.id, 'format': 'cloudevents', 'tz': 'UTC',
        'facility_id': env.ref('healthcare_interop.facility_grh').id, 'unknown_facility': 'endpoint',
        'max_body_kb': 4096, 'max_batch': 1000, 'state': 'live'}})
    env['interop.credential'].create({{'name': name, 'endpoint_id': endpoint.id}})
    for entity in ('party', 'stock_movement', 'encounter', 'charge'):
        env['interop.route'].create({{
            'name': f'{{name}}: {{entity}}', 'entity': entity, 'system_id': system.id, 'sequence': 1,
            'klass': 'bulk' if code == {messages.BULK!r} else 'urgent' if entity == 'encounter' else 'normal',
            'lanes': lanes,
            'unknown_master': 'create', 'wait_seconds': 60, 'bill_on_finish': True}})
for entity, code, values in (
        ('product', {messages.PRODUCT!r}, {{'is_storable': True}}),
        ('service', {messages.SERVICE!r}, {{'type': 'service', 'list_price': 10}})):
    product = env['product.product'].create({{'name': code, 'default_code': code, **values}})
    env['interop.binding']._bind(product, entity, [Identifier(code, {messages.NUMBERS!r})], system)
number = "payload['data']['identifiers'][0]['value']"
rule = env['base.automation'].create({{
    'name': 'Partners by webhook', 'trigger': 'on_webhook', 'webhook_uuid': {WEBHOOK!r},
    'model_id': env.ref('base.model_res_partner').id,
    'record_getter': f"model.search([('ref', '=', {{number}})], limit=1) "
                     f"or model.create({{{{'ref': {{number}}, 'name': {{number}}}}}})"}})
env['ir.actions.server'].create({{
    'name': 'Write it', 'state': 'code', 'model_id': rule.model_id.id, 'base_automation_id': rule.id,
    'usage': 'base_automation', 'code': {WRITE!r}}})
"""

#: the demo's, and a lane for jobs of one message each
CHANNELS = f"{odoo.CHANNELS},root.bench:1"

PLACE = templates.Template(
    database="interop_speed",
    modules=("base_automation", "interop_bench"),
    addons=(PROBES,),
    script=SCRIPT,
)
