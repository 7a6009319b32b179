"""The labels of ansible-core's documentation that pages of plugins refer to, as an inventory of Sphinx.

`tools/ansible_labels.py FILE` writes it. The places are not looked up: a label and its page keep their names from release to release.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Mapping
from pathlib import Path

_HEAD = "# Sphinx inventory version 2\n# Project: Ansible\n# Version:\n# The remainder of this file is compressed using zlib.\n"
_CONNECTIONS = ("psrp", "ssh", "winrm")
LABELS: Mapping[str, str] = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
    **{
        f"ansible_collections.ansible.builtin.{name}_connection": f"collections/ansible/builtin/{name}_connection.html"
        for name in _CONNECTIONS
    },
}
"""The page of each label, below the address of the documentation."""


def inventory(labels: Mapping[str, str]) -> bytes:
    """The file: a head in clear text, and a line for each label."""
    lines = (
        f"{name} std:label -1 {page}#{name.replace('_', '-').replace('.', '-')} {name}\n"
        for name, page in sorted(labels.items())
    )
    return _HEAD.encode() + zlib.compress("".join(lines).encode())


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(inventory(LABELS))
