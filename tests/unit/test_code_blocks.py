"""Commands and YAML on pages are ones that Ansible, make and pip take, and name what exists in this collection."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from bench import canned
from support import other_modules, page_checks, yaml_blocks
from support.code_blocks import code_blocks
from support.documentation import COLLECTION

PAGES = [
    COLLECTION / "README.md",
    COLLECTION / "README.ja.md",
    *sorted(COLLECTION.glob("roles/*/README.md")),
    *sorted(COLLECTION.glob("docs/docsite/rst/*.rst")),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(COLLECTION)))
def test_every_code_block_is_right(page: Path) -> None:
    assert page_checks.faults(page) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(COLLECTION)))
def test_no_code_block_is_overlooked(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".md":
        assert len(re.findall(r"^ *(?:```|~~~)", text, re.MULTILINE)) == 2 * len(code_blocks(text))
    else:
        assert text.count("code-block::") == len(code_blocks(text))
        assert (
            re.findall(
                r"^ *\.\. (?:code|highlight|literalinclude|parsed-literal|prompt|sourcecode)::", text, re.MULTILINE
            )
            == []
        )
        assert re.findall(r"^(?! *\.\. ).*::$", text, re.MULTILINE) == []  # begins a block without a language


def plays_and_tasks(*, of_others: bool = False) -> list[Any]:
    """Those that need ansible-core and this collection only, or the others."""
    documents = [document for page in PAGES for document in page_checks.plays_and_tasks(page)]
    return [each for each in documents if bool(other_modules.collections(each) - {"ansible.builtin"}) == of_others]


@pytest.mark.slow
def test_ansible_accepts_every_play_and_task(tmp_path: Path) -> None:
    documents = plays_and_tasks()
    assert {yaml_blocks.kind(each) for each in documents} == {"plays", "tasks"}
    assert yaml_blocks.syntax_faults(tmp_path, documents) == ""


@pytest.mark.slow
def test_every_task_with_a_module_of_ansible_core_has_options_that_it_documents(tmp_path: Path) -> None:
    documents = plays_and_tasks()
    names = {name for name, _arguments in other_modules.uses(documents)}
    assert {"ansible.builtin.debug", "ansible.builtin.import_role"} & names
    assert list(other_modules.faults(documents, other_modules.documented(names, tmp_path))) == []


@pytest.mark.slow
@pytest.mark.skipif(bool(canned.unavailable()), reason=canned.unavailable() or "ansible.windows is there")
def test_ansible_accepts_every_play_with_modules_of_ansible_windows(tmp_path: Path) -> None:
    documents = plays_and_tasks(of_others=True)
    assert other_modules.collections(documents) == {"ansible.builtin", "ansible.windows"}
    assert yaml_blocks.syntax_faults(tmp_path, documents, canned.COLLECTIONS) == ""
    known = other_modules.documented({name for name, _arguments in other_modules.uses(documents)}, canned.COLLECTIONS)
    assert "server_selection" in known["ansible.windows.win_updates"]
    assert list(other_modules.faults(documents, known)) == []


@pytest.mark.slow
def test_tasks_that_their_modules_do_not_document_are_seen(tmp_path: Path) -> None:
    tasks = [
        {"ansible.builtin.debug": {"mgs": "x"}},
        {"ansible.builtin.debug": "msg=x"},
        {"block": [{"ansible.builtin.copy": {"src": "x"}}]},
        {"ansible.builtin.file": {"path": "x", "state": "there"}},
        {"ansible.builtin.meta": "end_host"},
        {"ansible.windows.win_update": None},
        {"wsus.client.wsus_facts": {"subset": "all"}},
    ]
    known = other_modules.documented(
        (f"ansible.builtin.{name}" for name in ("copy", "debug", "file", "meta")), tmp_path
    )
    assert list(other_modules.faults(tasks, known)) == [
        "ansible.builtin.debug: no option mgs",
        "ansible.builtin.debug: takes options, not a text",
        "ansible.builtin.copy: dest is missing",
        "ansible.builtin.file: state=there",
        "ansible.windows.win_update: no such module",
    ]


def test_blocks_are_found_with_their_language_and_line() -> None:
    page = "one\n\n```shell\nmake demo\n```\n\n* two\n\n  .. code-block:: yaml\n     :caption: x\n\n     a: 1\n\n       b\n\nend\n"
    assert [(each.language, each.text, each.line) for each in code_blocks(page)] == [
        ("shell", "make demo\n", 3),
        ("yaml", "a: 1\n\n  b\n", 9),
    ]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("make dmeo", "make: no target dmeo"),
        ("make demo KEPT=1", "make: no variable KEPT"),
        ("git clone https://example.com/wsus.client", "is not to clone https://github.com/wsus-client/wsus.client"),
        ("cd wsus-client", "cd wsus-client: no such folder"),
        ("pip install 'pywinrm[kerberos'", "pip: pywinrm[kerberos: "),
        ("ansible-playbok x.yml", "ansible-playbok: no test knows this program"),
        ("make demo && make dmeo # comment", "make: no target dmeo"),
        ("ansible-playbook wsus.client.adit", "wsus.client.adit: no such playbook"),
        ("ansible-playbook mine.yml", "mine.yml: no such playbook"),
        ("ansible-playbook wsus.client.audit --ask-passwords", "unrecognized arguments: --ask-passwords"),
        ("ansible-playbook wsus.client.audit --forks many", "argument -f/--forks: invalid"),
        ("ansible-playbook wsus.client.audit -e wsus_confrm=true", "wsus.client.audit: wsus_confrm: no such variable"),
        ("ansible-playbook wsus.client.audit -e wsus_serial=5", "wsus.client.audit: wsus_serial: no such variable"),
        ("ansible-playbook wsus.client.audit -e wsus_report_show=problem", "wsus_report_show=problem: is none of all,"),
        ("ansible-playbook wsus.client.audit -e '{\"wsus_event_days\": week}'", "wsus_event_days=week: is no int"),
        ("ansible-playbook wsus.client.repair -e wsus_agent_scan=of", "wsus_agent_scan=of: is no bool"),
        ("ansible-playbook wsus.client.audit -e '{wsus_gather_subset: [bits, store]}'", "wsus_gather_subset="),
        ("ansible-galaxy collection instal wsus.client", "invalid choice: 'instal'"),
        ("ansible-galaxy collection install wsus.client:newest", "Invalid specifier: '==newest'"),
        ("ansible-galaxy collection install git+https://example.com/x.git", "is not the repository"),
        ("ansible-galaxy collection install -r needed.yml", "the page shows no such file"),
        ("ansible-doc wsus.client.wsus_fact", "wsus.client.wsus_fact: no such module"),
        ("ansible-doc -t role wsus.client.bit", "wsus.client.bit: no such role"),
        ("ansible windows -m wsus.client.wsus_fact", "wsus.client.wsus_fact: no such module"),
        ("tools/tabels --check", "tools/tabels: no such tool"),
        (". venv/bin/activate", "is not the environment that tools/bootstrap makes"),
        ("python -m lab start demos", "demos: no such fleet"),
        ("python -m lab sate --out x.json", "lab: python -m lab: error: argument COMMAND: invalid choice: 'sate'"),
        ("python -m bench", "is not the lab"),
    ],
)
def test_a_command_that_is_wrong_is_seen(line: str, fault: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"```shell\n{line}\n```\n", encoding="utf-8")
    (found,) = page_checks.faults(page)
    assert found.startswith("page.md:1: ")
    assert fault in found


@pytest.mark.parametrize(
    "line",
    [
        "make demo KEEP=1 # comment",
        "pip install 'pywinrm[kerberos]>=0.4.3'",
        "sudo apt-get install gcc",
        "ansible-playbook shown.yml -e anything=1",
        "ansible-playbook -i inventory \\\n  wsus.client.repair -e wsus_confirm=true -e wsus_serial=10% -e wsus_repair_roles=policy,bits",
        "ansible-playbook wsus.client.audit -e @variables.yml -e wsus_report_path= -e wsus_retries=0",
        "ansible-playbook wsus.client.audit -e '{\"wsus_gather_subset\": [bits, agent]}'",
        "ansible-galaxy collection install 'wsus.client:>=0.9.0,<2.0.0'",
        "ansible-galaxy collection install -r shown.yml",
        "ansible-doc -t role wsus.client.bits",
        "ansible windows -m wsus.client.wsus_facts",
        "tools/bootstrap && . .venv/bin/activate && export PYTHONPATH=tests",
        "python -m lab start demo --background",
        "python -m lab start shown.yml",
        "python -m lab faults pc-1 drop_at_request=3",
    ],
)
def test_a_command_that_is_right_is_accepted(line: str, tmp_path: Path) -> None:
    page = tmp_path / "page.rst"
    indented = line.replace("\n", "\n   ")
    page.write_text(
        f".. code-block:: yaml\n\n   # shown.yml\n   - hosts: all\n\n.. code-block:: shell\n\n   {indented}\n"
    )
    assert page_checks.faults(page) == []


def test_of_a_console_only_what_is_entered_is_a_command(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ make demo\nmake dmeo\n```\n\n```console\nmake demo\n```\n", encoding="utf-8")
    assert page_checks.faults(page) == ["page.md:6: no command"]


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("x: 1", "is nothing that Ansible reads"),
        ("w: {hosts: {a: }, vars: {ansible_connection: winrn}}", "ansible_connection=winrn: no such plugin"),
        ("w: {hosts: {a: {ansible_psrp_auth: ntlm}}, vars: {ansible_connection: winrm}}", "a: ansible_psrp_auth: "),
        ("w: {vars: {ansible_connection: winrm, ansible_winrm_ca: /x}}", "w: ansible_winrm_ca: the plugin winrm has"),
        ("w: {children: {v: {hosts: {a: }, vras: {}}}}", "v: is no group"),
        ("wsus_report_shown: all", "wsus_report_shown: no such variable"),
        ("wsus_proxy_state: given", "wsus_proxy_state=given: is none of"),
        ("collections: [{name: wsus.client, versions: 1.0.0}]", "collections: unknown key versions"),
        ("machines: [{name: pc, windows: windows-12}]", "windows-12"),
        ("machines: [{name: pc, windows: windows-11-24h2, servces: {}}]", "servces"),
        ("collections: [{name: wsus.client, version: '>=one'}]", "Invalid specifier: '>=one'"),
    ],
)
def test_yaml_that_is_wrong_is_seen(document: str, fault: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"```yaml\n{document}\n```\n", encoding="utf-8")
    found = page_checks.faults(page)
    assert len(found) == 1, found
    assert fault in found[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ([{"hosts": "all", "roles": ["wsus.client.bit"]}], "'wsus.client.bit' was not found"),
        ([{"wsus.client.wsus_fact": {}}], "wsus.client.wsus_fact"),
        ([{"wsus.client.wsus_facts": {}, "wehn": "true"}], "wehn"),
    ],
)
def test_plays_and_tasks_that_are_wrong_are_seen(document: list[object], fault: str, tmp_path: Path) -> None:
    assert fault in yaml_blocks.syntax_faults(tmp_path, [document])


@pytest.mark.parametrize(
    ("language", "text", "fault"),
    [
        ("ini", "[defaults]\nfact_cache = x", "[defaults] fact_cache: no such setting"),
        ("ini", "fact_caching = x", "no section headers"),
        ("jinja", "{{ job.id }", "unexpected '}'"),
        ("json", "{a: 1}", "Expecting property name"),
        ("bat", "regg import x.reg", "regg: no test knows this program"),
        ("bat", 'reg query "HKLM', "a quote is open"),
        ("powershell", "(Get-WsusServer).GetComputerTargets() | Select-Object @{n='x'", "{ is open"),
        ("powershell", "Get-Item ')'))", ") closes nothing"),
        ("powershell", "Get-Item 'C:\\x", "a quote is open"),
        ("python", "import os", "the language is python"),
    ],
)
def test_a_block_of_another_language_that_is_wrong_is_seen(
    language: str, text: str, fault: str, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"```{language}\n{text}\n```\n", encoding="utf-8")
    found = page_checks.faults(page)
    assert len(found) == 1, found
    assert fault in found[0]


def test_a_block_without_a_language_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```\nmake demo\n```\n\n.. code-block::\n\n   make demo\n", encoding="utf-8")
    assert page_checks.faults(page) == ["page.md:1: the language is missing", "page.md:5: the language is missing"]
