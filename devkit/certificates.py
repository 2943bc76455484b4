"""Certificates for trials of TLS on this machine: an authority, a server, clients, and one that nobody knows."""

import datetime as dt
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def issue(folder):
    """PEM files: an authority, two servers for 127.0.0.1, two clients, and a client of an authority that nobody knows."""
    known, strange = _authority("known"), _authority("strange")
    _write(folder / "ca.pem", known[0])
    _write(folder / "server.pem", *_issued(known, "server"))
    _write(folder / "server2.pem", *_issued(known, "server2"))
    _write(folder / "client.pem", *_issued(known, "client"))
    _write(folder / "client2.pem", *_issued(known, "client2"))
    _write(folder / "stranger.pem", *_issued(strange, "stranger"))
    return folder


def _authority(name):
    key = ec.generate_private_key(ec.SECP256R1())
    return _certificate(name, key, name, key, is_ca=True), key


def _issued(authority, name):
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority[0].subject.rfc4514_string().removeprefix("CN=")
    return _certificate(name, key, issuer, authority[1], is_ca=False), key


def _certificate(name, key, issuer, issuer_key, *, is_ca):
    def named(text):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    now = dt.datetime.now(dt.timezone.utc)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(is_ca, None), critical=True)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _write(file, certificate, key=None):
    data = certificate.public_bytes(serialization.Encoding.PEM)
    if key is not None:
        data += key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    file.write_bytes(data)
    file.chmod(0o600)
