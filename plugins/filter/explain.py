# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter explain: what an error code of Windows Update or BITS means, why it occurs and who can fix it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast, get_args

from ansible.errors import AnsibleFilterError

from ..plugin_utils import _error_codes

_NAME = "wsus.client.explain"


def explain(code: object, context: object = "") -> dict[str, Any]:
    """The explanation of a code, in any of the accepted formats, in a context. Raises AnsibleFilterError if invalid."""
    contexts = get_args(_error_codes.CodeContext)
    if context not in contexts:
        known = ", ".join(repr(each) for each in contexts)
        raise AnsibleFilterError(f"{_NAME}: {context!r} is not a context; the contexts are {known}")
    try:
        number = _error_codes.parse(code)
    except ValueError as error:
        message = f"{_NAME}: {code!r} is not an error code: {error}. Accepted: {_error_codes.ACCEPTED}"
        raise AnsibleFilterError(message) from None  # Ansible would repeat the text of the cause
    explanation = _error_codes.explain(number, cast(_error_codes.CodeContext, context))
    return {**explanation.as_fact(), "context": explanation.context}


class FilterModule:
    """The entry point for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"explain": explain}
