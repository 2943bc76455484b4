"""Who came in at the door, and who was refused: counted in the worker's memory, told seldom.

The ordinary path costs no statement; a refusal costs one look at a dict once the first few of its kind and minute are told.
"""

import time

from odoo import models

from ...core.audit import REFUSED, SYSTEM, Act
from ...core.audit_sampling import Sampler

#: what this worker refused, by database, endpoint and reason
_refusals = Sampler()
#: which credentials this worker saw, and on which day: ``{(database, credential): day}``
_seen = {}


class AuditDoor(models.AbstractModel):
    _inherit = "interop.audit"

    def _refused(self, gate, error):
        """One call was refused with ``error`` (its code is told, no value). ``gate`` is None where no endpoint was named."""
        endpoint_id = gate.id if gate else 0
        kind = (self.env.cr.dbname, endpoint_id, error.code)
        count = _refusals.count(kind, time.monotonic())
        if not count:
            return
        # the door asks for no rights: nobody is logged in there
        endpoint = self.sudo().env["interop.endpoint"].browse(endpoint_id)
        self._record(
            [
                Act(
                    "refused",
                    res_model=endpoint._name,
                    res_id=endpoint_id,
                    res_name=endpoint.name or "" if gate else "",
                    company_id=endpoint.company_id.id if gate else 0,
                    outcome=REFUSED,
                    count=count,
                    details={"reason": error.code},
                    # who it was is what could not be told, or does not matter for it
                    actor=(SYSTEM, 0, ""),
                )
            ]
        )

    def _logged_in(self, credential):
        """A message was taken from who holds ``credential``: told once a day by each worker."""
        key, today = (self.env.cr.dbname, credential.reference), int(time.time() // 86_400)
        if _seen.get(key) == today:
            return
        _seen[key] = today
        # what is rolled back was not told
        self.env.cr.postrollback.add(lambda: _seen.pop(key, None))
        # likewise
        found = self.sudo().env["interop.credential"].browse(credential.reference)
        system = found.endpoint_id.system_id
        [act] = self._about("login", found)
        self._record(
            [
                act._replace(
                    actor=(SYSTEM, system.id, system.name or ""),
                    details={"endpoint": found.endpoint_id.code, "prefix": found.prefix or ""},
                )
            ]
        )
