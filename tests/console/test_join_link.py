"""What a person needs to join a room: copying it, and joining as them."""

import pytest
from playwright.sync_api import Page, expect

from testkit.identifiers import raw_id
from tests.console.pages import Console
from tests.console.room_page import dialog, press, problem, shown_where
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


@pytest.mark.thorough
def test_where_the_page_may_not_copy_it_shows_the_link(
    console: Console, scenes: Scenes, room_id: str
) -> None:
    page = console.enter(f"room/{room_id}")
    page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject())")
    page.get_by_role("button", name=BUTTON).click()
    shown = page.get_by_role("textbox", name="Join link of Dr. Khan")
    assert is_hers(scenes, shown.input_value(), room_id)


@pytest.mark.thorough
def test_where_no_link_leads_it_copies_the_ids_that_a_client_needs(
    console: Console, scenes: Scenes, room_id: str
) -> None:
    page = shown_where(console, f"room/{room_id}", joinLinks=False)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy join details of Dr. Khan").click()
    expect(page.get_by_text("Copied: the room id")).to_be_visible()
    lines = [f"Room id: {room_id}", f"Raw id: {KHAN}", f"Endpoint: {scenes.app.http}"]
    assert copied(page).splitlines() == lines


def test_joining_as_a_person_opens_their_call_page_in_another_tab(
    console: Console, scenes: Scenes, room_id: str
) -> None:
    page = console.show(f"room/{room_id}")
    form = dialog(page, "Join", "Join")
    press(form, "Open the call page")
    assert problem(form, "Join as") == "This field is required."
    form.get_by_label("Join as").select_option("Dr. Khan, Presenter")
    with page.context.expect_page() as opened:
        press(form, "Open the call page")
    tab = opened.value
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Tea")
    expect(tab.get_by_text("Dr. Khan").first).to_be_visible()
    assert tab.evaluate("sessionStorage.getItem('anteroom.key')") is None
    link = form.get_by_role("link", name="Open the call page")
    assert is_hers(scenes, link.get_attribute("href") or "", room_id)
    press(form, "Close")
    expect(form).to_have_count(0)


@pytest.mark.thorough
def test_a_room_that_is_over_has_none(console: Console, scenes: Scenes) -> None:
    room_id = scenes.room("Over", {KHAN: "Presenter"}, {KHAN: "Dr. Khan"})
    assert scenes.raw.delete(f"/rooms/{room_id}").status == 204
    page = console.show(f"room/{room_id}")
    expect(page.get_by_role("row", name="Dr. Khan")).to_be_visible()
    expect(page.get_by_role("button", name=BUTTON)).to_have_count(0)
