"""A web server and a proxy from Debian on loopback, with a configuration of their own: nginx and tinyproxy."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lab.network.certificate import Authority
from lab.network.content import resources

HOST = "127.0.0.1"
_READY_WITHIN = 15.0
_NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
events {{ worker_connections 64; }}
http {{
    access_log off; default_type application/octet-stream;
    types {{ application/vnd.ms-cab-compressed cab; text/html asmx html; text/xml xml; }}
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen {host}:{port}; listen {host}:{tls_port} ssl;
        ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.pem;
        root {folder}/site;
    }}
}}
"""


class ServerMissing(Exception):
    """This computer does not have the program; the message names its Debian package."""


def program(name: str, package: str) -> str:
    """The path of a program, also where only root has its folder on the PATH.

    :raises ServerMissing: it is not installed
    """
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")
    if found is None:
        raise ServerMissing(f"no {name} (Debian package {package})")
    return found


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def nginx(folder: Path, authority: Authority) -> Iterator[tuple[int, int]]:
    """nginx with the files of a WSUS server of today, on an HTTP and an HTTPS port."""
    path = program("nginx", "nginx")
    for name, resource in resources("2012").items():
        file = folder / "site" / name.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(resource.body)
    (folder / "site" / "content").mkdir()
    authority.write_server(folder / "server.pem", ["wsus.example.test", HOST])
    port, tls_port = free_port(), free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(_NGINX.format(folder=folder, host=HOST, port=port, tls_port=tls_port), encoding="utf-8")
    with _running([path, "-c", str(configuration), "-e", str(folder / "error.log")], folder, port):
        yield port, tls_port


@contextmanager
def tinyproxy(folder: Path, options: Mapping[str, str] | None = None) -> Iterator[int]:
    """tinyproxy on a port, with further lines of its configuration."""
    path = program("tinyproxy", "tinyproxy-bin")
    port = free_port()
    lines = {"Port": str(port), "Listen": HOST, "Timeout": "20", "Allow": HOST, "LogFile": f'"{folder}/tinyproxy.log"'}
    configuration = folder / "tinyproxy.conf"
    configuration.write_text(
        "".join(f"{name} {value}\n" for name, value in (lines | dict(options or {})).items()), encoding="utf-8"
    )
    with _running([path, "-d", "-c", str(configuration)], folder, port):
        yield port


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    with (folder / "output.log").open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder)
    try:
        deadline = time.monotonic() + _READY_WITHIN
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start: {(folder / 'output.log').read_text(errors='replace')}")
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(_READY_WITHIN)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
