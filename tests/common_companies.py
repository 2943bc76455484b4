"""A record of every model for a company, for another one and for none.

``FOLLOWS`` says how a model's records belong to companies, ``VALUES`` (in ``common_records`` and ``common_dialogs``) what one is made with; a test
fails for a model that is missing in either.
"""

import itertools

from odoo.tools import SQL

from .common_dialogs import DIALOGS
from .common_records import RECORDS

VALUES = RECORDS | DIALOGS

#: each record belongs to one company: hers who works there
OWN = "own"
#: likewise, but what belongs to none is everybody's
OWN_OR_NONE = "own or none"
#: a dialog is its maker's, whatever it is about
MAKER = "own maker"
#: the same for all companies of the database
EVERYBODY = "everybody"

FOLLOWS = {
    "interop.system": OWN,
    "interop.endpoint": OWN,
    "interop.endpoint.source": OWN,
    "interop.endpoint.use": EVERYBODY,
    "interop.caller": OWN,
    "interop.credential": OWN,
    "interop.credential.use": EVERYBODY,
    "interop.facility": OWN,
    "interop.facility.code": OWN,
    "interop.route": OWN_OR_NONE,
    "interop.team": OWN_OR_NONE,
    "interop.lane": EVERYBODY,
    "interop.lane.try": EVERYBODY,
    "interop.message": OWN_OR_NONE,
    "interop.delivery": OWN_OR_NONE,
    "interop.attempt": OWN_OR_NONE,
    "interop.payload": EVERYBODY,
    "interop.exception": OWN_OR_NONE,
    "interop.audit.entry": OWN_OR_NONE,
    "interop.audit.seal": EVERYBODY,
    "interop.audit.unsealed": EVERYBODY,
    "interop.audit.verification": EVERYBODY,
    "interop.role.claim": EVERYBODY,
    "interop.contract": EVERYBODY,
    "interop.contract.attribute": EVERYBODY,
    "interop.contract.version": EVERYBODY,
    "interop.contract.sender": OWN,
    "interop.contract.sending": EVERYBODY,
    "interop.erasure": EVERYBODY,
    "interop.erasure.line": EVERYBODY,
    "interop.erasure.digest": EVERYBODY,
    "interop.erasure.work": EVERYBODY,
    "interop.mapping": OWN_OR_NONE,
    "interop.mapping.rule": OWN_OR_NONE,
    "interop.mapping.effective": OWN_OR_NONE,
    "interop.mapping.test": OWN_OR_NONE,
    "interop.mapping.version": OWN_OR_NONE,
    "interop.concept.map": EVERYBODY,
    "interop.concept.map.line": OWN_OR_NONE,
    "interop.untranslated": OWN,
    "interop.attribute": EVERYBODY,
    "interop.ownership": OWN_OR_NONE,
    "interop.accounting.rule": OWN,
    "interop.disagreement": OWN_OR_NONE,
    "interop.binding": OWN_OR_NONE,
    "interop.identifier.check": OWN_OR_NONE,
    "interop.identifier.fault": OWN,
    "interop.duplicate": OWN_OR_NONE,
    "interop.duplicate.rule": EVERYBODY,
    "interop.duplicate.key": EVERYBODY,
    "interop.alias": OWN_OR_NONE,
    "interop.version": OWN,
    "interop.list.price": OWN_OR_NONE,
    "interop.location": OWN,
    "interop.encounter": OWN,
    "interop.encounter.stay": OWN,
    "interop.appointment": OWN,
    "interop.coverage": OWN,
    "interop.authorization": OWN,
    "interop.claim": OWN,
    "interop.claim.line": OWN,
    "interop.claim.decision": OWN,
    "interop.payment.allocation": OWN,
    "interop.charge": OWN,
    "interop.order": OWN,
    "interop.packaging": OWN_OR_NONE,
    "interop.cost.share": OWN_OR_NONE,
    "interop.post": OWN,
    "interop.reencryption": EVERYBODY,
}


class Place:
    """The records of ``company``, or of no company (an empty recordset), each made when first asked for."""

    def __init__(self, env, company):
        self.env = env(context={"allowed_company_ids": company.ids}) if company else env
        self.company = company
        self.numbers = itertools.count(1000)
        self._made = {}

    @property
    def mark(self):
        """Another word each time, so that nothing is refused for being there already."""
        return f"c{self.company.id}-{next(self.numbers)}"

    def values(self, model):
        return VALUES[model](self)

    def __getitem__(self, model):
        if model not in self._made:
            self._made[model] = self._make(model)
        return self._made[model]

    def id(self, model):
        """For a reference: none where there is no company and a record of that model needs one."""
        if not self.company and FOLLOWS.get(model) == OWN:
            return False
        return self[model].id

    def another(self, model, **values):
        return self._make(model, **values).id

    def _make(self, model, **more):
        made = self.values(model)
        return self.env[model].create({**made, **more}) if isinstance(made, dict) else made

    def newest(self, model):
        return self.env[model].search([], order="id desc", limit=1)

    def inserted(self, model, **columns):
        """A row of a model that is written by statements of its own."""
        [[made]] = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES %s RETURNING id",
                SQL.identifier(self.env[model]._table),
                SQL(", ").join(map(SQL.identifier, columns)),
                tuple(columns.values()),
            )
        )
        return self.env[model].browse(made)
