"""A configuration file is compared with what is here, or with another file; then what is ticked of it is taken in."""

import base64
import binascii
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.bundle.differences import ISSUE, ONLY_HERE, compare, completed
from ..core.bundle.form import read
from ..core.bundle.references import companies, with_needed

#: differing fields of an entry that are listed
MOST_FIELDS = 300


class ImportConfiguration(models.TransientModel):
    _name = "interop.import.configuration"
    _description = "Import configuration"

    step = fields.Selection(
        [("file", "File"), ("differences", "Differences"), ("done", "Done")],
        default="file",
        required=True,
        readonly=True,
    )
    file = fields.Binary(
        string="Configuration file",
        attachment=False,
        help="Exported here or from another database. It holds no secret.",
    )
    file_name = fields.Char()
    other_file = fields.Binary(
        string="Compare with",
        attachment=False,
        help="A second file to look at both side by side. Empty: with this database.",
    )
    other_file_name = fields.Char()
    company_ids = fields.One2many(
        "interop.import.configuration.company", "wizard_id", string="Companies"
    )
    is_asked = fields.Boolean(help="Which companies are meant was asked.")
    is_put_in_use = fields.Boolean(
        string="Put in use",
        help="Mappings are put in use, and changed contracts published. Otherwise they wait for it one by one; new contracts "
        "always act. A red test, a conflict with what is adapted, or a breaking change keeps all of it out.",
    )
    mistakes = fields.Text(compute="_compute_mistakes")
    line_ids = fields.One2many("interop.import.configuration.line", "wizard_id", readonly=True)
    summary = fields.Text(string="Imported", readonly=True)
    to_issue = fields.Text(string="Credentials to issue anew", readonly=True)

    @api.depends("file", "other_file")
    def _compute_mistakes(self):
        words = self.env["interop.configuration.words"]
        for wizard in self:
            found = []
            for name in ("file", "other_file"):
                if wizard[name] and not found:
                    found = wizard._read(name)[1]
            wizard.mistakes = words._mistakes(found)

    @api.onchange("file", "other_file")
    def _onchange_file(self):
        """What was asked and looked at was another file."""
        self.update({"is_asked": False, "line_ids": [(5,)], "company_ids": [(5,)]})

    def _content(self, name="file"):
        """A file's text; None for one that is no UTF-8."""
        try:
            # a form asks for its fields with the size in the place of the content
            content = self.with_context(bin_size=False)[name]
            return base64.b64decode(content or b"").decode("utf-8-sig")
        except (UnicodeDecodeError, binascii.Error):
            return None

    def _read(self, name="file"):
        text = self._content(name)
        return (None, [("", "not_utf8")]) if text is None else read(text)

    def _companies(self):
        return {one.name: one.meant_id.name for one in self.company_ids if one.meant_id}

    def _plan(self):
        return self.env["interop.configuration.file"]._plan(self._content(), self._companies())

    # -- steps --

    def action_look(self):
        """Ask which companies are meant, where that can't be known; then show what differs."""
        self.ensure_one()
        self.env["interop.configuration.file"]._check_may_take()
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        if self.mistakes or (not self.other_file and self._asks_companies()):
            return self._open()
        self._list_differences()
        self.step = "differences"
        return self._open_lines()

    def _asks_companies(self):
        if self.is_asked:
            return False
        here = self.env["res.company"].search([])
        strange = [name for name in companies(self._read()[0]) if name not in here.mapped("name")]
        guess = here if len(here) == 1 and len(strange) == 1 else here.browse()
        self.company_ids = [(5,)] + [
            (0, 0, {"name": name, "meant_id": guess.id}) for name in strange
        ]
        self.is_asked = True
        return bool(strange)

    def _list_differences(self):
        changes, told = self._differences()
        self.line_ids.unlink()
        self.env["interop.import.configuration.line"].create(
            [
                {
                    "wizard_id": self.id,
                    "part": one.part,
                    "sequence": number,
                    "known": one.known,
                    "name": one.name,
                    "state": one.state,
                    "field_count": len(one.told),
                    "mistake": told.get(one),
                    "is_chosen": one.state in ("new", "changed") and one not in told,
                    "field_ids": [(0, 0, field._asdict()) for field in one.told[:MOST_FIELDS]],
                }
                for number, one in enumerate(changes)
            ]
        )

    def _differences(self):
        """``(changes, {change: what keeps it out})``."""
        if not self.other_file:
            plan = self._plan()
            words = self.env["interop.configuration.words"]
            wrong = {one: words._mistakes(mistakes) for one, mistakes in plan.wrong.items()}
            return plan.changes, self.env["interop.configuration.file"]._rehearse(plan) | wrong
        bundle, there = (self._read(name)[0] for name in ("file", "other_file"))
        # what the other file lacks is only here, where both are whole
        bundle = bundle._replace(is_whole=bundle.is_whole and there.is_whole)
        return compare(there.parts, completed(bundle, there.parts)), {}

    def action_import(self):
        """Take what is ticked, all of it or nothing."""
        self.ensure_one()
        if self.step != "differences" or self.other_file:
            raise UserError(
                self.env._("Look at the differences between a file and this database first.")
            )
        if more := self._needed():
            more.is_chosen = True
            return self._told_more(more)
        ticked = self.line_ids.filtered("is_chosen")
        if not ticked:
            raise UserError(self.env._("Nothing is ticked."))
        chosen = {(one.part, one.known) for one in ticked}
        changes, mistakes = self.env["interop.configuration.file"]._take(
            self._content(),
            companies=self._companies(),
            chosen=chosen,
            archived=chosen,
            is_put_in_use=self.is_put_in_use,
        )
        if mistakes:
            raise UserError(self.env["interop.configuration.words"]._mistakes(mistakes))
        self._finish(changes)
        return self._open()

    def _needed(self):
        """Lines that are not ticked, and that what is ticked can't do without."""
        plan = self._plan()
        lines = {(one.part, one.known): one for one in self.line_ids}
        ticked = [
            one
            for one in plan.changes
            if one.state != ONLY_HERE
            and (line := lines.get((one.part, one.known)))
            and line.is_chosen
        ]
        found = with_needed(plan.bundle, plan.changes, ticked)
        needed = self.line_ids.browse(
            [lines[one.part, one.known].id for one in found if (one.part, one.known) in lines]
        )
        return needed.filtered(lambda line: not line.is_chosen)

    def _told_more(self, more):
        names = ", ".join(more.mapped("name"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "Ticked as well, because what you ticked names them: %s. Press Import again.",
                    names,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _finish(self, changes):
        parts = self.env["interop.import.configuration.line"]._fields["part"]
        words = dict(parts._description_selection(self.env))
        counts = Counter(words[one.part] for one in changes if one.state not in ("same", ISSUE))
        self.summary = "\n".join(f"{part}: {count}" for part, count in counts.items())
        self.to_issue = "\n".join(
            self.line_ids.filtered(lambda one: one.state == ISSUE).mapped("name")
        )
        self.step = "done"

    def action_back(self):
        """Choose another file."""
        self.ensure_one()
        self.step = "file"
        return self._open()

    def action_open_endpoints(self):
        return self.env["ir.actions.act_window"]._for_xml_id("healthcare_interop.endpoint_action")

    def action_open_contracts(self):
        """Those whose changes wait to be published, if any do."""
        name = "healthcare_interop.contract_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(name)
        wait = self.env["interop.contract"].search_count([("is_changed", "=", True)], limit=1)
        return action | {"context": {"search_default_changed": wait}}

    def action_open_mappings(self):
        return self.env["ir.actions.act_window"]._for_xml_id("healthcare_interop.mapping_action")

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import configuration"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _open_lines(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "healthcare_interop.import_configuration_line_action"
        )
        shown = {} if self.other_file else {"search_default_differs": 1}
        return action | {
            "domain": [("wizard_id", "=", self.id)],
            "context": {"interop_import": self.id, "search_default_by_part": 1, **shown},
        }
