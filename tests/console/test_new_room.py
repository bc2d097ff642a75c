"""New room: making a room with its times and its people, and what is said of wrong input."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from testkit.identifiers import raw_id
from testkit.raw import Raw
from tests.console.pages import ZONE, Console, go, heading, mostly
from tests.console.scenes import Scenes
from tests.console.test_keyboard import tab_to

HERE = ZoneInfo(ZONE)
ROOM = re.compile(r"#/room/(\d+)$")


def part(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name, exact=True)


def field(page: Page, group: str, label: str) -> Locator:
    return part(page, group).get_by_label(label, exact=True)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("button", name=name, exact=True)


def soon(**later: float) -> datetime:
    """Returns ten o'clock tomorrow, in the zone of the browser, or so much later."""
    tomorrow = datetime.now(HERE) + timedelta(days=1)
    return tomorrow.replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(**later)


def typed(time: datetime) -> str:
    """Returns a time as a field has it."""
    return time.strftime("%Y-%m-%dT%H:%M")


def answered(time: datetime) -> str:
    """Returns a time as the API answers it."""
    return time.astimezone(UTC).isoformat()


def schedule(page: Page, start: datetime, end: datetime | None = None) -> None:
    field(page, "Scheduled", "From").fill(typed(start))
    if end:
        field(page, "Scheduled", "Until").fill(typed(end))


def describe(page: Page, number: int, **texts: str) -> None:
    """Fills in fields of a person by their labels, with _ for a space."""
    for name, text in texts.items():
        label = name.replace("_", " ")
        if label == "Raw id":
            part(page, f"Person {number}").locator("summary").click()
        box = field(page, f"Person {number}", label)
        box.select_option(text) if label == "Role" else box.fill(text)


def made(page: Page, scenes: Scenes) -> Any:
    """Returns the room that the page shows at the end, as the API has it."""
    page.wait_for_url(ROOM)
    found = ROOM.search(page.url)
    assert found
    return scenes.insight.json(f"/rooms/{found[1]}/overview")


def people_of(room: Any) -> list[tuple[str, str | None, str | None]]:
    return [(one["role"], one["name"], one["externalId"]) for one in room["participants"]]


def expect_fault(box: Locator, text: str | re.Pattern[str]) -> None:
    """Expects that the field has the focus, and that a screen reader says what is wrong."""
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_have_accessible_description(text)


def sent(page: Page) -> list[str]:
    """Returns a list that gets the changes that the page sends: method and path."""
    changes: list[str] = []

    def note(request: Request) -> None:
        if request.method != "GET":
            changes.append(f"{request.method} {urlsplit(request.url).path}")

    page.on("request", note)
    return changes


def test_a_room_is_made_as_it_was_typed(console: Console, scenes: Scenes) -> None:
    start, end = soon(), soon(minutes=45)
    page = console.enter("new")
    page.get_by_label("Title").fill("Cardiology")
    schedule(page, start, end)
    describe(page, 1, Name="Dr. Khan", Role="Presenter", External_id="D-1", Raw_id=raw_id(1))
    button(page, "Add a person").click()
    expect(field(page, "Person 2", "Name")).to_be_focused()
    describe(page, 2, Name="Nils Diallo", Raw_id=raw_id(2))
    button(page, "Create room").click()
    room = made(page, scenes)
    assert (room["title"], room["scheduledStart"], room["scheduledEnd"]) == (
        "Cardiology",
        answered(start),
        answered(end),
    )
    assert (room["validFrom"], room["validUntil"]) == (
        answered(start - timedelta(minutes=15)),
        answered(end + timedelta(minutes=15)),
    )
    assert people_of(room) == [
        ("Presenter", "Dr. Khan", "D-1"),
        ("Attendee", "Nils Diallo", None),
    ]
    expect(heading(page, "Cardiology")).to_be_focused()


@pytest.mark.thorough
def test_an_empty_form_makes_a_room_that_is_open_now(console: Console, scenes: Scenes) -> None:
    page = console.enter("new")
    button(page, "Create room").click()
    room = made(page, scenes)
    assert (room["state"], room["title"], room["participants"]) == ("open", None, [])


@pytest.mark.thorough
def test_the_times_at_which_it_is_open_can_be_others(console: Console, scenes: Scenes) -> None:
    start = soon()
    page = console.enter("new")
    schedule(page, start)
    field(page, "Open", "From").fill(typed(start - timedelta(hours=2)))
    schedule(page, start + timedelta(hours=1))  # what was typed stays
    button(page, "Create room").click()
    room = made(page, scenes)
    assert room["scheduledEnd"] == answered(start + timedelta(minutes=90))
    assert (room["validFrom"], room["validUntil"]) == (
        answered(start - timedelta(hours=2)),
        answered(start + timedelta(minutes=105)),
    )


def test_somebody_without_a_raw_id_becomes_a_user(console: Console, scenes: Scenes) -> None:
    page = console.enter("new")
    describe(page, 1, Name="Salma Hansen")
    button(page, "Create room").click()
    room = made(page, scenes)
    assert people_of(room) == [("Attendee", "Salma Hansen", None)]
    person = room["participants"][0]["rawId"]
    identities = Raw(console.app.http, console.app.manage_key, version="2023-10-01")
    token = identities.post(f"/identities/{person}/:issueAccessToken", {"scopes": ["voip"]})
    assert token.status == 200


@pytest.mark.thorough
def test_somebody_who_was_invited_before_is_suggested(console: Console, scenes: Scenes) -> None:
    before = raw_id()
    scenes.set_details(
        scenes.room(people={before: "Attendee"}),
        {"participants": {before: {"name": "Amina Yusuf", "externalId": "P-77"}}},
    )
    page = console.enter("new")
    name = field(page, "Person 1", "Name")
    name.press_sequentially("yusu")
    option = page.get_by_role("listbox", name="Invited before").get_by_role("option")
    expect(option).to_have_text(re.compile("Amina Yusuf.*P-77, 1 room"))
    name.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    name.press("Enter")
    expect(option).to_have_count(0)
    expect(name).to_have_value("Amina Yusuf")
    button(page, "Create room").click()
    room = made(page, scenes)
    assert people_of(room) == [("Attendee", "Amina Yusuf", "P-77")]
    assert room["participants"][0]["rawId"] == before


@dataclass(frozen=True)
class Wrong:
    """What is typed, the field that is told of it, and what is said. Fields are group and label."""

    texts: dict[tuple[str, str], str]
    where: tuple[str, str]
    says: str


FROM, UNTIL = ("Scheduled", "From"), ("Scheduled", "Until")
OPEN_FROM, OPEN_UNTIL = ("Open", "From"), ("Open", "Until")
RAW_ID, OTHER_RAW_ID = ("Person 1", "Raw id"), ("Person 2", "Raw id")

WRONG = {
    "an end before the start": Wrong(
        {FROM: typed(soon()), UNTIL: typed(soon(hours=-1))}, UNTIL, "Must be after the start"
    ),
    "an end without a start": Wrong({UNTIL: typed(soon())}, FROM, "Must be given"),
    "a start without an end": Wrong({FROM: typed(soon()), UNTIL: ""}, UNTIL, "Must be given"),
    "over already": Wrong({OPEN_UNTIL: typed(soon(days=-2))}, OPEN_UNTIL, "in the past"),
    "open too long": Wrong({OPEN_UNTIL: typed(soon(days=181))}, OPEN_UNTIL, "180 days"),
    "open too late": Wrong({OPEN_FROM: typed(soon(days=181))}, OPEN_FROM, "180 days"),
    "a time before all": Wrong({FROM: "1999-12-31T10:00", UNTIL: ""}, FROM, "2000"),
    "no raw id": Wrong({RAW_ID: "8:acs:somebody"}, RAW_ID, "8:acs:<guid>_<guid>"),
    "two of one raw id": Wrong(
        {RAW_ID: raw_id(1), OTHER_RAW_ID: raw_id(1)}, OTHER_RAW_ID, "person 1 has it"
    ),
}


@pytest.mark.parametrize("name", mostly(WRONG, "an end before the start"))
def test_what_is_wrong_is_said_beside_the_field(
    console: Console, scenes: Scenes, name: str
) -> None:
    console.allowed = {400}
    before, wrong = scenes.raw.newest_ids(), WRONG[name]
    page = console.show("new")
    button(page, "Add a person").click()
    for (group, label), text in wrong.texts.items():
        if label == "Raw id":
            part(page, group).locator("summary").click()
        field(page, group, label).fill(text)
    button(page, "Create room").click()
    expect_fault(field(page, *wrong.where), re.compile(re.escape(wrong.says)))
    assert scenes.raw.newest_ids() == before


@pytest.mark.thorough
def test_what_was_wrong_can_be_corrected(console: Console, scenes: Scenes) -> None:
    console.allowed = {400}
    page = console.enter("new")
    page.get_by_label("Title").fill("Corrected")
    field(page, "Open", "Until").fill(typed(soon(days=-2)))
    button(page, "Create room").click()
    expect_fault(field(page, "Open", "Until"), re.compile("in the past"))
    field(page, "Open", "Until").fill(typed(soon()))
    button(page, "Create room").click()
    room = made(page, scenes)
    assert (room["title"], room["validUntil"]) == ("Corrected", answered(soon()))


@pytest.mark.thorough
def test_where_rooms_are_made_at_acs_there_is_no_form(console: Console) -> None:
    def observe(route: Route) -> None:
        route.fulfill(json={**route.fetch().json(), "acsMode": "observe"})

    page = console.context().new_page()
    page.route("**/settings.json", observe)
    page.goto(console.url())
    page.get_by_label("Key").fill(console.app.manage_key)
    page.get_by_label("Key").press("Enter")
    go(page, "new")
    expect(page.get_by_text("Rooms are made at ACS")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)


def test_a_read_only_key_does_not_reach_the_form(console: Console) -> None:
    console.allowed = {401}
    page = console.enter("new", console.app.read_key)
    expect(page.get_by_text("Your key only reads")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)


@pytest.mark.thorough
def test_what_a_failure_has_left_is_sent_again(console: Console, scenes: Scenes) -> None:
    console.allowed = {503}
    before = scenes.raw.newest_ids()
    page = console.enter("new")
    page.get_by_label("Title").fill("In two steps")
    describe(page, 1, Name="Dr. Khan")
    page.route("**/details", lambda route: route.fulfill(status=503), times=1)
    button(page, "Create room").click()
    expect(page.get_by_role("alert")).to_contain_text("503")
    expect(page.get_by_text("The room is there")).to_be_visible()
    (room_id, *others) = scenes.raw.newest_ids()
    assert others[:5] == before[:5]
    changes = sent(page)
    button(page, "Save the rest").click()
    room = made(page, scenes)
    assert changes == [f"PATCH /rooms/{room_id}/details"]
    assert (room["roomId"], room["title"]) == (room_id, "In two steps")
    assert people_of(room) == [("Attendee", "Dr. Khan", None)]


@pytest.mark.thorough
def test_after_a_failure_what_was_changed_in_the_form_is_changed_in_the_room(
    console: Console, scenes: Scenes
) -> None:
    console.allowed = {503}
    page = console.enter("new")
    schedule(page, soon())
    describe(page, 1, Name="Dr. Khan", Raw_id=raw_id(1))
    page.route("**/details", lambda route: route.fulfill(status=503), times=1)
    button(page, "Create room").click()
    expect(page.get_by_text("The room is there")).to_be_visible()
    schedule(page, soon(hours=1))
    button(page, "Add a person").click()
    describe(page, 2, Name="Nils Diallo", Role="Presenter", Raw_id=raw_id(2))
    button(page, "Remove person 1").click()
    button(page, "Save the rest").click()
    room = made(page, scenes)
    assert room["validFrom"] == answered(soon(minutes=45))
    assert people_of(room) == [("Presenter", "Nils Diallo", None)]


@pytest.mark.parametrize("title", mostly(["Once", "Once, with another body"], "Once"))
def test_sent_again_after_an_answer_that_was_lost_makes_no_second_room(
    console: Console, scenes: Scenes, title: str
) -> None:
    """The room is made, and the page does not know it."""
    console.allowed = {504}
    before = scenes.raw.newest_ids()
    page = console.enter("new")
    page.get_by_label("Title").fill(title)
    page.route(re.compile(r"/rooms\?"), lose_the_answer, times=1)
    button(page, "Create room").click()
    expect(page.get_by_role("alert")).to_contain_text("504")
    if "another" in title:
        describe(page, 1, Name="Dr. Khan", Raw_id=raw_id(1))
    button(page, "Create room").click()
    room = made(page, scenes)
    assert room["title"] == title
    assert len(room["participants"]) == ("another" in title)
    (room_id, *others) = scenes.raw.newest_ids()
    assert (room_id, others[:5]) == (room["roomId"], before[:5])


def lose_the_answer(route: Route) -> None:
    assert route.fetch().status == 201
    route.fulfill(status=504)


@pytest.mark.thorough
def test_if_no_user_can_be_made_the_field_says_what_to_do(console: Console, scenes: Scenes) -> None:
    console.allowed = {503}
    page = console.enter("new")
    describe(page, 1, Name="Dr. Khan")
    button(page, "Add a person").click()
    describe(page, 2, Name="Nils Diallo")
    tries = []

    def fail_for_the_second(route: Route) -> None:
        tries.append(route.request.url)
        if len(tries) == 2:
            route.fulfill(status=503)
        else:
            route.continue_()

    page.route("**/identities?*", fail_for_the_second)
    button(page, "Create room").click()
    expect_fault(field(page, "Person 2", "Raw id"), re.compile("enter the raw id"))
    field(page, "Person 2", "Raw id").fill(raw_id(2))
    button(page, "Create room").click()
    room = made(page, scenes)
    assert [one["name"] for one in room["participants"]] == ["Dr. Khan", "Nils Diallo"]
    assert room["participants"][1]["rawId"] == raw_id(2)
    assert len(tries) == 2  # no second user for the first person


def test_it_needs_no_mouse(console: Console, scenes: Scenes) -> None:
    page = console.enter("new")
    tab_to(page, page.get_by_label("Title"))
    page.keyboard.type("By keyboard")
    tab_to(page, field(page, "Person 1", "Name"))
    page.keyboard.type("Dr. Khan")
    tab_to(page, field(page, "Person 1", "Role"))
    page.keyboard.type("P")
    tab_to(page, button(page, "Add a person"))
    page.keyboard.press("Enter")
    page.keyboard.type("Nils Diallo")
    page.keyboard.press("Enter")
    room = made(page, scenes)
    assert room["title"] == "By keyboard"
    assert people_of(room) == [("Presenter", "Dr. Khan", None), ("Attendee", "Nils Diallo", None)]


def change_of_clocks(forward: bool) -> datetime:
    """Returns the beginning of the hour that is skipped or comes twice, as clocks show it."""
    noon = datetime.now(HERE).replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=None)
    days = [noon + timedelta(days=number) for number in range(367)]
    changed = (
        day
        for before, day in pairwise(days)
        if (ahead(before) < ahead(day) if forward else ahead(before) > ahead(day))
    )
    return next(changed).replace(hour=2)


def ahead(day: datetime) -> timedelta:
    return day.replace(tzinfo=HERE).utcoffset() or timedelta(0)


def at_any_time(page: Page) -> None:
    """The room is open now: it could not be made for a day that is too far away."""
    for label in ("From", "Until"):
        field(page, "Open", label).fill("")


@pytest.mark.thorough
def test_a_time_that_clocks_skip_is_refused(console: Console) -> None:
    page = console.show("new")
    schedule(page, change_of_clocks(forward=True) + timedelta(minutes=30))
    button(page, "Create room").click()
    expect_fault(field(page, "Scheduled", "From"), re.compile(f"Clocks in {ZONE} skip it"))


@pytest.mark.thorough
@pytest.mark.parametrize("fold", mostly([0, 1], 1))
def test_of_a_time_that_clocks_show_twice_one_is_chosen(
    console: Console, scenes: Scenes, fold: int
) -> None:
    start = change_of_clocks(forward=False) + timedelta(minutes=30)
    page = console.enter("new")
    schedule(page, start)
    at_any_time(page)
    part(page, "Scheduled").get_by_label("From: clocks show it twice").select_option(index=fold)
    button(page, "Create room").click()
    room = made(page, scenes)
    assert room["scheduledStart"] == answered(start.replace(tzinfo=HERE, fold=fold))
