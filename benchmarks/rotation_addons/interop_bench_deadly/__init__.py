"""Loaded server-wide, never installed: revoking for one reason ends the process between its commit and anything after it."""

import os
import signal

from odoo.addons.healthcare_interop.models.exchange.credential import Credential

DEADLY = "and die"
_revoke = Credential._revoke


def _revoke_and_die(credentials, reason):
    result = _revoke(credentials, reason)
    if reason == DEADLY:
        # before whatever else waits for the commit, and before Odoo tells other workers
        credentials.env.cr.postcommit._funcs.appendleft(
            lambda: os.kill(os.getpid(), signal.SIGKILL)
        )
    return result


Credential._revoke = _revoke_and_die
