"""Who came in at the door, and who was refused: counted in the worker's memory, told seldom.

The ordinary path costs no statement but once in a minute after refusals; a refusal costs one look at a dict once the first few of
its kind and minute are told.
"""

import collections
from datetime import datetime, timezone
from time import time
from typing import NamedTuple

from odoo import models

from ...core.audit import REFUSED, SYSTEM, Act
from ...core.audit_sampling import Sampler

#: what this worker refused, by database: groups are ``_Refusal``, members the addresses they came from
_refusals = collections.defaultdict(Sampler)
#: which credentials this worker saw, and on which day: ``{(database, credential): day}``
_seen = {}


class _Refusal(NamedTuple):
    """``endpoint_id`` 0: no endpoint was named."""

    endpoint_id: int
    reason: str


class AuditDoor(models.AbstractModel):
    _inherit = "interop.audit"

    def _refused(self, gate, error):
        """One call was refused with ``error`` (its code is told, no value). ``gate`` is None where no endpoint was named."""
        refusal = _Refusal(gate.id if gate else 0, error.code)
        sampler = _refusals[self.env.cr.dbname]
        self._tell(sampler.count(refusal, self._address() or "", time()))

    def _tell(self, samples):
        """Record what a sampler says is to be told of refused calls."""
        if not samples:
            return
        # the door asks for no rights: nobody is logged in there
        endpoints = self.sudo().env["interop.endpoint"]
        known = endpoints.browse(
            {one.group.endpoint_id for one in samples if one.group.endpoint_id}
        )
        # it may be gone by now
        named = {endpoint.id: endpoint for endpoint in known.exists()}
        sampler = _refusals[self.env.cr.dbname]
        # what is rolled back was not told
        self.env.cr.postrollback.add(lambda: sampler.give_back(samples))
        self._record(
            _act(sample, named.get(sample.group.endpoint_id, endpoints)) for sample in samples
        )

    def _logged_in(self, credential):
        """A message was taken from who holds ``credential``: told once a day by each worker."""
        now = time()
        self._tell(_refusals[self.env.cr.dbname].later(now))
        key, today = (self.env.cr.dbname, credential.reference), int(now // 86_400)
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


def _act(sample, endpoint):
    details = {"reason": sample.group.reason}
    if sample.since is not None:
        since = datetime.fromtimestamp(sample.since, timezone.utc)
        details["since"] = since.isoformat(timespec="seconds")
    return Act(
        "refused",
        res_model=endpoint._name,
        res_id=sample.group.endpoint_id,
        res_name=endpoint.name or "",
        company_id=endpoint.company_id.id,
        outcome=REFUSED,
        count=sample.count,
        details=details,
        # who it was is what could not be told, or does not matter for it
        actor=(SYSTEM, 0, ""),
        remote_address=sample.member or "",
    )
