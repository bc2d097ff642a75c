"""Inviting people to a room."""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Locator, Page, expect

from testkit.identifiers import raw_id
from tests.console.pages import Console, mostly
from tests.console.room_page import dialog, fill, press, problem, room, sent
from tests.console.scenes import Scenes

KHAN, NILS = raw_id(1), raw_id(2)


@pytest.fixture
def room_id(scenes: Scenes) -> str:
    return scenes.room("Tea", {KHAN: "Presenter"}, {KHAN: "Dr. Khan"})


def form_of(console: Console, room_id: str) -> tuple[Page, Locator]:
    """Opens the dialog that invites."""
    page = console.show(f"room/{room_id}")
    return page, dialog(page, "Invite people", "Invite people")


def person(form: Locator, number: int) -> Locator:
    """Returns the fields of a person."""
    return form.get_by_role("group", name=f"Person {number}", exact=True)


def describe(form: Locator, number: int, fields: Mapping[str, str]) -> None:
    """Fills fields of a person, by their labels."""
    if "Raw id" in fields:
        person(form, number).locator("summary").click()
    fill(person(form, number), fields)


def test_people_are_invited_with_and_without_a_raw_id(
    console: Console, scenes: Scenes, room_id: str
) -> None:
    page, form = form_of(console, room_id)
    describe(form, 1, {"Name": "Nils Diallo", "Raw id": NILS})
    person(form, 1).get_by_label("Role").select_option("Consumer")
    press(form, "Add a person")
    describe(form, 2, {"Name": "Salma Hansen", "External id": "D-3"})
    sent(page, form, "Invite")
    expect(page.get_by_role("row", name="Salma Hansen")).to_contain_text("D-3")
    expect(page.get_by_role("status").filter(has_text="2 people invited.")).to_be_visible()
    _, nils, salma = room(scenes, room_id)["participants"]
    assert nils == {
        "rawId": NILS,
        "role": "Consumer",
        "name": "Nils Diallo",
        "externalId": None,
    }
    told = (salma["name"], salma["externalId"], salma["role"])
    assert told == ("Salma Hansen", "D-3", "Attendee")
    assert salma["rawId"].startswith("8:acs:")


WRONG: dict[str, tuple[str, dict[str, str], str]] = {
    "nobody": ("Name", {}, "Enter who is to be invited."),
    "twice": ("Raw id", {"Raw id": KHAN}, "Is already invited, as Presenter."),
    "no raw id": (
        "Raw id",
        {"Raw id": "somebody"},
        "Must be the raw id of an ACS user: 8:acs:<guid>_<guid>.",
    ),
}


@pytest.mark.parametrize("name", mostly(WRONG, "twice"))
def test_what_is_wrong_is_said_beside_its_field(
    console: Console, scenes: Scenes, room_id: str, name: str
) -> None:
    label, typed, said = WRONG[name]
    before = room(scenes, room_id)
    _, form = form_of(console, room_id)
    describe(form, 1, typed)
    press(form, "Invite")
    assert problem(form, label) == said
    assert room(scenes, room_id) == before
    press(form, "Cancel")


@pytest.mark.thorough
def test_who_invites_somebody_second_is_told(
    console: Console, scenes: Scenes, room_id: str
) -> None:
    console.allowed = {412}
    _, form = form_of(console, room_id)
    describe(form, 1, {"Name": "Nils", "Raw id": NILS})
    theirs = {"participants": {NILS: {"role": "Presenter", "name": "Nils Diallo"}}}
    assert scenes.insight.patch(f"/rooms/{room_id}/invitees", theirs).status == 200
    before = room(scenes, room_id)
    press(form, "Invite")
    expect(form.get_by_role("alert")).to_contain_text("Nils Diallo is invited, as Presenter.")
    assert room(scenes, room_id) == before
    press(form, "Invite")
    assert problem(form, "Raw id") == "Is already invited, as Presenter."
    press(form, "Cancel")
