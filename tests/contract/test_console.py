"""The console's files over HTTP, without a browser."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from devhost.azurite import PROJECT
from rooms.console.assets import LIBRARIES, SIGN_IN_LIBRARIES
from rooms.console.routes import SETTINGS
from testkit.devhost import Devhost, running_devhost
from testkit.raw_http import Answer
from testkit.running import RunningApp, new_key, running_app, shared_storage

IMPORTED = re.compile(r"""(?:\bfrom|\bimport\s*\()\s*["']([\w@./-]+)["']""")
IN_PAGE = re.compile(r'(?:href|src)="([^"#]+)"')
IN_MAP = re.compile(r'"([^"]+)": "(/console/[^"]+)"')

OURS = {
    path.name
    for folder in ("console", "pages")
    for path in (PROJECT / "rooms" / folder / "static").iterdir()
}


def text(answer: Answer) -> str:
    assert answer.status == 200, answer
    return answer.body.decode()


def test_the_page_needs_no_key(app: RunningApp) -> None:
    answer = app.devhost.get("/console")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.body == (PROJECT / "rooms" / "console" / "static" / "index.html").read_bytes()


def test_the_root_leads_to_the_page(app: RunningApp) -> None:
    answer = app.devhost.get("/")
    assert (answer.status, answer.headers["location"], answer.body) == (302, "/console", b"")


def test_the_policy_lets_in_our_own_files_only(app: RunningApp) -> None:
    policy = app.devhost.get("/console").headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == rules["img-src"] == rules["style-src"] == "'self'"
    first, *others = rules["script-src"].split()
    assert first == "'self'"
    assert all(other.startswith("'sha256-") for other in others)
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["require-trusted-types-for"] == "'script'"


@pytest.mark.parametrize(
    "path", ["/console", "/console/app.js", "/console/style.css", "/console/preact.js"]
)
def test_every_answer_has_the_headers_that_protect(app: RunningApp, path: str) -> None:
    headers = app.devhost.get(path).headers
    assert "content-security-policy" in headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/console", "/console/app.js", "/console/preact.js"])
def test_a_file_is_compressed_for_whoever_takes_that(app: RunningApp, path: str) -> None:
    plain = app.devhost.get(path)
    compressed = app.devhost.get(path, "Accept-Encoding: gzip, deflate, br")
    assert "content-encoding" not in plain.headers
    assert compressed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(compressed.body) == plain.body
    assert plain.headers["vary"] == compressed.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/console", "/console/app.js", "/console/preact.js"])
def test_a_file_that_the_browser_has_is_not_sent_again(app: RunningApp, path: str) -> None:
    tag = app.devhost.get(path).headers["etag"]
    again = app.devhost.get(path, f"If-None-Match: {tag}")
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)


def test_a_file_that_has_changed_is_sent_again(app: RunningApp) -> None:
    assert app.devhost.get("/console/app.js", 'If-None-Match: W/"another"').status == 200


def test_an_upgrade_shows_at_once(app: RunningApp) -> None:
    assert app.devhost.get("/console/app.js").headers["cache-control"] == "no-cache"


def test_all_that_the_page_and_its_modules_name_is_served(app: RunningApp) -> None:
    page = text(app.devhost.get("/console"))
    names = dict(IN_MAP.findall(page))
    wanted, seen = [*IN_PAGE.findall(page), *names.values()], set[str]()
    while wanted:
        path = wanted.pop()
        if path not in seen and path.rpartition("/")[2] not in SIGN_IN_LIBRARIES:
            seen.add(path)
            assert path.startswith("/console/"), path
            content = text(app.devhost.get(path))
            if path.endswith(".js"):
                wanted += [names.get(name, name) for name in IMPORTED.findall(content)]
    names_seen = {path.rpartition("/")[2] for path in seen} - {SETTINGS}
    assert names_seen == {*OURS, *LIBRARIES} - {"index.html"}


@pytest.mark.parametrize(
    "name",
    [
        "nothing.js",
        "APP.JS",
        "index.html.gz",
        "../host.json",
        "..%2fhost.json",
        "..%2f..%2fhost.json",
        "..%5chost.json",
        "%2e%2e%2flocal.settings.json",
        "%2e%2e/host.json",
        "..%252fhost.json",
        "%2fetc%2fpasswd",
        "//etc/passwd",
        "..%2fnode_modules%2fd3%2fpackage.json",
        "node_modules/d3/package.json",
        "preact/dist/preact.mjs",
    ],
)
def test_nothing_else_is_served(app: RunningApp, name: str) -> None:
    answer = app.devhost.get(f"/console/{name}")
    assert answer.status == 404, answer


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    with running_app(tmp_path_factory.mktemp("without"), {"ROOMS_CONSOLE": "false"}) as app:
        yield app


@pytest.mark.parametrize("path", ["/", "/console", "/console/app.js", "/console/preact.js"])
def test_turned_off_it_is_not_there(without: RunningApp, path: str) -> None:
    answer = without.devhost.get(path)
    assert answer.status == 404
    assert b"ROOMS_CONSOLE" in answer.body


@pytest.fixture(scope="module")
def not_installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devhost]:
    """The app in a folder without node_modules."""
    folder: Path = tmp_path_factory.mktemp("folder")
    for name in ("function_app.py", "host.json", "rooms"):
        (folder / name).symlink_to(PROJECT / name)
    settings = {"ROOMS_MANAGE_KEY__test": new_key(), "ROOMS_STORAGE": shared_storage()}
    with running_devhost(folder, tmp_path_factory.mktemp("data"), settings) as devhost:
        yield devhost


@pytest.mark.parametrize("path", ["/", "/console", "/console/app.js"])
def test_without_its_libraries_it_says_what_to_do(not_installed: Devhost, path: str) -> None:
    answer = not_installed.get(path)
    assert answer.status == 404
    assert "npm install --omit=dev" in answer.body.decode()


def test_without_its_libraries_the_service_still_answers(not_installed: Devhost) -> None:
    assert not_installed.get("/rooms?api-version=2025-03-13").status == 401
