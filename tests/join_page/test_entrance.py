"""Before the call: from the join link to the door, and why it may be closed."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from testkit.identifiers import raw_id
from tests.console.pages import wrong_on_any_screen
from tests.console.test_keyboard import tab_to
from tests.join_page.pages import Door, button, heading, in_call, plays, tile

INES, SALMA = raw_id(1), raw_id(3)
NAMES = {INES: "Dr. Ines Khan", SALMA: "Salma Hansen"}

NO_DEVICES = """if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
    throw new DOMException('Permission denied', 'NotAllowedError');
}"""

COUNTED = """if (navigator.mediaDevices) {
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    window.asked = [];
    navigator.mediaDevices.getUserMedia = wanted => { asked.push(wanted); return ask(wanted); };
}"""


def from_now(**length: float) -> str:
    return (datetime.now(UTC) + timedelta(**length)).isoformat()


def room(door: Door, **body: str) -> str:
    return door.room({INES: "Presenter", SALMA: "Consumer"}, NAMES, **body)


def waiting(door: Door, who: str = INES, **body: str) -> Page:
    return door.visit().open(door.link(room(door, **body), who))


def test_a_stranger_is_in_the_call_with_one_click(door: Door) -> None:
    page = waiting(door)
    expect(page.get_by_text("You join as Dr. Ines Khan (Presenter).")).to_be_visible()
    button(page, "Join").click()
    plays(tile(page, "Dr. Ines Khan").locator("video"))


def test_the_link_leaves_the_address(door: Door) -> None:
    link = door.link(room(door), INES)
    page = door.visit().open(link)
    expect(heading(page, "Consultation")).to_be_visible()
    address, _, token = link.partition("#")
    assert page.url == address
    page.evaluate("history.pushState(null, '', '?another')")
    page.go_back()
    assert token not in page.url


@pytest.mark.thorough
def test_the_picture_the_sound_and_the_choice_of_devices_are_shown(door: Door) -> None:
    page = waiting(door)
    plays(page.get_by_label("Your picture"))
    expect(page.get_by_role("combobox", name="Camera")).to_contain_text("fake")
    page.wait_for_function("() => document.querySelector('meter').value > 0")
    assert wrong_on_any_screen(page) == []


@pytest.mark.thorough
def test_both_devices_are_asked_for_at_once(door: Door) -> None:
    visit = door.visit()
    visit.context.add_init_script(COUNTED)
    page = visit.open(door.link(room(door), INES))
    expect(page.get_by_label("Your picture")).to_be_visible()
    asked = page.evaluate("asked.map(wanted => Object.keys(wanted).toSorted())")
    assert asked == [["audio", "video"]]


@pytest.mark.thorough
def test_who_only_watches_is_asked_for_no_device(door: Door) -> None:
    visit = door.visit()
    visit.context.add_init_script(COUNTED)
    page = visit.open(door.link(room(door), SALMA))
    button(page, "Join").click()
    in_call(page)
    for name in ("Mute", "Unmute", "Start video", "Stop video", "Share screen"):
        expect(button(page, name)).to_have_count(0)
    assert page.evaluate("asked") == []


@pytest.mark.thorough
def test_without_devices_one_gets_in_and_is_told_why(door: Door) -> None:
    visit = door.visit()
    visit.context.add_init_script(NO_DEVICES)
    page = visit.open(door.link(room(door), INES))
    expect(page.get_by_role("alert")).to_contain_text("This page may not use the camera.")
    button(page, "Join").click()
    in_call(page)
    expect(button(page, "Unmute")).to_be_visible()


@pytest.mark.thorough
def test_what_is_turned_off_before_is_off_in_the_call(door: Door) -> None:
    page = waiting(door)
    button(page, "Turn camera off").click()
    button(page, "Turn microphone off").click()
    expect(page.get_by_text("The camera is off")).to_be_visible()
    button(page, "Join").click()
    in_call(page)
    expect(button(page, "Start video")).to_be_visible()
    expect(button(page, "Unmute")).to_be_visible()


def test_with_the_keyboard_only_into_the_call_and_out_of_it(door: Door) -> None:
    page = waiting(door)
    for name in ("Join", "People"):
        tab_to(page, button(page, name))
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name="People")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button(page, "People")).to_be_focused()
    tab_to(page, button(page, "Leave"))
    page.keyboard.press("Enter")
    expect(heading(page, "You have left the call")).to_be_focused()
    assert wrong_on_any_screen(page) == []


def test_who_waits_is_let_in_when_the_room_opens(door: Door) -> None:
    times = {"validFrom": from_now(hours=1), "validUntil": from_now(hours=2)}
    room_id = room(door, **times)
    visit = door.visit()
    visit.context.clock.install()
    page = visit.open(door.link(room_id, INES))
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"in +(1 h 00 min|59:\d\d)"))
    button(page, "Join when it opens").click()
    assert wrong_on_any_screen(page) == []
    door.set_times(room_id, from_now(hours=-1), times["validUntil"])
    visit.context.clock.fast_forward("01:00:00")
    in_call(page)


@pytest.mark.parametrize(
    ("code", "title"), [("Closed", "The room is closed"), ("RoomFull", "The call is full")]
)
def test_other_refusals_are_told_in_words(door: Door, code: str, title: str) -> None:
    visit = door.visit()
    refusal = {"admitted": False, "reasons": [{"code": code, "message": "It was until noon."}]}
    visit.context.route(
        "**/rooms/*/join", lambda route: route.fulfill(json=route.fetch().json() | refusal)
    )
    page = visit.open(door.link(room(door), INES))
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_text("It was until noon.")).to_be_visible()
    expect(button(page, "Join")).to_have_count(0)


@pytest.mark.thorough
def test_who_is_no_longer_invited_is_told_so(door: Door) -> None:
    room_id = room(door)
    link = door.link(room_id, INES)
    door.set_role(room_id, INES, None)
    page = door.visit().open(link)
    expect(page.get_by_role("heading", name="You are not invited")).to_be_visible()


def test_a_link_that_was_used_in_another_browser_lets_nobody_in(door: Door) -> None:
    link = door.link(room(door), SALMA)
    first = door.visit().open(link)
    button(first, "Join").click()
    in_call(first)
    visit = door.visit()
    visit.allowed = {403}
    page = visit.open(link)
    expect(heading(page, "This link is already in use")).to_be_visible()
    assert wrong_on_any_screen(page) == []


def test_a_damaged_link_is_told_from_a_good_one(door: Door) -> None:
    visit = door.visit()
    visit.allowed = {401}
    page = visit.open(f"{door.app.http}/join/99457664805096377#nonsense")
    expect(heading(page, "This link does not work")).to_be_visible()


def test_without_a_link_the_page_says_what_is_missing(door: Door) -> None:
    page = door.visit().open(f"{door.app.http}/join/99457664805096377")
    expect(heading(page, "There is no join link here")).to_be_visible()
