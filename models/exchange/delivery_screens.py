"""What a delivery says of itself on screens, in words."""

from odoo import api, fields, models

from .route import ENTITY_WORDS


class DeliveryScreens(models.Model):
    _inherit = "interop.delivery"

    fact_name = fields.Char(
        string="What it tells",
        compute="_compute_words",
        help="One message may tell of many things.",
    )
    outcome = fields.Char(
        compute="_compute_words",
        help="What it did, why it failed or was discarded, or what it waits for.",
    )
    record_name = fields.Char(
        string="Made or changed",
        compute="_compute_record_name",
        help="What it made or changed in Odoo.",
    )

    @api.depends(
        "entity",
        "event",
        "state",
        "effect",
        "reason",
        "error_category",
        "error_code",
        "error_path",
        "error_value",
    )
    @api.depends_context("lang")
    def _compute_words(self):
        entities = self._entity_words()
        for delivery in self:
            event = (delivery.event or "").replace("_", " ")
            delivery.fact_name = (
                f"{entities.get(delivery.entity, '')}: {event}" if delivery.entity else False
            )
            delivery.outcome = delivery._outcome_in_words()

    def _entity_words(self):
        selection = self.env["interop.route"]._fields["entity"]._description_selection(self.env)
        return dict(ENTITY_WORDS) | dict(selection)

    def _label(self, name):
        return dict(self._fields[name]._description_selection(self.env)).get(self[name], "")

    def _outcome_in_words(self):
        if self.state == "done":
            return " · ".join(filter(None, (self._label("effect"), self.reason)))
        if self.state == "discarded":
            return self.reason
        if self.state == "failed":
            return self._error_in_words()
        if self.is_parked:
            return self.env._("Waits behind another one of its subject")
        if self.error_category:
            return self.env._("Tries again by itself: %s", self._error_in_words())
        return self.env._("Due")

    def _error_in_words(self):
        what = self.error_value or (self.error_code or "").replace("_", " ")
        if not self.error_path:
            return self.env._("%(kind)s: %(what)s", kind=self._label("error_category"), what=what)
        return self.env._(
            "%(kind)s: %(what)s at %(place)s",
            kind=self._label("error_category"),
            what=what,
            place=self.error_path,
        )

    @api.depends("fact_name", "message_id")
    def _compute_display_name(self):
        for delivery in self:
            delivery.display_name = delivery.fact_name or delivery.message_id.display_name

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        """The names of those that the reader may see; a query or two for each kind of record, not for each row."""
        wanted = {}
        for delivery in self:
            if delivery.res_id and delivery.res_model in self.env:
                wanted.setdefault(delivery.res_model, set()).add(delivery.res_id)
        names = {}
        for model, ids in wanted.items():
            records = self.env[model].with_context(active_test=False).browse(ids).exists()
            if not records.has_access("read"):
                records = records._filtered_access("read")
            names |= {(model, record.id): record.display_name for record in records}
        for delivery in self:
            delivery.record_name = names.get((delivery.res_model, delivery.res_id), False)
