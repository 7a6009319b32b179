"""Logon and message encryption, over HTTP and HTTPS."""

from __future__ import annotations

import base64
import contextlib
import http.client
import stat
from pathlib import Path

import pytest
import requests
from lab.machine import Execution, User
from lab.serve import Lab
from lab.winrm.listener import CERTIFICATE_PROFILE
from pypsrp.shell import Process, WinRS
from pypsrp.wsman import WSMan
from requests_ntlm import HttpNtlmAuth
from unit.lab.winrm_fakes import PASSWORD, FakeMachine, connect, run
from winrm.exceptions import InvalidCredentialsError

pytestmark = pytest.mark.slow

WAYS = [(transport, scheme) for transport in ("basic", "ntlm") for scheme in ("http", "https")]


@pytest.mark.parametrize(("transport", "scheme"), WAYS)
@pytest.mark.parametrize(
    "user", ["Administrator", "ADMINISTRATOR", r"CORP\administrator", r".\Administrator", "administrator@corp.example"]
)
def test_names_of_an_account(transport: str, scheme: str, user: str) -> None:
    with Lab([FakeMachine(answers={"x": Execution(b"ok")})]) as lab:
        assert run(connect(lab, transport=transport, scheme=scheme, user=user), "x") == (b"ok", b"", 0)
        assert lab.requests["PC1"].total() == 5


@pytest.mark.parametrize(("transport", "scheme"), WAYS)
@pytest.mark.parametrize(
    ("user", "password"), [("Administrator", "wrong"), ("nobody", PASSWORD), ("Administrator", PASSWORD.upper())]
)
def test_wrong_credentials(transport: str, scheme: str, user: str, password: str) -> None:
    machine = FakeMachine()
    with Lab([machine]) as lab:
        with pytest.raises(InvalidCredentialsError):
            run(connect(lab, transport=transport, scheme=scheme, user=user, password=password), "x")
        assert lab.requests["PC1"].total() == 0
    assert machine.log == []


@pytest.mark.parametrize("transport", ["basic", "ntlm"])
def test_each_machine_has_its_own_accounts(transport: str) -> None:
    machines = [FakeMachine(name, {"x": Execution(b"ok")}, users=[User("Administrator", name)]) for name in ("A", "B")]
    with Lab(machines) as lab:
        assert run(connect(lab, "B", transport=transport, password="B"), "x")[0] == b"ok"
        with pytest.raises(InvalidCredentialsError):
            run(connect(lab, "B", transport=transport, password="A"), "x")


@pytest.mark.parametrize(("principal", "accepted"), [("ADMINISTRATOR@localhost", True), ("stranger@localhost", False)])
def test_the_principal_name_of_a_certificate_is_the_account(principal: str, accepted: bool) -> None:
    profile = {"Authorization": CERTIFICATE_PROFILE}
    with Lab([FakeMachine()]) as lab:
        url = f"https://{lab.host}:{lab.https_port}/wsman/PC1"
        certificate, key = map(str, lab.server.client_certificate(principal))
        shown = requests.post(url, headers=profile, cert=(certificate, key), verify=str(lab.certificate), timeout=20)
        assert shown.status_code == (200 if accepted else 401)
        without = requests.post(url, headers=profile, verify=str(lab.certificate), timeout=20)
        assert without.status_code == 401


def test_a_certificate_of_another_authority_is_refused() -> None:
    with Lab([FakeMachine()]) as lab, Lab([FakeMachine()]) as other:
        pair = tuple(map(str, other.server.client_certificate("Administrator@localhost")))
        url = f"https://{lab.host}:{lab.https_port}/wsman/PC1"
        with pytest.raises(requests.ConnectionError):
            requests.post(
                url, headers={"Authorization": CERTIFICATE_PROFILE}, cert=pair, verify=str(lab.certificate), timeout=20
            )  # type: ignore[arg-type]


def test_ntlm_over_http_sends_nothing_in_clear() -> None:
    with Lab([FakeMachine(answers={"secret-command": Execution(b"secret-output", b"", 1)})]) as lab:
        client = connect(lab, transport="ntlm", encryption="always")
        wire: list[bytes] = []
        send = client.transport._send_message_request

        def tapped(session: requests.Session, request: requests.PreparedRequest) -> requests.Response:
            response: requests.Response = send(session, request)
            wire.extend((request.body or b"", response.content))
            return response

        client.transport._send_message_request = tapped
        assert run(client, "secret-command") == (b"secret-output", b"", 1)
    assert len(wire) == 12
    everything = b"".join(wire)
    assert b"secret-command" not in everything
    assert base64.b64encode(b"secret-output") not in everything
    assert b"<s:Envelope" not in everything


@pytest.mark.parametrize("auth", ["basic", "ntlm", "negotiate"])
@pytest.mark.parametrize("ssl", [False, True])
def test_another_client_pypsrp(auth: str, ssl: bool) -> None:
    """Its ``negotiate`` wraps the tokens in SPNEGO, which requests_ntlm does not."""
    users = [User("Administrator", "plain")]
    with Lab([FakeMachine(answers={"who am I": Execution(b"out" * 50_000, b"err", 4)}, users=users)]) as lab:
        wsman = WSMan(
            lab.host,
            port=lab.https_port if ssl else lab.http_port,
            path="wsman/PC1",
            ssl=ssl,
            cert_validation=False,
            no_proxy=True,
            username="Administrator",
            password="plain",
            auth=auth,
            encryption="never" if auth == "basic" else "auto",
        )
        with wsman, WinRS(wsman) as shell:
            process = Process(shell, "who", ["am", "I"])
            process.invoke()
            process.signal("http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/terminate")
        assert (process.stdout, process.stderr, process.rc) == (b"out" * 50_000, b"err", 4)


def test_a_logon_is_bound_to_its_connection_and_its_machine() -> None:
    with Lab([FakeMachine("A"), FakeMachine("B")]) as lab, requests.Session() as session:
        session.trust_env = False
        address = f"http://{lab.host}:{lab.http_port}/wsman"
        assert session.post(f"{address}/A", auth=HttpNtlmAuth("Administrator", PASSWORD)).status_code == 200
        assert session.post(f"{address}/A").status_code == 200
        assert requests.post(f"{address}/A").status_code == 401
        assert session.post(f"{address}/B").status_code == 401
        assert session.post(f"{address}/A").status_code == 401


def test_a_message_sealed_for_another_connection_is_refused() -> None:
    with Lab([FakeMachine()]) as lab:
        client = connect(lab, transport="ntlm")
        client.open_shell()
        session = client.transport.session
        sealed = client.transport.encryption.prepare_encrypted_request(session, client.transport.endpoint, b"<a/>")
        other = requests.post(
            client.transport.endpoint,
            data=sealed.body,
            headers=dict(sealed.headers),
            auth=HttpNtlmAuth("Administrator", PASSWORD),
        )
        assert other.status_code == 400


def ask(lab: Lab, method: str, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(lab.host, lab.http_port, timeout=5)
    with contextlib.closing(connection):
        connection.putrequest(method, path)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        with connection.getresponse() as response:
            response.read()
        return response


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", "/wsman/PC1", {"Content-Length": "0"}, 401),
        ("POST", "/wsman/PC1", {"Content-Length": "0", "Authorization": "Basic ?"}, 401),
        ("POST", "/wsman/PC1", {"Content-Length": "0", "Authorization": "Negotiate ?"}, 401),
        ("POST", "/wsman/PC1", {"Content-Length": "0", "Authorization": "Negotiate TlRMTVNTUAADAAAA"}, 401),
        ("POST", "/wsman/PC1", {"Content-Length": "0", "Authorization": "Negotiate YAAA"}, 401),
        ("POST", "/wsman/PC1", {}, 411),
        ("POST", "/wsman/PC1", {"Content-Length": "600000"}, 413),
        ("POST", "/wsman/PC2", {"Content-Length": "0"}, 404),
        ("POST", "/other/PC1", {"Content-Length": "0"}, 404),
        ("GET", "/wsman/PC1", {}, 501),
    ],
)
def test_http_refusals(method: str, path: str, headers: dict[str, str], status: int) -> None:
    with Lab([FakeMachine()]) as lab:
        response = ask(lab, method, path, headers)
        assert response.status == status
        if status == 401:
            assert response.headers.get_all("WWW-Authenticate") == ["Negotiate", 'Basic realm="WSMAN"']


def test_the_certificate_can_be_verified_and_its_key_is_private() -> None:
    with Lab([FakeMachine()]) as lab:
        address = f"https://{lab.host}:{lab.https_port}/wsman/PC1"
        credentials = ("Administrator", PASSWORD.encode())
        assert requests.post(address, auth=credentials, verify=str(lab.certificate)).status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            requests.post(address, auth=credentials)
        key = Path(lab.certificate).with_name("key.pem")
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert not key.exists()
