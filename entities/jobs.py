"""Jobs (``hr.job``) by the codes or names that senders give them."""

from odoo import models

from ..core.binding import keys_of
from ..core.canonical import Identifier

ENTITY, HOME = "job", "hr.job"


class Jobs(models.AbstractModel):
    _name = "interop.jobs"
    _inherit = "interop.entity"
    _description = "Interop jobs"

    def _take(self, call, codings):
        """``{coding: job id}``, set-wise: those that are bound, else of that name, else made where the route creates."""
        keys = {
            coding: list(keys_of((Identifier(coding.code, coding.system),), call.identity_domain))
            for coding in codings
        }
        bound = self._bindings()._resolve(ENTITY, {key for names in keys.values() for key in names})
        found = {
            coding: next(bound[key] for key in names if key in bound)
            for coding, names in keys.items()
            if any(key in bound for key in names)
        }
        rest = [coding for coding in keys if coding not in found]
        if rest:
            found |= self._named(call, rest)
        absent = [coding for coding in rest if coding not in found]
        if absent and call.may_create:
            found |= self._make(call, absent, keys)
        return found

    def _named(self, call, codings):
        names = {name for coding in codings for name in (coding.display, coding.code) if name}
        jobs = self.env[HOME].search(
            [("name", "in", sorted(names)), ("company_id", "in", [False, call.company])]
        )
        by_name = {job.name: job.id for job in jobs}
        named = {c: by_name.get(c.display) or by_name.get(c.code) for c in codings}
        return {coding: job for coding, job in named.items() if job}

    def _make(self, call, codings, keys):
        reserved = {key: "" for coding in codings for key in keys[coding]}
        self._bindings()._reserve(ENTITY, HOME, reserved, call.system, call.now)
        # one job each, though two codings may name it with other words
        unique = {tuple(keys[coding]): coding for coding in reversed(codings)}
        jobs = self.env[HOME].create(
            [
                {"name": coding.display or coding.code, "company_id": call.company}
                for coding in unique.values()
            ]
        )
        made = dict(zip(unique, jobs.ids, strict=True))
        self._bindings()._assign(
            ENTITY, HOME, {key: job for names, job in made.items() for key in names}
        )
        return {coding: made[tuple(keys[coding])] for coding in codings}
