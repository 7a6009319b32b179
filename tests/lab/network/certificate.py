"""The certificates of a fleet's HTTPS endpoints: an authority that the machines trust, one that they do not know."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)


class Authority:
    """Signs certificates with a key of its own; ``certificate`` is what a machine would hold among its trusted roots."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        signed = self._sign(self._name, self._key.public_key(), ca=True, hosts=(), expired=False)
        self.certificate = folder / f"{name}.pem".replace(" ", "-")
        self.certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    def write_server(self, file: Path, hosts: Iterable[str], *, expired: bool = False) -> None:
        """Write a key and its certificate (mode 0600), which names these hosts; an expired one ended yesterday."""
        hosts = list(hosts)
        key = ec.generate_private_key(ec.SECP256R1())
        signed = self._sign(_name(hosts[0]), key.public_key(), ca=False, hosts=hosts, expired=expired)
        file.touch(mode=0o600)
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + signed.public_bytes(serialization.Encoding.PEM)
        )

    def server_context(self, hosts: Iterable[str], *, expired: bool = False) -> ssl.SSLContext:
        """The TLS settings of a server with such a certificate."""
        file = self._folder / "server.pem"
        self.write_server(file, hosts, expired=expired)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        file.unlink()
        return context

    def _sign(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, ca: bool, hosts: Iterable[str], expired: bool
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 30 * _DAY)
            .not_valid_after(now - _DAY if expired else now + 7 * _DAY)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if names := [_general_name(host) for host in hosts]:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.IPv4Address(host))
    except ValueError:
        return x509.DNSName(host)
