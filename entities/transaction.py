"""What encounters, orders, movements, charges and invoices share: codes, units, currencies and departments."""

from odoo import models
from odoo.tools import SQL

from ..core.canonical import Identifier, Reference
from ..core.errors import BusinessRule, MissingCode
from ..core.units import is_pack, unit_name

#: what happened can't be stood in for by a stub, only waited for
NO_STUBS = frozenset({"charge", "invoice", "stock_movement"})


class Transaction(models.AbstractModel):
    """Mixed into entities that tell what happened, not what is."""

    _name = "interop.transaction"
    _inherit = "interop.entity"
    _description = "Interop transaction"

    def _may_stub(self, call, reference):
        return reference.entity not in NO_STUBS and super()._may_stub(call, reference)

    # -- codes --

    def _take_codes(self, call, wanted, entity="service"):
        """The products that codes name, as services or goods; ``entity`` goes first, and is what a stub becomes.

        ``wanted``: triples (item, coding, path). Returns ``({coding: product id}, outcomes)``: a code that nobody knows
        is awaited as any reference is, then named in the error.
        """
        names = {
            coding: Reference(entity, (Identifier(coding.code, coding.system),), coding.display)
            for _item, coding, _path in wanted
        }
        found = self._find_references(call, names.values())
        other = {"service": "product", "product": "service"}[entity]
        absent = {
            coding: Reference(other, name.identifiers)
            for coding, name in names.items()
            if name not in found
        }
        elsewhere = self._find_references(call, absent.values())
        rest = [
            (item, names[coding], path)
            for item, coding, path in wanted
            if coding in absent and absent[coding] not in elsewhere
        ]
        made, outcomes = self._take_references(call, rest) if rest else ({}, {})
        found |= made
        products = {
            coding: found.get(name) or elsewhere.get(absent.get(coding))
            for coding, name in names.items()
        }
        return {coding: product for coding, product in products.items() if product}, outcomes

    def _coded(self, items, attribute, stopped):
        """What ``_take_codes`` wants of the items that go on, for codes in ``attribute``."""
        going = [item for item in items if item.delivery not in stopped]
        return self._mentioned(going, (attribute,))

    # -- departments --

    def _take_departments(self, call, wanted):
        """The departments (``hr.department``) that organizations are: ``({reference: id}, outcomes)``.

        Another house than ours is no department: it is known as a partner, and gives nothing.
        """
        as_department = self.env["interop.entity.department"]._as_department
        names = {reference: as_department(reference) for _item, reference, _path in wanted}
        found = self._find_references(call, names.values())
        unknown = {reference for reference, name in names.items() if name not in found}
        houses = self._find_references(call, unknown)
        rest = [entry for entry in wanted if entry[1] in unknown and entry[1] not in houses]
        outcomes = {}
        made = [names[reference] for _i, reference, _p in rest if self._may_stub(call, reference)]
        if made:
            found |= self.env["interop.entity.department"]._stub(call, list(dict.fromkeys(made)))
        for item, reference, path in rest:
            if names[reference] not in found:
                outcomes.setdefault(item.delivery, self._unresolved(call, item, reference, path))
        return {
            reference: found[name] for reference, name in names.items() if name in found
        }, outcomes

    def _bearer(self, department, day, name=None):
        """The department that bears what costs ``department`` on ``day``: itself, or once it is closed who replaces it.

        ``MissingCode`` where nobody does. ``name``: the identifier that the message names it by.
        """
        bearer = department._interop_bearer(day)
        if department and not bearer:
            raise MissingCode(
                "department_closed",
                path="department",
                system=name.system if name else "",
                value=(name.value if name else department.name)[:64],
                category="business",
            )
        return bearer

    # -- units and currencies --

    def _unit(self, quantity, product, path):
        """The unit (``uom.uom``) that ``quantity`` is in, for ``product``; ``MissingCode`` where they don't go together."""
        own = product.uom_id
        code = quantity.unit
        if not code:
            return own
        if is_pack(code):
            return product._interop_pack(code)
        unit = self._record("uom.uom", unit_name(code))
        if not unit:
            raise MissingCode("unknown_unit", path=path, system=quantity.system, value=code)
        if not unit._has_common_reference(own):
            raise MissingCode("unit_mismatch", path=path, system=quantity.system, value=code)
        return unit

    def _check_current(self, product, path):
        """What its catalogue has replaced is ordered no more; the error names what takes its place."""
        successor = product.interop_replaced_by_id
        if successor:
            raise MissingCode(
                "product_replaced",
                path=path,
                value=(successor.default_code or "")[:64],
                category="business",
            )

    def _currencies(self, call, codes):
        """``{ISO 4217 code: currency}``, one statement: those in use, or all that Odoo knows where the route creates.

        Odoo drafts in a currency that is not in use, and asks whoever posts to activate it.
        """
        wanted = {code for code in codes if code}
        if not wanted:
            return {}
        known = self.env["res.currency"].with_context(active_test=not call.may_create)
        return {one.name: one for one in known.search([("name", "in", sorted(wanted))])}

    def _known_currency(self, code, currencies, path="currency"):
        """The currency that ``code`` names among ``currencies`` (as of ``_currencies``); ``MissingCode`` where none does."""
        if code not in currencies:
            raise MissingCode("unknown_currency", path=path, system="ISO 4217", value=code[:3])
        return currencies[code]

    def _untold_currency(self, call, about):
        """The currency of an amount that comes without one: as the nearest rule says, else the company's.

        ``BusinessRule`` where a rule refuses such amounts, or names a currency that is not in use.
        """
        rule = self.env["interop.accounting.rule"]._find(
            "currency", about, call.company, system=call.system, facility=call.facility
        )
        if not rule:
            return self.env["res.company"].browse(call.company).currency_id
        currency = self.env["res.currency"].browse(rule.gives["currency"] or ())
        if not currency.active:
            raise BusinessRule("no_currency", path="currency")
        return currency

    # -- odds and ends --

    def _journal(self, call, about):
        """The journal of what messages of ``call`` state; empty where nobody has chosen one."""
        return self.env["interop.accounting"]._journal(
            about, call.company, system=call.system, facility=call.facility
        )

    def _record(self, model, xmlid):
        """The record of an external id, from a cache: ``env.ref`` asks the database each time; empty where there is none."""
        data = self.env["ir.model.data"]
        kind, id_ = data._xmlid_to_res_model_res_id(xmlid) if xmlid else (model, False)
        return self.env[model].browse(id_ if kind == model and id_ else ())

    def _number(self, identifiers, *types):
        """The identifier that people know a thing by: of one of ``types``, else the first that is no server's own."""
        ours = [identifier for identifier in identifiers if identifier.type != "RI"]
        chosen = [identifier for kind in types for identifier in ours if identifier.type == kind]
        return next(iter((*chosen, *ours, *identifiers))).value

    def _number_values(self, identifiers, kind):
        """The number that people know a thing by, once a message has it: a stub may go by another name."""
        ours = [identifier.value for identifier in identifiers if identifier.type == kind]
        return {"number": {"name": ours[0]}} if ours else {}

    def _home_values(self, call):
        """Whose record a new one is."""
        return {
            "company_id": call.company,
            "facility_id": call.facility or False,
            "system_id": call.system,
        }

    def _cost_centre(self, call):
        """What a message that names no department is put down to: the facility's cost centre."""
        if not call.facility:
            return self.env["account.analytic.account"]
        return self.env["interop.facility"].browse(call.facility).analytic_account_id

    def _next_numbers(self, sequence, count):
        """The next ``count`` numbers of an ``ir.sequence``, in one statement where it has no gaps to avoid."""
        sequence.check_access("read")
        if sequence.implementation != "standard" or sequence.use_date_range:
            return [sequence.next_by_id() for _number in range(count)]
        name = f"ir_sequence_{sequence.id:03d}"
        self.env.cr.execute(
            SQL("SELECT nextval(%s) FROM generate_series(1, %s)", name, count),
        )
        return [sequence.get_next_char(number) for (number,) in self.env.cr.fetchall()]
