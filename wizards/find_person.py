"""Finding a person: by a number, or by name and date of birth. The search is on record, what was searched for is not."""

from odoo import fields, models
from odoo.exceptions import UserError

from ..core.audit import Act

#: matches shown
MOST = 50
FEWEST_CHARACTERS = 2
ENTITIES = {"res.partner": "party", "hr.employee": "employee"}


class FindPerson(models.TransientModel):
    """What is searched for stands in this row until the button is pressed, and no longer."""

    _name = "interop.find.person"
    _description = "Find a person"

    kind = fields.Selection(
        [("res.partner", "Patient or contact"), ("hr.employee", "Employee")],
        string="Who",
        required=True,
        default="res.partner",
    )
    by = fields.Selection(
        [("number", "Number"), ("name", "Name and date of birth")],
        required=True,
        default="number",
    )
    system_id = fields.Many2one("interop.system", help="Whose number it is. Empty: anybody's.")
    assigner = fields.Char(
        string="Kind of number", help="As it is sent: MRN, urn:oid:1.2.3 … Empty: any."
    )
    number = fields.Char(exportable=False)
    name = fields.Char(exportable=False, help="A part of it will do.")
    birth_date = fields.Date(exportable=False)
    match_ids = fields.One2many("interop.find.person.match", "find_id", readonly=True)
    erasure_ids = fields.Many2many("interop.erasure", readonly=True)
    is_searched = fields.Boolean(readonly=True)

    def action_find(self):
        self.ensure_one()
        self.env["interop.person"]._check_protector()
        # employees are for who may see employees
        self.env[self.kind].check_access("read")
        by_number = self.by == "number"
        found, erased, details = self._by_number() if by_number else self._by_name()
        self._record(found, details | {"by": self.by, "found": len(found), "erased": len(erased)})
        matches = [fields.Command.create({"res_id": one.id}) for one in found]
        self.write(
            {
                "number": False,
                "name": False,
                "birth_date": False,
                "is_searched": True,
                "match_ids": [fields.Command.clear(), *matches],
                "erasure_ids": [fields.Command.set(erased.ids)],
            }
        )
        if len(found) == 1:
            return self.env["interop.person"]._found(found)._action_show()
        return self._action_show()

    def _by_number(self):
        """``(records, erasures, what may be told)``."""
        number = (self.number or "").strip()
        if not number:
            raise UserError(self.env._("Which number?"))
        erasures = self.env["interop.erasure"]
        entity = ENTITIES[self.kind]
        whose = erasures._namespaces(entity, self.system_id, (self.assigner or "").strip())
        # numbers lead to records, which are shown as far as one may see them
        bindings = self.env["interop.binding"].sudo()
        bound = bindings._resolve(entity, [(one, number) for one in whose])
        found = self._visible(sorted(set(bound.values())))
        told = {"namespaces": sorted({one for one, _number in bound})}
        return found, erasures._of_number(entity, whose, number), told

    def _by_name(self):
        name = (self.name or "").strip()
        if len(name) < FEWEST_CHARACTERS and not (self.kind == "res.partner" and self.birth_date):
            raise UserError(self.env._("Which name? A part of it will do."))
        domain = [("name", "ilike", name)] if name else []
        if self.birth_date and self.kind == "res.partner":
            domain.append(("interop_birth_date", "=", self.birth_date))
        people = self.env[self.kind].with_context(active_test=False)
        return people.search(domain, limit=MOST, order="id"), self.env["interop.erasure"], {}

    def _visible(self, ids):
        people = self.env[self.kind].with_context(active_test=False)
        return people.search([("id", "in", ids)], order="id")

    def _record(self, found, details):
        one = found if len(found) == 1 else found.browse()
        act = Act("person_found", res_model=self.kind, res_id=one.id or 0, details=details)
        self.env["interop.audit"]._record([act])

    def _action_show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Find a person"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }


class FindPersonMatch(models.TransientModel):
    """Which record; what it is called is read when it is shown."""

    _name = "interop.find.person.match"
    _description = "Match of a search"
    _order = "id"

    find_id = fields.Many2one(
        "interop.find.person", required=True, readonly=True, ondelete="cascade"
    )
    res_id = fields.Integer(required=True, readonly=True)
    label = fields.Char(string="Who", compute="_compute_label", exportable=False)

    def _compute_label(self):
        for match in self:
            match.label = match._record().display_name

    def _record(self):
        return self.env[self.find_id.kind].browse(self.res_id)

    def action_show(self):
        self.ensure_one()
        return self.env["interop.person"]._found(self._record())._action_show()
