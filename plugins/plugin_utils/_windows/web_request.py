# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PowerShell function of a batch that sends HTTP requests, for Windows versions without curl.exe.

It is the only part of a batch that is not a program: it uses the .NET client of the PowerShell that runs the batch (2.0 and
later, without cmdlets). Its output and exit codes are those of the curl.exe command of this collection, so that both have the
same parser. If the language mode of PowerShell does not allow .NET, it ends with LANGUAGE_MODE and sends no request.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

NAME = "w"
LANGUAGE_MODE = 9010
"""The exit code in Constrained Language Mode; it is not an exit code of curl or of the shell."""

_NAMES: Mapping[str, str] = {
    "base": "b",
    "paths": "l",
    "cab": "z",
    "proxy": "y",
    "other": "h",
    "seconds": "t",
    "each": "e",
    "method": "v",
    "through": "p",
    "url": "u",
    "status": "s",
    "size": "n",
    "code": "c",
    "type": "k",
    "started": "d",
    "response": "a",
    "request": "q",
    "failure": "x",
    "stream": "f",
    "buffer": "o",
    "count": "i",
    "duration": "m",
}
"""The variables, and their short names on the command line."""

_SOURCE = r"""
# GET each of the paths (separated by commas), then, through the other proxy, HEAD and the first four bytes of the cab (a URL).
function w($base, $paths, $cab, $proxy, $other, $seconds) {

    if ('' + $ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
        $global:LASTEXITCODE = LANGUAGE_MODE
        return
    }

    # TLS 1.0 to 1.2, which old .NET versions do not enable by default.
    try {
        [Net.ServicePointManager]::SecurityProtocol = 4032
    } catch {}

    $global:LASTEXITCODE = 0

    foreach ($each in @($paths.Split(',')) + "HEAD $cab" + "PART $cab") {

        $method, $url = $each.Split(' ')
        $through = $other
        if (!$url) {
            $method = 'GET'
            $url = "$base/$each"
            $through = $proxy
        }

        $status = $size = $code = 0
        $type = ''
        $started = [DateTime]::UtcNow
        $response = $null

        $request = [Net.WebRequest]::Create($url)
        $request.Timeout = $request.ReadWriteTimeout = 1000 * $seconds
        $request.AllowAutoRedirect = $false
        $request.KeepAlive = $false
        $request.Proxy = $null

        if ($method -eq 'HEAD') {
            $request.Method = 'HEAD'
        }

        if ($method -eq 'PART') {
            $request.AddRange(0, 3)
        }

        if ($through -ne '-') {
            $request.Proxy = [Net.WebProxy]$through
        }

        try {
            $response = $request.GetResponse()
        } catch {
            $failure = $_.Exception

            while ($failure.InnerException -and $failure -isnot [Net.WebException]) {
                $failure = $failure.InnerException
            }

            $response = $failure.Response

            # Exit codes of curl by WebExceptionStatus: 1 name of the server, 15 of the proxy, 2 connect, 14 timeout, 9 certificate,
            # 10 handshake, 8 and 12 closed without a response; otherwise by the socket error (WSAE numbers) or a failed
            # handshake; all others: connection aborted (56).
            if (!$response) {
                $code = @{1 = 6; 15 = 5; 2 = 7; 14 = 28; 9 = 60; 10 = 35; 8 = 52; 12 = 52}[0 + $failure.Status]

                while (!$code -and $failure) {
                    if ($failure -is [Net.Sockets.SocketException]) {
                        $code = @{10061 = 7; 10065 = 7; 10051 = 7; 10060 = 28; 11001 = 6}[0 + $failure.SocketErrorCode]
                    }

                    if ($failure -is [Security.Authentication.AuthenticationException]) {
                        $code = 60
                    }
                    $failure = $failure.InnerException
                }

                if (!$code) {
                    $code = 56
                }
            }
        }

        if ($response) {
            $status = 0 + $response.StatusCode
            $type = $response.ContentType

            if ($method -eq 'HEAD') {
                "Content-Length: $($response.ContentLength)"
            }

            else {
                try {
                    $stream = $response.GetResponseStream()
                    $buffer = [Array]::CreateInstance([byte], 8192)

                    while (($count = $stream.Read($buffer, 0, 8192)) -gt 0) {
                        if ($method -eq 'PART' -and !$size) {
                            [Text.Encoding]::ASCII.GetString($buffer, 0, [Math]::Min(4, $count))
                        }
                        $size += $count
                    }

                    if ($response.ContentLength -gt $size) {
                        $code = 18
                    }
                } catch {
                    $code = 18
                }
            }

            $response.Close()
        }

        $duration = ([DateTime]::UtcNow - $started).TotalSeconds

        "wsus|$url|$status|0||$size|1|$(0+!(7,28 -contains $code))|1|$duration|$type"

        if ($code) {
            $global:LASTEXITCODE = $code
            return
        }
    }
}
"""


def minify(source: str, names: Mapping[str, str]) -> str:
    """Shorten PowerShell for a command line: rename variables, remove comments and spaces without meaning.

    A blank line becomes a line break, and the lines between two blank lines become one line. Strings are kept, except for
    variables in them. This supports only the source above, not the whole language.
    """
    lines = [line.strip() for line in source.strip().splitlines() if not line.lstrip().startswith("#")]
    paragraphs = "\n".join(lines).split("\n\n")
    return "\n".join(_joined(paragraph.split("\n"), names) for paragraph in paragraphs)


def _joined(lines: list[str], names: Mapping[str, str]) -> str:
    """The statements of a paragraph in one line, separated by semicolons unless a brace separates them."""
    line = ";".join(_without_spaces(line) for line in lines)
    line = re.sub(r"(?<=\{);|;(?=\})", "", line)
    return re.sub(r"\$(\w+)", lambda match: f"${names.get(match[1], match[1])}", line)


def _without_spaces(line: str) -> str:
    """The line without spaces next to punctuation; spaces before an operator such as ``-gt`` and in strings are kept."""
    parts = re.split(r"""('[^']*'|"[^"]*")""", line)
    parts[::2] = (
        re.sub(r" +(?=[{}(),;=+*])|(?<=[{}(),;=+*]) +(?!-[a-z])| (?=- )|(?<=-) (?=\$)", "", part) for part in parts[::2]
    )
    return "".join(parts)


FUNCTION = minify(_SOURCE, _NAMES).replace("LANGUAGE_MODE", str(LANGUAGE_MODE))
"""The definition of ``w BASE PATHS CAB PROXY OTHER SECONDS`` in a batch. CAB is a URL; a proxy is http://HOST:PORT, or - for none."""
