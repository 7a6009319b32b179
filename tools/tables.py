"""The page of the findings and the lists of components in the documentation, from what the components declare; what is not confirmed, from its list.

`tools/tables.py` writes the files, `tools/tables.py --check` says which differ and fails.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path

import code_page
import pages
import playbook_pages
import yaml
from ansible_collections.wsus.client.plugins.plugin_utils._components import Context, system
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import (
    COMPONENTS,
    FINDINGS,
    SUBSETS,
    UNREADABLE,
)

TOP = Path(__file__).resolve().parent.parent
WIDTH = 140
GUIDE = "docs/docsite/rst/guide_findings.rst"
_TITLES: Mapping[str, str] = {
    "policy": "Policy",
    "bits": "BITS",
    "agent": "The update agent",
    "update_store": "The update store",
    "client_id": "The client ID",
    "proxy": "The proxies",
    "reachability": "The connection to the server",
}
UNCONFIRMED = TOP / "docs" / "unconfirmed.yml"
_UNCONFIRMED_PAGE = """.. Written by tools/tables from docs/unconfirmed.yml. Do not edit it.

.. _ansible_collections.wsus.client.docsite.guide_unconfirmed:

Not confirmed on a real Windows
===============================

The collection was developed and tested with simulated machines and Wine. Its knowledge of Windows comes from documents, sources and public reports.
This page lists the assumptions that none of these confirm, and the consequence of each if it is wrong.
:ref:`Reports <ansible_collections.wsus.client.docsite.guide_captures>` are welcome.
"""


def guide(_text: str) -> str:
    """The page of the findings, with what an administrator verifies and does."""
    sections = [
        *(
            (_TITLES.get(name, name.replace("_", " ").capitalize()), each.finding_types)
            for name, each in COMPONENTS.items()
            if each.finding_types
        ),
        ("Any component", tuple(UNREADABLE.values())),
    ]
    return pages.findings(sections)


def cases(_text: str) -> str:
    """The page of the case book."""
    return pages.case_book()


def error_codes(_text: str) -> str:
    """The page of the error codes."""
    return code_page.error_codes()


def playbook(name: str) -> Callable[[str], str]:
    """What writes the page of a playbook."""
    return lambda _text: playbook_pages.playbook_page(name)


def unconfirmed(_text: str) -> str:
    """The page with the assumptions that are not confirmed on a real Windows."""
    lines = [_UNCONFIRMED_PAGE]
    for section in yaml.safe_load(UNCONFIRMED.read_text(encoding="utf-8")):
        title = section["title"]
        lines += [title, "-" * len(title), "", ".. list-table::", "   :header-rows: 1", "   :widths: 35 35 30", ""]
        lines += ["   * - assumption", "     - basis", "     - if it is wrong"]
        for entry in section["entries"]:
            lines += [f"   * - {entry['what']}", f"     - {entry['basis']}", f"     - {entry['otherwise']}"]
        lines.append("")
    return "\n".join(lines)


def choices(text: str) -> str:
    """What gather_subset takes, in YAML: the line of choices after the option's name."""
    listed = f"[{', '.join(SUBSETS)}]"
    return re.sub(r"(gather_subset:\n(?:(?!.*_subset:).*\n)*?\s*choices: )\[.*\]", rf"\g<1>{listed}", text, count=1)


def page(text: str) -> str:
    """The page of wsus_facts: what gather_subset takes, and how many programs the first remote execution of an audit has."""
    queries = [
        *system.probe(),
        *(each for one in COMPONENTS.values() for each in one.probe(Context(datetime.now(timezone.utc)))),
    ]
    programs = len({query.command for query in queries}) + 1  # the question for the rights of the user
    text, places = re.subn(r"\b\d+ programs\b", f"{programs} programs", text)
    if places != 1:
        raise SystemExit("plugins/modules/wsus_facts.py has to say once how many programs an audit runs: 'N programs'")
    return choices(text)


def role(text: str) -> str:
    """The lists of the README of the role audit: what can be asked for, the facts, the keys of the report."""
    facts = ", ".join(f"`wsus_{name}`" for name in ("system", *COMPONENTS, "findings", "health", "gathered"))
    leaves = (
        f"- On each host the facts of `wsus.client.wsus_facts` ({facts}), and the whole result as `wsus_audit_result`."
    )
    text = re.sub(r"- On each host the facts of .*?`wsus_audit_result`\.", _wrapped(leaves), text, flags=re.DOTALL)
    text = re.sub(r"(the components to audit: )`\w+`(?:, `\w+`)*", rf"\g<1>{_code(SUBSETS)}", text)
    return re.sub(r"(and )`system`(?:, `\w+`)*( and `findings`)", rf"\g<1>{_code(('system', *COMPONENTS))}\g<2>", text)


def english(_text: str) -> str:
    """The meaning of each finding, as the HTML report shows it; its action is in the report."""
    texts = {kind.id: {"meaning": kind.meaning} for kind in FINDINGS}
    return json.dumps(dict(sorted(texts.items())), indent=2, ensure_ascii=False) + "\n"


FILES: Mapping[str, Callable[[str], str]] = {
    GUIDE: guide,
    "docs/docsite/rst/guide_cases.rst": cases,
    "docs/docsite/rst/guide_error_codes.rst": error_codes,
    "docs/docsite/rst/guide_unconfirmed.rst": unconfirmed,
    "plugins/modules/wsus_facts.py": page,
    "plugins/plugin_utils/_fleet/html/findings_en.json": english,
    "roles/audit/meta/argument_specs.yml": choices,
    "roles/audit/README.md": role,
    # After the argument specs, which they read.
    **{
        f"docs/docsite/rst/playbook_{path.stem}.rst": playbook(path.stem)
        for path in sorted((TOP / "playbooks").glob("*.yml"))
    },
}


def differing() -> Iterator[tuple[Path, str]]:
    """The files that are not what the components declare, with the text that they should have."""
    for name, write in FILES.items():
        path = TOP / name
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if (after := write(before)) != before:
            yield path, after


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def main(arguments: list[str]) -> int:
    """Write the files, or with --check only say which differ."""
    check = arguments == ["--check"]
    stale = False
    # One by one: a page may be made from a file that is written before it.
    for path, text in differing():
        stale = True
        if not check:
            path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(TOP)} {'differs: run tools/tables' if check else 'written'}")
    return int(check and stale)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
