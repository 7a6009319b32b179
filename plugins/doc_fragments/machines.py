# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation that the filters share which select machines."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment wsus.client.machines."""

    DOCUMENTATION = r"""
options:
  _input:
    description:
      - C(hostvars).
    type: raw
    required: true
  names:
    description:
      - The names of the machines to select from.
    type: list
    elements: str
    required: true
"""
