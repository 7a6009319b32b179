# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The border between our filters and Ansible: a wrong input is an error that names the filter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ansible.errors import AnsibleFilterError, AnsibleUndefinedVariable
from jinja2 import Undefined


@contextmanager
def filter_errors(name: str, *inputs: object) -> Iterator[None]:
    """Turn a ValueError into the AnsibleFilterError of the filter ``name``, without its cause, whose text Ansible would repeat.

    An undefined input, which only ansible-core before 2.19 passes to a filter, is the error that what reads a playbook without its
    variables expects, such as ansible-lint.
    """
    if any(isinstance(each, Undefined) for each in inputs):
        raise AnsibleUndefinedVariable(f"wsus.client.{name}: its input is undefined")
    try:
        yield
    except ValueError as error:
        raise AnsibleFilterError(f"wsus.client.{name}: {error}") from None
