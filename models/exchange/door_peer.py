"""Whom the door believes, from the server's configuration: see ``core.peer``.

In ``[healthcare_interop]`` of Odoo's configuration file: ``trusted_proxies`` (addresses and networks),
``client_certificate_header``, ``client_verify_header``, ``client_verify_value`` (SUCCESS), and ``allow_http`` for
development, where no network is crossed. A database can't change them.
"""

import functools
import logging

from odoo import models, tools

from ...core import peer

_logger = logging.getLogger(__name__)
OPTIONS = (
    "trusted_proxies",
    "client_certificate_header",
    "client_verify_header",
    "client_verify_value",
)


@functools.lru_cache(maxsize=8)
def _trust(proxies, certificate_header, verify_header, verified, is_proxy_mode, allows_http):
    networks, bad = peer.networks(proxies)
    if bad:
        _logger.warning("trusted_proxies: %s is no address; it is not trusted.", ", ".join(bad))
    return peer.Trust(
        proxies=networks,
        is_proxy_mode=is_proxy_mode,
        allows_http=allows_http,
        certificate_header=certificate_header.lower(),
        verify_header=verify_header.lower(),
        verified=verified or peer.VERIFIED,
    )


class DoorPeer(models.AbstractModel):
    _inherit = "interop.door"

    def _trust(self):
        settings = self.env["interop.settings"]
        return _trust(
            *map(settings._option, OPTIONS),
            bool(tools.config["proxy_mode"]),
            settings._is_on("allow_http"),
        )

    def _is_private_way(self, knock):
        return peer.is_private_way(self._trust(), knock.peer, knock.headers)

    def _certificate(self, knock):
        return peer.certificate(self._trust(), knock.peer, knock.headers)
