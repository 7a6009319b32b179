"""Who is asking: Basic, a certificate, and Negotiate with the keys for message encryption (NTLM, Kerberos)."""

from __future__ import annotations

import atexit
import binascii
import os
import struct
import tempfile
import threading
from base64 import b64decode
from functools import lru_cache
from pathlib import Path

import spnego
from spnego._ntlm_raw.crypto import ntowfv1
from spnego.exceptions import SpnegoError

from ..machine import Machine, User
from .certificate import principal_of

_AUTHENTICATE = b"NTLMSSP\x00\x03\x00\x00\x00"
_UNICODE = 0x00000001
DOMAIN_NAME = "lab.test"
"""The domain of every machine, where there is a Kerberos realm (`lab.kerberos`)."""


class LogonRefused(Exception):
    """No such account, wrong password or a token that makes no sense: HTTP status 401."""


def host_name(machine: Machine) -> str:
    """The name of a machine in its service principal ``HTTP/NAME.lab.test``."""
    return f"{machine.name}.{DOMAIN_NAME}".lower()


def find_account(machine: Machine, name: str) -> User:
    r"""The account of that name, written plain, as DOMAIN\name, .\name or name@domain, in any case."""
    plain = name.rpartition("\\")[2].partition("@")[0].casefold()
    for user in machine.users.values():
        if user.name.casefold() == plain:
            return user
    raise LogonRefused(name)


def basic(machine: Machine, credentials: str) -> User:
    """The account that the value of a Basic authorization header names; raises LogonRefused."""
    try:
        raw = b64decode(credentials, validate=True)
    except binascii.Error as error:
        raise LogonRefused("not Base64") from error
    # requests sends Latin-1 where it can; curl and others send UTF-8.
    for encoding in ("utf-8", "latin-1"):
        try:
            name, _separator, password = raw.decode(encoding).partition(":")
        except UnicodeDecodeError:
            continue
        user = find_account(machine, name)
        if user.password == password:
            return user
    raise LogonRefused("wrong password")


def certificate(machine: Machine, shown: bytes | None) -> User:
    """The account that the client's certificate (DER, verified by TLS) names; raises LogonRefused."""
    if not shown:
        raise LogonRefused("no certificate")
    try:
        return find_account(machine, principal_of(shown))
    except ValueError as error:
        raise LogonRefused(str(error)) from error


class _CredentialStore:
    """The file in which pyspnego looks accounts up: its only way in is one file per process, NTLM_USER_FILE.

    Machines of one fleet have accounts of the same name with different passwords, so the file holds just the account
    that is being checked, and only one is checked at a time. It is made at the first use, mode 0600, and removed at exit.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._path = ""

    def step(self, context: spnego.ContextProxy, token: bytes, entry: str = "") -> bytes | None:
        """Hand ``token`` to the security context while the file holds ``entry``."""
        with self._lock:
            if not self._path:
                handle, self._path = tempfile.mkstemp(prefix="lab-ntlm-")
                os.close(handle)
                atexit.register(os.unlink, self._path)
            os.environ["NTLM_USER_FILE"] = self._path
            if not entry:
                return context.step(token)
            Path(self._path).write_text(entry, encoding="utf-8")
            try:
                return context.step(token)
            finally:
                os.truncate(self._path, 0)


_STORE = _CredentialStore()


@lru_cache(maxsize=1024)
def _nt_hash(password: str) -> str:
    return ntowfv1(password).hex()


class Negotiation:
    """The NTLM or Kerberos exchange of one connection, with bare NTLM or SPNEGO tokens; afterwards it seals and unseals messages."""

    def __init__(self, machine: Machine) -> None:
        self.user: User | None = None
        self._machine = machine
        self._context: spnego.ContextProxy | None = None

    def step(self, token: bytes) -> bytes | None:
        """Answer a client's token; ``user`` is set once the exchange is complete. Raises LogonRefused."""
        try:
            if _AUTHENTICATE not in token:
                # A context that had ended is begun anew: the client logs on again over the same connection.
                if self._context is None or self.user:
                    self._begin()
                assert self._context is not None
                answer = _STORE.step(self._context, token)
                if self._context.complete:
                    # Kerberos: one token, and the ticket in it names the user.
                    self.user = find_account(self._machine, self._context.client_principal or "")
                return answer
            if self._context is None or self.user:
                raise LogonRefused("authentication without a challenge")
            domain, name = _names(token)
            account = find_account(self._machine, name)
            qualified = f"{domain}\\{name}" if domain else name
            if set(qualified) & set(":\r\n"):
                raise LogonRefused(qualified)
            entry = f"{qualified}:0:{'0' * 32}:{_nt_hash(account.password)}:[U]:LCT-0\n"
            answer = _STORE.step(self._context, token, entry)
            if not self._context.complete:
                raise LogonRefused("the exchange did not complete")
            self.user = account
            return answer
        except (SpnegoError, ValueError, struct.error, IndexError) as error:
            raise LogonRefused(str(error)) from error

    def _begin(self) -> None:
        self.user = None
        # The ticket must be for this machine: its host name chooses the key in the keytab of KRB5_KTNAME.
        self._context = spnego.server(
            host_name(self._machine), "HTTP", protocol="negotiate", options=spnego.NegotiateOptions.use_negotiate
        )

    def seal(self, message: bytes) -> tuple[bytes, bytes]:
        """Signature and sealed message."""
        assert self._context is not None
        sealed = self._context.wrap_winrm(message)
        return sealed.header, sealed.data

    def unseal(self, signature: bytes, sealed: bytes) -> bytes:
        """The message in clear; raises SpnegoError where it was sealed with another connection's keys."""
        assert self._context is not None
        return self._context.unwrap_winrm(signature, sealed)


def _names(token: bytes) -> tuple[str, str]:
    """Domain and user name of an AUTHENTICATE_MESSAGE (MS-NLMP 2.2.1.3), wherever it lies in the token."""
    message = token[token.index(_AUTHENTICATE) :]
    (flags,) = struct.unpack_from("<I", message, 60)
    encoding = "utf-16-le" if flags & _UNICODE else "cp437"
    found = []
    for position in (28, 36):
        length, _unused, offset = struct.unpack_from("<HHI", message, position)
        found.append(message[offset : offset + length].decode(encoding))
    return found[0], found[1]
