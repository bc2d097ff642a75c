"""Report: a person over rooms and time, beside what the API says."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from rooms.domain.time import HOUR, now
from testkit.events import Meeting
from testkit.identifiers import raw_id
from tests.console.pages import HEIGHT, NARROW, ZONE, Console, go, overflow, table
from tests.console.scenes import Json, Scenes
from tests.console.test_call import length

ROOMS = "Rooms of the report"
DOCTOR, PATIENT = raw_id(1701), raw_id(1702)
PERSON = "D-17"
NAME = "Dr. Amina Report"


@pytest.fixture(scope="module")
def rooms(scenes: Scenes) -> list[str]:
    """Three rooms of a person: who came late, did not come, and is expected."""
    made = []
    for number, start in enumerate((-3.0, -1.5, 1.0)):
        people = {DOCTOR: "Presenter", PATIENT: "Attendee"}
        made.append(scenes.room(f"Visit {number}", people, scheduled=(start, start + 0.5)))
        own = {"name": NAME, "externalId": PERSON}
        scenes.set_details(made[-1], {"participants": {DOCTOR: own}})
    call = Meeting(made[0], now() - 3 * HOUR)
    doctor = [call.added(300, DOCTOR, "Amina", "Presenter"), call.removed(900, DOCTOR)]
    scenes.insight.deliver(*call.whole(1_800, doctor, call.stay(0, 1_800, PATIENT)))
    return made


def days(before: int, after: int) -> dict[str, str]:
    """The time of whole days around today, as the page asks for it."""
    today = datetime.now(ZoneInfo(ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)
    ends = {"from": today - timedelta(days=before), "until": today + timedelta(days=after)}
    return {
        name: f"{time.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%S.000Z}"
        for name, time in ends.items()
    }


AROUND = days(2, 3)
"""Whatever the time of day: all rooms of these tests are in it."""


def told(scenes: Scenes, **query: str) -> list[Json]:
    return scenes.insight.all(f"/attendance?{urlencode({'person': PERSON, **query})}")


def opened(console: Console, person: str = PERSON, **time: str) -> Page:
    page = console.show(f"report?{urlencode({'person': person, **(time or AROUND)})}")
    expect(form(page)).to_be_visible()
    return page


def form(page: Page) -> Locator:
    return page.get_by_role("search", name="Report")


def rows(page: Page) -> Locator:
    return page.get_by_role("table", name=ROOMS).locator("tbody").get_by_role("row")


def fact(page: Page, name: str) -> Locator:
    return page.locator("dt").get_by_text(name, exact=True).locator("xpath=../dd")


def test_each_room_is_as_the_api_says(console: Console, scenes: Scenes, rooms: list[str]) -> None:
    page = opened(console)
    expected = [
        [
            one["title"],
            one["status"],
            one["role"],
            *(
                length(one[field]) if one["intervals"] else ""
                for field in ("seconds", "lateSeconds", "leftEarlySeconds")
            ),
        ]
        for one in told(scenes, **AROUND)
    ]
    expect(rows(page)).to_have_count(len(expected))
    shown = [[row[0], *row[2:]] for row in table(page, ROOMS)]
    assert shown == expected
    assert {row[1] for row in shown} == {"attended", "absent", "expected"}


@pytest.mark.thorough
def test_the_totals_are_those_of_the_rooms(
    console: Console, scenes: Scenes, rooms: list[str]
) -> None:
    page = opened(console)
    answers = told(scenes, **AROUND)
    expect(fact(page, "Rooms")).to_have_text(str(len(answers)))
    for name in ("attended", "absent"):
        count = sum(one["status"] == name for one in answers)
        expect(fact(page, name.capitalize())).to_have_text(str(count))
    present = length(sum(one["seconds"] for one in answers))
    expect(fact(page, "Time present")).to_have_text(present)


@pytest.mark.thorough
def test_a_room_leads_to_its_attendance(console: Console, rooms: list[str]) -> None:
    page = opened(console)
    link = rows(page).get_by_role("link", name="Visit 1")
    expect(link).to_have_attribute("href", f"#/room/{rooms[1]}/call")


@pytest.mark.thorough
def test_by_default_it_is_about_this_week(console: Console, rooms: list[str]) -> None:
    page = console.show(f"report?person={PERSON}")
    expect(page.get_by_role("button", name="This week")).to_have_attribute("aria-pressed", "true")
    today = datetime.now(ZoneInfo(ZONE)).date()
    monday = today - timedelta(days=today.weekday())
    expect(page.get_by_label("From")).to_have_value(monday.isoformat())
    expect(page.get_by_label("To", exact=True)).to_have_value(
        (monday + timedelta(days=6)).isoformat()
    )


@pytest.mark.thorough
def test_another_time_is_chosen_with_one_press(
    console: Console, scenes: Scenes, rooms: list[str]
) -> None:
    page = opened(console)
    page.get_by_role("button", name="Last week").press("Enter")
    expect(page).to_have_url(re.compile("from="))
    today = datetime.now(ZoneInfo(ZONE)).date()
    monday = today - timedelta(days=today.weekday())
    expect(page.get_by_label("From")).to_have_value((monday - timedelta(days=7)).isoformat())
    expect(page.get_by_role("button", name="Last week")).to_have_attribute("aria-pressed", "true")


@pytest.mark.thorough
def test_the_form_asks_for_the_days_in_it(
    console: Console, scenes: Scenes, rooms: list[str]
) -> None:
    page = console.show("report")
    expect(page.get_by_text("Whose report?")).to_be_visible()
    today = datetime.now(ZoneInfo(ZONE)).date()
    page.get_by_label("Person").fill(DOCTOR)
    page.get_by_label("From").fill((today - timedelta(days=2)).isoformat())
    page.get_by_label("To", exact=True).fill((today + timedelta(days=2)).isoformat())
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(len(told(scenes, **AROUND)))


@pytest.mark.thorough
def test_an_address_with_a_wrong_time_is_refused_beside_it(
    console: Console, rooms: list[str]
) -> None:
    console.allowed = {400}
    page = opened(console)
    expect(rows(page)).to_have_count(len(rooms))
    go(page, f"report?{urlencode({'person': PERSON, 'from': 'then'})}")
    expect(page.get_by_label("From")).to_have_accessible_description(re.compile("Must be"))


def test_people_are_found_by_a_part_of_their_name(
    console: Console, scenes: Scenes, rooms: list[str]
) -> None:
    page = opened(console, "somebody else")
    page.get_by_label("Person").fill("amina REP")
    page.keyboard.press("Enter")
    found = page.get_by_role("region", name="People found")
    (person,) = scenes.insight.json("/people?name=amina%20rep")["value"]
    expect(found.get_by_role("listitem").first).to_contain_text(
        re.compile(f"{person['name']}.*{person['externalId']}, {person['rooms']} rooms", re.DOTALL)
    )
    found.get_by_role("link", name=NAME).click()
    expect(rows(page)).to_have_count(len(told(scenes, **AROUND)))
    expect(page.get_by_label("Person")).to_have_value(PERSON)
    expect(found).to_have_count(0)


@pytest.mark.thorough
def test_a_whole_name_of_one_person_needs_no_choice(
    console: Console, scenes: Scenes, rooms: list[str]
) -> None:
    page = opened(console, "somebody else")
    page.get_by_label("Person").fill(NAME.lower())
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(len(told(scenes, **AROUND)))


def test_the_csv_has_all_pages(console: Console, scenes: Scenes, rooms: list[str]) -> None:
    whole = scenes.insight.get(f"/attendance?{urlencode({'person': PERSON, 'format': 'csv'})}")
    head, *lines = whole.body.decode("utf-8-sig").splitlines(keepends=True)
    ours = [line for line in lines if any(room_id in line for room_id in rooms)]
    assert len(ours) == len(rooms)  # other tests invite the person, too

    def page_of_csv(route: Route) -> None:
        """Answers with one line a page, as if a page had no room for more."""
        url = route.request.url
        if "format=csv" not in url:
            route.continue_()
            return
        number = int(re.findall(r"nextLink=(\d+)|$", url)[0] or 0)
        last = number + 1 == len(lines)
        link = (
            {}
            if last
            else {"Link": f'<{url.split("&nextLink")[0]}&nextLink={number + 1}>; rel="next"'}
        )
        body = "\ufeff" + head + lines[number]
        route.fulfill(body=body, content_type="text/csv; charset=utf-8", headers=link)

    page = opened(console)
    page.route("**/attendance?*", page_of_csv)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert download.value.path().read_bytes() == whole.body
    page.unroute("**/attendance?*")


@pytest.mark.thorough
def test_a_person_nobody_knows_has_no_rooms(console: Console) -> None:
    page = opened(console, "nobody at all")
    expect(page.get_by_role("status").filter(has_text="No rooms of nobody at all")).to_be_visible()


def test_a_wrong_person_is_told_beside_the_field(console: Console) -> None:
    console.allowed = {400}
    page = opened(console, "x" * 257)
    field = page.get_by_label("Person")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("Must have at most 256 characters.")


@pytest.mark.thorough
def test_a_time_that_ends_before_it_begins_is_told_beside_the_field(
    console: Console, scenes: Scenes
) -> None:
    console.allowed = {400}
    wrong = {"from": AROUND["until"], "until": AROUND["from"]}
    page = opened(console, PERSON, **wrong)
    refusal = scenes.insight.get(f"/attendance?{urlencode({'person': PERSON, **wrong})}")
    field = page.locator('[aria-invalid="true"]')
    expect(field).to_have_accessible_description(refusal.json()["error"]["message"])


@pytest.mark.thorough
def test_a_form_without_a_person_says_so_and_takes_the_focus(console: Console) -> None:
    page = console.show("report")
    page.get_by_role("button", name="Show report").click()
    field = page.get_by_label("Person")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description("This field is required.")


@pytest.mark.thorough
def test_a_room_that_could_not_be_read_says_so(
    console: Console, scenes: Scenes, rooms: list[str]
) -> None:
    answer = scenes.insight.json(f"/attendance?{urlencode({'person': PERSON, **AROUND})}")
    read = answer["value"][0]
    known = ("roomId", "title", "from", "until", "cancelled")
    answer["value"][0] = {**{name: read[name] for name in known}, "error": "TooManyEvents"}
    page = console.show("report")
    page.route("**/attendance?*", lambda route: route.fulfill(json=answer))
    opened(console)
    expect(rows(page).filter(has_text=read["title"])).to_contain_text(
        "Too many events for a report"
    )
    expect(fact(page, "Not read")).to_have_text("1")
    page.unroute("**/attendance?*")


@pytest.mark.thorough
def test_further_rooms_are_loaded_on_demand(
    console: Console, scenes: Scenes, rooms: list[str]
) -> None:
    """Pages with a room each: as many as the first screen has, then one more."""
    answer = scenes.insight.json(f"/attendance?{urlencode({'person': PERSON, **AROUND})}")
    one = answer["value"][0]

    def page_of_rooms(route: Route) -> None:
        url = route.request.url
        number = int(re.findall(r"nextLink=(\d+)|$", url)[0] or 0)
        value = [{**one, "roomId": str(10**16 + 30 * number + at)} for at in range(30)]
        further = None if number == 3 else f"{url.split('&nextLink')[0]}&nextLink={number + 1}"
        route.fulfill(json={"value": value, **({"nextLink": further} if further else {})})

    page = console.show("report")
    page.route("**/attendance?*", page_of_rooms)
    opened(console)
    expect(rows(page)).to_have_count(90)
    expect(page.get_by_text("There are more.")).to_be_visible()
    page.get_by_role("button", name="More rooms").click()
    expect(rows(page)).to_have_count(120)
    expect(fact(page, "Rooms")).to_have_text("120")
    expect(page.get_by_text("There are more.")).to_have_count(0)
    page.unroute("**/attendance?*")


@pytest.mark.thorough
def test_the_rooms_are_sorted_by_keyboard(console: Console, rooms: list[str]) -> None:
    page = opened(console)
    head = page.get_by_role("columnheader", name="Room")
    for direction in ("ascending", "descending"):
        head.get_by_role("button").press("Enter")
        expect(head).to_have_attribute("aria-sort", direction)
        titles = [row[0] for row in table(page, ROOMS)]
        assert titles == sorted(titles, reverse=direction == "descending")


@pytest.mark.thorough
def test_it_fits_a_phone(console: Console, rooms: list[str]) -> None:
    page = opened(console)
    page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    expect(rows(page).first).to_contain_text("Presenter")
    assert overflow(page) <= 0
