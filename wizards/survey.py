"""What does it send? Places and how often, what becomes of them, and codes by number; never a value.

The sample is no column: it goes into the survey as it arrives, and only places and numbers are stored.
"""

import base64
import binascii

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

LARGEST_SAMPLE = 10 * 1024 * 1024
MOST_MESSAGES = 1000
FATES = [
    ("read", "Read by a mapping"),
    ("kept", "Kept, but not read"),
    ("dropped", "Dropped: no contract allows it"),
    ("never", "Never stored"),
    ("unknown", "Unknown"),
]


class SurveyWizard(models.TransientModel):
    _name = "interop.survey"
    _description = "What an endpoint is sent"

    endpoint_id = fields.Many2one("interop.endpoint", required=True, readonly=True)
    subject = fields.Selection(
        [("messages", "Its last messages"), ("sample", "A sample")],
        string="Look at",
        required=True,
        default="messages",
        help="A sample tells more of what a contract drops: stored messages no longer have it.",
    )
    most = fields.Integer(
        string="How many", default=200, help="The newest, as long as their content is kept."
    )
    sample = fields.Text(
        compute="_compute_sample",
        inverse="_inverse_sample",
        help="Messages as the sender would post them. They are counted, and not kept.",
    )
    file = fields.Binary(
        string="Or a file", attachment=False, compute="_compute_sample", inverse="_inverse_file"
    )
    documents = fields.Integer(readonly=True)
    skipped = fields.Integer(string="Not readable", readonly=True)
    place_ids = fields.One2many("interop.survey.place", "survey_id", readonly=True)
    code_ids = fields.One2many("interop.survey.code", "survey_id", readonly=True)

    @api.constrains("most")
    def _check_most(self):
        for wizard in self:
            if not 1 <= wizard.most <= MOST_MESSAGES:
                raise ValidationError(
                    self.env._("Between 1 and %s messages can be looked at.", MOST_MESSAGES)
                )

    def _compute_sample(self):
        self.sample = self.file = False

    def _inverse_sample(self):
        for wizard in self.filtered("sample"):
            wizard._count_sample(wizard.sample.encode())

    def _inverse_file(self):
        for wizard in self.filtered("file"):
            try:
                body = base64.b64decode(wizard.file, validate=True)
            except (ValueError, binascii.Error) as error:
                raise UserError(self.env._("The file can't be read.")) from error
            wizard._count_sample(body)

    def _count_sample(self, body):
        if len(body) > LARGEST_SAMPLE:
            raise UserError(self.env._("A sample has 10 MB at most."))
        self._keep(*self.endpoint_id._survey_sample(body))

    def _keep(self, survey, skipped):
        """The survey in rows: places and numbers."""
        self.write(
            {
                "documents": survey.documents,
                "skipped": skipped,
                "place_ids": [
                    Command.clear(),
                    *(Command.create(_place_values(row)) for row in survey.rows()),
                ],
                "code_ids": [
                    Command.clear(),
                    *(Command.create(_code_values(row)) for row in survey.codes()),
                ],
            }
        )

    def action_look(self):
        """Count, and show the places."""
        self.ensure_one()
        if self.subject == "messages":
            self._keep(*self.endpoint_id._survey_messages(self.most))
        if not self.documents:
            raise UserError(
                self.env._("There is nothing to look at: no message of which the content is kept.")
                if self.subject == "messages"
                else self.env._("Nothing of the sample could be read as a message of this format.")
            )
        return self._action("survey_place_action", self.endpoint_id.name)

    def action_open_codes(self):
        return self._action("survey_code_action", self.endpoint_id.name)

    def _action(self, name, title):
        action = self.env["ir.actions.act_window"]._for_xml_id(f"healthcare_interop.{name}")
        told = self.env._("%(name)s, messages: %(count)s", name=title, count=self.documents)
        # with its id, a page that is loaded again would show the places of every survey
        del action["id"]
        return action | {
            "name": told,
            "display_name": told,
            "domain": [("survey_id", "=", self.id)],
            "context": {"survey_id": self.id},
        }


class SurveyPlace(models.TransientModel):
    _name = "interop.survey.place"
    _description = "Place that an endpoint is sent"
    _order = "messages desc, place, id"
    _rec_name = "place"

    survey_id = fields.Many2one("interop.survey", required=True, ondelete="cascade", index=True)
    place = fields.Char(
        readonly=True, help="Where it stands: PID-5, Patient.name.family, item.code."
    )
    standard_name = fields.Char(string="Standard name", readonly=True)
    messages = fields.Integer(readonly=True, help="In how many messages something stands there.")
    fate = fields.Selection(
        FATES,
        string="What becomes of it",
        readonly=True,
        help="Never stored: diagnoses, observations, notes and the like, whatever a contract says. Unknown: no standard "
        "names the place, or no contract speaks of such documents.",
    )
    read_by = fields.Char(string="Fills", readonly=True, help="What mapping rules make of it.")
    hints = fields.Char(
        string="Might fill",
        readonly=True,
        help="What other mappings read there, or what its name says. Select lines to draft a mapping of them.",
    )
    documents = fields.Char(readonly=True, help="In which kinds of document.")

    def _survey(self):
        """The survey whose places are listed, also where none of them is chosen."""
        survey = self.env["interop.survey"].browse(self.env.context.get("survey_id"))
        return survey.exists() or self.survey_id[:1]

    def action_open_codes(self):
        return self._survey().action_open_codes()

    def action_allow_read(self):
        """Ask which places that mappings read, and that no contract allows, are to be allowed."""
        wizard = self.env["interop.allow.read"]._of_survey(self._survey())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Allow what mappings read"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }


class SurveyCode(models.TransientModel):
    _name = "interop.survey.code"
    _description = "Codes that an endpoint is sent"
    _order = "untranslated desc, source, id"
    _rec_name = "source"

    survey_id = fields.Many2one("interop.survey", required=True, ondelete="cascade", index=True)
    source = fields.Char(string="Read at", readonly=True)
    concept_map = fields.Char(readonly=True)
    times = fields.Integer(readonly=True, help="How often a code came.")
    codes = fields.Integer(
        string="Different codes", readonly=True, help="How many different codes came."
    )
    untranslated = fields.Integer(
        readonly=True, help="How many of them the concept map does not know."
    )
    shown = fields.Char(
        string="Without translation",
        readonly=True,
        help="Only where the contract calls the place public or internal; others are counted.",
    )
    shown_codes = fields.Json(help="The codes that may be shown, without how often they came.")
    known = fields.Char(
        string="Translated", readonly=True, help="Likewise: only where the contract allows."
    )
    documents = fields.Char(readonly=True, help="In which kinds of document.")

    def action_translate(self):
        """The codes that may be shown, listed with the untranslated ones: there it is said what they mean."""
        survey = self.env["interop.survey"].browse(self.env.context.get("survey_id")).exists()
        systems = (survey or self.survey_id[:1]).endpoint_id._source_systems()
        if len(systems) != 1:
            raise UserError(
                self.env._(
                    "Several systems send here. Their codes are listed under Untranslated codes once they came."
                )
            )
        wanted = (self or survey.code_ids).filtered("shown")
        if not wanted:
            raise UserError(self.env._("There is no code without translation that may be shown."))
        told = {(one.concept_map, code) for one in wanted for code in one.shown_codes}
        return self.env["interop.untranslated"]._action_for(systems, told)


def _place_values(row):
    return {
        "place": row.place,
        "standard_name": row.name,
        "messages": row.messages,
        "fate": row.fate,
        "read_by": ", ".join(row.read_by),
        "hints": ", ".join(row.hints),
        "documents": " ".join(row.documents),
    }


def _code_values(row):
    return {
        "source": row.source,
        "concept_map": row.concept_map,
        "times": row.times,
        "codes": row.distinct,
        "untranslated": row.unknown,
        "shown": _told(row.shown),
        "shown_codes": [code for code, _times in row.shown],
        "known": _told(row.known),
        "documents": " ".join(row.documents),
    }


def _told(codes):
    """``GLV ×12, SYR ×3``."""
    return ", ".join(f"{code} ×{times}" for code, times in codes)
