"""Home: the rooms that start soon, and those that should have begun."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from testkit.events import live_meeting
from testkit.identifiers import raw_id
from tests.console.lists import named
from tests.console.pages import Console
from tests.console.scenes import Scenes

KHAN, NILS = raw_id(1), raw_id(2)
PEOPLE = {KHAN: "Presenter", NILS: "Attendee"}
MINUTE = 1 / 60


def home(console: Console) -> Page:
    """Home, as it is now: it asks for these rooms each half minute only."""
    page = console.show("access")
    page.evaluate("location.hash = '#/home'")
    expect(named(page, "Starting soon")).to_be_visible()
    return page


def entry(page: Page, title: str) -> Locator:
    return named(page, "Starting soon").get_by_role("listitem").filter(has_text=title)


@pytest.mark.thorough
def test_a_room_of_the_next_hours_is_shown_with_its_people(
    console: Console, scenes: Scenes
) -> None:
    room_id = scenes.room("Physiotherapy", PEOPLE, scheduled=(30 * MINUTE, 1))
    scenes.room("Far away", PEOPLE, scheduled=(2.1, 3))
    page = home(console)
    expect(entry(page, "Physiotherapy")).to_contain_text(re.compile(r"in (29|30) min, 2 people"))
    expect(entry(page, "Far away")).to_have_count(0)
    entry(page, "Physiotherapy").get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"room/{room_id}"))


def test_a_room_that_should_have_begun_comes_first_and_says_so(
    console: Console, scenes: Scenes
) -> None:
    scenes.room("Check-up soon", PEOPLE, scheduled=(0.2, 1))
    scenes.room("Check-up late", PEOPLE, scheduled=(-8 * MINUTE, 1))
    page = home(console)
    expect(entry(page, "Check-up late")).to_contain_text(
        re.compile("should have begun 8 min ago, nobody is there")
    )
    titles = named(page, "Starting soon").get_by_role("link").all_inner_texts()
    assert titles.index("Check-up late") < titles.index("Check-up soon")
    expect(page.get_by_role("status").filter(has_text="should have begun")).to_be_visible()


@pytest.mark.thorough
def test_a_room_with_a_call_is_not_late(console: Console, scenes: Scenes) -> None:
    call = live_meeting(scenes.room("Dressing", PEOPLE, scheduled=(-0.1, 1)))
    scenes.insight.deliver(call.started(), call.added(1, KHAN))
    page = home(console)
    expect(page.get_by_role("article", name="Dressing", exact=True)).to_be_visible()
    expect(entry(page, "Dressing")).to_have_count(0)
    scenes.insight.deliver(call.ended(50))
    expect(page.get_by_role("article", name="Dressing", exact=True)).to_have_count(0)
    expect(entry(page, "Dressing")).to_have_count(0)


@pytest.mark.thorough
def test_a_room_whose_call_is_over_is_not_late(console: Console, scenes: Scenes) -> None:
    call = live_meeting(scenes.room("Vaccination", PEOPLE, scheduled=(-0.1, 1)), seconds=200)
    scenes.insight.deliver(call.started(), call.added(1, KHAN), call.ended(60))
    scenes.room("Blood test", PEOPLE, scheduled=(-0.1, 1))
    page = home(console)
    expect(entry(page, "Blood test")).to_be_visible()
    expect(entry(page, "Vaccination")).to_have_count(0)


@pytest.mark.thorough
def test_a_room_that_was_left_before_its_time_is_late(console: Console, scenes: Scenes) -> None:
    call = live_meeting(scenes.room("X-ray", PEOPLE, scheduled=(-0.05, 1)), seconds=900)
    scenes.insight.deliver(call.started(), call.added(1, KHAN), call.ended(60))
    page = home(console)
    expect(entry(page, "X-ray")).to_contain_text("nobody is there")
