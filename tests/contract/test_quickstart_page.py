"""The rooms quickstart for JavaScript, which is a web page: bundled, and opened in Chromium from
another origin than the app's, with nothing but the connection string."""

import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from devhost.azurite import PROJECT
from testkit.raw import Raw
from testkit.running import RunningApp, new_key, running_app
from testkit.waiting import HANG_SECONDS
from tests.console import chromium
from tests.contract.node import run_node

QUICKSTARTS = Path(__file__).parent / "quickstarts"

type Open = Callable[[str, str], dict[str, Any]]


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Logs nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """A folder and the port of localhost on which a server gives its files."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_bytes((QUICKSTARTS / "page.html").read_bytes())
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(folder))) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield folder, server.server_port
        server.shutdown()
        serving.join()


@pytest.fixture(scope="module")
def own_app(
    tmp_path_factory: pytest.TempPathFactory, site: tuple[Path, int]
) -> Iterator[RunningApp]:
    """An app whose local.settings.json allows the page."""
    folder = tmp_path_factory.mktemp("function-app")
    for name in ("function_app.py", "host.json"):
        (folder / name).symlink_to(PROJECT / name)
    settings = json.loads((PROJECT / "local.settings.sample.json").read_text())
    settings["Host"] = {"CORS": f"http://localhost:{site[1]}"}
    (folder / "local.settings.json").write_text(json.dumps(settings))
    with running_app(tmp_path_factory.mktemp("page"), function_app=folder) as app:
        yield app


@pytest.fixture(scope="module")
def open_page(site: tuple[Path, int]) -> Iterator[Open]:
    """Opens the page from a host, with a connection string in it. Returns what it has written in
    the end."""
    if not (path := chromium.executable()):
        pytest.skip(chromium.MISSING)
    folder, port = site
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        # As after a click on "Proceed to localhost".
        context = browser.new_context(ignore_https_errors=True)
        context.set_default_timeout(HANG_SECONDS * 1000)

        def open_page(host: str, connection_string: str) -> dict[str, Any]:
            bundle = {"OUT": str(folder / "bundle.js"), "CONNECTION_STRING": connection_string}
            done = run_node(QUICKSTARTS / "bundle.mjs", bundle)
            assert done.returncode == 0, done.stderr
            page = context.new_page()
            page.goto(f"http://{host}:{port}/")
            written: dict[str, Any] = json.loads(page.locator("#result").inner_text())
            page.close()
            return written

        yield open_page
        browser.close()


def test_the_quickstart_runs_to_its_end(open_page: Open, own_app: RunningApp) -> None:
    written = open_page("localhost", own_app.connection_string)
    assert written.get("ended"), written
    one, two = written["users"]
    assert one != two
    created, read, updated = written["rooms"]
    begin, middle, end = written["sent"]
    assert (created["validFrom"], created["validUntil"]) == (begin, middle)
    assert read == created
    assert updated == created | {"validFrom": middle, "validUntil": end}
    assert written["listed"] == [created["id"]]
    assert written["added"] == [[one, "Attendee"], [two, "Consumer"]]
    assert written["changed"] == [[one, "Presenter"], [two, "Consumer"]]
    assert written["removed"] == []
    assert Raw(own_app.http, own_app.manage_key).room_ids() == []


def test_the_page_sees_why_it_is_refused(open_page: Open, own_app: RunningApp) -> None:
    wrong = own_app.connection_string.replace(own_app.manage_key, new_key())
    error = {"name": "RestError", "code": "Denied", "status": 401}
    assert open_page("localhost", wrong) == {"error": error}


def test_the_browser_keeps_answers_from_a_page_of_another_origin(
    open_page: Open, own_app: RunningApp
) -> None:
    error = {"name": "RestError", "code": "REQUEST_SEND_ERROR"}
    assert open_page("127.0.0.1", own_app.connection_string) == {"error": error}
