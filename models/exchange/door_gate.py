"""The gate of an endpoint: how a worker reads it, keeps it, and knows when it is out of date (see ``gate``)."""

from operator import itemgetter

from odoo import models, tools
from odoo.tools import SQL, groupby

from ...core.door import has_nul
from ...core.errors import KeyUnknown
from ...core.lifecycle import Lifecycle, status_of
from ...core.rate import PERIODS, Limit
from ...core.signature import Credential
from .gate import Gate, GateChanged
from .lifecycle import aware

DOOR_PATH = "/interop/v1/in/"


class NoSuchEndpoint(Exception):
    """Not kept: anybody can ask for any name."""


class GateKeeping(models.AbstractModel):
    _inherit = "interop.door"

    def _gate(self, code):
        """The gate that ``code`` names as this worker knows it, or None."""
        try:
            return self._kept_gate(code)
        except NoSuchEndpoint:
            return None

    def _gate_anew(self, code):
        """As it stands in the database; kept from now on."""
        for gate in self._gates_anew(code):
            self._kept_gate.__cache__.add_value(self, code, cache_value=gate)
            return gate
        return None

    def _gates_anew(self, code):
        """The gate that ``code`` names as it stands in the database, in a tuple; empty where there is none."""
        return () if has_nul(code) else self._read_gates(SQL("e.code = %s AND e.active", code))

    @tools.ormcache("code")
    def _kept_gate(self, code):
        for gate in self._gates_anew(code):
            return gate
        raise NoSuchEndpoint

    def _read_gates(self, which):
        """The gates of endpoints ``e`` of which a condition holds, in one statement."""
        self.env.cr.execute(
            SQL(
                """
                SELECT e.id, e.revision, e.format, e.state, e.max_body_kb, e.max_batch, e.batch_mode,
                       e.is_overloaded IS TRUE AS is_overloaded, e.deprecated_at, e.sunset_at,
                       s.code AS successor, e.rate_limit, e.rate_period, e.rate_burst,
                       c.rate_limit AS c_rate_limit, c.rate_period AS c_rate_period, c.rate_burst AS c_rate_burst,
                       c.id AS credential_id, c.scheme, c.uuid, c.prefix, c.key_hash, c.secret, c.expires_at,
                       c.issuer, c.audience, c.client, c.scopes, c.jwks
                  FROM interop_endpoint e
                  LEFT JOIN interop_endpoint s ON s.id = e.successor_id AND s.active
                  LEFT JOIN interop_credential c ON c.endpoint_id = e.id AND c.is_revoked IS NOT TRUE
                   AND c.prefix IS NOT NULL
                 WHERE %s
                 ORDER BY e.id
                """,
                which,
            )
        )
        rows = self.env.cr.dictfetchall()
        return tuple(
            self._to_gate([row | {"plain": self._plain(row)} for row in mine])
            for _id, mine in groupby(rows, itemgetter("id"))
        )

    def _to_gate(self, rows):
        """One endpoint's gate from its rows, one a credential."""
        return Gate(
            *(rows[0][name] for name in Gate._fields[:-4]),
            lifecycle=self._lifecycle(rows[0]),
            is_whole=all(row["plain"] is not None for row in rows),
            credentials=tuple(
                self._credential(row)
                for row in rows
                if row["credential_id"] and row["plain"] is not None
            ),
            limits=self._limits(rows),
        )

    def _lifecycle(self, row):
        successor = row["successor"]
        return Lifecycle(
            status_of(row["state"], row["deprecated_at"]),
            deprecated_at=aware(row["deprecated_at"]),
            sunset_at=aware(row["sunset_at"]),
            # relative: whatever name the caller knows this server by
            successor=DOOR_PATH + successor if successor else "",
        )

    def _plain(self, row):
        """The secrets of a credential; None where their key is not known to this server yet."""
        if row["secret"] is None:
            return ()
        ring = self.env["interop.keyring"]._keyring()
        try:
            return (ring.decrypt(row["secret"], row_uuid=row["uuid"], purpose="secret").decode(),)
        except KeyUnknown:
            return None

    def _limits(self, rows):
        limits = {None: self._limit("endpoint", rows[0]["id"], rows[0])}
        for row in rows:
            key = row["credential_id"]
            if key:
                limits[key] = self._limit("credential", key, row, prefix="c_")
        return {key: limit for key, limit in limits.items() if limit}

    def _limit(self, name, number, row, prefix=""):
        count, period, burst = (
            row[f"{prefix}rate_{part}"] for part in ("limit", "period", "burst")
        )
        return Limit.of(name, number, count or 0, PERIODS[period or "second"], burst or 0)

    def _credential(self, row):
        return Credential(
            scheme=row["scheme"],
            reference=row["credential_id"],
            secrets=row["plain"],
            prefix=row["prefix"] or "",
            digest=row["key_hash"] or "",
            terms=self.env["interop.credential"]._terms(row),
            expires_at=aware(row["expires_at"]),
        )

    def _check_unchanged(self, gate):
        """Raise ``GateChanged`` unless ``gate`` is how its endpoint stands."""
        self.env.cr.execute(
            SQL("SELECT revision FROM interop_endpoint WHERE id = %s AND active", gate.id)
        )
        if self.env.cr.fetchone() != (gate.revision,):
            raise GateChanged
