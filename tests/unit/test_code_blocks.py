"""Commands and YAML on pages are ones that Ansible, make and pip take, and name what exists in this collection."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import page_checks, yaml_blocks
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


@pytest.mark.slow
def test_ansible_accepts_every_play_and_task(tmp_path: Path) -> None:
    documents = [document for page in PAGES for document in page_checks.plays_and_tasks(page)]
    assert {yaml_blocks.kind(each) for each in documents} == {"plays", "tasks"}
    assert yaml_blocks.syntax_faults(tmp_path, documents) == ""


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


def test_a_block_without_a_language_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```\nmake demo\n```\n", encoding="utf-8")
    assert page_checks.faults(page) == ["page.md:1: the language is missing"]
