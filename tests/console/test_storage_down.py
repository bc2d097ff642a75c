"""A storage that does not answer: each view shows the error, keeps its data, and recovers."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from testkit.identifiers import raw_id
from testkit.running import RunningApp, running_app
from testkit.storage_proxy import Fault, StorageProxy
from testkit.waiting import until
from tests.console.pages import Console, mostly
from tests.console.scenes import Scenes

VIEWS: dict[str, tuple[Callable[[Scenes], str], str]] = {
    "home": (lambda scenes: "home" if scenes.live else "", "Surgery hour"),
    "rooms": (lambda scenes: "rooms" if scenes.live else "", "Surgery hour"),
    "room": (lambda scenes: f"room/{scenes.live.room_id}", "Dr. Khan"),
    "call": (lambda scenes: f"room/{scenes.live.room_id}/call", "Surgery hour"),
    "log": (lambda scenes: f"room/{scenes.live.room_id}/log", "created the room"),
    "access": (
        lambda scenes: f"access?room={scenes.live.room_id}&person={raw_id(1)}",
        "may join Surgery hour",
    ),
    "quarantine": (lambda scenes: "quarantine" if scenes.quarantined else "", "yesterday"),
}
"""The address of each view, and a text in it."""

UPDATED = ("home", "room", "call")
"""Views that poll."""


@pytest.fixture(scope="module")
def app(
    storage_proxy: StorageProxy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApp]:
    storage_proxy.forget()
    settings = {"ROOMS_STORAGE": storage_proxy.connection_string, "ROOMS_TABLE": "console"}
    with running_app(tmp_path_factory.mktemp("down"), settings) as app:
        yield app


@pytest.fixture(scope="module")
def scenes(app: RunningApp) -> Scenes:
    return Scenes(app)


@pytest.fixture
def console(console: Console) -> Console:
    console.allowed = {503}
    return console


def seen(page: Page, text: str) -> None:
    expect(page.get_by_role("main").get_by_text(text).filter(visible=True).first).to_be_visible()


def problem(page: Page) -> None:
    expect(page.get_by_role("alert").filter(has_text="storage").first).to_be_visible()


def no_problem(page: Page) -> None:
    expect(page.get_by_role("alert").filter(has_text="storage")).to_have_count(0)


@pytest.mark.parametrize("name", mostly(VIEWS, "home"))
def test_the_error_is_shown_until_the_storage_is_back(
    console: Console, scenes: Scenes, proxy: StorageProxy, name: str
) -> None:
    view, text = VIEWS[name]
    address = view(scenes)
    proxy.choose = lambda _number, _what: Fault.REFUSED
    page = console.enter(address)
    problem(page)
    proxy.forget()
    seen(page, text)
    no_problem(page)


@pytest.mark.thorough
@pytest.mark.parametrize("name", mostly(UPDATED, "call"))
def test_the_data_stay(console: Console, scenes: Scenes, proxy: StorageProxy, name: str) -> None:
    view, text = VIEWS[name]
    page = console.enter(view(scenes))
    seen(page, text)
    proxy.choose = lambda _number, _what: Fault.REFUSED
    problem(page)
    seen(page, text)
    proxy.forget()
    no_problem(page)
    seen(page, text)


@pytest.mark.thorough
def test_the_list_stays_when_more_cannot_be_loaded(
    console: Console, scenes: Scenes, proxy: StorageProxy
) -> None:
    scenes.many_rooms(40)
    page = console.enter("rooms")
    more = page.get_by_role("button", name="More")
    expect(more).to_be_visible()
    rows = page.get_by_role("row").count()
    proxy.choose = lambda _number, _what: Fault.REFUSED
    more.click()
    problem(page)
    assert page.get_by_role("row").count() >= rows
    proxy.forget()
    until(lambda: scenes.raw.get("/rooms").status == 200)
    more.click()
    expect(page.get_by_role("row").nth(rows)).to_be_visible()


@pytest.mark.thorough
def test_the_key_is_not_refused_for_it(
    console: Console, scenes: Scenes, proxy: StorageProxy, app: RunningApp
) -> None:
    proxy.choose = lambda _number, _what: Fault.REFUSED
    page = console.open()
    page.get_by_label("Key").fill(app.manage_key)
    page.get_by_role("button", name="Sign in").click()
    problem(page)
    proxy.forget()
    no_problem(page)


@pytest.mark.thorough
def test_a_service_that_cannot_be_reached_is_an_error(console: Console, scenes: Scenes) -> None:
    page = console.enter(VIEWS["home"][0](scenes))
    seen(page, "Surgery hour")
    page.context.set_offline(True)
    expect(page.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("alert").filter(has_text="cannot be reached")).to_have_count(0)
    console.problems = [one for one in console.problems if "ERR_INTERNET_DISCONNECTED" not in one]
