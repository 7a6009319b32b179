"""The part of curl's command line that the lab lets through to the real curl, and what curl 7.55.1 does not have of it.

Everything else (uploads, configuration files, other protocols and resolvers) is refused by the lab: it could leave loopback or read
this computer's files. Versions from curl's own list, docs/options-in-versions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..errors import NotImplementedInLab

FLAGS = frozenset(
    """anyauth basic buffer compressed digest fail fail-early fail-with-body get globoff head http0.9 http1.0 http1.1 include insecure
    ipv4 ipv6 junk-session-cookies keepalive location negotiate no-progress-meter ntlm parallel path-as-is progress-bar
    progress-meter proxy-anyauth proxy-basic proxy-digest proxy-negotiate proxy-ntlm proxytunnel raw retry-all-errors
    retry-connrefused show-error show-headers silent ssl-allow-beast ssl-no-revoke ssl-revoke-best-effort styled-output
    suppress-connect-headers tcp-nodelay tls-earlydata tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding verbose""".split()
)
VALUES = frozenset(
    """ciphers connect-timeout dump-header expect100-timeout header keepalive-time limit-rate max-filesize max-redirs max-time noproxy
    output proxy proxy-header proxy-user proxy1.0 range referer request request-target retry retry-delay retry-max-time speed-limit
    speed-time stderr time-cond tls-max url user user-agent write-out""".split()
)
SHORT = {
    "0": "http1.0", "1": "tlsv1", "4": "ipv4", "6": "ipv6", "#": "progress-bar", "A": "user-agent", "D": "dump-header", "G": "get",
    "H": "header", "I": "head", "L": "location", "N": "no-buffer", "S": "show-error", "U": "proxy-user", "X": "request", "Y": "speed-limit",
    "Z": "parallel", "e": "referer", "f": "fail", "g": "globoff", "i": "include", "k": "insecure", "m": "max-time", "o": "output",
    "p": "proxytunnel", "r": "range", "s": "silent", "u": "user", "v": "verbose", "w": "write-out", "x": "proxy", "y": "speed-time",
    "z": "time-cond",
}  # fmt: skip
FILES = ("output", "dump-header", "stderr")

NEWER = frozenset(
    """alt-svc aws-sigv4 ca-native compressed-ssh create-file-mode curves disallow-username-in-url doh-cert-status doh-insecure doh-url
    dump-ca-embed ech etag-compare etag-save fail-with-body form-escape happy-eyeballs-timeout-ms haproxy-protocol haproxy-clientip
    hostpubsha256 hsts http0.9 http3 http3-only ip-tos ipfs-gateway json keepalive-cnt mail-rcpt-allowfails mptcp no-clobber
    no-progress-meter progress-meter output-dir parallel parallel-immediate parallel-max proxy-ca-native proxy-http2 proxy-pinnedpubkey
    proxy-ssl-auto-client-cert proxy-tls13-ciphers rate remove-on-error request-mode retry-all-errors sasl-authzid show-headers
    skip-existing ssl-auto-client-cert ssl-revoke-best-effort ssl-sessions styled-output tls-earlydata tls13-ciphers trace-config
    trace-ids url-query variable vlan-priority""".split()
)
"""Long options that came after 7.55.1."""

VARIABLES_7_55 = frozenset(
    """content_type filename_effective ftp_entry_path http_code http_connect http_version local_ip local_port num_connects
    num_redirects proxy_ssl_verify_result redirect_url remote_ip remote_port response_code scheme size_download size_header
    size_request size_upload speed_download speed_upload ssl_verify_result time_appconnect time_connect time_namelookup
    time_pretransfer time_redirect time_starttransfer time_total url_effective""".split()
)
"""The --write-out variables of curl 7.55.1 (src/tool_writeout.c)."""

_VARIABLE = re.compile(r"%%|%\{([^}]*)\}|%(header|output)\{")


class UnknownOption(Exception):
    """curl does not have the option; the argument is how it was written."""


@dataclass
class Section:
    """The options and URLs up to a ``--next``; a token is an option's long name (empty for a URL), its words and its value."""

    tokens: list[tuple[str, list[str], str]] = field(default_factory=list)

    @property
    def urls(self) -> list[str]:
        """The URLs, however they were given."""
        return [value for name, _words, value in self.tokens if name in ("", "url")]

    def values(self, *names: str) -> list[str]:
        """The values of options, in order."""
        return [value for name, _words, value in self.tokens if name in names]

    def has(self, name: str) -> bool:
        """Whether an option is given."""
        return any(each == name for each, _words, _value in self.tokens)


def read_arguments(arguments: Sequence[str], *, old: bool) -> list[Section]:
    """The sections of a command line; ``old`` means that of 7.55.1.

    :raises UnknownOption: 7.55.1 does not know an option
    :raises NotImplementedInLab: an option that the lab does not let through
    """
    sections = [Section()]
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word in ("--next", "-:"):
            sections.append(Section())
        elif word in ("-q", "--disable") or word == "--":
            continue
        elif word.startswith("--"):
            _long(word, rest, sections[-1], old)
        elif word.startswith("-") and len(word) > 1:
            _short(word, rest, sections[-1], old)
        else:
            sections[-1].tokens.append(("", [word], word))
    return sections


def _long(word: str, rest: list[str], section: Section, old: bool) -> None:
    name = word[2:]
    if old and name in NEWER:
        raise UnknownOption(word)
    if name in VALUES:
        section.tokens.append((name, [word], _value(word, rest)))
    elif name in FLAGS or name.removeprefix("no-") in FLAGS:
        section.tokens.append((name, [word], ""))
    else:
        raise NotImplementedInLab(f"the lab lets no option {word} through")


def _short(word: str, rest: list[str], section: Section, old: bool) -> None:
    for position, letter in enumerate(word[1:], 1):
        name = SHORT.get(letter)
        if name is None:
            raise NotImplementedInLab(f"the lab lets no option -{letter} through")
        if old and name in NEWER:
            raise UnknownOption(word)
        if name in VALUES:
            section.tokens.append((name, [f"-{letter}"], word[position + 1 :] or _value(word, rest)))
            return
        section.tokens.append((name, [f"-{letter}"], ""))


def _value(word: str, rest: list[str]) -> str:
    if not rest:
        raise NotImplementedInLab(f"{word} without a value")
    return rest.pop(0)


def write_out_of_7_55(text: str) -> tuple[str, list[str]]:
    """A --write-out text as 7.55.1 takes it, and the variables in it that it does not know: they print nothing.

    What later became ``%header{...}`` and ``%output{...}`` is plain text to it.
    """
    unknown: list[str] = []

    def replace(match: re.Match[str]) -> str:
        if match[2]:
            return f"%{match[0]}"
        if match[1] is None or match[1] in VARIABLES_7_55:
            return match[0]
        unknown.append(match[1])
        return ""

    return _VARIABLE.sub(replace, text), unknown
