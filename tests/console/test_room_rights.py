"""Which buttons a room has: by its state, by where its calls run, and by who looks."""

import pytest
from playwright.sync_api import Page, expect

from testkit.identifiers import raw_id
from tests.console.pages import Console, table
from tests.console.room_page import shown_where
from tests.console.scenes import Scenes, hours_from_now

KHAN = raw_id(1)
AT_ACS = "99400000000000007"


def buttons(page: Page) -> list[str]:
    """Returns the names of the buttons of a room, with those of menus."""
    expect(page.get_by_role("table", name="People")).to_be_visible()
    names: list[str] = page.get_by_role("main").locator("button").all_text_contents()
    return [" ".join(name.split()) for name in names]


@pytest.fixture(scope="module")
def room_id(scenes: Scenes) -> str:
    return scenes.room("Tea", {KHAN: "Presenter"}, {KHAN: "Dr. Khan"})


@pytest.fixture(scope="module")
def at_acs(scenes: Scenes) -> str:
    """A room that was brought in from ACS."""
    opens, closes = hours_from_now(-1), hours_from_now(1)
    body = {
        "createdAt": opens,
        "validFrom": opens,
        "validUntil": closes,
        "pstnDialOutEnabled": False,
        "participants": {KHAN: {"role": "Presenter"}},
        "carrier": "acs",
    }
    answer = scenes.insight.send("PUT", f"/rooms/{AT_ACS}", body)
    assert answer.status == 201, answer
    return AT_ACS


def test_a_room_that_is_open_has_all(console: Console, room_id: str) -> None:
    shown = buttons(console.show(f"room/{room_id}"))
    assert shown == [
        "Join",
        "Edit",
        "Delete",
        "Invite people",
        "Copy join link of Dr. Khan",
        "⋯Actions for Dr. Khan",
        "Change",
        "Remove from the room",
    ]


def test_who_may_only_read_has_none(console: Console, scenes: Scenes, room_id: str) -> None:
    console.allowed = {401}  # whether a meeting can be played
    page = console.enter(f"room/{room_id}", console.app.read_key)
    assert buttons(page) == []
    told = scenes.insight.json(f"/rooms/{room_id}/overview")["participants"]
    assert [row[:2] for row in table(page, "People")] == [
        [one["name"], one["role"]] for one in told
    ]
    expect(page.get_by_role("link", name="Check access of Dr. Khan")).to_be_visible()


@pytest.mark.thorough
def test_a_deleted_room_has_none(console: Console, scenes: Scenes) -> None:
    assert buttons(console.show(f"room/{scenes.deleted}")) == []


@pytest.mark.thorough
def test_a_room_of_which_only_events_are_known_has_none(console: Console, scenes: Scenes) -> None:
    console.allowed = {404}
    page = console.show(f"room/{scenes.elsewhere.room_id}")
    expect(page.get_by_role("table", name="Calls")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)


@pytest.mark.thorough
def test_nobody_joins_a_room_at_acs_from_here(console: Console, at_acs: str) -> None:
    page = console.show(f"room/{at_acs}")
    expect(page.get_by_text("at ACS", exact=True)).to_be_visible()
    assert [name.partition(" of ")[0] for name in buttons(page)] == ["Edit", "Copy join details"]


@pytest.mark.thorough
def test_a_room_at_acs_can_be_changed_where_changes_go_on_to_acs(
    console: Console, at_acs: str
) -> None:
    page = shown_where(console, f"room/{at_acs}", acsMode="through")
    shown = [name for name in buttons(page) if " of " not in name and "Actions" not in name]
    assert shown == ["Edit", "Delete", "Invite people", "Change", "Remove from the room"]
