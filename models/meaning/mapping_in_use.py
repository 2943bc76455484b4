"""From what people work at to what maps messages: a mapping's versions, the one in use, and the changes that are not."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...core.definition import FIXED, HEADER, changes
from ...core.profiles import difference
from .mapping import COLUMNS, DEFINING, columns


class MappingInUse(models.Model):
    _inherit = "interop.mapping"

    version_ids = fields.One2many("interop.mapping.version", "mapping_id", string="Versions")
    version_count = fields.Integer(compute="_compute_version_count")
    active_version_id = fields.Many2one(
        "interop.mapping.version",
        string="In use",
        readonly=True,
        copy=False,
        help="What messages are mapped by. Changes here act when they are put in use.",
    )
    version = fields.Integer(
        related="active_version_id.number", help="The number of the version that is in use."
    )
    proposed_version_id = fields.Many2one(
        "interop.mapping.version", compute="_compute_is_changed", help="Waits to be put in use."
    )
    is_changed = fields.Boolean(
        string="Changed since",
        compute="_compute_is_changed",
        search="_search_is_changed",
        help="What stands here is not what messages are mapped by.",
    )
    pending_text = fields.Text(string="Changes that are not in use", compute="_compute_is_changed")

    def _compute_version_count(self):
        counts = dict(
            self.env["interop.mapping.version"]._read_group(
                [("mapping_id", "in", self.ids)], ["mapping_id"], ["__count"]
            )
        )
        for mapping in self:
            mapping.version_count = counts.get(mapping, 0)

    @api.depends_context("lang")
    @api.depends("active_version_id", "version_ids.state", *DEFINING)
    def _compute_is_changed(self):
        words = self.env["interop.mapping.words"]
        for mapping in self:
            definition = mapping._definition()
            mapping.is_changed = definition.fingerprint != mapping.active_version_id.sha256
            before = mapping._compared_with()
            told = changes(before._to_core(), definition) if before else ()
            mapping.pending_text = words._changes(told)
            mapping.proposed_version_id = mapping._proposals()[:1]

    def _compared_with(self):
        """The version that changes are told against: the one in use, or that of what it adapts."""
        return self.active_version_id or self.extends_id.active_version_id

    def _search_is_changed(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.search([]).filtered(lambda mapping: mapping.is_changed in value)
        return [("id", "in", found.ids)]

    def _proposals(self):
        """Versions that wait to be put in use, the newest first."""
        return self.version_ids.filtered(lambda version: version.state in ("draft", "approved"))

    # -- what acts --

    def _chosen_for(self, system_id):
        """``[(core's mapping, record)]`` that read what a system sends, as they are in use, in order.

        A system's own goes before one for all, and an adaptation before what it adapts, each in the place of those it
        stands for. Those of ``self`` act as they stand, put in use or not: for trials of what people work at.
        """
        usable = Domain("active_version_id", "!=", False) | Domain("id", "in", self.ids)
        found = self.search(Domain("system_id", "in", (False, system_id)) & usable)
        chosen = {
            mapping._stands_for(): mapping
            for mapping in found.sorted(
                lambda mapping: (bool(mapping.system_id), len(mapping._adapted()))
            )
        }
        ordered = sorted(
            chosen.values(), key=lambda mapping: (mapping.format, mapping.sequence, mapping.id)
        )
        return [
            (
                mapping._definition().mapping()
                if mapping in self
                else mapping._in_use().mapping(mapping.active_version_id.id),
                mapping,
            )
            for mapping in ordered
        ]

    # -- from what people work at to what maps messages --

    def _propose(self, note=""):
        """A version of what stands here, made by whoever asks; the newest one where that says the same."""
        self.ensure_one()
        self.check_access("write")
        definition = self._definition()
        self._check_works(definition)
        if self._conflicts():
            raise UserError(
                self.env._(
                    "%s: the adapted mapping has changed the same rules. Say for each whose stands, then put it in use.",
                    self.display_name,
                )
            )
        if definition.fingerprint == self.active_version_id.sha256:
            raise UserError(self.env._("Nothing has changed since the version that is in use."))
        same = self._proposals().filtered(lambda version: version.sha256 == definition.fingerprint)
        if same:
            return same[:1]
        return self._keep_versions({self: definition}, note=note)

    def _keep_versions(self, definitions, **values):
        """A new version for each of ``{mapping: definition}``."""
        numbers = dict(
            # the numbers of all, whoever asks
            self.env["interop.mapping.version"]
            .sudo()
            ._read_group(
                [("mapping_id", "in", [mapping.id for mapping in definitions])],
                ["mapping_id"],
                ["number:max"],
            )
        )
        # versions are nobody's to write; whoever calls has checked the right
        return (
            self.env["interop.mapping.version"]
            .sudo()
            .create(
                [
                    {
                        "mapping_id": mapping.id,
                        "name": definition.name,
                        "number": numbers.get(mapping, 0) + 1,
                        "definition": definition.text(),
                        "sha256": definition.fingerprint,
                        "before_id": mapping._compared_with().id,
                        "author_id": self.env.uid,
                        **values,
                    }
                    for mapping, definition in definitions.items()
                ]
            )
            .sudo(self.env.su)
        )

    def _go_live(self):
        """Put what stands here in use: for installations and tests, where nobody has to be asked."""
        for mapping in self:
            mapping._propose().action_activate()
        return self

    def action_back_to_active(self):
        """What stands here is again what messages are mapped by."""
        self.ensure_one()
        self.check_access("write")
        if self.extends_id:
            self._keep_difference(difference(self._profile(), self._in_use()))
        else:
            self._take_definition(self._in_use())

    def _take_definition(self, definition):
        """Work at what ``definition`` says, rule by rule; what is the same is not touched."""
        own, said = self._own_definition(), definition.by_key()
        rules = {rule.key: rule for rule in self.rule_ids}
        self.rule_ids.filtered(lambda rule: rule.key not in said).unlink()
        fresh = [line for line in definition.lines if line.key not in rules]
        self.env["interop.mapping.rule"].create(
            [{"mapping_id": self.id, **columns(line)} for line in fresh]
        )
        for key, line in own.by_key().items():
            if key in said and said[key] != line:
                rules[key].write(columns(said[key]))
        texts = {COLUMNS.get(name, name): getattr(definition, name) for name in FIXED + HEADER}
        if changed := {name: text for name, text in texts.items() if (self[name] or "") != text}:
            self.write(changed)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_once_in_use(self):
        for mapping in self:
            if any(version.activated_at for version in mapping.version_ids):
                raise UserError(
                    self.env._(
                        "%s has mapped messages and is part of their history: archive it.",
                        mapping.display_name,
                    )
                )
