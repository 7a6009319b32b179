"""Runs one command line on a machine of the lab; a program of its own, that needs only the standard library.

``bridge.py SOCKET MACHINE [ARGUMENT...]``: the command line is that of the arguments, or else what the client of sshd sent.
It is sent to the lab over the Unix socket as one line of JSON. The answer is a line of JSON with the exit code and the two
lengths, then both streams.
"""

from __future__ import annotations

import json
import os
import socket
import sys


def main() -> int:
    place, machine, *arguments = sys.argv[1:]
    command_line = " ".join(arguments) if arguments else os.environ.get("SSH_ORIGINAL_COMMAND", "")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(place)
        connection.sendall(json.dumps({"machine": machine, "command_line": command_line}).encode() + b"\n")
        with connection.makefile("rb") as answer:
            head = json.loads(answer.readline() or "null")
            if head is None:
                # The machine dropped the connection: as sshd ends one, without an exit code.
                os.kill(os.getppid(), 9)
                return 255
            sys.stdout.buffer.write(answer.read(head["stdout"]))
            sys.stderr.buffer.write(answer.read(head["stderr"]))
    # Only eight bits of it arrive: this computer is no Windows.
    return int(head["exit_code"]) & 255


if __name__ == "__main__":
    sys.exit(main())
