"""A first mapping for a new system, of the places somebody chose in a survey. It maps nothing until a person puts it in use."""

from odoo import Command, models
from odoo.exceptions import UserError

from ..core.contract import is_within

#: kinds of document that stand in a draft's name
MOST_NAMED = 3


class SurveyDraft(models.TransientModel):
    _inherit = "interop.survey.place"

    def action_draft_mapping(self):
        """One mapping for each entity that the chosen places might fill, for the endpoint's system alone; none in use."""
        chosen = self.filtered("hints")
        if not chosen:
            raise UserError(
                self.env._("Choose places for which something stands under Might fill.")
            )
        endpoint = self.survey_id.endpoint_id
        endpoint.ensure_one()
        made = self.env["interop.mapping"].create(
            [
                self._draft(endpoint, entity, places, chosen)
                for entity, places in chosen.grouped(_entity).items()
            ]
        )
        if len(made) == 1:
            return made._action_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Drafts of mappings"),
            "res_model": "interop.mapping",
            "view_mode": "list,form",
            "domain": [("id", "in", made.ids)],
        }

    def _draft(self, endpoint, entity, places, chosen):
        mapping = self.env["interop.mapping"]
        format_ = "json" if endpoint.format == "cloudevents" else endpoint.format
        documents = dict.fromkeys(word for place in places for word in place.documents.split())
        words = dict(mapping._fields["entity"]._description_selection(self.env))
        drafted = {
            # not the name of another's: a mapping acts in the place of those of its name
            "name": f"{_shortened(documents)}: {words[entity]}",
            "format": format_,
            "documents": " ".join(documents),
            "system_id": endpoint.system_id.id,
            "entity": entity,
            "event": "updated",
        }
        if format_ == "hl7v2":
            drafted |= mapping._vals_like(format_, entity, documents, chosen.mapped("place"))
        rules = drafted.pop("rule_ids", [])
        told = {rule["target"] for rule in rules}
        rules += [self._rule(format_, place) for place in places if _target(place) not in told]
        return drafted | {
            "rule_ids": [
                Command.create({**rule, "sequence": 10 * number})
                for number, rule in enumerate(rules, 1)
            ]
        }

    def _rule(self, format_, place):
        """As the shipped mappings fill the attribute in this format."""
        entity, target = _entity(place), _target(place)
        # configuration that an operator may read in any case
        alike = self.env["interop.mapping.rule"].search(
            [
                ("target", "=", target),
                ("mapping_id.entity", "=", entity),
                ("mapping_id.format", "=", format_),
                ("mapping_id.system_id", "=", False),
            ]
        )
        of_place = alike.filtered(
            lambda rule: any(is_within(word, place.place) for word in (rule.source or "").split())
        )[:1]
        like = of_place or alike[:1]
        return {
            "target": target,
            "source": of_place.source or place.place,
            "transform": like.transform or "text",
            "argument": like.argument,
            "concept_map": like.concept_map,
        }


def _shortened(documents):
    kinds = sorted(documents)
    more = f" +{len(kinds) - MOST_NAMED}" if len(kinds) > MOST_NAMED else ""
    return " ".join(kinds[:MOST_NAMED]) + more


def _entity(place):
    return place.hints.partition(".")[0]


def _target(place):
    return place.hints.partition(",")[0].partition(".")[2]
