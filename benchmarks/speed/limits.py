"""Rate limits of the endpoint that benches send to, and of its credential."""

from benchmarks.speed import messages

#: more a second than two cores can send
NEVER = 100_000
_ENDPOINT = "UPDATE interop_endpoint SET rate_limit = %s, rate_period = 'second', rate_burst = %s WHERE code = %s"
_CREDENTIAL = """
UPDATE interop_credential SET rate_limit = %s, rate_period = 'second', rate_burst = %s
 WHERE endpoint_id = (SELECT id FROM interop_endpoint WHERE code = %s)
"""


def limit(odoo, endpoint, credential=0, burst=0):
    """Messages a second; 0: none."""
    odoo.query(_ENDPOINT, endpoint, burst, messages.ENDPOINT)
    odoo.query(_CREDENTIAL, credential, burst, messages.ENDPOINT)
