"""Home: who was refused in the last hour, at which room, and why."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from testkit.identifiers import raw_id
from tests.console.lists import named
from tests.console.pages import Console, heading
from tests.console.scenes import Scenes, hours_from_now

KHAN, NILS = raw_id(1), raw_id(2)


def home(console: Console) -> Page:
    """Home, as it is now: it asks for new refusals each half minute only."""
    page = console.show("access")
    page.evaluate("location.hash = '#/home'")
    expect(named(page, "Refused in the last hour")).to_be_visible()
    return page


def refuse(scenes: Scenes, room_id: str, raw_id: str, name: str | None = None) -> None:
    body = {"rawId": raw_id} | ({"displayName": name} if name else {})
    answer = scenes.insight.send("POST", f"/rooms/{room_id}/admission", body)
    assert answer.status == 403, answer


def entry(page: Page, text: str) -> Locator:
    return named(page, "Refused in the last hour").get_by_role("listitem").filter(has_text=text)


def test_it_says_who_was_refused_where_and_why(console: Console, scenes: Scenes) -> None:
    room_id = scenes.room("Dermatology", {KHAN: "Presenter"})
    refuse(scenes, room_id, NILS, "Nils")
    refuse(scenes, room_id, NILS, "Nils")
    page = home(console)
    expect(entry(page, "Dermatology")).to_have_count(1)
    expect(entry(page, "Dermatology")).to_contain_text(
        re.compile(r"Nils\s*not invited \(2 times\), Dermatology, why")
    )
    entry(page, "Dermatology").get_by_role("link", name="why").click()
    expect(heading(page, "Check access")).to_be_visible()
    expect(page).to_have_url(re.compile(f"room={room_id}&person={quote(NILS)}"))


@pytest.mark.thorough
def test_who_comes_too_early_has_the_name_of_the_invitation(
    console: Console, scenes: Scenes
) -> None:
    times = {"validFrom": hours_from_now(3), "validUntil": hours_from_now(4)}
    room_id = scenes.raw.new_room({"participants": {KHAN: {"role": "Presenter"}}, **times})["id"]
    scenes.set_details(room_id, {"title": "Cast", "participants": {KHAN: {"name": "Dr. Khan"}}})
    refuse(scenes, room_id, KHAN)
    page = home(console)
    expect(entry(page, "Cast")).to_contain_text(
        re.compile(r"Dr\. Khan\s*too early, the room opens at .*\d\d:\d\d, Cast")
    )


@pytest.mark.thorough
def test_a_refusal_appears_while_the_page_is_open(console: Console, scenes: Scenes) -> None:
    room_id = scenes.room("Neurology", {KHAN: "Presenter"})
    refuse(scenes, room_id, NILS)
    page = home(console)
    expect(entry(page, "Neurology")).to_have_count(1)
    refuse(scenes, room_id, raw_id(3))
    expect(entry(page, "Neurology")).to_have_count(2)
