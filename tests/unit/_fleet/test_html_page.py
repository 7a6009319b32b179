"""The page in a browser: search, filters, order, keyboard, no request, no error, and how fast it opens."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._fleet import html
from support import fleet_documents as documents
from support.browser import PAINTED, opened, start

pytestmark = pytest.mark.slow

SHOWN = "return [...document.querySelectorAll('#fleet-table > tbody:not([hidden]) .fold')].map(e => e.textContent)"
NAMES = ["pc-1", "pc-2", "pc-3", "pc-4", "pc-5", "pc-6", "pc-7", "pc-10"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    driver = start()
    yield driver
    driver.quit()


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Any:
    return opened(browser, tmp_path, html.render(documents.full()))


def shown(page: Any) -> list[str]:
    return list(page.execute_script(SHOWN))


def choose(page: Any, key: str, words: str) -> None:
    """Choose the option that begins with these words."""
    from selenium.webdriver.support.ui import Select

    select = Select(page.find_element("css selector", f"select[data-key={key}]"))
    select.select_by_visible_text(next(each.text for each in select.options if each.text.startswith(words)))


def search(page: Any, words: str) -> None:
    page.find_element("id", "search").send_keys(words)
    time.sleep(0.3)  # the script waits for the next letter


def header(page: Any, name: str) -> Any:
    return page.find_element("css selector", f"th.h-{name}")


def test_the_worst_machines_come_first(page: Any) -> None:
    assert shown(page) == ["pc-1", "pc-10", "pc-2", "pc-3", "pc-5", "pc-6", "pc-7", "pc-4"]
    assert page.find_element("id", "shown").text == "8 of 8 machines shown"


def test_the_search_finds_names_and_details(page: Any) -> None:
    search(page, "PC-1")
    assert shown(page) == ["pc-1", "pc-10"]
    search(page, " cause of reachability.proxy")
    assert shown(page) == ["pc-10"]
    assert page.find_element("id", "shown").text == "1 of 8 machines shown"
    search(page, " nothing")
    assert shown(page) == []
    assert page.find_element("id", "none").is_displayed()
    page.find_element("css selector", "button[type=reset]").click()
    assert len(shown(page)) == 8


@pytest.mark.parametrize(
    ("key", "words", "expected"),
    [
        ("status", "Unreachable", ["pc-6"]),
        ("finding", "bits.disabled", ["pc-1", "pc-2"]),
        ("who", "Network administrators", ["pc-10", "pc-2"]),
        ("server", "No WSUS server", ["pc-10", "pc-5", "pc-6", "pc-7"]),
        ("group", "office", ["pc-1", "pc-10", "pc-2", "pc-3", "pc-4"]),
        ("repair", "Planned", ["pc-2"]),
    ],
)
def test_filters(page: Any, key: str, words: str, expected: list[str]) -> None:
    choose(page, key, words)
    assert shown(page) == expected


def test_filters_and_search_work_together(page: Any) -> None:
    choose(page, "who", "Network administrators")
    choose(page, "repair", "Failed")
    search(page, "pc-1")
    assert shown(page) == ["pc-10"]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("machine", NAMES),
        ("findings", ["pc-2", "pc-1", "pc-10", "pc-3", "pc-5", "pc-6", "pc-7", "pc-4"]),
        ("age", ["pc-1", "pc-10", "pc-2", "pc-3", "pc-4", "pc-5", "pc-6", "pc-7"]),
    ],
)
def test_columns_sort(page: Any, column: str, expected: list[str]) -> None:
    button = header(page, column).find_element("tag name", "button")
    button.click()
    assert header(page, column).get_attribute("aria-sort") == "ascending"
    assert header(page, "status").get_attribute("aria-sort") is None
    assert shown(page) == expected
    button.send_keys("\ue007")  # Enter
    assert header(page, column).get_attribute("aria-sort") == "descending"
    if column == "machine":
        assert shown(page) == NAMES[::-1]


def test_rows_fold_by_keyboard(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    button = page.find_element("css selector", "#m0 .fold")
    details = page.find_element("id", "d0")
    assert not details.is_displayed()
    page.find_element("css selector", "th.h-repair button").send_keys(Keys.TAB)
    assert page.switch_to.active_element == button
    for key, expanded in ((Keys.ENTER, "true"), (Keys.SPACE, "false"), (Keys.SPACE, "true")):
        page.switch_to.active_element.send_keys(key)
        assert button.get_attribute("aria-expanded") == expanded
        assert details.is_displayed() == (expanded == "true")
    for words in ("action for bits.disabled", "start_type = disabled", "Since 2026-11-21", "Repair: Partly repaired"):
        assert words in details.text
    assert len(details.find_elements("css selector", "a.guide")) == 3


def test_a_button_opens_all_that_is_shown(page: Any) -> None:
    choose(page, "who", "Network administrators")
    page.find_element("id", "open").click()
    assert [each.is_displayed() for each in page.find_elements("css selector", ".detail")].count(True) == 2
    page.find_element("id", "close").click()
    assert not any(each.is_displayed() for each in page.find_elements("css selector", ".detail"))


def test_numbers_lead_to_the_machines_they_count(page: Any) -> None:
    page.find_element("css selector", ".legend .pill").click()
    assert shown(page) == ["pc-1", "pc-10", "pc-2"]
    assert page.switch_to.active_element.get_attribute("id") == "machines"


def test_a_link_opens_the_machine_even_if_it_is_filtered(page: Any) -> None:
    choose(page, "status", "Healthy")
    page.execute_script("document.querySelector('#trend ~ .card details').open = true")
    page.find_element("css selector", "#trend ~ .card .names a").click()
    page.execute_async_script(PAINTED)
    assert page.find_element("id", "d0").is_displayed()
    assert page.switch_to.active_element.text == "pc-1"


def test_the_first_key_leads_past_the_overview(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    page.find_element("tag name", "body").send_keys(Keys.TAB)
    assert page.switch_to.active_element.get_attribute("class") == "skip"
    assert page.switch_to.active_element.is_displayed()


def test_landmarks_and_names(page: Any) -> None:
    for tag in ("header", "nav", "main", "footer"):
        assert len(page.find_elements("tag name", tag)) == 1
    page.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    for each in page.find_elements(
        "css selector", "button:not([hidden]), select, input, a, [role=region], svg[role=img]"
    ):
        assert each.accessible_name, each.get_attribute("outerHTML")
    numbers = page.execute_script("return [...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("language", html.LANGUAGES)
@pytest.mark.parametrize("hostile", [False, True])
def test_no_request_no_error_and_no_dialog(browser: Any, tmp_path: Path, language: str, hostile: bool) -> None:
    document = documents.full()
    if hostile:
        document = documents.changed(document, lambda text: text + "<img src=http://127.0.0.1:9/x onerror=alert(1)>\"'")
    page = opened(browser, tmp_path, html.render(document, language))
    page.find_element("id", "open").click()
    assert page.find_element("tag name", "html").get_attribute("lang") == language
    assert page.get_log("browser") == []
    requests = [
        each["message"] for each in page.get_log("performance") if "Network.requestWillBeSent" in each["message"]
    ]
    assert requests
    assert [each for each in requests if '"url":"file:' not in each and '"url":"data:' not in each] == []
    assert page.execute_script("return document.title.length") > 0  # a dialog would raise here


def test_print_has_what_is_open_and_no_controls(page: Any) -> None:
    page.find_element("css selector", "#m0 .fold").click()
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        for name in (".controls", "nav", ".show", "#d1"):
            assert not page.find_element("css selector", name).is_displayed()
        for name in ("#d0", ".overview .bar", ".legend .pill"):
            assert page.find_element("css selector", name).is_displayed()
    finally:
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_the_page_fits_a_telephone(page: Any) -> None:
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    )
    try:
        assert page.execute_script("return document.documentElement.scrollWidth") <= 390
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_five_thousand_machines_open_in_three_seconds(browser: Any, tmp_path: Path) -> None:
    content = html.render(documents.large(5000))
    assert len(content.encode()) < 10_000_000
    times = []
    while len(times) < 3 and min(times, default=9) >= 3:  # once more if this computer was busy
        began = time.monotonic()
        opened(browser, tmp_path, content)
        times.append(time.monotonic() - began)
    print(f"opened in {min(times):.2f} s, {len(content.encode()) / 1e6:.1f} MB")
    assert min(times) < 3
    assert browser.find_element("id", "shown").text.startswith("5,000 of 5,000 machines match; the first 1,000")
    assert len(shown(browser)) == 1000
    search(browser, "client-04999")
    assert shown(browser) == ["client-04999.office.example.test"]
    browser.find_element("css selector", "button[type=reset]").click()
    browser.find_element("id", "more").click()
    assert len(shown(browser)) == 5000
