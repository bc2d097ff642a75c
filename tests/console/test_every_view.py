"""Accessibility: axe finds nothing in any view, and each fits narrow and wide screens, in light
and dark."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from testkit.identifiers import raw_id
from tests.console.lists import named
from tests.console.pages import (
    SCREENS,
    Console,
    heading,
    mostly,
    named_table,
    violations,
    wrong_on_any_screen,
)
from tests.console.room_page import dialog, fill, of_person, press
from tests.console.scenes import Scenes
from tests.effort import THOROUGH


@dataclass(frozen=True, slots=True)
class View:
    """The address of a view, and the steps until it is ready."""

    address: Callable[[Scenes], str]
    ready: Callable[[Page], None]


def see(name: str) -> Callable[[Page], None]:
    """There is such a table."""
    return lambda page: expect(named_table(page, name)).to_be_visible()


def see_list(name: str) -> Callable[[Page], None]:
    """There is such a list."""
    return lambda page: expect(named(page, name)).to_be_visible()


def see_troubles(page: Page) -> None:
    for name in ("Starting soon", "No-shows today", "Refused in the last hour"):
        expect(named(page, name)).to_be_visible()


def see_bars(page: Page) -> None:
    expect(page.locator(".leg").first).to_be_visible()
    see("Attendance")(page)


def open_a_record(page: Page) -> None:
    page.get_by_role("group").first.click()
    expect(page.get_by_role("group").first).to_contain_text('"kind"')


def open_raw_ids(page: Page) -> None:
    see_bars(page)
    page.get_by_text("2 raw ids").click()


def open_a_reason(page: Page) -> None:
    see("Attendance compared")(page)
    page.get_by_role("group").first.click()


def see_an_answer(page: Page) -> None:
    expect(page.get_by_role("heading", level=2)).to_be_visible()


def see_a_problem(page: Page) -> None:
    expect(page.get_by_role("alert").filter(has_text=" ")).to_be_visible()


def see_a_wrong_field(page: Page) -> None:
    expect(page.locator('[aria-invalid="true"]')).to_be_visible()


def see_wrong_fields(page: Page) -> None:
    page.get_by_role("group", name="Scheduled").get_by_label("Until").fill("2027-01-01T10:00")
    page.get_by_text("More", exact=False).click()
    page.get_by_label("Raw id").fill("nobody")
    page.get_by_role("button", name="Create room").click()
    expect(page.get_by_label("Raw id")).to_be_focused()


def ask_to_delete(page: Page) -> None:
    page.get_by_role("button", name="Delete").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def asked(button: str, name: str) -> Callable[[Page], None]:
    """A button has opened the dialog of that name."""
    return lambda page: expect(dialog(page, button, name)).to_be_visible()


def see_wrong_times(page: Page) -> None:
    form = dialog(page, "Edit", "Edit room")
    fill(form, {"Scheduled from": "2027-01-01T10:00", "Scheduled until": "2027-01-01T09:00"})
    press(form, "Save")
    expect(form.get_by_label("Scheduled until")).to_be_focused()


def see_a_menu(page: Page) -> None:
    page.get_by_role("button", name="Actions for Dr. Khan").click()
    expect(page.get_by_role("button", name="Change")).to_be_visible()


def change_a_person(page: Page) -> None:
    of_person(page, "Dr. Khan", "Change", "Dr. Khan")


EVER = "2020-01-01T00:00:00Z"


def live_room(scenes: Scenes) -> str:
    return f"room/{scenes.live.room_id}"


VIEWS = {
    "home": View(lambda scenes: "home" if scenes.live else "", see_list("People in Surgery hour")),
    "home, a silent call": View(
        lambda scenes: "home" if scenes.silent else "", see_list("Missing from Morning round")
    ),
    "home, with troubles": View(
        lambda scenes: "home" if scenes.live and scenes.troubles else "", see_troubles
    ),
    "rooms that are live": View(
        lambda scenes: "rooms?show=live" if scenes.live else "", see("Rooms")
    ),
    "rooms that come next": View(
        lambda scenes: "rooms?show=next" if scenes.troubles else "", see("Rooms")
    ),
    "rooms": View(lambda scenes: "rooms" if scenes.lesson else "", see("Rooms")),
    "rooms, refused": View(lambda _: "rooms?participant=somebody", see_a_problem),
    "room": View(lambda scenes: f"room/{scenes.lesson['roomId']}", see("Calls")),
    "room that was deleted": View(lambda scenes: f"room/{scenes.deleted}", see("People")),
    "room of another service": View(
        lambda scenes: f"room/{scenes.elsewhere.room_id}", see("Calls")
    ),
    "room that goes on": View(live_room, see("People")),
    "room, refused": View(live_room, see_wrong_times),
    "room, inviting": View(live_room, asked("Invite people", "Invite people")),
    "room, joining": View(live_room, asked("Join", "Join")),
    "room, deleting": View(live_room, asked("Delete", "Delete Surgery hour?")),
    "room, ending the call": View(live_room, asked("End the call", "End the call?")),
    "room, a menu": View(live_room, see_a_menu),
    "room, a person": View(live_room, change_a_person),
    "call": View(lambda scenes: f"room/{scenes.lossy['roomId']}/call", see_bars),
    "call that goes on": View(lambda scenes: f"room/{scenes.live.room_id}/call", see_bars),
    "call that is silent": View(lambda scenes: f"room/{scenes.silent.room_id}/call", see_bars),
    "attendance with estimates": View(
        lambda scenes: f"room/{scenes.uncertain.room_id}/call", open_raw_ids
    ),
    "attendance of a cancelled room": View(
        lambda scenes: f"room/{scenes.cancelled}/call", see("Attendance")
    ),
    "log": View(lambda scenes: f"room/{scenes.lesson['roomId']}/log", open_a_record),
    "log, nothing found": View(
        lambda scenes: f"room/{scenes.lesson['roomId']}/log?actor=nobody",
        lambda page: expect(page.get_by_text("No records match")).to_be_visible(),
    ),
    "access, nothing asked": View(
        lambda _: "access", lambda page: expect(heading(page, "Check access")).to_be_visible()
    ),
    "access, admitted": View(
        lambda scenes: f"access?room={scenes.live.room_id}&person={quote(raw_id(1))}",
        see_an_answer,
    ),
    "access, refused": View(
        lambda scenes: f"access?room={scenes.live.room_id}&person={quote(raw_id(9))}",
        see_an_answer,
    ),
    "quarantine": View(
        lambda scenes: "quarantine" if scenes.quarantined else "",
        lambda page: expect(page.get_by_role("button", name="Retry").first).to_be_visible(),
    ),
    "quarantine, deleting": View(
        lambda scenes: "quarantine" if scenes.quarantined else "", ask_to_delete
    ),
    "new room, refused": View(lambda _: "new", see_wrong_fields),
    "report": View(
        lambda scenes: f"report?person=D-1&from={EVER}" if scenes.uncertain else "",
        see("Rooms of the report"),
    ),
    "report, nothing found": View(
        lambda _: f"report?person=nobody&from={EVER}",
        lambda page: expect(page.get_by_text("No rooms of nobody")).to_be_visible(),
    ),
    "report, refused": View(lambda _: f"report?person={'x' * 257}", see_a_wrong_field),
    "play, played": View(lambda scenes: "play" if scenes.played else "", open_a_reason),
}


IN_EACH_RUN = (
    "home",
    "rooms",
    "room",
    "call",
    "new room, refused",
)


@pytest.mark.parametrize("name", mostly(VIEWS, *IN_EACH_RUN))
def test_axe_finds_nothing_and_it_fits_the_screen(
    console: Console, scenes: Scenes, name: str
) -> None:
    console.allowed = {400, 404}
    view = VIEWS[name]
    page = console.show(view.address(scenes))
    view.ready(page)
    screens = SCREENS
    if not THOROUGH:  # each view on one of them, by turns
        screens = [SCREENS[IN_EACH_RUN.index(name) % len(SCREENS)]]
    assert wrong_on_any_screen(page, screens) == []


def test_axe_finds_nothing_on_the_sign_in_page(console: Console) -> None:
    page = console.open()
    page.get_by_label("Key").fill("no key")
    page.get_by_label("Key").press("Enter")
    see_a_problem(page)
    assert wrong_on_any_screen(page) == []


def test_axe_reports_a_missing_alt_text(console: Console) -> None:
    page = console.open()
    expect(page.get_by_label("Key")).to_be_visible()
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert [violation.partition(":")[0] for violation in violations(page)] == ["image-alt"]
