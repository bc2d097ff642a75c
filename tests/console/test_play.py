"""Play a meeting: from the form to the comparison."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from testkit.running import RunningApp, running_app
from tests.console.pages import Console, table
from tests.console.scenes import Scenes

COMPARISON = "Attendance compared"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """Of these tests only, as devhost plays one meeting at a time."""
    with running_app(tmp_path_factory.mktemp("play")) as app:
        yield app


@pytest.fixture
def scenes(app: RunningApp) -> Iterator[Scenes]:
    scenes = Scenes(app)
    yield scenes
    scenes.insight.send("DELETE", "/devhost/meeting")


def play(page: Page, people: int = 6, seed: int = 3, lost: int = 0, live: bool = False) -> None:
    page.get_by_label("People").fill(str(people))
    page.get_by_label("When").select_option("live" if live else "past")
    page.get_by_label("Seed").fill(str(seed))
    page.get_by_label("Lost").fill(str(lost))
    page.get_by_role("button", name="Play", exact=True).click()


def comparison(page: Page) -> Any:
    return page.get_by_role("table", name=COMPARISON, exact=True)


@pytest.mark.thorough
def test_a_meeting_of_the_past_is_played(console: Console, scenes: Scenes) -> None:
    page = console.enter("play")
    play(page, people=6)
    expect(comparison(page)).to_be_visible()
    report = scenes.meeting()["report"]
    assert [
        row[0].partition("\n")[0].partition(" (as")[0].removesuffix(" uninvited")
        for row in table(page, COMPARISON)
    ] == [one["name"] for one in report["people"]]


@pytest.mark.thorough
def test_without_lost_events_every_answer_is_right(console: Console, scenes: Scenes) -> None:
    page = console.enter("play")
    play(page, seed=4)
    expect(page.get_by_text("seed 4")).to_be_visible()
    assert scenes.meeting()["report"]["different"] == 0
    expect(comparison(page).locator("ins")).to_have_count(0)


@pytest.mark.thorough
def test_with_lost_events_differences_and_reasons_are_shown(
    console: Console, scenes: Scenes
) -> None:
    page = console.enter("play")
    play(page, people=12, seed=5, lost=20)
    expect(page.get_by_text("seed 5")).to_be_visible()
    report = scenes.meeting()["report"]
    assert report["different"]
    shown = {name for one in report["people"] for name in one["differs"]} & SHOWN
    assert shown
    expect(comparison(page).locator("ins").first).to_be_visible()
    expect(page.get_by_role("main").get_by_role("group")).to_have_count(len(report["reasons"]))


SHOWN = {"status", "seconds", "aloneSeconds", "joins", "lateSeconds", "leftEarlySeconds"}
"""Fields that the table has."""


@pytest.mark.thorough
def test_a_live_meeting_is_shown_while_it_is_played(console: Console, scenes: Scenes) -> None:
    page = console.enter("play")
    play(page, live=True)
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("region", name="The meeting").get_by_role("link")).to_be_visible()
    expect(
        page.get_by_role("region", name="The meeting").get_by_role("listitem").first
    ).to_be_visible()


@pytest.mark.thorough
def test_it_can_be_stopped(console: Console, scenes: Scenes) -> None:
    page = console.enter("play")
    play(page, live=True)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert scenes.meeting()["state"] == "stopped"


@pytest.mark.thorough
def test_a_meeting_that_is_being_played_is_shown(console: Console, scenes: Scenes) -> None:
    assert scenes.insight.send("POST", "/devhost/meeting", {"people": 4, "speed": 1}).status == 202
    page = console.enter("play")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()


@pytest.mark.parametrize(("field", "value"), [("People", "1"), ("Lost", "101"), ("Speed", "0")])
@pytest.mark.thorough
def test_an_impossible_value_marks_its_field(
    console: Console, scenes: Scenes, field: str, value: str
) -> None:
    page = console.enter("play")
    page.get_by_label(field).fill(value)
    page.get_by_role("button", name="Play", exact=True).click()
    assert page.get_by_label(field).evaluate("field => field.matches(':invalid')")
    assert scenes.meeting()["state"] != "playing"


@pytest.mark.thorough
def test_a_value_that_the_simulator_refuses_marks_its_field(
    console: Console, scenes: Scenes
) -> None:
    console.allowed = {400}
    page = console.enter("play")
    page.get_by_label("Late").evaluate("field => { field.max = '' }")
    page.get_by_label("Late").fill("100000")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_label("Late")).to_have_accessible_description(re.compile("seconds"))
    expect(page.get_by_label("Late")).to_have_attribute("aria-invalid", "true")


def test_without_devhost_the_menu_has_no_play(console: Console) -> None:
    console.allowed = {404}
    page = console.context().new_page()
    page.route("**/devhost/meeting", lambda route: route.fulfill(status=404))
    page.goto(console.url("now"))
    page.get_by_label("Key").fill(console.app.manage_key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Quarantine")).to_be_visible()
    expect(page.get_by_role("link", name="Play a meeting")).to_have_count(0)
