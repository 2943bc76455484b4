"""What is kept of one person: found set-wise, along indexes, and shown kind by kind."""

from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from ...core.personal import KINDS, subjects_of

PARTNER, EMPLOYEE = "res.partner", "hr.employee"
PEOPLE = (PARTNER, EMPLOYEE)
#: records about a person, whose own numbers lead to the person as hers do
ABOUT = {
    "encounter": "interop.encounter",
    "appointment": "interop.appointment",
    "coverage": "interop.coverage",
    "authorization": "interop.authorization",
    "order": "interop.order",
    "charge": "interop.charge",
    "claim": "interop.claim",
    "invoice": "account.move",
    "payment": "account.payment",
    "stock_move": "stock.move",
}
#: those of them that are only bookkeeping: their numbers keep anything from being charged twice
BOOKS = ("charge", "claim", "invoice", "payment", "stock_move")


class Keepings(NamedTuple):
    """``kin``: the records that are this one person: the one found, and those merged with it. ``contacts``: of these and
    of their addresses, those that are contacts. ``about``: ``{kind: ids}``; ``deliveries``: ``{delivery id: message id}``.
    """

    model: str
    kin: tuple[int, ...]
    contacts: tuple[int, ...]
    about: dict[str, list[int]]
    deliveries: dict[int, int]

    @property
    def messages(self):
        return sorted(set(self.deliveries.values()))


class Kept(models.AbstractModel):
    _name = "interop.kept"
    _description = "What is kept of a person"

    def _of(self, record, kin=None):
        """``Keepings`` of a contact or employee. The caller answers for the right to see them.

        ``kin``: who is merged with whom as it was known before.
        """
        # what is kept of somebody does not depend on what the searcher may see: what is shown of it does
        kept = self.sudo().with_context(active_test=False)
        kin = kin or kept._kin(record._name, record.id)
        contacts = kept._contacts(kin) if record._name == PARTNER else []
        about = kept._about(contacts, record._name, kin)
        deliveries = kept._deliveries(record._name, kin, about)
        return Keepings(record._name, tuple(kin), tuple(contacts), about, deliveries)

    def _kin(self, model, number):
        """The records that stand for one person, merges undone left out; in the order of their ids."""
        self.env.cr.execute(
            SQL(
                """
                WITH one AS (
                    SELECT COALESCE((SELECT survivor_id FROM interop_alias
                                      WHERE res_model = %(model)s AND merged_id = %(id)s AND is_active), %(id)s) AS id
                )
                SELECT id FROM one
                 UNION SELECT a.merged_id FROM interop_alias a JOIN one ON a.survivor_id = one.id
                 WHERE a.res_model = %(model)s AND a.is_active ORDER BY 1
                """,
                model=model,
                id=number,
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def _contacts(self, kin):
        return self.env[PARTNER].search([("id", "child_of", kin)], order="id").ids

    def _about(self, contacts, model, kin):
        if model != PARTNER:
            return {kind: [] for kind in ABOUT}
        of_person = [("partner_id", "in", contacts)]
        found = {"encounter": self.env["interop.encounter"].search(of_person, order="id").ids}
        of_visits = fields.Domain("encounter_id", "in", found["encounter"])
        of_moves = fields.Domain("interop_encounter_id", "in", found["encounter"])
        both = fields.Domain(of_person)
        domains = {
            "appointment": both,
            "coverage": both,
            "authorization": both | of_visits,
            "order": both | of_visits,
            "charge": both | of_visits,
            "claim": both | of_visits,
            "invoice": both | of_moves,
            "payment": both,
            "stock_move": of_moves,
        }
        for kind, domain in domains.items():
            found[kind] = self.env[ABOUT[kind]].search(domain, order="id").ids
        return found

    def _places(self, model, kin, about, *, with_books):
        """``[(model, id)]`` of the person and of the records about the person."""
        kinds = [kind for kind in ABOUT if with_books or kind not in BOOKS]
        places = [(model, number) for number in kin]
        return places + [(ABOUT[kind], number) for kind in kinds for number in about[kind]]

    def _deliveries(self, model, kin, about):
        """``{delivery id: message id}`` of what was received about the person; three looks into an index.

        By the records that deliveries made or changed; and by the subjects that the person's numbers give, for deliveries
        that have made no record: not yet, or never.
        """
        places = self._places(model, kin, about, with_books=True)
        subjects = self._subjects(model, kin, about)
        self.env.cr.execute(
            SQL(
                """
                WITH place AS (SELECT * FROM unnest(%(models)s::text[], %(ids)s::int[]) AS p (model, id)),
                     told AS (SELECT * FROM unnest(%(subjects)s::text[], %(systems)s::int[]) AS t (subject, system))
                SELECT d.id, d.message_id FROM place p
                  JOIN interop_delivery d ON d.res_model = p.model AND d.res_id = p.id
                 UNION
                SELECT d.id, d.message_id FROM told t CROSS JOIN interop_route r
                  JOIN interop_delivery d ON d.route_id = r.id AND d.subject = t.subject AND d.system_id = t.system
                   AND d.state IN ('pending', 'failed')
                 UNION
                SELECT d.id, d.message_id FROM told t
                  JOIN interop_delivery d ON d.subject = t.subject AND d.system_id = t.system
                   AND d.res_id IS NULL AND d.state IN ('done', 'discarded')
                """,
                models=[place[0] for place in places],
                ids=[place[1] for place in places],
                subjects=[subject for subject, _system in subjects],
                systems=[system for _subject, system in subjects],
            )
        )
        return dict(self.env.cr.fetchall())

    def _subjects(self, model, kin, about):
        """``[(subject, system id)]`` under which the person's numbers, and those of the records about her, are spoken of."""
        domains = {}
        for system in self.env["interop.system"].search([]):
            domains.setdefault(system.identity_domain, []).append(system.id)
        everyone = [number for numbers in domains.values() for number in numbers]
        return sorted(
            {
                (subject, system)
                for entity, namespace, value in self._identifiers(model, kin, about)
                for subject in subjects_of(entity, namespace, value)
                for system in domains.get(namespace.partition("|")[0], everyone)
            }
        )

    def _identifiers(self, model, kin, about, *, with_books=True):
        """``[(entity, namespace, value)]`` bound to the person and to the records about her."""
        places = self._places(model, kin, about, with_books=with_books)
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT b.entity, b.namespace, b.value
                  FROM unnest(%s::text[], %s::int[]) AS p (model, id)
                  JOIN interop_binding b ON b.res_model = p.model AND b.res_id = p.id ORDER BY 1, 2, 3
                """,
                [place[0] for place in places],
                [place[1] for place in places],
            )
        )
        return self.env.cr.fetchall()

    # -- kind by kind --

    def _domains(self, keepings):
        """``{kind: (model, domain)}``, each of ``core.personal.KINDS``."""
        model, kin, about = keepings.model, list(keepings.kin), keepings.about
        own = _at(model, kin)
        cared = fields.Domain.OR(
            [own, *(_at(ABOUT[kind], about[kind]) for kind in ABOUT if kind not in BOOKS)]
        )
        contacts = list(keepings.contacts)
        people = _at(model, sorted({*kin, *contacts} if model == PARTNER else kin))
        threads = _thread(people, _at("interop.encounter", about["encounter"]))
        found = {
            "contact": (PARTNER, [("id", "in", contacts)]),
            "employee": (EMPLOYEE, [("id", "in", kin if model == EMPLOYEE else [])]),
            "binding": ("interop.binding", cared),
            "alias": (
                "interop.alias",
                fields.Domain("res_model", "=", model)
                & fields.Domain.OR(
                    fields.Domain(name, "in", kin)
                    for name in ("merged_id", "into_id", "survivor_id")
                ),
            ),
            "version": ("interop.version", cared),
            "disagreement": ("interop.disagreement", cared),
            "duplicate": (
                "interop.duplicate",
                ["|", ("one_id", "in", contacts), ("other_id", "in", contacts)],
            ),
            "identifier_fault": ("interop.identifier.fault", cared),
            "bank_account": ("res.partner.bank", [("partner_id", "in", contacts)]),
            "chatter": ("mail.message", threads),
            "activity": ("mail.activity", people),
            "attachment": ("ir.attachment", people),
            "content": (
                "interop.message",
                [("id", "in", keepings.messages), ("purged_at", "=", False)],
            ),
            "message": ("interop.message", [("id", "in", keepings.messages)]),
            "delivery": ("interop.delivery", [("id", "in", sorted(keepings.deliveries))]),
        }
        found |= {kind: (home, [("id", "in", about[kind])]) for kind, home in ABOUT.items()}
        return {kind.name: found[kind.name] for kind in KINDS}

    def _counts(self, keepings):
        """``{kind: how many}`` in the order shown."""
        # likewise
        kept = self.sudo().with_context(active_test=False)
        return {
            kind: kept.env[model].search_count(domain)
            for kind, (model, domain) in kept._domains(keepings).items()
        }

    def _is_accounted(self, keepings):
        """Whether there are books that name the person: a posted invoice, or a payment that was made."""
        # likewise
        kept, contacts = self.sudo(), list(keepings.contacts)
        moves = [("partner_id", "in", contacts), ("state", "!=", "draft")]
        return bool(
            kept.env["account.move"].search_count(moves, limit=1)
            or kept.env["account.move.line"].search_count(
                [("partner_id", "in", contacts), ("parent_state", "!=", "draft")], limit=1
            )
        )

    def _others(self, messages):
        """How many of ``messages`` (ids) also made or changed a record of somebody: ``{message id: [(model, id)]}``."""
        self.env.cr.execute(
            SQL(
                "SELECT message_id, res_model, res_id FROM interop_delivery "
                "WHERE message_id = ANY(%s) AND res_id IS NOT NULL AND entity IN ('party', 'employee')",
                list(messages),
            )
        )
        found = {}
        for message, model, number in self.env.cr.fetchall():
            found.setdefault(message, set()).add((model, number))
        return found

    def _count_of_others(self, keepings):
        """Messages that also spoke of other people: their content goes as a whole."""
        own = {(keepings.model, number) for number in (*keepings.kin, *keepings.contacts)}
        return sum(bool(people - own) for people in self._others(keepings.messages).values())


def _at(model, ids):
    return fields.Domain("res_model", "=", model) & fields.Domain("res_id", "in", list(ids))


def _thread(people, visits):
    """The same of ``mail.message``, which calls the columns otherwise."""
    return fields.Domain.OR([people, visits]).map_conditions(
        lambda one: (
            fields.Domain("model", one.operator, one.value)
            if one.field_expr == "res_model"
            else one
        )
    )
