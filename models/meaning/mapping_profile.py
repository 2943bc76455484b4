"""Adaptations: a system's mapping extends a shipped one, keeps only what it says differently, and follows the rest.

What decides is in ``core/profiles.py``. The profile is looked at in the version that is in use, never in what somebody
is working at. ``interop.mapping.effective`` shows the whole, rule by rule, and takes changes as if it were stored.
"""

import json
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...core.definition import FIXED, line_from_json, line_to_json
from ...core.profiles import Difference, Own, conflicts, dropped, effective, kept
from .mapping import COLUMNS, DEFINING, RULE_COLUMNS, columns


class MappingProfile(models.Model):
    _inherit = "interop.mapping"

    extends_id = fields.Many2one(
        "interop.mapping",
        string="Adapts",
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The mapping that this one follows, but for the differences that are kept here. It acts in that one's place.",
    )
    adapted_by_ids = fields.One2many("interop.mapping", "extends_id", string="Adapted by")
    adapted_by_count = fields.Integer(compute="_compute_adapted_by_count")
    header_base = fields.Text(
        readonly=True, help="What the adapted mapping's header said when this one last followed it."
    )
    effective_ids = fields.One2many(
        "interop.mapping.effective", "mapping_id", string="Effective rules"
    )
    conflict_count = fields.Integer(
        compute="_compute_conflicts",
        search="_search_conflict_count",
        help="Differences whose original was changed by a new version of the adapted mapping.",
    )
    header_conflicts = fields.Text(compute="_compute_conflicts")

    _adapted_once = models.UniqueIndex(
        "(extends_id, COALESCE(system_id, 0)) WHERE active AND extends_id IS NOT NULL",
        "This mapping is adapted for this system already.",
    )

    @api.constrains("extends_id")
    def _check_extends(self):
        if self._has_cycle("extends_id"):
            raise ValidationError(self.env._("A mapping can't adapt itself."))

    @api.depends("name", "system_id", "extends_id")
    def _compute_display_name(self):
        for mapping in self:
            told = mapping.name
            if mapping.system_id:
                told = f"{mapping.name} ({mapping.system_id.name})"
            elif mapping.extends_id:
                told = self.env._("%s (adapted)", mapping.name)
            mapping.display_name = told

    def _compute_adapted_by_count(self):
        counts = dict(
            self._read_group([("extends_id", "in", self.ids)], ["extends_id"], ["__count"])
        )
        for mapping in self:
            mapping.adapted_by_count = counts.get(mapping, 0)

    @api.depends("header_base", *DEFINING)
    def _compute_conflicts(self):
        words = self.env["interop.mapping.words"]
        for mapping in self:
            found = mapping._conflicts()
            mapping.conflict_count = len(found)
            lines = [words._conflict(one) for one in found if not _is_of_rule(one)]
            mapping.header_conflicts = "\n".join(lines)

    def _search_conflict_count(self, operator, value):
        if (operator, value) not in ((">", 0), ("!=", 0), ("not in", [0])):
            return NotImplemented
        adapting = self.search([("extends_id", "!=", False)])
        return [("id", "in", adapting.filtered("conflict_count").ids)]

    # -- what it says --

    def _definition(self):
        self.ensure_one()
        if not self.extends_id:
            return super()._definition()
        return effective(self._profile(), self._difference())

    def _profile(self):
        """The adapted mapping as it is in use."""
        return self.extends_id._in_use()

    def _in_use(self):
        """The version in use as the core's value; ``ValidationError`` where there is none that could be followed."""
        # whoever may read a mapping may read what it follows
        version = self.sudo().active_version_id
        if not version:
            raise ValidationError(self.env._("Put “%s” in use before it is adapted.", self.name))
        return version._to_core()

    def _adapted(self):
        """What it adapts, and what that adapts, and so on."""
        found = self.browse()
        while above := (found[-1:] or self).extends_id:
            found += above
        return found

    def _stands_for(self):
        """``(name, format)`` of the mapping in whose place it acts: its own, or what the first of those it adapts is called."""
        first = self._adapted()[-1:] or self
        return first.active_version_id.name or first.name, self.format

    def _difference(self):
        """What is kept here, as the core's value."""
        base = json.loads(self.header_base or "{}")
        header = {
            name: (mine, base.get(name, ""))
            for name, mine in self._header().items()
            if mine != base.get(name, "")
        }
        return Difference(header, tuple(rule._to_own() for rule in self.rule_ids))

    def _conflicts(self):
        return conflicts(self._profile(), self._difference()) if self.extends_id else ()

    def _keep_difference(self, difference):
        """Store ``difference`` in the place of what is kept here; rules that stay the same are not touched."""
        self.ensure_one()
        profile = self._profile()
        mine = {one.key: one for one in difference.lines}
        known = {rule.key: rule for rule in self.rule_ids}
        self.env["interop.mapping.rule"].browse(
            [rule.id for key, rule in known.items() if key not in mine]
        ).unlink()
        fresh = []
        for key, one in mine.items():
            vals = _own_columns(one)
            if key not in known:
                fresh.append({"mapping_id": self.id, **vals})
            elif known[key]._to_own() != one:
                known[key].write(vals)
        self.env["interop.mapping.rule"].create(fresh)
        header = {name: getattr(profile, name) for name in self._header()}
        base = header | {name: base for name, (_mine, base) in difference.header.items()}
        said = header | {name: mine for name, (mine, _base) in difference.header.items()}
        fixed = {name: getattr(profile, name) for name in FIXED}
        vals = {COLUMNS.get(name, name): text for name, text in (said | fixed).items()}
        vals["header_base"] = json.dumps(base, sort_keys=True)
        if changed := {name: text for name, text in vals.items() if (self[name] or "") != text}:
            self.write(changed)

    def _follow_profile(self):
        """After the profile changed: what is not said differently here is as there. Differences stay."""
        words = self.env["interop.mapping.words"]
        for mapping in self:
            mapping._keep_difference(mapping._difference())
            if found := mapping._conflicts():
                told = "\n".join(f"{one.key}: {words._conflict(one)}" for one in found)
                mapping.message_post(
                    body=self.env._(
                        "The adapted mapping has changed what is said differently here:\n%s", told
                    )
                )

    # -- what people do --

    def _adapted_for(self, system):
        """The adaptation of this mapping for ``system`` (empty: for all), new and without a difference yet."""
        self.ensure_one()
        profile = self._in_use()
        header = {name: getattr(profile, name) for name in self._header()}
        return self.create(
            {
                **{name: getattr(profile, name) for name in FIXED},
                **{COLUMNS.get(name, name): text for name, text in header.items()},
                "header_base": json.dumps(header, sort_keys=True),
                "extends_id": self.id,
                "system_id": system.id,
                "sequence": self.sequence,
            }
        )

    def action_keep_header(self):
        """Conflicts of the header: what is said here stands."""
        self._settle_header(kept(self._profile(), self._difference(), self._header_in_conflict()))

    def action_take_header(self):
        """Conflicts of the header: what the adapted mapping says now stands."""
        self._settle_header(dropped(self._difference(), self._header_in_conflict()))

    def _header_in_conflict(self):
        return [one.key for one in self._conflicts() if not _is_of_rule(one)]

    def _settle_header(self, difference):
        self.ensure_one()
        self.check_access("write")
        self._keep_difference(difference)

    def action_open_adapted_by(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Adaptations of %s", self.name),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("extends_id", "=", self.id)],
        }


class MappingRuleProfile(models.Model):
    _inherit = "interop.mapping.rule"

    def _to_own(self):
        """A rule of an adaptation as the core's difference."""
        base = line_from_json(json.loads(self.base)) if self.base else None
        return Own(self.key, None if self.is_off else self._to_core(), base)


class EffectiveRule(models.Model):
    """Every rule of an adaptation, its own and those it follows. Read from both; what is written here is kept as a
    difference, and nothing is kept where nothing differs."""

    _name = "interop.mapping.effective"
    _description = "Effective rule"
    _auto = False
    _order = "mapping_id, sequence, id"
    _rec_name = "target"
    _depends = {
        "interop.mapping": ["extends_id", "active_version_id"],
        "interop.mapping.version": ["definition"],
        "interop.mapping.rule": ["mapping_id", "key", "sequence", "is_off", "base", *RULE_COLUMNS],
    }

    mapping_id = fields.Many2one("interop.mapping", ondelete="cascade", readonly=True)
    key = fields.Char(readonly=True)
    origin = fields.Selection(
        [
            ("inherited", "Inherited"),
            ("changed", "Changed here"),
            ("off", "Switched off"),
            ("added", "Added here"),
        ],
        readonly=True,
        help="Whether the rule is that of the adapted mapping, or said differently here.",
    )
    sequence = fields.Integer(string="Place", default=1000, help="Rules act in this order.")
    target = fields.Char(required=True, help="Attribute of the canonical entity, or @event, @key.")
    source = fields.Char(help="Path in the document: PID-3, PV1-44, JMESPath.")
    transform = fields.Char(required=True, default="copy")
    argument = fields.Char()
    concept_map = fields.Char()
    default_value = fields.Char(string="Default")
    required = fields.Boolean()
    conflict = fields.Char(
        compute="_compute_conflict",
        help="What a new version of the adapted mapping changed that is said differently here.",
    )

    @property
    def _table_query(self):
        said = SQL(", ").join(SQL.identifier("o", name) for name in RULE_COLUMNS)
        inherited = SQL(", ").join(_from_json(name) for name in RULE_COLUMNS)
        return SQL(
            """
            SELECT o.id::bigint * 2 AS id, o.mapping_id, o.key, o.sequence, %(said)s,
                   CASE WHEN o.is_off THEN 'off' WHEN o.base IS NULL THEN 'added' ELSE 'changed' END AS origin
              FROM interop_mapping_rule o JOIN interop_mapping m ON m.id = o.mapping_id
             WHERE m.extends_id IS NOT NULL
             UNION ALL
            SELECT (m.id::bigint * 10000 + i.place) * 2 + 1, m.id, i.rule->>'key', (i.rule->>'place')::int, %(inherited)s,
                   'inherited'
              FROM interop_mapping m
              JOIN interop_mapping p ON p.id = m.extends_id
              JOIN interop_mapping_version v ON v.id = p.active_version_id
             CROSS JOIN LATERAL jsonb_array_elements(v.definition::jsonb->'rules') WITH ORDINALITY AS i (rule, place)
             WHERE NOT EXISTS (SELECT 1 FROM interop_mapping_rule o
                                WHERE o.mapping_id = m.id AND o.key = i.rule->>'key')
            """,
            said=said,
            inherited=inherited,
        )

    @api.depends("mapping_id", "key")
    def _compute_conflict(self):
        words = self.env["interop.mapping.words"]
        told = {
            (mapping.id, one.key): words._conflict(one)
            for mapping in self.mapping_id
            for one in mapping._conflicts()
            if _is_of_rule(one)
        }
        for rule in self:
            rule.conflict = told.get((rule.mapping_id.id, rule.key), False)

    # -- changes --

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Rules that only the adaptation has."""
        self.check_access("create")
        taken = {"mapping_id", "sequence", *RULE_COLUMNS}
        own = self.env["interop.mapping.rule"].create(
            [{name: value for name, value in vals.items() if name in taken} for vals in vals_list]
        )
        return self.browse([rule.id * 2 for rule in own])

    def write(self, vals):  # pylint: disable=method-required-super
        """What is said differently is kept; what is the profile's again is not."""
        self.check_access("write")
        for rule in self:
            rule._change(lambda line, rule=rule: rule._changed(line, vals))
        return True

    def unlink(self):  # pylint: disable=method-required-super
        """An added rule goes; a rule of the profile is switched off."""
        self.check_access("unlink")
        for rule in self:
            if rule.origin == "added":
                rule._settle(dropped)
            else:
                rule._change(lambda _line: None)
        return True

    def _changed(self, line, vals):
        given = {name: value for name, value in vals.items() if name in RULE_COLUMNS}
        said = {
            name: given.get(column, getattr(line.rule, name)) or type(getattr(line.rule, name))()
            for name, column in (
                (name, COLUMNS.get(name, name)) for name in type(line.rule).__slots__
            )
        }
        return replace(line, place=vals.get("sequence", line.place), rule=type(line.rule)(**said))

    def _change(self, change):
        """Keep what ``change`` makes of the rule as it is seen (None: switched off)."""
        mapping, key = self.mapping_id, self.key
        difference, theirs = mapping._difference(), mapping._profile().by_key().get(key)
        own = {one.key: one for one in difference.lines}
        before = own.get(key) or Own(key, theirs, theirs)
        line = change(before.line or before.base or theirs)
        if line == theirs:
            own.pop(key, None)
        else:
            own[key] = replace(before, line=line)
        mapping._keep_difference(replace(difference, lines=tuple(own.values())))

    def _settle(self, how, *args):
        for mapping in self.mapping_id:
            keys = self.filtered(lambda rule, mapping=mapping: rule.mapping_id == mapping).mapped(
                "key"
            )
            mapping._keep_difference(how(*args, mapping._difference(), keys))

    def action_back_to_profile(self):
        """Nothing is said differently any more; what only was here goes."""
        self.check_access("write")
        self._settle(dropped)

    def action_switch_off(self):
        self.unlink()

    def action_keep_mine(self):
        """What is said here stands, against the profile as it is now."""
        self.ensure_one()
        self.check_access("write")
        self._settle(kept, self.mapping_id._profile())

    def action_take_theirs(self):
        """What the profile says now stands."""
        self.action_back_to_profile()


def _is_of_rule(conflict):
    return conflict.kind != "header_changed"


def _from_json(name):
    """A column of a rule as it stands in a definition."""
    written = {column: attribute for attribute, column in COLUMNS.items()}.get(name, name)
    if name == "required":
        return SQL("COALESCE((i.rule->>%s)::boolean, FALSE)", written)
    return SQL("i.rule->>%s", written)


def _own_columns(one):
    """A difference as the columns of a rule; one that is switched off shows what it switches off."""
    shown = columns(one.line or one.base)
    base = json.dumps(line_to_json(one.base), sort_keys=True) if one.base else False
    return shown | {"is_off": one.line is None, "base": base}
