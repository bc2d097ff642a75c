from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from testkit.livekit_server import AppWithCalls
from tests.console import chromium
from tests.console.pages import PATIENCE
from tests.join_page.pages import ARGUMENTS, Door, door_of

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with the module, as that of the console's tests is."""
    if not (path := chromium.executable()):
        pytest.skip(chromium.MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[*chromium.ARGUMENTS, *ARGUMENTS]
        )
        yield browser
        browser.close()


@pytest.fixture
def door(app_with_calls: AppWithCalls, browser: Browser) -> Iterator[Door]:
    """Rooms, join links and browsers, for one test."""
    with door_of(app_with_calls, browser) as door:
        yield door
