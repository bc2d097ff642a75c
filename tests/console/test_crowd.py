"""350 people in one call (60 unless THOROUGH=1): drawn, scrollable, and the page stays usable."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from rooms.domain.time import HOUR, now
from testkit.events import Meeting
from testkit.identifiers import raw_id
from testkit.running import RunningApp, running_app
from tests.console.lists import named
from tests.console.pages import NARROW, Console, overflow
from tests.console.scenes import Scenes
from tests.effort import THOROUGH

PEOPLE = [raw_id(number) for number in range(350 if THOROUGH else 60)]
NAMES = [f"Person {number}" for number in range(len(PEOPLE))]
ABSENT = 20
"""The last of them, who do not come."""
LENGTH = 3_000


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    with running_app(tmp_path_factory.mktemp("crowd")) as app:
        yield app


@pytest.fixture(scope="module")
def call(app: RunningApp) -> Meeting:
    """Most come within six minutes, and every tenth leaves early and comes back."""
    scenes = Scenes(app)
    names = dict(zip(PEOPLE, NAMES, strict=True))
    call = Meeting(scenes.room("Assembly", dict.fromkeys(PEOPLE, "Attendee"), names), now() - HOUR)
    events = [call.started(), call.ended(LENGTH)]
    for number, who in enumerate(PEOPLE[:-ABSENT]):
        events.append(call.added(number, who, role="Attendee"))
        if number % 10 == 0:
            events += [
                call.removed(1_000 + number, who),
                call.added(1_500 + number, who, role="Attendee"),
            ]
        events.append(call.removed(LENGTH - 1, who))
    scenes.insight.deliver(*events)
    return call


def opened(console: Console, call: Meeting, width: int = 1200) -> Page:
    page = console.enter(f"room/{call.room_id}/call", width=width)
    expect(page.locator(".leg").first).to_be_visible()
    return page


@pytest.mark.thorough
def test_each_has_a_row_and_bars(console: Console, call: Meeting) -> None:
    page = opened(console, call)
    came = len(PEOPLE) - ABSENT
    expect(page.locator(".leg")).to_have_count(came + came // 10)
    expect(page.locator(".timeline .name", has_text="Person")).to_have_count(len(PEOPLE))


@pytest.mark.thorough
def test_its_rows_scroll(console: Console, call: Meeting) -> None:
    page = opened(console, call)
    last = page.locator(".timeline .name", has_text=NAMES[-1])
    expect(last).not_to_be_in_viewport()
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()


@pytest.mark.thorough
def test_the_last_row_can_be_reached_by_keyboard(console: Console, call: Meeting) -> None:
    page = opened(console, call)
    page.get_by_role("group", name="Rows of the timeline").focus()
    page.keyboard.press("End")
    expect(page.locator(".timeline .name", has_text=NAMES[-1])).to_be_in_viewport()


@pytest.mark.parametrize("width", [NARROW, 1200])
@pytest.mark.thorough
def test_it_fits_the_screen(console: Console, call: Meeting, width: int) -> None:
    page = opened(console, call, width)
    expect(page.get_by_role("table", name="Attendance", exact=True)).to_be_visible()
    assert overflow(page) <= 0


@pytest.mark.thorough
def test_the_people_present_follow_the_slider(console: Console, call: Meeting) -> None:
    page = opened(console, call)
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("main")).to_contain_text("2 people")


FEW = 25
"""People of an attendance that are shown at first."""


def attendance(page: Page) -> Locator:
    table = page.get_by_role("table", name="Attendance", exact=True)
    return table.locator("tbody").get_by_role("row")


@pytest.mark.parametrize(("width", "most"), [(NARROW, 9_000), (1200, 4_000)])
@pytest.mark.thorough
def test_the_page_stays_short(console: Console, call: Meeting, width: int, most: int) -> None:
    page = opened(console, call, width)
    expect(attendance(page)).to_have_count(FEW)
    assert page.evaluate("document.documentElement.scrollHeight") < most


def test_of_all_in_the_attendance_some_are_found(console: Console, call: Meeting) -> None:
    page = opened(console, call)
    expect(attendance(page)).to_have_count(FEW)
    search = page.get_by_label("Search people")
    search.fill("PERSON 34")
    found = [name for name in NAMES if name.startswith("Person 34")]
    expect(attendance(page)).to_have_count(len(found))
    search.fill("nobody")
    expect(page.get_by_text("Nobody matches.")).to_be_visible()
    page.get_by_role("button", name="Show everybody").click()
    page.get_by_role("button", name=f"Show all {len(PEOPLE)}").click()
    expect(attendance(page)).to_have_count(len(PEOPLE))


@pytest.mark.thorough
def test_of_all_in_the_attendance_those_of_a_status_are_shown(
    console: Console, call: Meeting
) -> None:
    page = opened(console, call)
    status = page.get_by_role("group", name="Status")
    expect(status.get_by_role("button")).to_have_text(
        [f"All {len(PEOPLE)}", f"absent {ABSENT}", f"attended {len(PEOPLE) - ABSENT}"]
    )
    status.get_by_role("button", name="absent").press("Enter")
    expect(attendance(page)).to_have_count(ABSENT)
    expect(status.get_by_role("button", name="absent")).to_have_attribute("aria-pressed", "true")
    for row in attendance(page).all():
        expect(row).to_contain_text("absent")


@pytest.mark.thorough
def test_the_attendance_is_sorted_by_keyboard(
    console: Console, app: RunningApp, call: Meeting
) -> None:
    """The numbers begin with the highest, and what is not known comes last."""
    page = opened(console, call)
    told = Scenes(app).insight.json(f"/rooms/{call.room_id}/attendance?call={call.id}")["value"]
    page.get_by_role("combobox", name="Time").select_option(label="This call")
    late = page.get_by_role("columnheader", name="Late")
    for direction, pick in (("descending", max), ("ascending", min)):
        late.get_by_role("button").press("Enter")
        expect(late).to_have_attribute("aria-sort", direction)
        wanted = pick(one["lateSeconds"] for one in told if one["intervals"])
        people = [one["name"] for one in told if one["lateSeconds"] == wanted]
        expect(attendance(page).first).to_contain_text(re.compile("|".join(people)))


@pytest.mark.thorough
def test_other_views_are_still_reached_from_it(console: Console, call: Meeting) -> None:
    page = opened(console, call)
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("button", name=f"Show all {len(PEOPLE)}").click()
    people = page.get_by_role("table", name="People", exact=True)
    expect(people.get_by_role("row")).to_have_count(len(PEOPLE) + 1)


@pytest.mark.thorough
def test_of_many_in_a_call_that_goes_on_a_few_are_shown_at_first(
    console: Console, app: RunningApp
) -> None:
    scenes = Scenes(app)
    call = Meeting(scenes.room("Crowded"), now() - HOUR // 10)
    scenes.insight.deliver(
        call.started(), *(call.added(number, who) for number, who in enumerate(PEOPLE[:100]))
    )
    page = console.enter("home")
    rows = named(page, "People in Crowded").get_by_role("listitem")
    expect(rows).to_have_count(8)
    page.get_by_role("button", name="All 100").click()
    expect(rows).to_have_count(100)
