"""What has an owner who is reminded of what is to be done about it."""

from odoo import SUPERUSER_ID, models


def whoever_makes_it(record):
    """A default for owners: nobody, where no person makes the record (data files, the machine itself)."""
    return record.env.uid != SUPERUSER_ID and record.env.uid


class Owned(models.AbstractModel):
    """For models with activities, and an owner by ``user_id`` or ``_owner``."""

    _name = "interop.owned"
    _description = "Has an owner who is reminded"

    def _remind(self, activity, words, deadline):
        """Put the owner's one activity of this kind (an XML id) anew; ``words`` names the method that gives its summary and
        note."""
        self.ensure_one()
        user = self._reminded()
        # the words are for whoever reads them
        said = getattr(self.with_context(lang=user.lang), words)()
        values = {**said, "date_deadline": deadline}
        open_ = self.activity_search([activity])
        if open_:
            open_.write({**values, "user_id": user.id})
            open_.action_notify()
        else:
            self.activity_schedule(activity, user_id=user.id, **values)

    def _owner(self):
        return self.user_id

    def _reminded(self):
        """The owner, as long as she is there and may see it; else an administrator of the exchange."""
        owner = self._owner()
        if owner.active and self.with_user(owner).has_access("read"):
            return owner
        administrators = self.env.ref("healthcare_interop.group_administrator").all_user_ids
        others = administrators.filtered(
            lambda user: user.active and self.with_user(user).has_access("read")
        )
        return others.sorted("id")[:1] or self.env.ref("base.user_admin")
