"""The report as a page: hostile values, missing values, languages, what counts, size."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._fleet import html
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.html import model, sections, texts
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import FINDINGS
from support import fleet_documents as documents

FOLDER = Path(html.__file__).parent
MARK = "<img src=x onerror=alert(1)>"
HOSTILE = (
    f"{MARK}\"'`</script></style></template></title>--><script>alert(1)</script>{{{{7*7}}}}\u202e\u2028\x00\x85\ud800"
)
WRONG = (None, "", "text", 0, -1.5, float("nan"), True, [], ["a"], [None], {}, {"a": 1}, [{}])


class Page(HTMLParser):
    """The elements of a page, with their attributes and the text within them."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.raw: dict[str, str] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        tag = self.elements[-1][0] if self.elements else ""
        if tag in ("style", "script") and tag not in self.raw:
            self.raw[tag] = data
        elif data.strip():
            self.text.append(" ".join(data.split()))

    @property
    def words(self) -> str:
        return " ".join(self.text)

    @property
    def shape(self) -> set[tuple[str, str]]:
        """The names of elements and attributes."""
        return {(tag, name) for tag, attributes in self.elements for name in (*attributes, "")}


@pytest.mark.parametrize("language", html.LANGUAGES)
@pytest.mark.parametrize("change", [lambda _text: HOSTILE, lambda text: text + HOSTILE, lambda text: HOSTILE + text])
def test_nothing_that_a_machine_says_is_code(change: Any, language: str) -> None:
    page = html.render(documents.changed(documents.full(), change), language)
    assert MARK not in page
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "{{7*7}}" in page
    assert "\\u202e" in page
    assert not re.search("[\x00\x85\u2028\u202e\ud800]", page)
    page.encode()
    parsed = Page(page)
    plain = documents.changed(documents.full(), lambda text: f"{text}x"), documents.full()
    assert parsed.shape <= set().union(*(Page(html.render(each, language)).shape for each in plain))
    assert [tag for tag, attributes in parsed.elements].count("script") == 1
    assert parsed.raw["script"].strip() == (FOLDER / "page.js").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://a b", "http://a/"]
)
def test_only_a_plain_address_becomes_a_link(address: str) -> None:
    document = {
        "machines": {"pc": documents.machine("broken", documents.finding("a.b", "error", "bits", reference=address))}
    }
    links = [attributes["href"] for tag, attributes in Page(html.render(document)).elements if tag == "a"]
    assert all(str(each).startswith("#") for each in links)


@pytest.mark.parametrize("document", [{}, {"machines": {}}, {"machines": {"pc": {}}}, {"trend": {"new": None}}])
@pytest.mark.parametrize("language", html.LANGUAGES)
def test_a_document_may_lack_anything(document: dict[str, Any], language: str) -> None:
    assert Page(html.render(document, language)).elements[-1][0] == "script"


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_any_value_may_be_another_one(wrong: Any) -> None:
    document = documents.full()
    document["machines"] = {name: document["machines"][name] for name in ("pc-1", "pc-5")}
    for variant in documents.spoiled(document, wrong):
        if isinstance(variant, dict):
            html.render(variant)


def test_rendering_changes_nothing_and_depends_on_nothing() -> None:
    document = documents.full()
    before = copy.deepcopy(document)
    assert html.render(document) == html.render(document)
    assert document == before


def test_the_page_needs_nothing_else() -> None:
    page = Page(html.render(documents.full()))
    for tag, attributes in page.elements:
        assert "src" not in attributes
        assert "style" not in attributes
        assert tag not in ("iframe", "object", "embed", "img")
        if tag == "link":
            assert attributes["href"] == "data:,"
    assert "url(" not in page.raw["style"]
    assert "@import" not in page.raw["style"]


def test_the_policy_names_the_style_and_the_script_of_the_page() -> None:
    page = Page(html.render(documents.full()))
    policy = next(attributes["content"] for tag, attributes in page.elements if attributes.get("http-equiv"))
    assert policy
    assert policy.startswith("default-src 'none';")
    for tag in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.raw[tag].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_what_is_resolved_or_for_information_does_not_count() -> None:
    page: Any = Page(html.render(documents.full())).words
    assert "7 of 8 machines need attention" in page
    assert "4 errors, 1 warning" in page
    fleet_of_one = {"machines": {"pc": documents.machine("healthy", documents.finding("a.b", "info", "none"))}}
    page = Page(html.render(fleet_of_one))
    assert "The machine is healthy" in page.words
    assert "0 errors, 0 warnings" in page.words
    assert {attributes.get("id") for tag, attributes in page.elements}.isdisjoint(
        {"who", "findings", "repairs", "trend"}
    )


def test_evidence_is_capped_and_the_page_says_so() -> None:
    evidence = [{"type": "value", "what": f"value-{index}", "value": "x" * 5000} for index in range(40)]
    finding = documents.finding("a.b", "error", "bits", evidence=evidence)
    page = html.render({"machines": {"pc": documents.machine("broken", finding)}})
    assert page.count("value-") == 12
    assert "28 more pieces of evidence are in the JSON report." in page
    assert len(page) < 60_000


def test_a_large_fleet_is_a_page_of_reasonable_size() -> None:
    assert len(html.render(documents.large(1000)).encode()) < 2_000_000


def test_the_text_of_a_finding_is_japanese_where_there_is_one() -> None:
    known = texts.findings("ja")["bits.disabled"]
    page = Page(html.render(documents.full(), "ja")).words
    assert known["meaning"] in page
    assert known["action"] in page
    assert page.count("summary of bits.disabled") == 2  # by finding, and with its machines
    unknown = documents.machine("broken", documents.finding("new.finding", "error", "bits"))
    assert "action for new.finding" in Page(html.render({"machines": {"pc": unknown}}, "ja")).words


def test_every_finding_has_a_text_in_each_language() -> None:
    declared = {kind.id for kind in FINDINGS}
    of_fleet = set(
        re.findall(r'"(fleet\.\w+)"', "".join(path.read_text("utf-8") for path in FOLDER.parent.glob("*.py")))
    )
    assert len(of_fleet) == 8
    assert set(texts.findings("en")) == declared
    assert set(texts.findings("ja")) == declared | of_fleet
    assert all(set(each) == {"meaning", "action"} and all(each.values()) for each in texts.findings("ja").values())


def test_languages_have_the_same_texts_with_the_same_placeholders() -> None:
    def placeholders(language: str) -> dict[str, list[str]]:
        return {key: sorted(set(re.findall(r"\{\w+\}", text))) for key, text in texts.words(language).items()}

    assert placeholders("ja") == placeholders("en")
    assert all(text.strip() for language in html.LANGUAGES for text in texts.words(language).values())


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    template = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.j2"))
    keys = set(texts.words("en"))
    for key in re.findall(r"\bt\('([\w.]+)'[,)]", template):
        assert key in keys
    for key in re.findall(r"\bt\.count\('([\w.]+)'", template):
        assert {f"{key}.one", f"{key}.other"} <= keys
    words = {"status": model.STATUSES, "severity": (*model.SEVERITIES, "resolved"), "outcome": model.OUTCOMES}
    words |= {"remedy": sections.REMEDIES, "evidence": ("value", "event", "request")}
    for group, names in words.items():
        assert {f"{group}.{name}" for name in names} <= keys
    code = template + "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py"))
    for key in keys:
        stem = key.removesuffix(".one").removesuffix(".other")
        group = stem.rpartition(".")[0]
        assert f"'{stem}" in code or f'"{stem}"' in code or f"'{group}." in code or f"'{group}'" in code, key


def test_findings_in_japanese_have_both_texts() -> None:
    for each in texts.findings("ja").values():
        assert set(each) == {"meaning", "action"}
        assert all(each.values())


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="must be one of en, ja"):
        html.render({}, "xx")


def test_colors_have_enough_contrast_in_light_dark_and_print() -> None:
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    themes = [
        dict(re.findall(r"--([\w-]+): (#\w+);", block)) for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    ]
    assert len(themes) == 3
    colors = ("text", "muted", "accent", "broken", "degraded", "failed", "unreachable", "not-audited", "healthy")
    for theme in themes:
        for name in colors:
            for ground in ("bg", "surface", "sunken"):
                assert contrast(theme[name], theme[ground]) >= 4.5, (name, ground)
            if name not in ("text", "muted", "accent"):
                assert contrast(theme["on-color"], theme[name]) >= 4.5, name


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(digit * 2 for digit in color[1:])
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_texts_are_plain_json() -> None:
    for path in FOLDER.glob("*.json"):
        assert isinstance(json.loads(path.read_text(encoding="utf-8")), dict)
