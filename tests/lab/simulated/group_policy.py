"""Group policy of a simulated machine: which objects it sees, and what a refresh makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from ..fleet_policy import LOCAL, ObjectSpec, PolicySpec
from .policy_state import PolicyState, PolicyTimes

if TYPE_CHECKING:
    from .machine import SimulatedMachine

CHANNEL = "System"
PROVIDER = "Microsoft-Windows-GroupPolicy"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEFAULT_OBJECTS = Path(__file__).parent / "windows" / "policy.yml"

_NO_CHANGES, _CHANGES, _NO_NETWORK = 1500, 1502, 1129
_ERROR_NO_NETWORK = 1222


class GroupPolicy:
    """The group policy client of a machine.

    A processing needs a domain controller, unless the machine is a member of a workgroup. The registry extension runs where
    objects with settings are, and one has come or the refresh is forced: only then are settings written, so what someone else
    changed in the registry stays until then.
    """

    def __init__(self, machine: SimulatedMachine, domain: str | None, spec: PolicySpec) -> None:
        self._machine = machine
        self.domain = domain
        self.reachable, self.takes, self.asks = spec.reachable, spec.takes, spec.asks
        listed = default_objects() if spec.objects is None and domain else spec.objects or ()
        local = ObjectSpec(machine.text.gpupdate["local"], LOCAL)
        objects = listed if any(each.id == LOCAL for each in listed) else (local, *listed)
        self._objects = list(objects)
        self._processing = False
        self._state = PolicyState(machine, domain)

    @property
    def controller(self) -> str:
        """The domain controller that answers, as events name it; none for a member of a workgroup."""
        return f"\\\\dc1.{self.domain}" if self.domain else ""

    def process_past(self, age: float | None) -> None:
        """Write what a processing that many seconds ago has left; None where there never was one."""
        if age is None:
            return
        ended = self._machine.now() - age
        self._state.write(self._seen(), PolicyTimes(ended - self.takes, ended), extension=self._has_settings())

    def refresh(self, *, force: bool) -> None:
        """Begin a processing that ends ``takes`` seconds later; one that is under way already is not doubled."""
        if not self._processing:
            self._processing = True
            self._machine.schedule.after(self.takes, partial(self.process, force=force))

    def restarted(self) -> None:
        """Windows starts again: a processing that was under way never ends."""
        self._processing = False

    def process(self, *, force: bool) -> bool:
        """Process group policy now; False where no domain controller answers, and an event says so."""
        self._processing = False
        milliseconds = str(round(self.takes * 1000))
        data = [("SupportInfo1", "1"), ("SupportInfo2", "4102"), ("ProcessingMode", "0")]
        data.append(("ProcessingTimeInMilliseconds", milliseconds))
        if self.domain and not self.reachable:
            data += [
                ("ErrorCode", str(_ERROR_NO_NETWORK)),
                ("ErrorDescription", self._machine.text.error(_ERROR_NO_NETWORK)),
            ]
            self._machine.events.write(CHANNEL, PROVIDER, _NO_NETWORK, data)
            return False
        came = any(each.state == "waiting" for each in self._objects) or not self._state.exists()
        self._objects = [replace(each, state="applied") if each.state == "waiting" else each for each in self._objects]
        now = self._machine.now()
        self._state.write(
            self._seen(), PolicyTimes(now - self.takes, now), extension=(came or force) and self._has_settings()
        )
        data.append(("DCName", self.controller))
        if came or force:
            applied = sum(1 for each in self._objects if each.state == "applied" and each.settings)
            data.append(("NumberOfGroupPolicyObjects", str(applied)))
        self._machine.events.write(CHANNEL, PROVIDER, _CHANGES if came or force else _NO_CHANGES, data)
        return True

    def _has_settings(self) -> bool:
        """Whether the registry extension has anything to do."""
        return any(each.settings for each in self._objects if each.state == "applied")

    def _seen(self) -> list[ObjectSpec]:
        """The objects that the last processing saw, the weakest first."""
        return [each for each in self._objects if each.state != "waiting"]


@lru_cache(maxsize=1)
def default_objects() -> tuple[ObjectSpec, ...]:
    """The objects of a domain machine that lists none."""
    data: Mapping[str, Any] = yaml.load(_DEFAULT_OBJECTS.read_text(encoding="utf-8"), Loader=_LOADER)
    return tuple(ObjectSpec(**each) for each in data["objects"])
