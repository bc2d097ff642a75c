"""The rooms quickstart for JavaScript, which is a web page: bundled, and opened in Chromium from
another origin than the app's, with nothing but the connection string."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from devhost.azurite import PROJECT
from testkit.raw import Raw
from testkit.running import RunningApp, new_key, running_app
from testkit.waiting import HANG_SECONDS
from tests.console import chromium
from tests.contract.node import run_node
from tests.contract.releases.installed import installed
from tests.contract.releases.table import OLDER_RELEASES

QUICKSTARTS = Path(__file__).parent / "quickstarts"
OF_THE_OWNERS = next(each for each in OLDER_RELEASES if each.number == "1.0.0-alpha.20221017.1")
"""The release that has the methods which their quickstart calls."""


class _Files(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")  # the next bundle may come within a second
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Logs nothing."""


@dataclass(frozen=True, slots=True)
class Site:
    """A page on localhost: its folder and its port."""

    folder: Path
    port: int


@dataclass(frozen=True, slots=True)
class Browser:
    """Opens that page."""

    site: Site
    context: BrowserContext

    def open(
        self,
        connection_string: str,
        script: str = "rooms.mjs",
        host: str = "localhost",
        sdk: str = "",
    ) -> dict[str, Any]:
        """Returns what a quickstart has written into the page in the end.

        Args:
            sdk: the folder of another release of the Rooms SDK.
        """
        bundle = {"OUT": str(self.site.folder / "bundle.js"), "SCRIPT": script, "SDK": sdk}
        done = run_node(
            QUICKSTARTS / "bundle.mjs", {**bundle, "CONNECTION_STRING": connection_string}
        )
        assert done.returncode == 0, done.stderr
        page = self.context.new_page()
        page.goto(f"http://{host}:{self.site.port}/")
        written: dict[str, Any] = json.loads(page.locator("#result").inner_text())
        page.close()
        return written


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The page, served."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_bytes((QUICKSTARTS / "page.html").read_bytes())
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(folder))) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield Site(folder, server.server_port)
        server.shutdown()
        serving.join()


@pytest.fixture(scope="module")
def own_app(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[RunningApp]:
    """An app whose local.settings.json allows the page."""
    folder = tmp_path_factory.mktemp("function-app")
    for name in ("function_app.py", "host.json"):
        (folder / name).symlink_to(PROJECT / name)
    settings = json.loads((PROJECT / "local.settings.sample.json").read_text())
    settings["Host"] = {"CORS": f"http://localhost:{site.port}"}
    (folder / "local.settings.json").write_text(json.dumps(settings))
    with running_app(tmp_path_factory.mktemp("page"), function_app=folder) as app:
        yield app


@pytest.fixture(scope="module")
def browser(site: Site) -> Iterator[Browser]:
    """A browser in which somebody has accepted the certificate."""
    if not (path := chromium.executable()):
        pytest.skip(chromium.MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        context = browser.new_context(ignore_https_errors=True)
        context.set_default_timeout(HANG_SECONDS * 1000)
        yield Browser(site, context)
        browser.close()


def test_the_quickstart_runs_with_the_newest_sdk(browser: Browser, own_app: RunningApp) -> None:
    written = browser.open(own_app.connection_string)
    assert written.get("ended"), written
    assert all(datetime.fromisoformat(time) > datetime.now(UTC) for time in written["tokensExpire"])
    created, read, updated = written["rooms"]
    begin, middle, end = written["sent"]
    assert (created["validFrom"], created["validUntil"]) == (begin, middle)
    assert read == created
    assert updated == created | {"validFrom": middle, "validUntil": end}
    assert written["listed"] == [created["id"]]
    assert_changed_the_roster(written, "Attendee")
    assert Raw(own_app.http, own_app.manage_key).room_ids() == []


@pytest.mark.thorough
def test_the_quickstart_of_the_owners_runs_with_their_sdk(
    browser: Browser, own_app: RunningApp, pytestconfig: pytest.Config
) -> None:
    sdk = installed(OF_THE_OWNERS, pytestconfig.cache.mkdir("releases"))
    written = browser.open(own_app.connection_string, "open_room.mjs", sdk=str(sdk))
    assert written.get("ended"), written
    created, read, updated = written["rooms"]
    begin, middle, end = written["sent"]
    one, _ = written["users"]
    assert (created["validFrom"], created["validUntil"]) == (begin, middle)
    assert created["joinPolicy"] == "InviteOnly"
    assert created["participants"] == [[one, "Attendee"]]
    assert read == created
    assert updated == created | {
        "validFrom": middle,
        "validUntil": end,
        "joinPolicy": "CommunicationServiceUsers",
        "participants": [[one, "Consumer"]],
    }
    assert_changed_the_roster(written, "Consumer")
    assert Raw(own_app.http, own_app.manage_key).room_ids() == []


def assert_changed_the_roster(written: dict[str, Any], first_role: str) -> None:
    one, two = written["users"]
    assert one != two
    assert written["rosters"] == [
        [[one, first_role], [two, "Consumer"]],
        [[one, "Presenter"], [two, "Consumer"]],
        [],
    ]


def test_the_page_sees_why_it_is_refused(browser: Browser, own_app: RunningApp) -> None:
    wrong = own_app.connection_string.replace(own_app.manage_key, new_key())
    error = {"name": "RestError", "code": "Denied", "status": 401}
    assert browser.open(wrong) == {"error": error}


def test_the_browser_keeps_answers_from_a_page_of_another_origin(
    browser: Browser, own_app: RunningApp
) -> None:
    error = {"name": "RestError", "code": "REQUEST_SEND_ERROR"}
    assert browser.open(own_app.connection_string, host="127.0.0.1") == {"error": error}
