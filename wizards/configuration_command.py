"""What the command ``interop_config`` does in a database: words for people who read a pipeline's log, and how it ends."""

from odoo import models
from odoo.exceptions import UserError

from ..core.bundle.differences import ALIKE, ISSUE, compare, completed, is_different
from ..core.bundle.form import read

SAME, DIFFERS, MISTAKES = 0, 1, 2
#: what stands before an entry, by its state
SIGNS = {"new": "+", "changed": "~", "only_here": "-", "issue": "!"}
#: mistakes that are listed
MOST_LISTED = 1_000


class ConfigurationCommand(models.AbstractModel):
    _name = "interop.configuration.command"
    _description = "Configuration on the command line"

    def _as(self, login):
        """In the name of an administrator, with what that one may do."""
        if not login:
            return self
        user = self.env["res.users"].search([("login", "=", login)])
        if not user:
            raise UserError(self.env._("Nobody here has the login %s.", login))
        return self.with_user(user)

    def _export(self):
        files = self.env["interop.configuration.file"]
        files._check_may_take()
        return files._text()

    def _compare(self, text, other, companies):
        """``(what is told, how it ends)``; ``other``: the text of a second file, in the place of the database."""
        files = self.env["interop.configuration.file"]
        files._check_may_take()
        if other is None:
            plan = files._plan(text, companies)
            mistakes, changes = plan.all_mistakes(plan.changes), plan.changes
            if not mistakes and (failed := files._rehearse(plan)):
                return files._told(failed), MISTAKES
        else:
            mistakes, changes = self._between(text, other)
        if mistakes:
            return self._mistakes(mistakes)
        return self._listed(changes), DIFFERS if is_different(changes) else SAME

    def _between(self, text, other):
        (bundle, mistakes), (there, others) = read(text), read(other)
        if mistakes or others:
            return mistakes or others, ()
        bundle = bundle._replace(is_whole=bundle.is_whole and there.is_whole)
        return (), compare(there.parts, completed(bundle, there.parts))

    def _import(self, text, companies, *, put_in_use):
        changes, mistakes = self.env["interop.configuration.file"]._take(
            text, companies=companies, is_put_in_use=put_in_use
        )
        return self._mistakes(mistakes) if mistakes else (self._listed(changes), SAME)

    def _mistakes(self, mistakes):
        return self.env["interop.configuration.words"]._mistakes(mistakes, MOST_LISTED), MISTAKES

    def _listed(self, changes):
        """A line an entry that differs, and beneath it one for each field; and how many they are."""
        lines = []
        for one in changes:
            if one.state in SIGNS:
                lines.append(f"{SIGNS[one.state]} {one.part}: {one.name}")
                if one.state == "changed":
                    lines += (
                        f"    {told.place}: {told.before} → {told.after}" for told in one.told
                    )
        counts = sum(one.state not in ALIKE for one in changes)
        lines.append(self.env._("%s changes", counts))
        if issues := sum(one.state == ISSUE for one in changes):
            lines.append(self.env._("%s credentials to be issued anew", issues))
        return "\n".join(lines)
