"""A person as found: what is kept, kind by kind, what would become of it, and all of it as one file."""

import base64
import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.translate import LazyTranslate

from ...core.audit import Act
from ...core.personal import ACCOUNTING, DISGUISED, EMPTIED, GOES, KINDS, STAYS, decided
from .kept import PEOPLE

_lt = LazyTranslate(__name__)
PROTECTOR = "healthcare_interop.group_data_protection"
#: for how long a file that was asked for may be fetched
FETCH_FOR = timedelta(minutes=10)
#: columns that tell nothing of a person
DULL = frozenset("create_uid write_uid create_date write_date display_name access_token".split())
TOLD = ("char", "text", "html", "selection", "date", "datetime", "integer", "float", "monetary")

KIND_WORDS = {
    "contact": _lt("Contact and addresses"),
    "employee": _lt("Employee"),
    "binding": _lt("Numbers bound"),
    "alias": _lt("Merges"),
    "version": _lt("Versions of what was said"),
    "disagreement": _lt("Disagreements between systems"),
    "duplicate": _lt("Possible duplicates"),
    "identifier_fault": _lt("Wrong check digits"),
    "bank_account": _lt("Bank accounts"),
    "chatter": _lt("Chatter and its old values"),
    "activity": _lt("Activities"),
    "attachment": _lt("Attachments"),
    "encounter": _lt("Encounters"),
    "appointment": _lt("Appointments"),
    "coverage": _lt("Coverage"),
    "authorization": _lt("Authorizations"),
    "order": _lt("Orders"),
    "charge": _lt("Charges"),
    "claim": _lt("Claims"),
    "invoice": _lt("Invoices and bills"),
    "payment": _lt("Payments"),
    "stock_move": _lt("Goods moved for visits"),
    "content": _lt("Content of messages"),
    "message": _lt("Messages"),
    "delivery": _lt("Deliveries"),
}
FATE_WORDS = {
    GOES: _lt("Removed"),
    EMPTIED: _lt("Emptied"),
    DISGUISED: _lt("Pseudonymised"),
    STAYS: _lt("Stays"),
}
WHY_WORDS = {
    "accounting": _lt("Accounting law: books and what they rest on are kept."),
    "stock": _lt("Stock valuation rests on it; it names a visit, nobody."),
    "employment": _lt("Labour law: human resources decide about the employee's own record."),
    "ledger": _lt("What was received and what became of it has to be provable."),
    "nobody": _lt("The record stays, with nothing that tells of a person."),
}
#: of a contact that books name
ACCOUNTED = _lt("Accounting law: name, address and tax number stay; all else goes.")


class Person(models.TransientModel):
    """Counts and links only: who the person is stands on her own record."""

    _name = "interop.person"
    _description = "What is kept of a person"
    _rec_name = "res_id"

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    name = fields.Char(string="Person", compute="_compute_name", exportable=False)
    line_ids = fields.One2many("interop.person.line", "person_id", readonly=True)
    kin_count = fields.Integer(
        string="Records", readonly=True, help="More than one: merged, and the same person."
    )
    others = fields.Integer(
        string="Messages about others, too",
        readonly=True,
        help="They also spoke of somebody else. Content is removed as a whole, theirs with it.",
    )
    kept_until = fields.Datetime(
        string="Content kept until",
        readonly=True,
        help="The last of it, if nobody erases it before.",
    )
    asked_at = fields.Datetime(readonly=True)
    file = fields.Binary(compute="_compute_file", exportable=False, compute_sudo=False)

    @api.depends("res_model", "res_id")
    def _compute_name(self):
        for person in self:
            person.name = person._record().display_name

    def _compute_display_name(self):
        """What stands in the browser's history names nobody."""
        for person in self:
            person.display_name = self.env._("What is kept")

    def _record(self):
        """The person's record, for who may see it."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        record.check_access("read")
        return record

    @api.model
    def _check_protector(self):
        if not self.env.user.has_group(PROTECTOR):
            raise AccessError(self.env._("Only data protection finds, hands out and erases."))

    @api.model
    def _found(self, record):
        """What is kept of ``record``, a contact or employee; on record in the audit log."""
        self._check_protector()
        if record._name not in PEOPLE or not record.exists():
            raise UserError(self.env._("There is no such person any more."))
        record.check_access("read")
        kept = self.env["interop.kept"]
        keepings = kept._of(record)
        counts, is_accounted = kept._counts(keepings), kept._is_accounted(keepings)
        lines = [
            fields.Command.create(
                {"kind": kind, "count": count, **self._decision(kind, is_accounted)}
            )
            for kind, count in counts.items()
            if count
        ]
        # until when is for who looks for a person, whatever else of the ledger she may see
        contents = self.env["interop.message"].sudo().browse(keepings.messages)
        kept_until = [
            one.payload_until for one in contents if one.payload_until and not one.purged_at
        ]
        # nobody makes one by hand: it stands for an audit entry
        person = self.sudo().create(
            {
                "res_model": record._name,
                "res_id": keepings.kin[0] if record.id not in keepings.kin else record.id,
                "line_ids": lines,
                "kin_count": len(keepings.kin),
                "others": kept._count_of_others(keepings),
                "kept_until": max(kept_until, default=False),
            }
        )
        person = person.with_env(self.env)
        person._record_act("person_found", {"kept": {k: n for k, n in counts.items() if n}})
        return person

    @api.model
    def _decision(self, kind, is_accounted):
        found = decided(kind, is_accounted=is_accounted)
        is_in_part = kind == "contact" and found.why == ACCOUNTING
        return {
            "fate": found.fate,
            "why": self.env._(ACCOUNTED if is_in_part else WHY_WORDS[found.why])
            if found.why
            else "",
        }

    def _record_act(self, action, details):
        self.env["interop.audit"]._record(
            [Act(action, res_model=self.res_model, res_id=self.res_id, details=details)]
        )

    def _action_show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What is kept"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_open_record(self):
        record = self._record()
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_erase(self):
        self._check_protector()
        self._record()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Erase"),
            "res_model": "interop.erase.person",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_person_id": self.id},
        }

    # -- all of it as one file --

    def action_export(self):
        """Have the file fetched: it is made while it is fetched, and stands in no table."""
        self._check_protector()
        self._record()
        counts = {line.kind: line.count for line in self.line_ids}
        self._record_act("exported", {"what": "person", "kept": counts})
        # likewise
        self.sudo().asked_at = fields.Datetime.now()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/person-{self.id}.json?download=true",
            "target": "download",
        }

    @api.depends_context("uid")
    def _compute_file(self):
        now = fields.Datetime.now()
        for person in self:
            is_asked = bool(
                person.id
                and person.asked_at
                and person.create_uid.id == self.env.uid
                and self.env.user.has_group(PROTECTOR)
                and person.asked_at <= now < person.asked_at + FETCH_FOR
            )
            person.file = is_asked and base64.b64encode(person._as_file())

    def _as_file(self):
        """JSON: what is kept, per kind, one object a record; names as the person reads them."""
        keepings = self.env["interop.kept"]._of(self._record())
        # who is handed what is kept of her is handed all of it; the file is data protection's, and on record
        kept = self.env["interop.kept"].sudo().with_context(active_test=False)
        groups = {}
        for kind, (model, domain) in kept._domains(keepings).items():
            records = kept.env[model].search(domain)
            if records:
                groups[kind] = [_told(record, kind) for record in records]
        made = fields.Datetime.to_string(fields.Datetime.now())
        file = {"made_at": f"{made}Z", "of": self.res_model, "kept": groups}
        return json.dumps(file, ensure_ascii=False, indent=1, default=str).encode()


#: what of wide records is the person's; of all others everything that tells something
NARROW = {
    "contact": "name street street2 zip city state_id country_id phone email website vat lang ref comment "
    "interop_kind interop_birth_date interop_gender interop_is_deceased interop_guarantor_id",
    "employee": "name work_email work_phone mobile_phone job_title department_id active",
    "invoice": "name move_type invoice_date invoice_date_due amount_total currency_id state",
    "payment": "name payment_type date amount currency_id state memo",
    "stock_move": "product_id quantity date state",
    "message": "uuid system_id kind received_at sender_ref payload_until purged_at",
    "content": "uuid payload_until",
    "delivery": "entity event subject state effect received_at done_at",
    "attachment": "name mimetype file_size create_date",
    "chatter": "date body subject",
    "disagreement": "entity attribute system_id state since",
}


def _told(record, kind):
    """``{field: value}`` of what a record says; empty ones left out."""
    names = NARROW[kind].split() if kind in NARROW else _telling(record)
    told = {}
    for name in names:
        value = record[name] if name in record._fields else False
        if isinstance(value, models.BaseModel):
            value = value.display_name
        if value not in (False, None, ""):
            told[name] = value
    return told


def _telling(record):
    return [
        name
        for name, field in record._fields.items()
        if field.store and name not in DULL and field.type in (*TOLD, "many2one")
    ]


class PersonLine(models.TransientModel):
    _name = "interop.person.line"
    _description = "What is kept of a person, one kind"
    _order = "id"

    person_id = fields.Many2one("interop.person", required=True, readonly=True, ondelete="cascade")
    kind = fields.Selection(
        lambda self: [(one.name, self.env._(KIND_WORDS[one.name])) for one in KINDS],
        string="What",
        required=True,
        readonly=True,
    )
    count = fields.Integer(readonly=True)
    fate = fields.Selection(
        lambda self: [(word, self.env._(FATE_WORDS[word])) for word in FATE_WORDS],
        string="If erased",
        readonly=True,
        help="What becomes of it when the person is erased.",
    )
    why = fields.Char(readonly=True)
    is_open_to_me = fields.Boolean(compute="_compute_is_open_to_me")

    @api.depends_context("uid")
    @api.depends("kind")
    def _compute_is_open_to_me(self):
        domains = self._domains()
        for line in self:
            model, _domain = domains[line.person_id.id][line.kind]
            line.is_open_to_me = self.env[model].has_access("read")

    def _domains(self):
        kept = self.env["interop.kept"]
        return {person.id: kept._domains(kept._of(person._record())) for person in self.person_id}

    def action_open(self):
        """The records themselves, as far as the user's own rights go."""
        self.ensure_one()
        model, domain = self._domains()[self.person_id.id][self.kind]
        self.env[model].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._fields["kind"]._description_selection(self.env))[self.kind],
            "res_model": model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": {"active_test": False, "create": False},
        }
