"""Tests of mappings as records: a made-up sample, and what the mapping is expected to make of it.

A test has no stored result that could be old: whoever looks at it, or puts a version in use, runs it.
"""

from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...core.codecs import decode, dump_document, load_document
from ...core.codecs.plain_json import JsonOptions
from ...core.codecs.strict_json import loads
from ...core.errors import InteropError
from ...core.mapping import Context, Mapper
from ...core.mapping_tests import mismatches, outcome, written
from ..exchange.endpoint import FORMATS
from .mapping import DEFINING

#: which codecs read samples for mappings of a format
CODECS = {"hl7v2": ("hl7v2",), "fhir": ("fhir",), "json": ("json", "cloudevents")}


class MappingTest(models.Model):
    _name = "interop.mapping.test"
    _description = "Mapping test"
    _order = "mapping_id, name, id"

    name = fields.Char(
        required=True, help="What it shows, in a few words: “a gender nobody knows is left out”."
    )
    mapping_id = fields.Many2one("interop.mapping", required=True, ondelete="cascade", index=True)
    system_id = fields.Many2one(related="mapping_id.system_id")
    active = fields.Boolean(default=True)
    format = fields.Selection(
        FORMATS,
        required=True,
        compute="_compute_format",
        store=True,
        precompute=True,
        readonly=False,
        help="How the sample is written.",
    )
    kind = fields.Char(
        string="Type",
        help="Plain JSON that doesn't say what it is: the type that the endpoint gives it.",
    )
    sample = fields.Text(
        required=True,
        help="A made-up message. It is stored as it stands here, for everybody who may see mappings: "
        "never paste one of a real patient.",
    )
    expected = fields.Text(
        help="What the mapping shall make of it, as JSON: of each fact its event, subject and attributes.",
    )
    received_at = fields.Datetime(
        string="As if received",
        required=True,
        default=fields.Datetime.now,
        help="Stands in for times that the sample does not give, and is the day for which concept maps are asked.",
    )
    stands_for_id = fields.Many2one(
        "interop.mapping.test",
        string="In the place of",
        ondelete="cascade",
        help="A test of the adapted mapping that does not hold here: this one is run instead.",
    )
    result = fields.Selection(
        [("green", "Green"), ("red", "Red")],
        compute="_compute_result",
        search="_search_result",
        help="Run now, against the mapping as it stands.",
    )
    found = fields.Text(compute="_compute_result", help="What the mapping makes of it now.")
    mismatch_text = fields.Text(
        string="What differs", compute="_compute_result", help="Attribute by attribute."
    )

    @api.depends("mapping_id.format")
    def _compute_format(self):
        for test in self:
            codecs = CODECS.get(test.mapping_id.format, ())
            if test.format not in codecs:
                test.format = codecs[0] if codecs else False

    @api.constrains("expected")
    def _check_expected(self):
        for test in self.filtered("expected"):
            try:
                loads(test.expected)
            except InteropError as error:
                raise ValidationError(
                    self.env._("%s: what is expected is no JSON.", test.name)
                ) from error

    @api.depends_context("lang", "adaptation_id")
    @api.depends(
        "sample",
        "expected",
        "kind",
        "format",
        "received_at",
        *(f"mapping_id.{name}" for name in DEFINING),
    )
    def _compute_result(self):
        for test in self:
            mapping = test._tested()
            found, told = test._run(mapping, mapping._definition()) if mapping else ([], "")
            test.found = False if found is None else written(found)
            test.mismatch_text = told
            test.result = "red" if told else "green"

    def _tested(self):
        """The mapping that is looked at: an adaptation that the context names, where this is a test of what it adapts."""
        adaptation = self.env["interop.mapping"].browse(self.env.context.get("adaptation_id"))
        return adaptation if adaptation and self in adaptation._all_tests() else self.mapping_id

    def _search_result(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.search([]).filtered(lambda test: test.result in value)
        return [("id", "in", found.ids)]

    # -- running --

    def _run(self, mapping, definition):
        """``(facts, words)``: what ``definition`` makes of the sample, and how that differs from what is expected.

        Of a sample that can't be read at all ``(None, words)``.
        """
        self.ensure_one()
        words = self.env["interop.mapping.words"]
        try:
            mapper = Mapper([definition.mapping()])
            found = outcome(mapper, self._documents(), self._context(mapping), timezone.utc)
        except InteropError as error:
            place = error.path or error.detail or "?"
            return None, self.env._("%(code)s at %(place)s", code=error.code, place=place)
        if not self.expected:
            return found, self.env._("nothing is expected yet")
        return found, words._mismatches(mismatches(loads(self.expected), found))

    def _documents(self):
        """What a drain would read of the sample: what the contracts have left, as it is stored."""
        for _document, kept in self._read_sample():
            yield load_document(kept.format, kept.kind, kept.envelope, dump_document(kept))

    def _read_sample(self):
        """``(document, what the contracts leave of it)`` each; raises what the door would refuse."""
        body = (self.sample or "").encode()
        media = self.env["interop.trial"]._content_type(self.format, body)
        options = JsonOptions(default_type=self.kind or "") if self.format == "json" else None
        contracts = self.env["interop.endpoint"]._plan_contracts()
        for document in decode(self.format, body, content_type=media, headers={}, options=options):
            yield document, contracts.minimise(document)[0]

    def _context(self, mapping):
        received_at = (self.received_at or fields.Datetime.now()).replace(tzinfo=timezone.utc)
        # concept maps are the machine's to read, whoever runs the test
        concepts = self.env["interop.concept.map"].sudo()._concepts(mapping.system_id.id or 0)
        return Context(
            zone=timezone.utc,
            translate=lambda name, coding: concepts.translate(name, coding, received_at.date()),
            received_at=received_at,
            source=mapping.system_id.code or "",
        )

    # -- buttons --

    def action_take_found(self):
        """What the mapping gives now is what is expected from now on. Of an adaptation, in a test of its own."""
        self.ensure_one()
        mapping = self._tested()
        found, told = self._run(mapping, mapping._definition())
        if found is None:
            raise UserError(self.env._("%(test)s: %(what)s", test=self.name, what=told))
        if mapping == self.mapping_id:
            self.expected = written(found)
            return True
        own = {"mapping_id": mapping.id, "stands_for_id": self.id, "expected": written(found)}
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.copy(own).id,
            "view_mode": "form",
        }


class MappingTests(models.Model):
    _inherit = "interop.mapping"

    test_ids = fields.One2many("interop.mapping.test", "mapping_id", string="Tests")
    test_count = fields.Integer(compute="_compute_tests", help="With those of what it adapts.")
    red_count = fields.Integer(string="Red tests", compute="_compute_tests")
    red_text = fields.Text(compute="_compute_tests")

    @api.depends_context("lang")
    @api.depends("test_ids.sample", "test_ids.expected", "test_ids.active", *DEFINING)
    def _compute_tests(self):
        for mapping in self:
            tests = mapping._all_tests()
            red = mapping._red_tests(mapping._definition()) if tests else []
            mapping.test_count = len(tests)
            mapping.red_count = len(red)
            mapping.red_text = "\n".join(red)

    def _all_tests(self):
        """Its own tests and those of what it adapts, but for those that one of its own stands for."""
        self.ensure_one()
        # a test shows nothing that its mapping does not
        mapping = self.sudo()
        tests = mapping.test_ids
        while mapping := mapping.extends_id:
            tests |= mapping.test_ids - tests.stands_for_id
        return tests

    def _red_tests(self, definition):
        """One text for each test that is red with ``definition``: its name, and what differs."""
        red = []
        for test in self._all_tests():
            _found, told = test._run(self, definition)
            if told:
                red.append(self.env._("%(test)s: %(what)s", test=test.name, what=told))
        return red

    def action_open_tests(self):
        """Its tests, and those of what it adapts."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tests of %s", self.display_name),
            "res_model": "interop.mapping.test",
            "view_mode": "list,form",
            "domain": [("id", "in", self._all_tests().ids)],
            "context": {"default_mapping_id": self.id, "adaptation_id": self.id},
            "help": self.env["ir.actions.act_window"]._for_xml_id(
                "healthcare_interop.mapping_test_action"
            )["help"],
        }
