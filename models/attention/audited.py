"""Configuration and credentials leave an entry with every change: which fields, before and after."""

from odoo import api, fields, models

from ...core.audit_changes import changes

#: fields that may be secrets although their name or type does not make them so
SECRET_WORDS = ("secret", "password", "token", "key_hash", "private")
#: lists, each of whose members has entries of its own
NOT_SHOWN = ("one2many",)
#: the beginning of this add-on's system parameters; none of them is a secret
PARAMETERS = "healthcare_interop."


class Audited(models.AbstractModel):
    """Set-wise: one call of the log for all records of a create, write or unlink."""

    _name = "interop.audited"
    _description = "Leaves audit entries"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        names = set().union(*vals_list)
        after = records._audit_values(names)
        records._audit("created", {}, after)
        return records

    def write(self, vals):
        before = self._audit_values(vals)
        result = super().write(vals)
        self._audit("changed", before, self._audit_values(vals), vals)
        return result

    def unlink(self):
        acts = self.env["interop.audit"]._about("deleted", self)
        result = super().unlink()
        self.env["interop.audit"]._record(acts)
        return result

    def _audit(self, action, before, after, vals=()):
        """One entry for each record of which something differs; a created one always has one."""
        hidden = {name for name in vals if self._is_hidden(name)}
        acts = []
        for act in self.env["interop.audit"]._about(action, self):
            told = changes(before.get(act.res_id, {}), after.get(act.res_id, {}), hidden)
            if told or action == "created":
                word = self._audit_action(action, told)
                acts.append(act._replace(action=word, details=told))
        self.env["interop.audit"]._record(acts)

    def _audit_action(self, action, _told):
        """The word for what was done, by what differs."""
        return action

    def _is_hidden(self, name):
        field = self._fields.get(name)
        return field is not None and (
            field.groups == fields.NO_ACCESS
            or field.type == "binary"
            or any(word in name for word in SECRET_WORDS)
        )

    def _audit_values(self, names):
        """``{id: {field: what an entry may say}}`` of the stored fields among ``names``."""
        wanted = [
            self._fields[name]
            for name in sorted(names)
            if name in self._fields
            and self._fields[name].store
            and self._fields[name].type not in NOT_SHOWN
            and not self._is_hidden(name)
        ]
        # what changed does not depend on what the actor may see
        return {
            record.id: {field.name: _told(record, field) for field in wanted}
            for record in self.sudo()
        }


def _told(record, field):
    """A field's value in words and numbers."""
    value = record[field.name]
    if field.type == "many2one":
        return f"{value.display_name} ({value.id})" if value else None
    if field.type == "many2many":
        return sorted(value.ids)
    if field.type in ("date", "datetime"):
        return str(value) if value else None
    if field.type in ("char", "text", "html", "selection"):
        return value or None
    return value


class ConfigurationAudited(models.AbstractModel):
    _name = "interop.configuration"
    _inherit = ["interop.configuration", "interop.audited"]


class EndpointAudited(models.Model):
    _inherit = "interop.endpoint"

    def _audit_action(self, action, told):
        return "endpoint_state" if action == "changed" and "state" in told else action


class CredentialAudited(models.Model):
    _name = "interop.credential"
    _inherit = ["interop.credential", "interop.audited"]

    def _audit_action(self, action, told):
        if "is_revoked" in told and self[:1].is_revoked:
            return "credential_revoked"
        return "credential_issued" if "prefix" in told or action == "created" else action


class ParameterAudited(models.Model):
    """System parameters of this add-on are configuration too: how long entries are kept, for one."""

    _inherit = "ir.config_parameter"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._audit_parameters("created", {})
        return records

    def write(self, vals):
        before = {one.id: one.value for one in self}
        result = super().write(vals)
        self._audit_parameters("changed", before)
        return result

    def unlink(self):
        self._audit_parameters("deleted", {})
        return super().unlink()

    def _audit_parameters(self, action, before):
        own = self.filtered(lambda one: (one.key or "").startswith(PARAMETERS))
        log = self.env["interop.audit"]
        log._record(
            act._replace(res_name=one.key, details={"value": [before.get(one.id), one.value]})
            for one in own
            if action != "changed" or before.get(one.id) != one.value
            for act in log._about(action, one)
        )
