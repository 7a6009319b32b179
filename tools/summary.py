"""The end of `make test`: what ran, what was skipped and why, and as the last line the sums over all pytest runs.

`tools/summary.py --closing-line` prints that last line only.
A step that failed without a failing test (a linter, say) counts as one failure.
With WSUS_LAB_STRICT=1 a skipped conformance or integration test is a failure: there the lab has to be complete.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

BUILD = Path(__file__).resolve().parent.parent / "build"
STRICT_SUITES = ("conformance", "integration")


@dataclass(frozen=True)
class Suite:
    """The outcome of one pytest run; ``skipped`` counts the tests per reason."""

    name: str
    passed: int
    failed: int
    skipped: Counter[str]


def read_suite(path: Path) -> Suite:
    """Read a JUnit file as pytest writes it; an error in a fixture is a failure of its test."""
    passed = failed = 0
    skipped: Counter[str] = Counter()
    for case in ElementTree.parse(path).iter("testcase"):
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif skip is not None:
            skipped[skip.get("message", "no reason given").strip()] += 1
        else:
            passed += 1
    return Suite(path.stem, passed, failed, skipped)


def main() -> int:
    """Print the summary; 0 when everything that ran is well."""
    suites = [read_suite(path) for path in sorted(BUILD.glob("junit/*.xml"))]
    failed_step = BUILD / "test" / "failed"
    step = failed_step.read_text().strip() if failed_step.exists() else ""
    strict = os.environ.get("WSUS_LAB_STRICT") == "1"
    forbidden = sum(suite.skipped.total() for suite in suites if strict and suite.name.startswith(STRICT_SUITES))

    passed = sum(suite.passed for suite in suites)
    failed = sum(suite.failed for suite in suites) + forbidden
    skipped = sum(suite.skipped.total() for suite in suites) - forbidden
    if step and not failed:
        failed = 1
    closing = f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")

    closing_only = "--closing-line" in sys.argv
    if not closing_only:
        for suite in suites:
            print(f"{suite.name}: {suite.passed} passed, {suite.failed} failed, {suite.skipped.total()} skipped")
        for suite in suites:
            for reason, count in suite.skipped.items():
                print(f"skipped: {suite.name}: {count} tests: {reason}")
        log = BUILD / "test" / "skipped"
        for line in sorted(set(log.read_text().splitlines())) if log.exists() else []:
            print(f"skipped: {line}")
        if forbidden:
            print(f"FAILED: {forbidden} tests of the lab were skipped, which WSUS_LAB_STRICT=1 forbids")
        if step:
            print(f"FAILED: {step}")
    if suites or failed or closing_only:
        print(closing)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
