"""People who sign in by an identity provider have the roles that its claims give them, from sign-in to sign-in.

Odoo's ``auth_oauth`` need not be there, and may come before or after this add-on: a method that both define would be either's,
by which was loaded last (ADR 19). So the method of the finished class is enclosed, whoever defined it; OCA's ``auth_oidc``
comes through it too.
"""

import functools

from odoo import Command, models
from odoo.exceptions import AccessDenied

from ...core import sign_in
from ...core.audit import PERSON

METHOD = "_auth_oauth_signin"
#: on the function that encloses
MARK = "_interop_encloses"


class UserSigningIn(models.Model):
    _inherit = "res.users"

    def _register_hook(self):
        super()._register_hook()
        users = self.env.registry["res.users"]
        found = getattr(users, METHOD, None)
        if found and not hasattr(found, MARK):
            setattr(users, METHOD, _enclosed(found))

    def _unregister_hook(self):
        users = self.env.registry["res.users"]
        if hasattr(vars(users).get(METHOD), MARK):
            delattr(users, METHOD)
        return super()._unregister_hook()

    def _interop_settle(self, provider, roles):
        """Give and take away, so that of the roles that claims can give this user holds ``roles`` directly; on record.

        What a group of the hospital's own implies stays. Only people who work in Odoo have roles: of anybody else, all are
        taken away. ``AccessDenied`` for a user that a system acts as.
        """
        self.ensure_one()
        if self._is_service_user():
            raise AccessDenied()
        is_internal = self._is_internal()
        groups = {role: self.env.ref(f"healthcare_interop.group_{role}") for role in sign_in.ROLES}
        wanted = {groups[role].id for role in roles if is_internal}
        held = {group.id for group in groups.values()} & set(self.group_ids.ids)
        if wanted != held:
            commands = [Command.link(group) for group in sorted(wanted - held)]
            commands += [Command.unlink(group) for group in sorted(held - wanted)]
            if is_internal:
                # who worked in Odoo by a role alone goes on to work there
                commands.append(Command.link(self.env.ref("base.group_user").id))
            self.write({"group_ids": commands})
        log = self.env["interop.audit"]
        given = {"roles": [role for role in roles if is_internal]}
        withheld = {} if is_internal or not roles else {"not_internal": list(roles)}
        name = self.env["interop.role.claim"]._provider_name(provider)
        who = (PERSON, self.id, self.login)
        log._record(
            act._replace(actor=who, details={"provider": name, **given, **withheld})
            for act in log._about("signed_in", self)
        )


def _enclosed(signin):
    """``signin`` of ``auth_oauth``: refused before it does anything where the claims can't be read; roles settled after it."""

    @functools.wraps(signin)
    def enclosing(self, provider, validation, params):
        roles = self.env["interop.role.claim"]._roles_told(provider, validation)
        login = signin(self, provider, validation, params)
        if login and roles is not None:
            # the provider says so, not whoever signs in, who may not give roles
            user = self.sudo().search([("login", "=", login)])
            user._interop_settle(provider, roles)
        return login

    setattr(enclosing, MARK, True)
    return enclosing
