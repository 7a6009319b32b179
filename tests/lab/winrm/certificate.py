"""The throw-away certificates of the lab: of its HTTPS listener, and of users who log on with one."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

UPN = ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
"""The kind of subject alternative name that holds a user principal name (Microsoft KB 287547)."""
_UTF8_STRING = 0x0C


def make_certificate(folder: Path) -> Path:
    """Write a self-signed certificate for 127.0.0.1 and localhost, valid for a week, with its key (mode 0600)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    hosts = [x509.IPAddress(ipaddress.IPv4Address("127.0.0.1")), x509.DNSName("localhost")]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_key(key, folder / "key.pem")
    certificate_file = folder / "certificate.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate_file


def make_client_certificate(authority: Path, principal: str, folder: Path) -> tuple[Path, Path]:
    """Write a certificate for the user principal name ``principal`` and its key; return both files.

    ``authority`` is the certificate of `make_certificate`, which signs it. The form is the one that WinRM maps to a local
    account: client authentication, and the principal name as a subject alternative name.
    """
    signer = x509.load_pem_x509_certificate(authority.read_bytes())
    signer_key = serialization.load_pem_private_key(authority.with_name("key.pem").read_bytes(), None)
    assert isinstance(signer_key, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    text = principal.encode()
    if len(text) > 127:
        raise ValueError(f"the name {principal!r} is too long for the short form of a DER length")
    name = x509.OtherName(UPN, bytes((_UTF8_STRING, len(text))) + text)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, principal.partition("@")[0])]))
        .issuer_name(signer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(signer.not_valid_before_utc)
        .not_valid_after(signer.not_valid_after_utc)
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(signer_key, hashes.SHA256())
    )
    stem = f"user-{certificate.serial_number:x}"
    certificate_file, key_file = folder / f"{stem}.pem", folder / f"{stem}-key.pem"
    _write_key(key, key_file)
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate_file, key_file


def principal_of(certificate: bytes) -> str:
    """The user principal name in a certificate (DER); ValueError if it has none."""
    try:
        extension = x509.load_der_x509_certificate(certificate).extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
    except x509.ExtensionNotFound as error:
        raise ValueError("the certificate has no subject alternative name") from error
    for name in extension.value.get_values_for_type(x509.OtherName):
        if name.type_id == UPN and name.value[0] == _UTF8_STRING and name.value[1] == len(name.value) - 2:
            return name.value[2:].decode()
    raise ValueError("the certificate has no user principal name")


def server_context(certificate: Path) -> ssl.SSLContext:
    """The TLS settings of a server that shows ``certificate``, and accepts those of users that it signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    context.load_verify_locations(certificate)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def _write_key(key: ec.EllipticCurvePrivateKey, path: Path) -> None:
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
