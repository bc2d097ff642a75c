"""Rooms: the list, its filters and its pages; an app without any; many of them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from testkit.events import live_meeting
from testkit.identifiers import raw_id
from testkit.running import RunningApp, running_app
from testkit.waiting import until
from tests.console.pages import NARROW, Console, heading, overflow
from tests.console.scenes import Scenes, hours_from_now
from tests.effort import THOROUGH

MANY = 1_000 if THOROUGH else 100
NEEDLE = "Fracture clinic"
INVITED = raw_id(7)

GO_ON = """many => {
    const buttons = [...document.querySelectorAll('button')];
    buttons.find(button => button.innerText.startsWith('More'))?.click();
    return document.querySelectorAll('tbody th a').length >= many;
}"""
"""Loads more until the list has `many` rooms."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """Of these tests only: the first of them needs it empty."""
    with running_app(tmp_path_factory.mktemp("rooms")) as app:
        yield app


@pytest.fixture(scope="module")
def rooms(app: RunningApp) -> list[str]:
    """Many rooms, and one of each kind; all ids, newest first."""
    scenes = Scenes(app)
    scenes.room(NEEDLE)
    scenes.many_rooms(MANY - 5)
    scenes.room("Invited", {INVITED: "Attendee"})
    make(scenes, "Tomorrow", 24, 25)
    make(scenes, "Next week", 168, 169)
    scenes.room("Last")
    return scenes.raw.room_ids()


def make(scenes: Scenes, title: str, opens: float, closes: float) -> None:
    room_id = scenes.raw.new_room(
        {"validFrom": hours_from_now(opens), "validUntil": hours_from_now(closes)}
    )["id"]
    assert scenes.insight.patch(f"/rooms/{room_id}/details", {"title": title}).status == 200


def listed(page: Page) -> Locator:
    """The links to rooms."""
    return titles(page).get_by_role("link")


def ids(page: Page) -> list[str]:
    addresses: list[str] = listed(page).evaluate_all("links => links.map(link => link.hash)")
    return [address.rpartition("/")[2] for address in addresses]


@pytest.mark.thorough
def test_an_empty_app_says_what_to_do_next(console: Console) -> None:
    page = console.enter("rooms")
    expect(page.get_by_role("status").filter(has_text="No rooms yet")).to_contain_text(
        "rooms create"
    )


@pytest.mark.thorough
def test_the_newest_is_first(console: Console, rooms: list[str]) -> None:
    page = console.enter("rooms")
    expect(listed(page).first).to_be_visible()
    shown = ids(page)
    assert shown == rooms[: len(shown)]


@pytest.mark.thorough
def test_more_brings_the_next_ones(console: Console, rooms: list[str]) -> None:
    page = console.enter("rooms")
    first = listed(page).nth(0)
    expect(first).to_be_visible()
    before = len(ids(page))
    page.get_by_role("button", name="More").click()
    expect(listed(page).nth(before)).to_be_visible()
    assert ids(page) == rooms[: len(ids(page))]


@pytest.mark.thorough
def test_all_of_a_thousand_can_be_reached_without_repetition(
    console: Console, rooms: list[str]
) -> None:
    page = console.enter("rooms")
    expect(listed(page).first).to_be_visible()
    page.wait_for_function(GO_ON, arg=MANY)
    assert ids(page) == rooms
    assert len(rooms) == MANY


@pytest.mark.thorough
def test_a_title_is_found_among_a_thousand(console: Console, rooms: list[str]) -> None:
    page = console.enter("rooms")
    page.get_by_label("Title").fill("fracture")
    expect(listed(page)).to_have_count(1)
    expect(listed(page)).to_have_text(NEEDLE)


@pytest.mark.thorough
def test_a_title_without_rooms_says_so(console: Console, rooms: list[str]) -> None:
    page = console.enter("rooms")
    page.get_by_label("Title").fill("no such title")
    expect(page.get_by_role("status").filter(has_text="No room")).to_be_visible()


@pytest.mark.thorough
def test_upcoming_rooms_are_chosen_by_their_state(console: Console, rooms: list[str]) -> None:
    page = console.enter("rooms")
    page.get_by_label("State").select_option("upcoming")
    expect(listed(page)).to_have_text(["Next week", "Tomorrow"])


@pytest.mark.thorough
def test_each_state_of_the_api_can_be_chosen(console: Console, app: RunningApp) -> None:
    states = Scenes(app).insight.json("/openapi.json")["components"]["schemas"]["RoomState"]["enum"]
    options = console.enter("rooms").get_by_label("State").get_by_role("option")
    expect(options).to_have_text(["any", *states])


@pytest.mark.thorough
def test_rooms_of_a_person_are_chosen_by_the_raw_id(console: Console, rooms: list[str]) -> None:
    page = console.enter("rooms")
    page.get_by_label("Participant").fill(INVITED)
    expect(listed(page)).to_have_text(["Invited"])


@pytest.mark.thorough
def test_rooms_of_a_time_are_chosen_by_it(console: Console, rooms: list[str]) -> None:
    page = console.enter(f"rooms?state=upcoming&until={hours_from_now(30)[:19]}Z")
    expect(listed(page)).to_have_text(["Tomorrow"])


@pytest.mark.thorough
def test_a_time_can_be_typed(console: Console, rooms: list[str]) -> None:
    page = console.enter("rooms?state=upcoming")
    expect(listed(page)).to_have_count(2)
    page.get_by_label("Open from").fill(f"{hours_from_now(100)[:16]}")
    expect(listed(page)).to_have_text(["Next week"])


@pytest.mark.thorough
def test_filters_can_be_combined_and_are_in_the_address(console: Console, rooms: list[str]) -> None:
    page = console.enter("rooms")
    page.get_by_label("State").select_option("upcoming")
    page.get_by_label("Title").fill("week")
    expect(listed(page)).to_have_text(["Next week"])
    page.reload()
    expect(listed(page)).to_have_text(["Next week"])
    expect(page.get_by_label("State")).to_have_value("upcoming")
    expect(page.get_by_label("Title")).to_have_value("week")


@pytest.mark.thorough
def test_an_error_of_the_api_is_shown(console: Console, rooms: list[str]) -> None:
    console.allowed = {400}
    page = console.enter("rooms")
    page.get_by_label("Participant").fill("somebody")
    expect(page.get_by_role("alert").filter(has_text="raw id")).to_be_visible()


@pytest.mark.thorough
def test_a_room_leads_to_its_view(console: Console, rooms: list[str]) -> None:
    page = console.enter("rooms")
    page.get_by_role("link", name="Last").click()
    expect(heading(page, "Last")).to_be_visible()
    assert page.url.endswith(rooms[0])


@pytest.fixture(scope="module")
def day(app: RunningApp, rooms: list[str]) -> dict[str, str]:
    """A room with a live call, one whose call has ended, and two for later; ids by title."""
    scenes = Scenes(app)
    khan = {INVITED: "Dr. Khan"}
    people = {INVITED: "Presenter", raw_id(8): "Attendee"}
    ids = {
        "On air": scenes.room("On air", people, khan, scheduled=(-0.1, 1)),
        "Over": scenes.room("Over", people, scheduled=(-2, -1)),
        "Later": scenes.room("Later", people, khan, scheduled=(5, 6)),
        "Sooner": scenes.room("Sooner", people, scheduled=(3, 4)),
    }
    live, over = live_meeting(ids["On air"]), live_meeting(ids["Over"], seconds=7_000)
    scenes.insight.deliver(live.started(), live.added(1, INVITED))
    scenes.insight.deliver(over.started(), over.added(1, INVITED), over.ended(600))
    return ids


def titles(page: Page) -> Locator:
    """The names of the rooms."""
    return page.get_by_role("table", name="Rooms", exact=True).get_by_role("rowheader")


def row(page: Page, title: str) -> Locator:
    return page.get_by_role("row").filter(has_text=title)


def test_a_row_has_the_schedule_the_people_and_the_last_call(
    console: Console, day: dict[str, str]
) -> None:
    page = console.enter("rooms?title=o")
    expect(row(page, "On air")).to_contain_text("live")
    expect(row(page, "Over").get_by_role("cell").nth(2)).to_have_text("2")
    expect(row(page, "Over").get_by_role("cell").last).to_contain_text("1 person")
    expect(row(page, "Sooner").get_by_role("cell").last).to_have_text("none")
    row(page, "Over").get_by_role("cell").last.get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"room/{day['Over']}/call/"))


@pytest.mark.thorough
def test_live_has_the_rooms_with_a_call(console: Console, day: dict[str, str]) -> None:
    page = console.enter("rooms")
    page.get_by_role("link", name="Live", exact=True).click()
    expect(titles(page)).to_contain_text(["On air"])
    page.reload()
    expect(page.get_by_role("link", name="Live", exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    expect(titles(page)).to_contain_text(["On air"])


@pytest.mark.thorough
def test_next_has_the_rooms_of_later_by_their_time(console: Console, day: dict[str, str]) -> None:
    page = console.enter("rooms")
    page.get_by_role("link", name="Next", exact=True).click()
    expect(titles(page)).to_contain_text(["Sooner", "Later"])


@pytest.mark.thorough
def test_next_can_be_filtered(console: Console, day: dict[str, str]) -> None:
    page = console.enter("rooms?show=next")
    page.get_by_label("Name of a person").fill("khan")
    expect(titles(page)).to_have_count(1)
    expect(titles(page)).to_contain_text(["Later"])


@pytest.mark.thorough
def test_ended_has_the_rooms_that_are_closed(console: Console, day: dict[str, str]) -> None:
    scenes = Scenes(console.app)
    make(scenes, "Closed", -1, 2 / 3600)
    until(lambda: scenes.insight.json("/rooms?state=expired")["value"])
    page = console.enter("rooms?show=ended")
    expect(titles(page)).to_contain_text(["Closed"])
    expect(page.get_by_label("State")).to_have_count(0)


def test_rooms_of_a_person_are_found_by_a_part_of_the_name(
    console: Console, day: dict[str, str]
) -> None:
    page = console.enter("rooms")
    page.get_by_label("Name of a person").fill("KHAN")
    expect(titles(page)).to_have_count(2)
    expect(titles(page)).to_contain_text(["Later", "On air"])


@pytest.mark.thorough
def test_rooms_are_found_by_an_external_id(console: Console, day: dict[str, str]) -> None:
    Scenes(console.app).set_details(day["Over"], {"externalId": "case-77"})
    page = console.enter("rooms")
    page.get_by_label("External id").fill("case-77")
    expect(titles(page)).to_have_count(1)
    expect(titles(page)).to_contain_text(["Over"])


@pytest.mark.thorough
def test_rooms_are_found_by_their_schedule(console: Console, day: dict[str, str]) -> None:
    console.allowed = {400}
    page = console.enter(f"rooms?scheduledFrom={hours_from_now(2)[:19]}Z")
    expect(titles(page)).to_have_count(2)
    page.get_by_label("Scheduled until").fill("2000-01-01T00:00")
    expect(page.get_by_role("alert").filter(has_text="after")).to_be_visible()


def test_on_a_phone_the_filters_are_behind_a_button_with_their_number(
    console: Console, day: dict[str, str]
) -> None:
    page = console.enter("rooms?title=over&name=khan", width=NARROW)
    button = page.get_by_role("button", name="Filters (2)")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_label("Title")).to_be_hidden()
    button.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    page.get_by_role("button", name="Clear filters").press("Enter")
    expect(page.get_by_role("button", name="Filters", exact=True)).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("")
    expect(page.get_by_label("Title")).to_be_focused()
    assert overflow(page) <= 0
