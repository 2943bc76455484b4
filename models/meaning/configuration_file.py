"""Mappings, concept maps, contracts and ownership out of this database as a file, and into it: looked at first, then whole or not at all."""

from typing import NamedTuple

from odoo import models

from ...core.configuration_file import (
    CONCEPT_MAPS,
    CONTRACTS,
    MAPPINGS,
    OWNERSHIP,
    Mistake,
    known_by,
    read,
    write,
)

MODELS = {
    MAPPINGS: "interop.mapping",
    CONCEPT_MAPS: "interop.concept.map",
    CONTRACTS: "interop.contract",
    OWNERSHIP: "interop.ownership",
}


class Seen(NamedTuple):
    """What an entry of a file would do: ``state`` new, changed or same; ``told``: in words."""

    part: str
    name: str
    state: str
    told: str


class ConfigurationFile(models.AbstractModel):
    _name = "interop.configuration.file"
    _description = "Configuration as a file"

    def _text(self, records):
        """The file of mappings, concept maps, contracts and ownership: ``{part: records}``."""
        return write(
            {part: [record._to_entry() for record in found] for part, found in records.items()}
        )

    def _look(self, text):
        """``(list of Seen, mistakes)``; nothing is changed."""
        parts, mistakes = self._read(text)
        seen = [
            self.env[MODELS[part]]._find_entry(entry)._look_at(entry)
            for part, entries in parts.items()
            for entry in entries
        ]
        return seen, mistakes

    def _take(self, text, *, is_put_in_use=False):
        """Take a file in: ``(list of Seen, mistakes)``. With a mistake nothing is changed; what can't be raises.

        Mappings are put in use and contracts published where that was asked for; mappings that another in the file adapts, and
        contracts that are new here, always are.
        """
        for model in MODELS.values():
            self.env[model].check_access("write")
        parts, mistakes = self._read(text)
        seen = []
        for part, entries in parts.items():
            for entry in entries:
                record = self.env[MODELS[part]]._find_entry(entry)
                one = record._look_at(entry)
                seen.append(one)
                if one.state != "same":
                    record = record._take_entry(entry)
                if part == MAPPINGS and (is_put_in_use or self._is_adapted(entry, entries)):
                    record._put_taken_in_use()
                if part == CONTRACTS and (is_put_in_use or not record.active_version_id):
                    record._publish_if_changed(self.env._("From a configuration file"))
        return seen, mistakes

    def _is_adapted(self, entry, entries):
        """Whether another entry needs it to be in use."""
        return any(
            "adapts" in one and known_by(MAPPINGS, one["adapts"]) == known_by(MAPPINGS, entry)
            for one in entries
        )

    def _read(self, text):
        """The entries, and what is wrong with them here: systems and mappings that this database does not know."""
        parts, mistakes = read(text)
        if not mistakes:
            mistakes = (
                *self._unknown_systems(parts),
                *self._unknown_mappings(parts),
                *self._unknown_owned(parts),
            )
        return ({}, mistakes) if mistakes else (parts, ())

    def _unknown_systems(self, parts):
        wanted = []
        for entry in parts[MAPPINGS]:
            above, place = entry, f"{MAPPINGS}[{entry['name']}]"
            while above is not None:
                wanted.append((above.get("system"), place))
                above = above.get("adapts")
        wanted += (
            (line.get("only_for"), f"{CONCEPT_MAPS}[{entry['code']}].lines[{index}]")
            for entry in parts[CONCEPT_MAPS]
            for index, line in enumerate(entry["lines"])
        )
        wanted += (
            (entry.get("owner"), f"{OWNERSHIP}[{index}]")
            for index, entry in enumerate(parts[OWNERSHIP])
        )
        codes = {code for code, _place in wanted if code}
        known = self.env["interop.system"].search([("code", "in", sorted(codes))]).mapped("code")
        return sorted(
            {
                Mistake(place, "unknown_system")
                for code, place in wanted
                if code not in (None, *known)
            }
        )

    def _unknown_mappings(self, parts):
        """What is to be adapted is in the file, or here and in use."""
        listed = {known_by(MAPPINGS, entry) for entry in parts[MAPPINGS]}
        mappings = self.env["interop.mapping"]
        return [
            Mistake(f"{MAPPINGS}[{entry['name']}].adapts", "unknown_mapping")
            for entry in parts[MAPPINGS]
            if "adapts" in entry
            and known_by(MAPPINGS, entry["adapts"]) not in listed
            and not mappings._find_entry(entry["adapts"]).active_version_id
        ]

    def _unknown_owned(self, parts):
        return [
            Mistake(f"{OWNERSHIP}[{index}]", code)
            for index, entry in enumerate(parts[OWNERSHIP])
            for code in self.env["interop.ownership"]._entry_mistakes(entry)
        ]
