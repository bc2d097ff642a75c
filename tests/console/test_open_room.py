"""An open room: that every ACS user may join it, and who is a guest of it."""

import pytest
from playwright.sync_api import expect

from testkit.events import live_meeting
from testkit.identifiers import raw_id
from tests.console.pages import Console, table
from tests.console.scenes import Scenes

TITLE = "Open day"
KHAN, NILS = raw_id(1), raw_id(2)
WHO = "the invited, and every other ACS user as a guest"


@pytest.fixture(scope="module")
def room_id(scenes: Scenes) -> str:
    """The room, in which one of two people is a guest."""
    room_id = scenes.room(TITLE, {KHAN: "Presenter"})
    scenes.insight.set_join_policy(room_id, "CommunicationServiceUsers")
    call = live_meeting(room_id)
    scenes.insight.deliver(
        call.started(),
        call.added(1, KHAN, "Ines", "Presenter"),
        call.added(2, NILS, "Nils", "Attendee"),
    )
    return room_id


def test_the_room_says_who_can_join(console: Console, room_id: str) -> None:
    page = console.show(f"room/{room_id}")
    expect(page.get_by_role("definition").filter(has_text=WHO)).to_be_visible()
    expect(page.get_by_title(f"Who can join: {WHO}")).to_have_text("guests")


@pytest.mark.thorough
def test_a_room_for_the_invited_says_so(console: Console, scenes: Scenes) -> None:
    page = console.show(f"room/{scenes.room()}")
    shown = page.get_by_role("definition").filter(has_text="the invited")
    expect(shown).to_have_text("the invited")
    expect(page.get_by_text("guests", exact=True)).to_have_count(0)


@pytest.mark.thorough
@pytest.mark.parametrize("view", [f"rooms?title={TITLE}", "home"])
def test_lists_mark_the_open_room(console: Console, room_id: str, view: str) -> None:
    page = console.show(view)
    within = page.get_by_role("row" if "rooms" in view else "region", name=TITLE).first
    expect(within.get_by_text("guests", exact=True)).to_be_visible()


@pytest.mark.thorough
def test_attendance_marks_guests_and_counts_them(console: Console, room_id: str) -> None:
    page = console.show(f"room/{room_id}/call")
    expect(
        page.get_by_text("1 invited, 2 attended (guests: 1), 0 absent, 0 uninvited")
    ).to_be_visible()
    assert {row[0]: row[1] for row in table(page, "Attendance")} == {
        "Ines": "attended",
        "Nils": "attended guest",
    }


@pytest.mark.thorough
def test_who_is_not_invited_may_join_as_a_guest(console: Console, room_id: str) -> None:
    page = console.show(f"access?room={room_id}&person={raw_id(9)}")
    expect(page.get_by_text("As Attendee, as a guest, until")).to_be_visible()
