"""Check access: may a person join a room, and if not, why."""

import pytest
from playwright.sync_api import Page, expect

from testkit.identifiers import raw_id
from tests.console.pages import Console
from tests.console.scenes import Scenes, hours_from_now
from tests.effort import thorough

KHAN, NILS, STRANGER = raw_id(1), raw_id(2), raw_id(3)


@pytest.fixture(scope="module")
def room(scenes: Scenes) -> str:
    """Open for two hours more, with a presenter who has a name and an external id."""
    body = {
        "validFrom": hours_from_now(-1),
        "validUntil": hours_from_now(2),
        "participants": {KHAN: {"role": "Presenter"}, NILS: {"role": "Attendee"}},
    }
    room_id: str = scenes.raw.new_room(body)["id"]
    details = {
        "title": "Knee, second opinion",
        "participants": {KHAN: {"name": "Dr. Khan", "externalId": "D-17"}},
    }
    assert scenes.insight.patch(f"/rooms/{room_id}/details", details).status == 200
    return room_id


def ask(page: Page, room: str, person: str, at: str = "") -> None:
    page.get_by_label("Room").fill(room)
    page.get_by_label("Person").fill(person)
    page.get_by_label("At").fill(at)
    page.get_by_role("button", name="Check access").click()


def answer(page: Page) -> str:
    """Waits for the answer, and returns it."""
    expect(page.get_by_role("button", name="Check access")).to_be_visible()  # no other page is
    expect(page.get_by_role("heading", level=2)).to_be_visible()
    return page.get_by_role("main").inner_text()


@pytest.mark.parametrize(
    "person",
    [*thorough(KHAN, "Dr. Khan"), "dr. khan", *thorough("D-17")],
    ids=["raw id", "name", "in small letters", "external id"],
)
def test_who_is_invited_may_come_in(console: Console, room: str, person: str) -> None:
    page = console.show("access")
    ask(page, room, person)
    assert "Dr. Khan may join Knee, second opinion" in answer(page)
    assert "Presenter" in answer(page)


def test_a_room_can_be_named_by_its_title(console: Console, room: str) -> None:
    page = console.show("access")
    ask(page, "knee, second", "Dr. Khan")
    assert "Dr. Khan may join Knee, second opinion" in answer(page)


@pytest.mark.thorough
def test_of_several_rooms_with_that_title_one_can_be_chosen(
    console: Console, scenes: Scenes
) -> None:
    for _ in range(2):
        scenes.room("Twins", {KHAN: "Presenter"})
    page = console.show("access")
    ask(page, "Twins", KHAN)
    page.get_by_role("link", name="Twins").first.click()
    assert "may join Twins" in answer(page)


@pytest.mark.thorough
def test_the_capabilities_of_the_role_are_shown(
    console: Console, scenes: Scenes, room: str
) -> None:
    page = console.show("access")
    ask(page, room, KHAN)
    expect(page.get_by_role("group")).to_be_visible()
    page.get_by_role("group").locator("summary").click()
    capabilities = scenes.insight.json(f"/rooms/{room}/admission?rawId={KHAN}")["capabilities"]
    expect(page.get_by_role("group").get_by_role("listitem")).to_have_count(len(capabilities))


@pytest.mark.thorough
def test_who_is_not_invited_may_not(console: Console, room: str) -> None:
    page = console.show("access")
    ask(page, room, STRANGER)
    assert "NotInvited" in answer(page)


def test_all_reasons_are_shown(console: Console, room: str) -> None:
    page = console.show("access")
    ask(page, room, STRANGER, hours_from_now(5)[:16])
    assert "NotInvited" in answer(page)
    assert "Closed" in answer(page)


@pytest.mark.parametrize(("hours", "code"), [(-3, "NotOpenYet"), (5, "Closed")])
@pytest.mark.thorough
def test_at_another_time_the_answer_is_another(
    console: Console, room: str, hours: float, code: str
) -> None:
    page = console.show("access")
    ask(page, room, KHAN, hours_from_now(hours)[:16])
    assert code in answer(page)


@pytest.mark.thorough
def test_an_unknown_name_is_an_error(console: Console, room: str) -> None:
    page = console.show("access")
    ask(page, room, "Dr. Nobody")
    expect(page.get_by_role("alert").filter(has_text="Dr. Nobody")).to_be_visible()


@pytest.mark.thorough
def test_a_name_of_two_people_is_an_error(console: Console, scenes: Scenes) -> None:
    room_id = scenes.room(
        people={KHAN: "Presenter", NILS: "Attendee"}, names={KHAN: "Khan", NILS: "Khan"}
    )
    page = console.show("access")
    ask(page, room_id, "Khan")
    expect(page.get_by_role("alert").filter(has_text="several")).to_be_visible()


@pytest.mark.parametrize("room_id", ["99400000000000000", "no such title"])
@pytest.mark.thorough
def test_an_unknown_room_is_an_error(console: Console, room_id: str) -> None:
    console.allowed = {404}
    page = console.show("access")
    ask(page, room_id, KHAN)
    expect(page.get_by_role("alert").filter(has_text="room")).to_be_visible()


@pytest.mark.thorough
def test_the_question_is_in_the_address(console: Console, room: str) -> None:
    page = console.show("access")
    ask(page, room, "Dr. Khan", hours_from_now(5)[:16])
    assert "Closed" in answer(page)
    page.reload()
    assert "Closed" in answer(page)
    expect(page.get_by_label("Person")).to_have_value("Dr. Khan")


@pytest.mark.thorough
def test_a_room_leads_to_it_with_each_person(console: Console, room: str) -> None:
    page = console.show(f"room/{room}")
    page.get_by_role("button", name="Actions for Dr. Khan").click()
    page.get_by_role("link", name="Check access of Dr. Khan").click()
    assert "Dr. Khan may join Knee, second opinion" in answer(page)


@pytest.mark.thorough
def test_another_question_follows_the_first(console: Console, room: str) -> None:
    page = console.show("access")
    ask(page, room, KHAN)
    assert "Dr. Khan may join" in answer(page)
    ask(page, room, STRANGER)
    expect(page.get_by_text("NotInvited")).to_be_visible()
