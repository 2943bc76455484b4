"""The users that systems act as let nobody in: not with a password, an API key or a token that somebody gave them.

They have none of these to begin with; an administrator may give one to any user, and what exists can leak.
"""

from odoo import models
from odoo.exceptions import AccessDenied, UserError

GROUP = "healthcare_interop.group_service"


class Users(models.Model):
    _inherit = "res.users"

    def _is_service_user(self):
        """Whether this is a user that only systems act as."""
        # asked of whoever tries to come in, who may read nothing
        return self.sudo().has_group(GROUP)

    def _login(self, credential, user_agent_env):
        auth_info = super()._login(credential, user_agent_env)
        # whatever other add-on has let it in
        if self.browse(auth_info["uid"])._is_service_user():
            raise AccessDenied()
        return auth_info

    def _check_credentials(self, credential, env):
        if self._is_service_user():
            raise AccessDenied()
        return super()._check_credentials(credential, env)

    def action_reset_password(self):
        if any(user._is_service_user() for user in self):
            raise UserError(self.env._("Nobody logs in as the user that a system acts as."))
        return super().action_reset_password()


class ApiKeys(models.Model):
    _inherit = "res.users.apikeys"

    def _check_credentials(self, *, scope, key):
        uid = super()._check_credentials(scope=scope, key=key)
        if uid and self.env["res.users"].browse(uid)._is_service_user():
            return None
        return uid

    def _generate(self, scope, name, expiration_date):
        if self.env.user._is_service_user():
            raise UserError(self.env._("Nobody logs in as the user that a system acts as."))
        return super()._generate(scope, name, expiration_date)
