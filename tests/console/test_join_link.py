"""The button that copies the join link of a person."""

import pytest
from playwright.sync_api import Page, expect

from testkit.identifiers import raw_id
from tests.console.pages import Console
from tests.console.scenes import Scenes

KHAN = raw_id(1)
BUTTON = "Copy join link of Dr. Khan"


@pytest.fixture(scope="module")
def room_id(scenes: Scenes) -> str:
    return scenes.room("Tea", {KHAN: "Presenter"}, {KHAN: "Dr. Khan"})


def is_hers(scenes: Scenes, url: str, room_id: str) -> bool:
    """Whether a link is for this person and room."""
    base, _, token = url.partition("#")
    answer = scenes.app.devhost.get(f"/rooms/{room_id}/join", f"Authorization: JoinLink {token}")
    person: str = answer.json()["person"]["rawId"]
    return (base, person) == (f"{scenes.app.http}/join/{room_id}", KHAN)


def copied(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_it_copies_a_link_that_is_good_for_this_person(
    console: Console, scenes: Scenes, room_id: str
) -> None:
    page = console.show(f"room/{room_id}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_text("Copied. It is for this person only.")).to_be_visible()
    assert is_hers(scenes, copied(page), room_id)


def test_where_the_page_may_not_copy_it_shows_the_link(
    console: Console, scenes: Scenes, room_id: str
) -> None:
    page = console.enter(f"room/{room_id}")
    page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject())")
    page.get_by_role("button", name=BUTTON).click()
    shown = page.get_by_role("textbox", name="Join link of Dr. Khan")
    assert is_hers(scenes, shown.input_value(), room_id)


def test_who_may_only_read_is_told_so(console: Console, room_id: str) -> None:
    console.allowed.add(401)
    page = console.enter(f"room/{room_id}", console.app.read_key)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_have_text("Whoever only reads cannot make links.")


def test_a_room_that_is_over_has_none(console: Console, scenes: Scenes) -> None:
    room_id = scenes.room("Over", {KHAN: "Presenter"}, {KHAN: "Dr. Khan"})
    assert scenes.raw.delete(f"/rooms/{room_id}").status == 204
    page = console.show(f"room/{room_id}")
    expect(page.get_by_role("row", name="Dr. Khan")).to_be_visible()
    expect(page.get_by_role("button", name=BUTTON)).to_have_count(0)
