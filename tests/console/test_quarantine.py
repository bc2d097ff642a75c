"""Quarantine: events that could not be read, the reasons, and the actions."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Locator, Page, expect

from testkit.events import Element, Meeting
from testkit.identifiers import raw_id
from testkit.running import RunningApp, running_app
from tests.console.pages import Console, heading
from tests.console.scenes import Scenes
from tests.contract.test_quarantine import put

PAGE = 30


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    with running_app(tmp_path_factory.mktemp("quarantine")) as app:
        yield app


@pytest.fixture
def scenes(app: RunningApp) -> Iterator[Scenes]:
    """What a test leaves in quarantine is dropped."""
    scenes = Scenes(app)
    yield scenes
    for event in scenes.insight.all("/quarantine"):
        scenes.insight.send("DELETE", f"/quarantine/{event['id']}")


def not_understood(**more: object) -> Element:
    return Meeting("99400000000000001").added(1, raw_id(1)) | {"eventTime": "yesterday"} | more


def events(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("listitem")


@pytest.mark.thorough
def test_an_empty_quarantine_says_so(console: Console, scenes: Scenes) -> None:
    page = console.enter("quarantine")
    expect(page.get_by_text("No events in quarantine")).to_be_visible()


def test_the_reason_and_the_text_are_shown(console: Console, scenes: Scenes) -> None:
    scenes.insight.deliver(not_understood())
    (told,) = scenes.insight.all("/quarantine")
    page = console.enter("quarantine")
    expect(events(page).get_by_role("heading")).to_have_text(told["reason"])
    expect(events(page)).to_contain_text(told["excerpt"])


@pytest.mark.thorough
def test_the_menu_says_how_many_there_are(console: Console, scenes: Scenes) -> None:
    scenes.insight.deliver(not_understood(), not_understood(more="x"))
    page = console.enter("access")
    expect(page.get_by_role("link", name="Quarantine")).to_contain_text("2 events")


@pytest.mark.thorough
def test_a_long_event_can_be_seen_whole(console: Console, scenes: Scenes) -> None:
    scenes.insight.deliver(not_understood(more="x" * 2_000, last="the very end"))
    page = console.enter("quarantine")
    expect(events(page)).to_have_count(1)
    expect(events(page)).not_to_contain_text("the very end")
    page.get_by_role("button", name="Show all").click()
    expect(events(page)).to_contain_text("the very end")


@pytest.mark.thorough
def test_one_that_is_still_not_understood_stays_and_says_why(
    console: Console, scenes: Scenes
) -> None:
    console.allowed = {409}
    scenes.insight.deliver(not_understood())
    page = console.enter("quarantine")
    page.get_by_role("button", name="Retry").click()
    expect(events(page).get_by_role("alert")).to_contain_text("eventTime")
    assert len(scenes.insight.all("/quarantine")) == 1


def test_one_that_is_understood_now_is_recorded(
    console: Console, scenes: Scenes, app: RunningApp
) -> None:
    call = Meeting(scenes.room())
    with ThreadPoolExecutor(1) as other:  # Playwright has an event loop in this thread
        other.submit(put, app, call.added(1, raw_id(1))).result()
    page = console.enter("quarantine")
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("status").filter(has_text=call.room_id)).to_be_visible()
    expect(events(page)).to_have_count(0)
    assert len(scenes.insight.all(f"/rooms/{call.room_id}/calls")) == 1


def test_one_is_dropped_when_that_is_confirmed(console: Console, scenes: Scenes) -> None:
    scenes.insight.deliver(not_understood())
    page = console.enter("quarantine")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No events in quarantine")).to_be_visible()
    assert scenes.insight.all("/quarantine") == []
    expect(heading(page, "Quarantine")).to_be_focused()


@pytest.mark.thorough
def test_one_is_not_dropped_when_that_is_not_confirmed(console: Console, scenes: Scenes) -> None:
    scenes.insight.deliver(not_understood())
    page = console.enter("quarantine")
    page.get_by_role("button", name="Delete").press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Delete")).to_be_focused()
    assert len(scenes.insight.all("/quarantine")) == 1


@pytest.mark.thorough
def test_a_deletion_that_fails_says_so_and_can_be_tried_again(
    console: Console, scenes: Scenes
) -> None:
    console.allowed = {503}
    scenes.insight.deliver(not_understood())
    page = console.enter("quarantine")
    page.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog")
    page.route("**/quarantine/*", lambda route: route.fulfill(status=503), times=1)
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog.get_by_role("alert")).to_contain_text("503")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No events in quarantine")).to_be_visible()


@pytest.mark.thorough
def test_of_many_all_can_be_reached(console: Console, scenes: Scenes) -> None:
    scenes.insight.deliver(*(not_understood(number=number) for number in range(PAGE + 5)))
    page = console.enter("quarantine")
    expect(events(page)).to_have_count(PAGE)
    page.get_by_role("button", name="More").click()
    expect(events(page)).to_have_count(PAGE + 5)
