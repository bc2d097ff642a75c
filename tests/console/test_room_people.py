"""The people of a room: changing, removing and finding them, and who of them is in the call."""

from typing import Any

import pytest
from playwright.sync_api import expect

from testkit.identifiers import raw_id
from testkit.livekit_double import LiveKitDouble
from tests.console.pages import Console, heading, mostly, table
from tests.console.room_page import (
    dialog,
    fill,
    of_person,
    press,
    problem,
    room,
    sent,
)
from tests.console.scenes import Scenes

KHAN, NILS, SALMA = raw_id(1), raw_id(2), raw_id(3)
NAMES = {KHAN: "Dr. Khan", NILS: "Nils Diallo"}


def tea(scenes: Scenes, title: str = "Tea") -> str:
    """A room with a presenter and an attendee."""
    return scenes.room(title, {KHAN: "Presenter", NILS: "Attendee"}, NAMES)


def people(scenes: Scenes, room_id: str) -> dict[str, Any]:
    """Returns who is invited, by raw id."""
    return {one["rawId"]: one for one in room(scenes, room_id)["participants"]}


def test_a_person_gets_another_role_and_other_names(console: Console, scenes: Scenes) -> None:
    room_id = tea(scenes)
    page = console.show(f"room/{room_id}")
    form = of_person(page, "Dr. Khan", "Change", "Dr. Khan")
    fill(form, {"Name": "Prof. Khan", "External id": "D-17"})
    form.get_by_label("Role").select_option("Consumer")
    sent(page, form)
    row = page.get_by_role("row", name="Prof. Khan")
    expect(row).to_contain_text("Consumer")
    expect(row).to_contain_text("D-17")
    told = {"rawId": KHAN, "name": "Prof. Khan", "externalId": "D-17", "role": "Consumer"}
    assert people(scenes, room_id)[KHAN] == told


@pytest.mark.thorough
def test_an_emptied_name_is_removed(console: Console, scenes: Scenes) -> None:
    room_id = tea(scenes)
    page = console.show(f"room/{room_id}")
    form = of_person(page, "Nils Diallo", "Change", "Nils Diallo")
    fill(form, {"Name": ""})
    sent(page, form)
    expect(page.get_by_role("row", name="no name")).to_be_visible()
    told = people(scenes, room_id)[NILS]
    assert (told["name"], told["role"]) == (None, "Attendee")


@pytest.mark.thorough
@pytest.mark.parametrize("label", mostly(["Name", "External id"], "Name"))
def test_what_is_wrong_with_a_name_is_said_beside_it(
    console: Console, scenes: Scenes, label: str
) -> None:
    console.allowed = {400}
    room_id = tea(scenes)
    before = room(scenes, room_id)
    page = console.show(f"room/{room_id}")
    form = of_person(page, "Dr. Khan", "Change", "Dr. Khan")
    fill(form, {label: "x" * 257})
    press(form, "Save")
    wrong = {"name" if label == "Name" else "externalId": "x" * 257}
    answer = scenes.insight.patch(f"/rooms/{room_id}/invitees", {"participants": {KHAN: wrong}})
    assert problem(form, label) == answer.json()["error"]["message"]
    assert room(scenes, room_id) == before
    press(form, "Cancel")


@pytest.mark.thorough
def test_who_changes_a_person_second_is_told(console: Console, scenes: Scenes) -> None:
    console.allowed = {412}
    room_id = tea(scenes)
    page = console.show(f"room/{room_id}")
    form = of_person(page, "Nils Diallo", "Change", "Nils Diallo")
    fill(form, {"Name": "Nils"})
    theirs = {"participants": {NILS: {"role": "Presenter"}}}
    assert scenes.insight.patch(f"/rooms/{room_id}/invitees", theirs).status == 200
    press(form, "Save")
    expect(form.get_by_role("alert")).to_contain_text("Role is now Presenter.")
    assert people(scenes, room_id)[NILS]["name"] == "Nils Diallo"
    expect(form.get_by_label("Name")).to_have_value("Nils")
    expect(form.get_by_label("Role")).to_have_value("Presenter")
    sent(page, form)
    told = people(scenes, room_id)[NILS]
    assert (told["name"], told["role"]) == ("Nils", "Presenter")


@pytest.mark.thorough
def test_who_changes_a_person_whom_others_have_removed_is_told(
    console: Console, scenes: Scenes
) -> None:
    console.allowed = {412}
    room_id = tea(scenes)
    page = console.show(f"room/{room_id}")
    form = of_person(page, "Nils Diallo", "Change", "Nils Diallo")
    fill(form, {"Name": "Nils"})
    gone = {"participants": {NILS: None}}
    assert scenes.insight.patch(f"/rooms/{room_id}/invitees", gone).status == 200
    expect(page.get_by_role("row", name="Nils Diallo", include_hidden=True)).to_have_count(0)
    press(form, "Save")
    expect(form.get_by_role("alert")).to_contain_text("They are not invited any more")
    assert NILS not in people(scenes, room_id)
    sent(page, form)
    told = people(scenes, room_id)[NILS]
    assert (told["name"], told["role"]) == ("Nils", "Attendee")


@pytest.mark.thorough
def test_a_change_of_others_meanwhile_is_no_conflict(console: Console, scenes: Scenes) -> None:
    console.allowed = {412}
    room_id = tea(scenes)
    page = console.show(f"room/{room_id}")
    form = of_person(page, "Nils Diallo", "Change", "Nils Diallo")
    fill(form, {"Name": "Nils"})
    scenes.set_details(room_id, {"title": "Coffee"})
    sent(page, form)
    told = room(scenes, room_id)
    assert (told["title"], people(scenes, room_id)[NILS]["name"]) == ("Coffee", "Nils")


def test_who_is_removed_can_join_no_more(console: Console, scenes: Scenes) -> None:
    room_id = tea(scenes)
    page = console.show(f"room/{room_id}")
    name = "Remove Nils Diallo from the room?"
    question = of_person(page, "Nils Diallo", "Remove from the room", name)
    expect(question).to_contain_text("They can no longer join")
    sent(page, question, "Remove")
    expect(page.get_by_role("row", name="Nils Diallo")).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="Nils Diallo is removed.")).to_be_visible()
    expect(heading(page, "Tea")).to_be_focused()
    assert list(people(scenes, room_id)) == [KHAN]
    admission = scenes.insight.json(f"/rooms/{room_id}/admission?rawId={NILS}")
    assert [reason["code"] for reason in admission["reasons"]] == ["NotInvited"]


@pytest.mark.thorough
def test_of_many_people_one_is_found(console: Console, scenes: Scenes) -> None:
    crowd = {raw_id(number): "Attendee" for number in range(60)}
    names = {who: f"Person {number:02}" for number, who in enumerate(crowd)}
    page = console.show(f"room/{scenes.room('Crowd', crowd, names)}")
    rows = page.get_by_role("table", name="People").get_by_role("row")
    expect(rows).to_have_count(26)
    page.get_by_role("button", name="Show all 60").click()
    expect(rows).to_have_count(61)
    page.get_by_label("Name, external id or raw id contains").fill("person 57")
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("Person 57")


class InCall:
    """A room with two people in its call, who came through the media server."""

    def __init__(self, scenes: Scenes, server: LiveKitDouble) -> None:
        self.scenes = scenes
        self.server = server
        self.room_id = tea(scenes, "Live tea")
        for who in (KHAN, NILS):
            server.join(self.token(who))
        server.settle()

    def token(self, who: str) -> str:
        asked = {"rawId": who, "device": "tab"}
        answer = self.scenes.insight.send("POST", f"/rooms/{self.room_id}/admission", asked)
        assert answer.status == 200, answer
        token: str = answer.json()["media"]["token"]
        return token

    def inside(self) -> list[str]:
        """Returns who is in the call, as the server has it."""
        call = self.server.rooms.get(self.room_id)
        return [] if call is None else sorted(call.people)

    def present(self) -> list[str]:
        """Returns who is in the call, as the API has it."""
        call = self.scenes.insight.json(f"/rooms/{self.room_id}/presence")["call"]
        return [] if call is None else [one["rawId"] for one in call["participants"]]


@pytest.fixture
def in_call(scenes: Scenes, media_server: LiveKitDouble) -> InCall:
    return InCall(scenes, media_server)


def test_who_is_in_the_call_is_shown_and_removed_from_it(console: Console, in_call: InCall) -> None:
    page = console.show(f"room/{in_call.room_id}")
    expect(page.get_by_text("2 people in the call")).to_be_visible()
    assert all("since" in row[2] for row in table(page, "People"))
    name = "Remove Nils Diallo from the call?"
    question = of_person(page, "Nils Diallo", "Remove from the call", name)
    expect(question).to_contain_text("They are still invited, and can come back.")
    sent(page, question, "Remove from the call")
    assert in_call.inside() == [f"{KHAN}#tab"]
    row = page.get_by_role("row", name="Nils Diallo")
    expect(row).to_contain_text("not in the call")
    assert in_call.present() == [KHAN]
    (record,) = in_call.scenes.insight.all(f"/rooms/{in_call.room_id}/log?kind=RemovedFromCall")
    assert (record["actor"], record["detail"]["rawId"]) == ("test", NILS)


def test_the_call_is_ended_for_everybody(console: Console, in_call: InCall) -> None:
    page = console.show(f"room/{in_call.room_id}")
    question = dialog(page, "End the call", "End the call?")
    expect(question).to_contain_text("2 people are put out of it.")
    sent(page, question, "End for everybody")
    expect(page.get_by_text("Nobody is in the room.")).to_be_visible()
    assert (in_call.inside(), in_call.present()) == ([], [])


@pytest.mark.thorough
def test_a_call_that_has_ended_meanwhile_cannot_be_ended(console: Console, in_call: InCall) -> None:
    console.allowed = {404}
    page = console.show(f"room/{in_call.room_id}")
    question = dialog(page, "End the call", "End the call?")
    assert in_call.scenes.insight.send("DELETE", f"/rooms/{in_call.room_id}/call").status == 204
    press(question, "End for everybody")
    expect(question.get_by_role("alert")).to_contain_text("The room has no call now.")
    press(question, "Cancel")


@pytest.mark.thorough
def test_a_person_is_removed_with_the_keyboard_only(console: Console, scenes: Scenes) -> None:
    room_id = tea(scenes)
    page = console.show(f"room/{room_id}")
    menu = page.get_by_role("button", name="Actions for Nils Diallo")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Change")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    remove = page.get_by_role("button", name="Remove from the room")
    while not remove.evaluate("one => one === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(heading(page, "Tea")).to_be_focused()
    assert list(people(scenes, room_id)) == [KHAN]
