"""Where messages enter: address, format, who may call, limits."""

import secrets
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ...core.errors import PermanentError
from .gate import ENDPOINT_TRIGGER

FORMATS = [
    ("cloudevents", "CloudEvents 1.0"),
    ("fhir", "FHIR R4"),
    ("hl7v2", "HL7 v2"),
    ("json", "Plain JSON"),
]
SCHEMES = [
    ("standard_webhooks", "Signature (Standard Webhooks)"),
    ("api_key", "API key"),
    ("oauth", "OAuth 2 token (identity provider)"),
    ("mutual_tls", "Client certificate (mutual TLS)"),
]
STATES = [
    ("draft", "Draft"),
    ("test", "Test"),
    ("live", "Live"),
    ("paused", "Paused"),
    ("retired", "Retired"),
]


class Endpoint(models.Model):
    _name = "interop.endpoint"
    _description = "Endpoint"
    _inherit = ["interop.configuration", "mail.thread"]
    _order = "system_id, name"
    _named_by = (("interop.message", "endpoint_id"),)

    name = fields.Char(required=True, tracking=True)
    code = fields.Char(
        required=True,
        tracking=True,
        default=lambda self: f"in-{secrets.token_hex(4)}",
        help="Last part of the address. Letters, digits, _ and -.",
    )
    active = fields.Boolean(default=True, tracking=True)
    system_id = fields.Many2one(
        "interop.system", required=True, tracking=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="system_id.company_id", store=True)
    format = fields.Selection(FORMATS, required=True, default="cloudevents", tracking=True)
    state = fields.Selection(
        STATES,
        required=True,
        default="draft",
        tracking=True,
        copy=False,
        help="Draft refuses everything. Test stores what arrives and shows what it would do, without doing it. "
        "Live applies it. Paused asks senders to come back later. Retired tells them that it is gone for good.",
    )
    scheme = fields.Selection(
        SCHEMES,
        string="Authentication",
        required=True,
        default="standard_webhooks",
        tracking=True,
        help="What its next credential will be. Credentials of several kinds may be valid side by side, so that a sender "
        "changes from one to another without a gap.",
    )
    credential_ids = fields.One2many("interop.credential", "endpoint_id", string="Credentials")
    source_ids = fields.One2many(
        "interop.endpoint.source", "endpoint_id", string="Permitted sources"
    )
    facility_id = fields.Many2one(
        "interop.facility",
        help="For messages that name no facility. Required before the endpoint goes live.",
    )
    unknown_facility = fields.Selection(
        [("refuse", "Fail, as an exception"), ("endpoint", "Treat as the endpoint's facility")],
        string="Unknown facility",
        required=True,
        default="refuse",
        tracking=True,
        help="What happens to a message that names a facility which no table knows.",
    )
    tz = fields.Selection(
        _tz_get,
        string="Time zone",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="For times that come without a zone. HL7 v2 senders rarely give one.",
    )
    max_body_kb = fields.Integer(string="Largest body (kB)", required=True, default=1024)
    max_batch = fields.Integer(string="Most messages in one body", required=True, default=1000)
    batch_mode = fields.Selection(
        [("all", "All or nothing"), ("good", "Take the good")],
        string="Of a batch",
        required=True,
        default="all",
        help="What happens to a batch in which some messages can't be read.",
    )
    payload_days = fields.Integer(
        string="Keep content (days)",
        required=True,
        default=30,
        help="After this time the content is removed. That the message came, and what became of it, stays known.",
    )
    json_type = fields.Char(string="Type at", default="type", help="JMESPath to the event type.")
    json_id = fields.Char(
        string="Id at", default="id", help="JMESPath to the message's own id. Empty: none."
    )
    json_source = fields.Char(string="Source at", default="source")
    json_facility = fields.Char(string="Facility at", default="facility")
    json_subject = fields.Char(string="Subject at", default="subject")
    json_time = fields.Char(string="Time at", default="time")
    json_data = fields.Char(
        string="Content at", default="data", help="JMESPath to the content. Empty: all of it."
    )
    json_default_type = fields.Char(
        string="Type if none", help="For feeds of one kind that do not name it."
    )
    #: changes with the endpoint and with its credentials, by triggers (see ``gate``)
    revision = fields.Integer(readonly=True, copy=False, groups=fields.NO_ACCESS)
    url = fields.Char(string="Address", compute="_compute_url")
    curl = fields.Text(string="Try it", compute="_compute_url")
    route_count = fields.Integer(compute="_compute_route_count")

    _code_uniq = models.Constraint("UNIQUE (code)", "Another endpoint has this address already.")
    _code_word = models.Constraint(
        "CHECK (code ~ '^[A-Za-z0-9_-]{1,64}$')",
        "The address part has only letters, digits, underscore and hyphen.",
    )
    _limits = models.Constraint(
        "CHECK (max_body_kb BETWEEN 1 AND 65536 AND max_batch BETWEEN 1 AND 10000 AND payload_days >= 0)",
        "Limits: 1 to 65,536 kB, 1 to 10,000 messages, no negative days.",
    )

    def init(self):
        self.env.cr.execute(ENDPOINT_TRIGGER)

    @api.model_create_multi
    def create(self, vals_list):
        endpoints = super().create(vals_list)
        endpoints.system_id._ensure_companies()
        return endpoints

    def write(self, vals):
        result = super().write(vals)
        if {"facility_id", "system_id"} & set(vals):
            self.system_id._ensure_companies()
        return result

    @api.depends("code", "format", "scheme")
    def _compute_url(self):
        # system parameters are the administrator's; the server's own address is no secret
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url", "")
        for endpoint in self:
            endpoint.url = f"{base}/interop/v1/in/{endpoint.code or ''}"
            endpoint.curl = endpoint._curl_example()

    def _curl_example(self):
        """A line that works when pasted, once the secret is put in."""
        media = {
            "cloudevents": ("application/cloudevents+json", "event.json"),
            "fhir": ("application/fhir+json", "resource.json"),
            "hl7v2": ("application/hl7-v2", "message.hl7"),
            "json": ("application/json", "message.json"),
        }
        content_type, file = media[self.format or "json"]
        start = f"curl -sS {self.url} -H 'Content-Type: {content_type}'"
        if shown := {"api_key": "$KEY", "oauth": "$TOKEN"}.get(self.scheme):
            return f'{start} -H "Authorization: Bearer {shown}" --data-binary @{file}'
        if self.scheme == "mutual_tls":
            return f"{start} --cert client.pem --key client.key --data-binary @{file}"
        return (
            "ID=msg_$(date +%s%N) TS=$(date +%s) BODY=" + file + "\n"
            'SIG=$(printf "%s.%s." $ID $TS | cat - $BODY | openssl dgst -sha256 -mac HMAC '
            '-macopt hexkey:$(printf %s "${SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d " \\n") '
            "-binary | base64)\n"
            f'{start} -H "webhook-id: $ID" -H "webhook-timestamp: $TS" -H "webhook-signature: v1,$SIG" '
            "--data-binary @$BODY"
        )

    def _compute_route_count(self):
        routes = self.env["interop.route"].search([])
        for endpoint in self:
            endpoint.route_count = len(
                routes.filtered(
                    lambda r, e=endpoint: not r.system_id or r.system_id in e._source_systems()
                )
            )

    def _source_systems(self):
        """Whose messages may come in here: the permitted sources, or the endpoint's own system."""
        return self.source_ids.system_id or self.system_id

    @api.constrains("state", "facility_id")
    def _check_live(self):
        for endpoint in self.filtered(lambda e: e.state in ("live", "test")):
            if not endpoint.facility_id:
                raise ValidationError(
                    self.env._(
                        "Choose a facility for %s first: company, warehouse and time zone follow from it.",
                        endpoint.name,
                    )
                )

    @api.constrains(
        "json_type",
        "json_id",
        "json_source",
        "json_facility",
        "json_subject",
        "json_time",
        "json_data",
    )
    def _check_json_paths(self):
        for endpoint in self:
            try:
                endpoint._json_options().check()
            except PermanentError as error:
                raise ValidationError(
                    self.env._("The JMESPath for “%s” can't be read.", error.path or error.detail)
                ) from error

    def _set_state(self, allowed, target):
        """The one gate through which an endpoint changes state."""
        wrong = self.filtered(lambda e: e.state not in allowed)
        if wrong:
            raise ValidationError(
                self.env._(
                    "%(name)s is %(state)s; this step does not lead on from there.",
                    name=wrong[0].name,
                    state=dict(wrong._fields["state"]._description_selection(self.env))[
                        wrong[0].state
                    ],
                )
            )
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group("healthcare_interop.group_operator")):
            raise AccessError(self.env._("Only operators change the status of an endpoint."))
        # operators pause and take live; the rest of an endpoint is the administrators'
        self.sudo().write({"state": target})

    def action_test(self):
        self._set_state(("draft", "live", "paused"), "test")

    def action_live(self):
        self._set_state(("draft", "test", "paused"), "live")

    def action_pause(self):
        self._set_state(("test", "live"), "paused")

    def action_draft(self):
        self._set_state(("test", "live", "paused"), "draft")

    def _zone(self):
        return ZoneInfo(self.tz or "UTC")


class EndpointSource(models.Model):
    """A sender that an integration engine may speak for, by the sender's own word."""

    _name = "interop.endpoint.source"
    _description = "Permitted source"
    _inherit = ["interop.configuration"]
    _rec_name = "value"

    endpoint_id = fields.Many2one("interop.endpoint", required=True, ondelete="cascade", index=True)
    value = fields.Char(
        required=True,
        help="As it stands in the message: MSH-3, the CloudEvents source, MessageHeader.source.endpoint.",
    )
    system_id = fields.Many2one("interop.system", required=True, ondelete="restrict")

    _value_uniq = models.Constraint(
        "UNIQUE (endpoint_id, value)", "This source is in the table already."
    )
