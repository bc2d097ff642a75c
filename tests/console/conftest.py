from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from testkit.livekit_double import LiveKitDouble
from testkit.running import RunningApp, running_app
from tests.console import chromium
from tests.console.pages import PATIENCE, Chromium, Console
from tests.console.scenes import Scenes

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="package")
def browser() -> Iterator[Chromium]:
    """One for the files of this folder. Closed behind them: Playwright has an event loop in this
    thread, in which tests that are coroutines could not run."""
    if not (path := chromium.executable()):
        pytest.skip(chromium.MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield Chromium(browser)
        browser.close()


@pytest.fixture(scope="session")
def media_server() -> Iterator[LiveKitDouble]:
    """The media server of that app: a stand-in."""
    with LiveKitDouble() as server:
        yield server


@pytest.fixture(scope="session")
def app(
    tmp_path_factory: pytest.TempPathFactory, media_server: LiveKitDouble
) -> Iterator[RunningApp]:
    """One app for the files of a process: rooms of others are in its lists."""
    with running_app(tmp_path_factory.mktemp("console"), media_server.settings) as app:
        media_server.webhooks.url = f"{app.http}/media/livekit"
        yield app


@pytest.fixture(scope="session")
def scenes(app: RunningApp) -> Scenes:
    """What there is to be seen in that app."""
    return Scenes(app)


@pytest.fixture(scope="module")
def tabs() -> Iterator[list[Page]]:
    """The tab that tests of a file share."""
    tabs: list[Page] = []
    yield tabs
    for page in tabs:
        page.close()


@pytest.fixture
def console(browser: Chromium, app: RunningApp, tabs: list[Page]) -> Iterator[Console]:
    """Pages of that app."""
    console = Console(browser, app, tabs=tabs)
    yield console
    console.close()
