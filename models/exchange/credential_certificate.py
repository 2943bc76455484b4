"""Credentials that are a client certificate, which the reverse proxy has verified and this add-on pins."""

from datetime import timezone

from odoo import fields, models
from odoo.exceptions import UserError

from ...core.auth import mutual_tls
from ...core.errors import PermanentError


class CertificateCredential(models.Model):
    _inherit = "interop.credential"

    certificate = fields.Text(
        copy=False,
        help="The public part only (PEM). It is pinned: another one is another credential.",
    )
    subject = fields.Char(
        readonly=True, copy=False, help="Whom the certificate names; nothing follows from it."
    )

    def _issue_mutual_tls(self):
        """Nothing is made and nothing shown: the key stays with the sender. It ends when its certificate does."""
        try:
            found = mutual_tls.read(self.certificate or "")
        except PermanentError as error:
            raise UserError(
                self.env._(
                    "This is no certificate. Paste the text from BEGIN CERTIFICATE to END CERTIFICATE."
                )
            ) from error
        ends_at = found.ends_at.astimezone(timezone.utc).replace(tzinfo=None)
        if ends_at <= fields.Datetime.now():
            raise UserError(self.env._("The certificate has expired on %s.", ends_at.date()))
        # fingerprints are nobody's to write by hand; whoever may issue a credential gets them written
        self.sudo().write(
            {
                "prefix": mutual_tls.spaced(found.fingerprint),
                "key_hash": found.fingerprint,
                "subject": found.subject,
                "expires_at": min(ends_at, self.expires_at or ends_at),
            }
        )
        return ""
