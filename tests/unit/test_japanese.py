"""The Japanese pages say what the English ones say, and all Japanese texts use the same terms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from ansible_collections.wsus.client.plugins.plugin_utils._finding import FindingType
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.html import texts
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import FINDINGS

TOP = Path(__file__).parents[2]
DOCSITE = TOP / "docs" / "docsite"
JAPANESE = sorted(DOCSITE.glob("rst/*_ja.rst"))
CATALOGUES = sorted(TOP.glob("plugins/**/*_ja.json"))
FIRST_PAGE = TOP / "README.ja.md"
LABEL = "ansible_collections.wsus.client.docsite."

_CODE = re.compile(r"^\.\. code-block:: (.+)\n((?:\n|    .*\n)+)", re.MULTILINE)
_HEADING = re.compile(r"^(.+)\n(={3,}|-{3,}|~{3,}|\^{3,})$", re.MULTILINE)
_BEGINNING = re.compile(r" *(?:\* - |- |\.\.(?: [\w-]+::.*)?$|:[\w-]+: [\d ]+$|([=~^-])\1\1$)")
_LITERAL = re.compile(r"``(.+?)``", re.DOTALL)
_REFERENCE = re.compile(r":(ref|ansplugin):`(?:[^`<]*<)?([^`>]+)>?`")
_LETTER = r"[\u3005-\u3006\u3041-\u30ff\u4e00-\u9fff]"
_CUT = re.compile(rf"{_LETTER}\n *{_LETTER}")

# A name of Windows or of the collection: it has a capital within, a digit, an underscore, a slash or a point.
_NAME = re.compile(r"(?<![\w.])(?=[\w%.\\/-]*(?:[a-z][A-Z]|[A-Z]{2}|[\d_\\/]|\w\.\w))[\w%\\/-][\w%.\\/-]*\b", re.ASCII)

# What is not written, and what is: the words of Microsoft for Windows, and those of the Ansible documentation for Ansible.
OTHER_TERMS = {
    r"(?:サーバ|ユーザ|コンピュータ|フォルダ|インベントリ|フィルタ|マネージャ)(?![ァ-ヶー])": "with a long vowel at the end",
    r"エントリー|プロキシー|レジストリー|メモリー": "without a long vowel at the end",
    r"マシン|端末": "コンピューター",
    r"(?:グループポリシ|レジストリキ|ドメインコントローラ|エラーコ)ー|イベントログ": "with a space between the words",
    r"アップデート|パッチ": "更新プログラム",
    r"(?<!ドメイン )コントローラー": "コントロールノード",
    r"証拠|所見": "根拠, 検出事項",
    r"Playbook|チェック モード": "プレイブック, チェックモード",
    r"[\uff01-\uff60]": "half-width letters, digits and punctuation",
    r"[A-Za-z0-9)][ぁ-んァ-ヶ一-龠]|[ぁ-んァ-ヶ一-龠][A-Za-z0-9(]": "a space between Japanese and Latin letters",
}


def english_of(path: Path) -> Path:
    return path.with_name(path.name.replace("_ja.rst", ".rst"))


def without_links(text: str) -> str:
    """The page without the paragraph that links the languages."""
    return text.replace(links(text), "", 1)


def title(text: str) -> re.Match[str]:
    found = _HEADING.search(text)
    assert found
    return found


def links(text: str) -> str:
    """The paragraph under the title, which links the languages."""
    return text[title(text).end() :].strip("\n").partition("\n\n")[0]


def code(text: str) -> list[tuple[str, str]]:
    return [(language, block.strip("\n")) for language, block in _CODE.findall(text)]


def shape(text: str) -> list[str]:
    """How the page is built: headings, items, rows and cells, directives with their options, and paragraphs with their indentation."""
    found = []
    before = ""
    for line in _HEADING.sub(lambda match: match[2][0] * 3, _CODE.sub("..\n", text)).split("\n"):
        beginning = _BEGINNING.match(line)
        if beginning:
            found.append(beginning[0])
        elif line.strip() and not before.strip():
            found.append(line[: len(line) - len(line.lstrip())])
        before = line
    return found


def sections(text: str) -> list[str]:
    return _HEADING.sub("\0", _CODE.sub("", text)).split("\0")


def literals(section: str) -> set[str]:
    return {" ".join(each.split()) for each in _LITERAL.findall(section)}


def references(section: str) -> list[tuple[str, str]]:
    """The targets, those of Japanese pages as those of the English ones."""
    return sorted((role, target.removesuffix("_ja")) for role, target in _REFERENCE.findall(section))


def differences(english: str, japanese: str) -> Iterator[str]:
    """What differs between a page and its translation, apart from the words."""
    if code(english) != code(japanese):
        yield "code"
    if shape(english) != shape(japanese):
        yield "shape"
    for one, other in zip(sections(english), sections(japanese), strict=False):
        if literals(one) != literals(other):
            yield f"literals: {literals(one) ^ literals(other)}"
        if references(one) != references(other):
            yield f"references: {set(references(one)) ^ set(references(other))}"


def test_there_are_japanese_pages_and_catalogues() -> None:
    assert {path.name for path in JAPANESE} >= {"guide_audit_ja.rst", "guide_repair_ja.rst"}
    assert {path.name for path in CATALOGUES} == {"findings_ja.json", "texts_ja.json"}


@pytest.mark.parametrize("path", JAPANESE, ids=lambda path: path.stem)
def test_a_page_differs_from_the_english_one_in_words_only(path: Path) -> None:
    english, japanese = (each.read_text(encoding="utf-8") for each in (english_of(path), path))
    assert list(differences(without_links(english), without_links(japanese))) == []


@pytest.mark.parametrize("path", JAPANESE, ids=lambda path: path.stem)
def test_a_page_and_the_english_one_link_each_other(path: Path) -> None:
    english, japanese = (each.read_text(encoding="utf-8") for each in (english_of(path), path))
    titles = [title(text)[1] for text in (english, japanese)]
    assert f".. _{LABEL}{path.stem}:\n" in japanese
    assert links(english) == f"This page in Japanese: :ref:`{titles[1]} <{LABEL}{path.stem}>`."
    assert f":ref:`{titles[0]} <{LABEL}{english_of(path).stem}>`" in links(japanese)
    assert "英語版が優先されます" in links(japanese)


@pytest.mark.parametrize("path", JAPANESE, ids=lambda path: path.stem)
def test_a_page_refers_to_japanese_pages_where_there_are_any(path: Path) -> None:
    text = without_links(path.read_text(encoding="utf-8"))
    targets = {target.removeprefix(LABEL) for role, target in _REFERENCE.findall(text) if role == "ref"}
    assert targets
    assert targets & {english_of(other).stem for other in JAPANESE} == set()


@pytest.mark.parametrize("path", JAPANESE, ids=lambda path: path.stem)
def test_a_page_is_in_the_table_of_contents_after_the_english_one(path: Path) -> None:
    listed = yaml.safe_load((DOCSITE / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    pages = [page for section in listed for page in section["toctree"]]
    assert pages.count(path.stem) == 1
    assert pages.index(english_of(path).stem) < pages.index(path.stem)


@pytest.mark.parametrize("path", JAPANESE, ids=lambda path: path.stem)
def test_no_line_ends_within_a_japanese_phrase(path: Path) -> None:
    """The end of a line is a space on the page."""
    text = _HEADING.sub("", _CODE.sub("", path.read_text(encoding="utf-8")))
    assert [match[0] for match in _CUT.finditer(text)] == []


def japanese_texts() -> Iterator[tuple[str, str]]:
    for path in JAPANESE:
        text = _HEADING.sub(r"\1", _CODE.sub("", path.read_text(encoding="utf-8")))
        yield path.name, _REFERENCE.sub("X", _LITERAL.sub("X", text))
    page = re.sub(r"^```.*?^```$", "", FIRST_PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    yield FIRST_PAGE.name, re.sub(r"!?\[([^]]*)\]\([^)]*\)", r"\1", re.sub(r"`[^`\n]+`", "X", page))
    for path in CATALOGUES:
        for key, value in json.loads(path.read_text(encoding="utf-8")).items():
            for text in value.values() if isinstance(value, dict) else (value,):
                yield f"{path.name}: {key}", re.sub(r"\{\w+\}", "X", text)


def test_the_terms_are_the_same_everywhere() -> None:
    texts = list(japanese_texts())
    assert len(texts) > 300
    assert [
        (place, match[0], better)
        for place, text in texts
        for other, better in OTHER_TERMS.items()
        for match in re.finditer(other, text)
    ] == []


def names(text: str) -> set[str]:
    """The names in a text, without an English plural and the numbers that English has in words."""
    found = {re.sub(r"(?<=[A-Z])s$", "", each) for each in _NAME.findall(text)}
    return {each for each in found if not re.fullmatch(r"\d|ID", each)}


@pytest.mark.parametrize("part", ["meaning", "action"])
@pytest.mark.parametrize("kind", FINDINGS, ids=lambda kind: kind.id)
def test_the_text_of_a_finding_has_the_names_of_the_english_one(kind: FindingType, part: str) -> None:
    assert names(texts.findings("ja")[kind.id][part]) == names(getattr(kind, part))


PAGE = f"""
Title
=====

See :ref:`the guide <{LABEL}guide_x>`.

Section
-------

- ``one``
- ``two``, and
  more

.. code-block:: shell

    run --now

End.
"""


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("--now", "--later", "code"),
        ("guide_x", "guide_y", "references"),
        ("``one``", "``another``", "literals"),
        ("``one``", "one", "literals"),
        ("- ``two``, and", "  ``two``, and", "shape"),
        ("Section\n-------\n", "", "shape"),
        ("-------", "=======", "shape"),
        ("End.", "End.\n\nMore.", "shape"),
    ],
)
def test_every_difference_is_found(old: str, new: str, found: str) -> None:
    assert list(differences(PAGE, PAGE)) == []
    assert list(differences(PAGE, PAGE.replace("guide_x", "guide_x_ja").replace("End.", "終わり。"))) == []
    assert [each for each in differences(PAGE, PAGE.replace(old, new)) if each.startswith(found)]
