"""The files of the join page, without a browser."""

import re

import azure.functions as func
import pytest

from devhost.azurite import PROJECT
from rooms.app import App
from rooms.join_page.assets import LIBRARIES
from rooms.join_page.routes import get_join_page, get_join_page_file

MEDIA = {
    "ROOMS_MEDIA_URL": "wss://media.example.com",
    "ROOMS_MEDIA_KEY__one": "s" * 32,
}

NAMED = re.compile(r'"/join/static/([\w.-]+)"')
OURS = {
    path.name
    for folder in ("join_page", "pages")
    for path in (PROJECT / "rooms" / folder / "static").iterdir()
}


async def page(app: App) -> func.HttpResponse:
    return await get_join_page(app, request("/join/99457664805096377"))


async def file(app: App, name: str) -> func.HttpResponse:
    return await get_join_page_file(app, request(f"/join/static/{name}", file=name))


@pytest.fixture(scope="module")
def app() -> App:
    """An app with a media server."""
    return App(MEDIA)


def request(path: str, **parameters: str) -> func.HttpRequest:
    url = f"https://rooms.example.com{path}"
    return func.HttpRequest("GET", url, body=b"", route_params=parameters)


async def test_the_page_is_served_where_calls_are_carried(app: App) -> None:
    answer = await page(app)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize("settings", [{}, MEDIA | {"ROOMS_JOIN_PAGE": "false"}])
async def test_elsewhere_it_is_not_there(settings: dict[str, str]) -> None:
    answer = await page(App(settings))
    assert answer.status_code == 404
    assert b"ROOMS_JOIN_PAGE" in answer.get_body()


async def test_it_may_ask_this_service_and_the_media_server_only(app: App) -> None:
    policy = (await page(app)).headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["connect-src"] == "'self' wss://media.example.com https://media.example.com"
    assert rules["default-src"] == "'none'"
    assert rules["style-src"] == rules["img-src"] == "'self'"
    assert rules["require-trusted-types-for"] == "'script'"


async def test_no_page_of_others_gets_its_devices(app: App) -> None:
    allowed = (await page(app)).headers["permissions-policy"].split(", ")
    assert {"camera=(self)", "microphone=(self)", "display-capture=(self)"} <= set(allowed)


async def test_all_that_the_page_and_its_modules_name_is_served(app: App) -> None:
    wanted, seen = {"index.html"}, set[str]()
    while wanted:
        name = wanted.pop()
        seen.add(name)
        answer = await file(app, name)
        assert answer.status_code == 200, name
        if name not in LIBRARIES:
            wanted |= set(NAMED.findall(answer.get_body().decode())) - seen
    assert seen == OURS | LIBRARIES.keys()


@pytest.mark.parametrize("name", ["nothing.js", "../routes.py", "livekit.js.map", "index.html.gz"])
async def test_nothing_else_is_served(app: App, name: str) -> None:
    assert (await file(app, name)).status_code == 404
