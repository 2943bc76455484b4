"""A first mapping for a new system, of the places somebody chose in a survey. A draft: inactive until a person wants it."""

from odoo import Command, models
from odoo.exceptions import UserError

from ..core.contract import is_within


class SurveyDraft(models.TransientModel):
    _inherit = "interop.survey.place"

    def action_draft_mapping(self):
        """One inactive mapping for each entity that the chosen places might fill, for the endpoint's system alone."""
        chosen = self.filtered("hints")
        if not chosen:
            raise UserError(
                self.env._("Choose places for which something stands under Might fill.")
            )
        endpoint = self.survey_id.endpoint_id
        endpoint.ensure_one()
        made = self.env["interop.mapping"].create(
            [
                self._draft(endpoint, entity, places)
                for entity, places in chosen.grouped(_entity).items()
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Drafts of mappings"),
            "res_model": "interop.mapping",
            "view_mode": "list,form",
            "domain": [("id", "in", made.ids)],
            "context": {"active_test": False},
        }

    def _draft(self, endpoint, entity, places):
        format_ = "json" if endpoint.format == "cloudevents" else endpoint.format
        documents = dict.fromkeys(word for place in places for word in place.documents.split())
        return {
            "name": self.env._(
                "%(system)s: %(entity)s (draft)", system=endpoint.system_id.name, entity=entity
            ),
            "active": False,
            "format": format_,
            "documents": " ".join(documents),
            "system_id": endpoint.system_id.id,
            "entity": entity,
            "event": "updated",
            "rule_ids": [
                Command.create(self._rule(format_, place, 10 * number))
                for number, place in enumerate(places, 1)
            ],
        }

    def _rule(self, format_, place, sequence):
        """As the shipped mappings fill the attribute in this format."""
        entity, _dot, target = place.hints.partition(",")[0].partition(".")
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
            "sequence": sequence,
            "target": target,
            "source": of_place.source or place.place,
            "transform": like.transform or "text",
            "argument": like.argument,
            "concept_map": like.concept_map,
        }


def _entity(place):
    return place.hints.partition(".")[0]
