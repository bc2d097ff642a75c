"""Changing the title and the times of a room."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from testkit.identifiers import raw_id
from tests.console.pages import ZONE, Console, heading, mostly
from tests.console.room_page import dialog, fill, press, problem, room, second_tab, sent
from tests.console.scenes import Scenes, hours_from_now

FIRST, LAST = "2031-05-05T10:00", "2031-05-05T10:30"
"""A schedule as one types it."""

EDIT = ("Edit", "Edit room")


def utc(typed: str) -> datetime:
    """Returns the time that a field means."""
    return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(ZONE))


def times(scenes: Scenes, room_id: str, *names: str) -> list[datetime]:
    told = room(scenes, room_id)
    return [datetime.fromisoformat(told[name]) for name in names]


def shown_times(page: Page) -> list[datetime]:
    facts = page.get_by_role("definition").locator("time")
    shown = facts.evaluate_all("times => times.map(time => time.dateTime)")
    return [datetime.fromisoformat(time) for time in shown]


def test_the_title_and_the_times_are_changed(console: Console, scenes: Scenes) -> None:
    room_id = scenes.room("Knee", scheduled=(1, 2))
    page = console.show(f"room/{room_id}")
    form = dialog(page, *EDIT)
    later = datetime.now(ZoneInfo(ZONE)) + timedelta(days=2)
    typed = {
        "Scheduled from": later.strftime("%Y-%m-%dT10:00"),
        "Scheduled until": later.strftime("%Y-%m-%dT10:30"),
        "Open from": later.strftime("%Y-%m-%dT09:45"),
        "Open until": later.strftime("%Y-%m-%dT10:45"),
    }
    fill(form, {"Title": "Knee, second opinion", "External id": "A-7", **typed})
    sent(page, form)
    expect(heading(page, "Knee, second opinion")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    told = room(scenes, room_id)
    assert (told["title"], told["externalId"]) == ("Knee, second opinion", "A-7")
    wanted = [utc(text) for text in typed.values()]
    names = ("scheduledStart", "scheduledEnd", "validFrom", "validUntil")
    assert times(scenes, room_id, *names) == wanted
    assert shown_times(page)[:4] == wanted


@pytest.mark.thorough
def test_what_is_not_changed_stays_as_exact_as_it_was(console: Console, scenes: Scenes) -> None:
    room_id = scenes.room("Before", scheduled=(1, 2))
    before = room(scenes, room_id)
    page = console.show(f"room/{room_id}")
    form = dialog(page, *EDIT)
    fill(form, {"Title": "After"})
    sent(page, form)
    expect(heading(page, "After")).to_be_visible()
    assert room(scenes, room_id) == before | {"title": "After"}


@pytest.mark.thorough
def test_what_is_emptied_is_removed(console: Console, scenes: Scenes) -> None:
    room_id = scenes.room("Before", scheduled=(1, 2))
    page = console.show(f"room/{room_id}")
    form = dialog(page, *EDIT)
    fill(form, {"Title": "", "Scheduled from": "", "Scheduled until": ""})
    sent(page, form)
    expect(heading(page, f"Room {room_id}")).to_be_visible()
    told = room(scenes, room_id)
    assert (told["title"], told["scheduledStart"], told["scheduledEnd"]) == (None, None, None)


@pytest.mark.thorough
def test_the_other_times_follow_the_start_of_the_meeting(console: Console, scenes: Scenes) -> None:
    open_from_to = {"validFrom": hours_from_now(1), "validUntil": hours_from_now(3)}
    room_id = scenes.raw.new_room(open_from_to)["id"]
    scenes.set_details(
        room_id, {"scheduledStart": hours_from_now(1.5), "scheduledEnd": hours_from_now(2.5)}
    )
    names = ("scheduledStart", "scheduledEnd", "validFrom", "validUntil")
    before = times(scenes, room_id, *names)
    page = console.show(f"room/{room_id}")
    form = dialog(page, *EDIT)
    tomorrow = (before[0] + timedelta(days=1)).astimezone(ZoneInfo(ZONE))
    fill(form, {"Scheduled from": tomorrow.strftime("%Y-%m-%dT%H:%M")})
    sent(page, form)
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    minute = timedelta(minutes=1)
    for was, now in zip(before, times(scenes, room_id, *names), strict=True):
        assert abs(now - was - timedelta(days=1)) < minute


WRONG = {
    "end before start": ("Scheduled until", {"Scheduled from": LAST, "Scheduled until": FIRST}),
    "one time only": ("Scheduled until", {"Scheduled from": FIRST, "Scheduled until": ""}),
    "never open": ("Open from", {"Open from": ""}),
    "closed before open": ("Open until", {"Open from": LAST, "Open until": FIRST}),
    "over": ("Open until", {"Open from": "2020-05-05T10:00", "Open until": "2020-05-05T11:00"}),
    "title too long": ("Title", {"Title": "x" * 257}),
    "external id too long": ("External id", {"External id": "x" * 257}),
}
SAID = {
    "end before start": "Must be after the start.",
    "one time only": "Set both times, or neither.",
    "never open": "This field is required.",
    "closed before open": "Must be after the start.",
    "over": "The time range end is in the past.",
}


@pytest.mark.parametrize("name", mostly(WRONG, "title too long"))
def test_what_is_wrong_is_said_beside_its_field(
    console: Console, scenes: Scenes, name: str
) -> None:
    console.allowed = {400}
    room_id = scenes.room("Unchanged")
    before = room(scenes, room_id)
    page = console.show(f"room/{room_id}")
    form = dialog(page, *EDIT)
    label, typed = WRONG[name]
    fill(form, typed)
    press(form, "Save")
    said = problem(form, label)
    if name in SAID:
        assert said == SAID[name]
    else:
        details = {"title" if label == "Title" else "externalId": typed[label]}
        answer = scenes.insight.patch(f"/rooms/{room_id}/details", details)
        assert said == answer.json()["error"]["message"]
    assert room(scenes, room_id) == before
    assert {field: form.get_by_label(field, exact=True).input_value() for field in typed} == typed
    press(form, "Cancel")


def test_who_comes_second_is_told_and_overwrites_nothing(console: Console, scenes: Scenes) -> None:
    console.allowed = {412}
    room_id = scenes.room("Tea", scheduled=(1, 2))
    page = console.show(f"room/{room_id}")
    form = dialog(page, *EDIT)
    fill(form, {"Title": "Late tea"})
    other = second_tab(console, room_id)
    other_form = dialog(other, *EDIT)
    fill(other_form, {"Title": "Early tea"})
    sent(other, other_form)
    press(form, "Save")
    expect(form.get_by_role("alert")).to_contain_text("Title is now “Early tea”.")
    assert room(scenes, room_id)["title"] == "Early tea"
    expect(form.get_by_label("Title")).to_have_value("Late tea")
    sent(page, form)
    expect(heading(page, "Late tea")).to_be_visible()
    assert room(scenes, room_id)["title"] == "Late tea"


@pytest.mark.thorough
def test_fields_that_were_not_typed_in_follow_what_others_change(
    console: Console, scenes: Scenes
) -> None:
    console.allowed = {412}
    room_id = scenes.room("Tea")
    page = console.show(f"room/{room_id}")
    form = dialog(page, *EDIT)
    fill(form, {"Title": "Late tea"})
    scenes.set_details(room_id, {"externalId": "A-7"})
    press(form, "Save")
    expect(form.get_by_role("alert")).to_contain_text("External id is now “A-7”.")
    expect(form.get_by_label("External id")).to_have_value("A-7")
    sent(page, form)
    told = room(scenes, room_id)
    assert (told["title"], told["externalId"]) == ("Late tea", "A-7")


@pytest.mark.thorough
def test_a_change_of_the_people_meanwhile_is_no_conflict(console: Console, scenes: Scenes) -> None:
    console.allowed = {412}
    room_id = scenes.room("Tea")
    page = console.show(f"room/{room_id}")
    form = dialog(page, *EDIT)
    fill(form, {"Title": "Late tea"})
    added = {"participants": {raw_id(1): {"role": "Attendee"}}}
    assert scenes.raw.patch(f"/rooms/{room_id}/participants", added).status == 200
    sent(page, form)
    told = room(scenes, room_id)
    assert (told["title"], len(told["participants"])) == ("Late tea", 1)


@pytest.mark.thorough
def test_it_is_done_with_the_keyboard_only(console: Console, scenes: Scenes) -> None:
    room_id = scenes.room("Tea")
    page = console.show(f"room/{room_id}")
    edit = page.get_by_role("main").get_by_role("button", name="Edit", exact=True)
    edit.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Title")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("Coffee")
    page.keyboard.press("Enter")
    expect(heading(page, "Coffee")).to_be_visible()
    expect(edit).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(edit).to_be_focused()
    assert room(scenes, room_id)["title"] == "Coffee"
