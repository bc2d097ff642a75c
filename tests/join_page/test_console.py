"""What an operator does in the console, seen by the people in the call on a real livekit-server."""

import pytest
from playwright.sync_api import Page, expect

from testkit.identifiers import raw_id
from tests.console.pages import KEPT
from tests.console.room_page import dialog, of_person, press, sent
from tests.join_page.pages import Door, button, heading, in_call, tile

pytestmark = pytest.mark.thorough

INES, NILS = raw_id(1), raw_id(2)
ROLES = {INES: "Presenter", NILS: "Attendee"}
NAMES = {INES: "Ines Khan", NILS: "Nils Diallo"}


def console(door: Door, room_id: str) -> Page:
    """Opens the room in the console, in a browser of its own."""
    visit = door.visit()
    kept = f"sessionStorage.setItem({KEPT!r}, {door.app.manage_key!r})"
    page = visit.context.new_page()
    page.add_init_script(f"if (location.pathname === '/console') {kept}")
    page.goto(f"{door.app.http}/console#/room/{room_id}")
    return page


def test_an_operator_joins_removes_somebody_and_ends_the_call(door: Door) -> None:
    room_id = door.room(ROLES, NAMES)
    nils = door.visit().open(door.link(room_id, NILS))
    button(nils, "Join").click()
    in_call(nils)
    page = console(door, room_id)

    form = dialog(page, "Join", "Join")
    form.get_by_label("Join as").select_option("Ines Khan, Presenter")
    with page.context.expect_page() as opened:
        press(form, "Open the call page")
    ines = opened.value
    button(ines, "Join").click()
    expect(tile(ines, "Nils Diallo")).to_be_visible()
    page.bring_to_front()
    press(form, "Close")
    expect(page.get_by_text("2 people in the call")).to_be_visible()

    question = of_person(
        page, "Nils Diallo", "Remove from the call", "Remove Nils Diallo from the call?"
    )
    sent(page, question, "Remove from the call")
    expect(heading(nils, "You were removed from the call")).to_be_visible()
    expect(page.get_by_role("row", name="Nils Diallo")).to_contain_text("not in the call")
    in_call(ines)

    sent(page, dialog(page, "End the call", "End the call?"), "End for everybody")
    expect(heading(ines, "The call has ended")).to_be_visible()
    expect(page.get_by_text("Nobody is in the room.")).to_be_visible()
