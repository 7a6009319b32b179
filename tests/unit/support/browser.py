"""A real browser without a window, for the tests of pages."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

PAINTED = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))"


def unavailable() -> str:
    """Why there is no browser here; empty if there is one."""
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "selenium is not installed (pip install selenium)"
    missing = [each for each in ("chromium", "chromedriver") if not shutil.which(each)]
    return f"{' and '.join(missing)} not found (Debian: apt-get install chromium chromium-driver)" if missing else ""


def start() -> Any:
    """Chromium, which keeps a log of requests and of errors; skips the test where there is none."""
    if missing := unavailable():
        if os.environ.get("WSUS_LAB_STRICT") == "1":
            pytest.fail(f"WSUS_LAB_STRICT is set, and {missing}")
        pytest.skip(missing)
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1400,1000"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


def opened(browser: Any, folder: Path, content: str) -> Any:
    """The browser with this page, painted; the logs begin with it."""
    file = folder / "report.html"
    file.write_text(content, encoding="utf-8")
    browser.get("about:blank")
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(file.as_uri())
    browser.execute_async_script(PAINTED)
    return browser
