"""The options of a task as its action makes them."""

from __future__ import annotations

from typing import Any, TypeVar

from ansible_collections.wsus.client.plugins.plugin_utils._options import Options

OptionsT = TypeVar("OptionsT", bound=Options)


def options(kind: type[OptionsT], **given: Any) -> OptionsT:
    """Options with the defaults of their spec for what is not given."""
    defaults = {name: argument.get("default") for name, argument in kind.SPEC.arguments.items()}
    return kind(**defaults | given)
