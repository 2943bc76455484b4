"""Where the door holds documents against the version of their contract, and tells senders how long it is spoken."""

from odoo import fields, models
from odoo.tools import SQL

from ...core import answers
from ...core.answers import RefusedBatch
from ...core.contract_versions import VersionRetired, earliest
from ...core.fingerprint import error_fingerprint

SPOKEN = SQL("e.state IN ('live', 'test') AND e.active")


class EndpointInvalid(models.Model):
    _inherit = "interop.endpoint"

    on_invalid = fields.Selection(
        [("refuse", "Refuse it"), ("fail", "Keep it, and let somebody look")],
        string="What does not fit its contract",
        required=True,
        default="refuse",
        tracking=True,
        help="Of messages whose contract has a JSON Schema: the sender is told the places and rules, and nothing is stored; or "
        "what the contract allows is stored, takes no effect, and stands as an exception.",
    )


class DoorContract(models.AbstractModel):
    _inherit = "interop.door"

    def _violation(self, plan, followed, minimised):
        """What of a document does not fit; raised where the endpoint refuses such."""
        violation = plan.lets_in.violation(minimised, followed.version)
        if violation and plan.on_invalid == "refuse":
            raise violation
        return violation

    def _fail_invalid(self, plan, parcels):
        """Their deliveries wait for a person from the first. What no route takes stays as it is."""
        rows = []
        for parcel in parcels:
            error = parcel.violation
            for fact in parcel.facts:
                route, _lane = self._place(plan, parcel, fact)
                if route is not None:
                    where = f"{parcel.system.id}/{route.id}"
                    told = (error.code, error.path or None, error.detail)
                    fingerprint = error_fingerprint(where, error, place=error.detail)
                    rows.append((parcel.uuid, fact.ordinal, *told, fingerprint))
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE interop_delivery d
                   SET state = 'failed', error_category = 'contract', error_code = v.code, error_path = v.path,
                       error_detail = v.detail, fingerprint = v.fingerprint
                  FROM (VALUES %s) AS v (uuid, ordinal, code, path, detail, fingerprint)
                  JOIN interop_message m ON m.uuid = v.uuid
                 WHERE d.message_id = m.id AND d.ordinal = v.ordinal AND d.state = 'pending'
                """,
                SQL(", ").join(SQL("(%s, %s, %s, %s, %s, %s)", *row) for row in rows),
            )
        )
        self.env["interop.exception"]._open_after_commit({row[-1] for row in rows}, set())

    # -- how long a version is spoken --

    def _with_versions_standing(self, answer, gate, batch):
        """``answer`` with what senders are told of the endpoint and of the versions that they named: what ends first."""
        told = [parcel.followed.lifecycle for parcel in batch.parcels]
        return self._with_lifecycle(
            answer, [gate.lifecycle, *told, *_of_errors(batch.errors.values())]
        )

    def _with_refused_standing(self, answer, gate, error):
        errors = error.errors.values() if isinstance(error, RefusedBatch) else [error]
        return self._with_lifecycle(answer, [gate.lifecycle, *_of_errors(errors)])

    def _with_lifecycle(self, answer, lifecycles):
        first = earliest(one for one in lifecycles if one and one.headers())
        return answer.with_headers(first.headers()) if first else answer

    # -- schemas for who sends by them --

    def _schema(self, knock, code, number, is_viewer=False):
        """The JSON Schema document of a version, for whoever may know it; 401 to everybody else, known or not."""
        governed = self.env["interop.endpoint"]._plan_governed()
        version = governed.named(f"urn:interop:schema:{code}:{number}")
        if not is_viewer:
            refusal = self._refusal(knock, self._gates_that_take(version))
            if refusal:
                return refusal
        if version is None:
            return answers.http_error(404)
        headers = governed.lifecycle(version)
        return answers.schema(version.definition.schema, headers.headers() if headers else ())

    def _gates_that_take(self, version):
        """The gates at which documents of a version's contract may come in; all of them where there is no such version, so
        that nobody is told by the time that an answer takes."""
        if version is None:
            return self._read_gates(SPOKEN)
        format_ = version.definition.contract.format
        formats = ("json", "cloudevents") if format_ == "cloudevents" else (format_, "cloudevents")
        is_chosen = SQL(
            "EXISTS (SELECT FROM interop_contract_interop_endpoint_rel r JOIN interop_contract_version v "
            "ON v.contract_id = r.interop_contract_id WHERE r.interop_endpoint_id = e.id AND v.id = %s)",
            version.id,
        )
        return self._read_gates(
            SQL("%s AND e.format IN %s AND (e.takes = 'any' OR %s)", SPOKEN, formats, is_chosen)
        )


def _of_errors(errors):
    return [error.lifecycle for error in errors if isinstance(error, VersionRetired)]
