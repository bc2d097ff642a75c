"""Home: calls that seem to be over, and the invited who are not there."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from testkit.events import live_meeting
from testkit.identifiers import raw_id
from tests.console.lists import items, named
from tests.console.pages import NARROW, Console, overflow
from tests.console.scenes import Scenes


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("article", name=title, exact=True)


def live(scenes: Scenes, room_id: str) -> dict[str, object]:
    """What the API says of the room."""
    (found,) = (room for room in scenes.insight.all("/live") if room["roomId"] == room_id)
    body: dict[str, object] = found
    return body


def test_a_silent_call_is_grey_and_says_so_in_words(console: Console, scenes: Scenes) -> None:
    assert live(scenes, scenes.silent.room_id)["overdue"]
    page = console.show("home")
    silent = card(page, "Morning round")
    expect(silent).to_contain_text(re.compile(r"last heard 2 h 0\d min ago, probably over"))
    expect(silent).to_have_class(re.compile("overdue"))
    expect(page.get_by_role("status").filter(has_text="probably over")).to_be_visible()


@pytest.mark.thorough
def test_a_call_that_goes_on_is_not_grey(console: Console, scenes: Scenes) -> None:
    assert scenes.waiting
    page = console.show("home")
    waiting = card(page, "Consultation")
    expect(waiting).to_contain_text(re.compile(r"last heard \d min ago"))
    expect(waiting).not_to_contain_text("probably over")
    expect(waiting).not_to_have_class(re.compile("overdue"))


@pytest.mark.thorough
def test_the_time_of_the_last_event_is_behind_its_age(console: Console, scenes: Scenes) -> None:
    call = scenes.silent
    page = console.show("home")
    heard = card(page, "Morning round").get_by_text("last heard")
    expect(heard).to_have_attribute("title", re.compile(r"\d\d:\d\d:\d\d\.\d{3}"))
    assert live(scenes, call.room_id)["lastEventAt"] == call.at(3_600)


def test_the_missing_are_shown_by_role_with_their_minutes(console: Console, scenes: Scenes) -> None:
    assert scenes.waiting
    page = console.show("home")
    expect(named(page, "Missing from Consultation")).to_be_visible()
    khan, salma = items(page, "Missing from Consultation")
    assert khan[:2] == ["Dr. Khan", "Presenter"]
    (minutes,) = re.findall(r"^missing (\d+) min$", khan[2])
    assert int(minutes) >= 6
    assert salma[:2] == ["Salma Hansen", "Attendee"]
    assert re.fullmatch(r"left \d+ min ago", salma[2])


@pytest.mark.thorough
def test_who_comes_is_no_longer_missing(console: Console, scenes: Scenes) -> None:
    room_id = scenes.room(
        "Visit", {raw_id(1): "Presenter", raw_id(2): "Attendee"}, scheduled=(-0.1, 0.4)
    )
    call = live_meeting(room_id, seconds=60)
    scenes.insight.deliver(call.started(), call.added(1, raw_id(1), role="Presenter"))
    page = console.show("home")
    missing = named(page, "Missing from Visit")
    expect(missing.get_by_role("listitem")).to_have_count(1)
    scenes.insight.deliver(call.added(30, raw_id(2), role="Attendee"))
    expect(missing).to_have_count(0)
    expect(named(page, "People in Visit").get_by_role("listitem")).to_have_count(2)


@pytest.mark.thorough
def test_nobody_is_missing_from_a_room_without_a_schedule(console: Console, scenes: Scenes) -> None:
    assert scenes.live
    page = console.show("home")
    expect(card(page, "Surgery hour")).to_be_visible()
    expect(named(page, "Missing from Surgery hour")).to_have_count(0)


@pytest.mark.thorough
def test_of_many_missing_the_first_are_shown_until_one_asks(
    console: Console, scenes: Scenes
) -> None:
    people = {raw_id(number): "Attendee" for number in range(150)}
    room_id = scenes.room("Assembly", people, scheduled=(-0.1, 0.4))
    call = live_meeting(room_id, seconds=60)
    scenes.insight.deliver(call.started(), call.added(1, raw_id(0), role="Attendee"))
    page = console.show("home")
    missing = named(page, "Missing from Assembly")
    expect(missing.get_by_role("listitem")).to_have_count(5)
    expect(card(page, "Assembly")).to_contain_text("49 more people missing")
    page.get_by_role("button", name="Show all 100 missing").press("Enter")
    expect(missing.get_by_role("listitem")).to_have_count(100)


@pytest.mark.thorough
def test_it_fits_a_phone(console: Console, scenes: Scenes) -> None:
    assert scenes.waiting
    page = console.enter("home", width=NARROW)
    expect(named(page, "Missing from Consultation")).to_be_visible()
    assert overflow(page) <= 0


@pytest.mark.thorough
def test_answers_without_these_fields_are_shown_too(console: Console, scenes: Scenes) -> None:
    """An older service, or one that is being deployed, behind the same page."""
    assert scenes.silent
    new = ("lastEventAt", "overdue", "missing", "missingCount")
    bare = [
        {name: value for name, value in room.items() if name not in new}
        for room in scenes.insight.all("/live")
    ]
    page = console.context().new_page()
    page.route(re.compile("/live$"), lambda route: route.fulfill(json={"value": bare}))
    page.add_init_script(f"sessionStorage.setItem('anteroom.key', {console.app.manage_key!r})")
    page.goto(console.url("home"))
    expect(card(page, "Morning round")).to_contain_text("2 people")
    expect(card(page, "Morning round")).not_to_contain_text("last heard")
