"""From what people work at to what messages follow: a contract's versions, the one in use, and the changes that are not published."""

import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...core.codecs.strict_json import dumps, loads
from ...core.compatibility import compare, proposed, refused
from ...core.contract import Attribute, Contract
from ...core.contract_definition import define
from ...core.errors import InteropError
from ..exchange.owned import whoever_makes_it

#: what an address may hold as it is
CODE = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
#: all that a definition is made of
DEFINING = ("format", "document", "schema", "attribute_ids", "attribute_ids.write_date")


class ContractInUse(models.Model):
    """What stands in the contract is what people are working at. Messages follow the version that is in use, or another one
    that they name (``core/contract_versions.py``)."""

    _inherit = "interop.contract"

    code = fields.Char(
        copy=False,
        help="What senders know it by: part of the address under which its JSON Schema is read. It never changes.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        tracking=True,
        default=whoever_makes_it,
        help="Is reminded before a version of it ends.",
    )
    version_ids = fields.One2many("interop.contract.version", "contract_id", string="Versions")
    active_version_id = fields.Many2one(
        "interop.contract.version",
        string="In use",
        readonly=True,
        copy=False,
        help="What messages follow that name no version. Changes here act when they are published.",
    )
    version = fields.Char(
        related="active_version_id.number", string="Version in use", help="Empty: nothing is kept."
    )
    change_count = fields.Integer(
        string="Changes not published",
        compute="_compute_change_count",
        help="Differences between what stands here and the version in use.",
    )
    is_changed = fields.Boolean(
        string="Changed since",
        compute="_compute_change_count",
        search="_search_is_changed",
        help="What stands here is not what messages follow.",
    )

    _code_uniq = models.UniqueIndex("(code)", "Another contract goes by this code.")

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["code"] = vals.get("code") or self._free_code(vals.get("name") or "contract")
        taken = set()
        for vals in vals_list:
            if vals["code"] in taken:
                vals["code"] = self._free_code(vals["code"], taken)
            taken.add(vals["code"])
        return super().create(vals_list)

    def write(self, vals):
        if "code" in vals and any(
            one.version_ids and one.code and one.code != vals["code"] for one in self
        ):
            raise UserError(self.env._("Senders know a contract by its code: it never changes."))
        return super().write(vals)

    @api.constrains("code")
    def _check_code(self):
        for contract in self:
            if contract.code and not CODE.fullmatch(contract.code):
                raise ValidationError(
                    self.env._("A code has small letters, digits, dots and dashes only.")
                )

    @api.constrains("schema", "format")
    def _check_schema(self):
        self._definitions()

    def _free_code(self, wanted, taken=()):
        """A code like ``wanted`` that no contract has, archived ones included."""
        stem = "-".join(re.findall(r"[a-z0-9]+", wanted.lower())) or "contract"
        # codes are everybody's to choose, whoever may see the contracts
        known = self.sudo().with_context(active_test=False)
        known = {*taken, *known.search([("code", "=like", f"{stem}%")]).mapped("code")}
        number, found = 1, stem
        while found in known:
            number += 1
            found = f"{stem}-{number}"
        return found

    # -- what is not published yet --

    @api.depends("active_version_id", *DEFINING)
    def _compute_change_count(self):
        for contract in self:
            told, is_readable = (), True
            try:
                told = contract._differences()
            except ValidationError:
                is_readable = False  # half written: the constraint says so when it is kept
            contract.change_count = len(told)
            contract.is_changed = bool(told) or not (is_readable and contract.active_version_id)

    def _search_is_changed(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.search([]).filtered(lambda contract: contract.is_changed in value)
        return [("id", "in", found.ids)]

    def _definition(self):
        """What it says as it stands here, in use or not, as the core's value. ``ValidationError`` where it can't work."""
        self.ensure_one()
        return self._definitions()[self]

    def _definitions(self):
        found = {}
        for contract in self:
            try:
                found[contract] = define(contract._to_core(), contract.schema or "")
            except InteropError as error:
                raise ValidationError(contract._told_error(error)) from error
        return found

    def _told_error(self, error):
        no_schema = self.env._(
            "%(name)s: this is no JSON Schema of 2020-12 that stands alone.", name=self.name
        )
        if error.code == "bad_schema" and error.detail:
            no_schema += " " + self.env._("Look at %(place)s.", place=error.detail)
        words = {
            "bad_schema": no_schema,
            "schema_too_large": self.env._(
                "%(name)s: the JSON Schema is too large.", name=self.name
            ),
            "schema_of_hl7v2": self.env._(
                "%(name)s: HL7 v2 is no JSON, a JSON Schema says nothing about it.", name=self.name
            ),
        }
        told = self.env._("%(name)s: “%(path)s” can't be read.", name=self.name, path=error.path)
        return words.get(error.code, told)

    def _differences(self):
        """From the version in use to what stands here."""
        if not self.active_version_id:
            return ()
        return compare(self.active_version_id._to_core(), self._definition())

    # -- publishing --

    def action_publish(self):
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Publish a version"),
            "res_model": "interop.publish.contract",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contract_id": self.id},
        }

    def action_back_to_active(self):
        """What stands here is again what messages follow."""
        self.ensure_one()
        self.check_access("write")
        if not self.active_version_id:
            raise UserError(self.env._("No version is in use."))
        self._take_definition(self.active_version_id._to_core())

    def _known(self):
        """``{number: definition}`` of all its versions; a draft has its number already."""
        # whoever publishes has to know of all
        return {one.number: one._to_core() for one in self.sudo().version_ids}

    def _proposed_number(self, definition):
        return proposed(self._known(), self.active_version_id.number or "", definition)

    def _publish(self, note, *, number="", definition=None, is_shipped=False, status="active"):
        """A new version of what stands here (or of ``definition``), in use from now on unless it is a draft.

        ``UserError`` for a number that its changes don't allow, naming what they break, and where nothing has changed.
        """
        self.ensure_one()
        self.check_access("write")
        self._lock()
        definition = definition or self._definition()
        if self.active_version_id.sha256 == definition.fingerprint:
            raise UserError(self.env._("Nothing has changed since the version that is in use."))
        number = number or self._proposed_number(definition)
        self._check_number(number, definition)
        values = {
            "contract_id": self.id,
            "name": self.name,
            "number": number,
            "definition": definition.text(),
            "sha256": definition.fingerprint,
            "before_id": self.active_version_id.id,
            "is_shipped": is_shipped,
            "note": note,
            "author_id": self.env.uid,
            "status": status,
        }
        # versions are nobody's to write; the right was checked
        version = self.env["interop.contract.version"].sudo().create(values)
        if status == "active":
            version._put_in_use()
        told = self.env._("Version %(number)s published: %(why)s", number=number, why=note)
        self.message_post(body=told)
        return self.env["interop.contract.version"].browse(version.id)

    def _lock(self):
        """Two who publish at once: the later one is told so, or has to look again (a serialization failure)."""
        self.flush_recordset()
        self.lock_for_update()
        self.invalidate_recordset(["active_version_id", "version_ids"])

    def _check_number(self, number, definition):
        try:
            broken = refused(self._known(), number, definition)
        except InteropError as error:
            told = self.env._("The number %s does not come next.", number)
            if error.detail:
                told = self.env._(
                    "The number %(number)s does not come next; %(next)s does.",
                    number=number,
                    next=error.detail,
                )
            raise UserError(told) from error
        if broken:
            words = self.env["interop.contract.words"]
            listed = "\n".join(words._told(one) for one in broken)
            raise UserError(
                self.env._(
                    "%(number)s would break what senders rely on, so it needs a new major version:\n%(listed)s",
                    number=number,
                    listed=listed,
                )
            )

    def _publish_if_changed(self, note, **values):
        """For what nobody has to be asked about: installations, files, tests."""
        for contract in self:
            if contract._definition().fingerprint != contract.active_version_id.sha256:
                contract._publish(note, **values)
        return self

    def _go_live(self):
        return self._publish_if_changed(self.env._("In use"))

    def _publish_added(self, rows, note):
        """``rows`` were added here and act at once: a version of what is in use and them. What else was changed here waits."""
        if not self.active_version_id:
            self._publish(note)
            return
        used = self.active_version_id._to_core()
        added = {row["path"] for row in rows}
        attributes = [one for one in used.contract.attributes if one.path not in added]
        attributes += (one for one in self._to_core().attributes if one.path in added)
        contract = Contract(used.contract.format, used.contract.document, tuple(attributes))
        self._publish(note, definition=define(contract, used.schema))

    def _take_definition(self, definition):
        """Work at what ``definition`` says, line by line; what is the same is not touched."""
        wanted = {one.path: _columns(one) for one in definition.contract.attributes}
        known = {line.path: line for line in self.attribute_ids}
        lines = [
            fields.Command.delete(line.id) for path, line in known.items() if path not in wanted
        ]
        for path, vals in wanted.items():
            if path not in known:
                lines.append(fields.Command.create(vals))
            elif any((known[path][name] or False) != (vals[name] or False) for name in vals):
                lines.append(fields.Command.update(known[path].id, vals))
        vals = {"document": definition.contract.document, "attribute_ids": lines}
        if (define(self._to_core(), self.schema or "").schema or "") != definition.schema:
            vals["schema"] = _pretty(definition.schema)
        self.write(vals)

    # -- what acts --

    def _in_force(self, ids=None):
        """What the door needs of every version that is spoken, of contracts that are not archived; ``ids``: of these only."""
        some = [] if ids is None else [("contract_id", "in", ids)]
        versions = self.env["interop.contract.version"].search(
            [("contract_id.active", "=", True), ("status", "!=", "draft"), *some]
        )
        return [version._in_force() for version in versions]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_once_in_use(self):
        for contract in self:
            if contract.version_ids:
                raise UserError(
                    self.env._(
                        "Messages have followed %s: it is part of their history. Archive it.",
                        contract.display_name,
                    )
                )


def _columns(attribute):
    """A core's attribute as the columns of a line: they go by the same names."""
    return {name: getattr(attribute, name) for name in Attribute.__dataclass_fields__}


def _pretty(schema):
    return dumps(loads(schema)).decode() if schema else False
