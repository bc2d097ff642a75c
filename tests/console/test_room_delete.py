"""Deleting a room, and what is left of it."""

import pytest
from playwright.sync_api import expect

from testkit.events import live_meeting
from testkit.identifiers import raw_id
from tests.console.pages import Console, heading, table
from tests.console.room_page import dialog, press, room, sent
from tests.console.scenes import Scenes, hours_from_now

KHAN = raw_id(1)
DELETE = ("Delete", "Delete Tea?")


def tea(scenes: Scenes) -> str:
    """A room in which there was a call."""
    room_id = scenes.room("Tea", {KHAN: "Presenter"}, {KHAN: "Dr. Khan"}, scheduled=(-1, 1))
    call = live_meeting(room_id, seconds=600)
    scenes.insight.deliver(*call.whole(300, call.stay(1, 299, KHAN, "Ines")))
    return room_id


def test_nobody_can_join_and_what_happened_stays(console: Console, scenes: Scenes) -> None:
    room_id = tea(scenes)
    (before,) = scenes.insight.json(f"/rooms/{room_id}/attendance")["value"]
    page = console.show(f"room/{room_id}")
    question = dialog(page, *DELETE)
    expect(question).to_contain_text("Nobody can join any more.")
    expect(question).to_contain_text("Its calls, their attendance and the log stay")
    sent(page, question, "Delete room")
    expect(page.get_by_text("deleted", exact=True)).to_be_visible()
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    expect(heading(page, "Tea")).to_be_focused()
    assert [row[0] for row in table(page, "People")] == ["Dr. Khan"]
    assert len(table(page, "Calls")) == 1
    assert room(scenes, room_id)["state"] == "deleted"
    assert scenes.insight.get(f"/rooms/{room_id}/admission?rawId={KHAN}").status == 404
    (after,) = scenes.insight.json(f"/rooms/{room_id}/attendance")["value"]
    assert (after["status"], after["intervals"]) == ("attended", before["intervals"])
    (record,) = scenes.insight.all(f"/rooms/{room_id}/log?kind=RoomDeleted")
    assert record["actor"] == "test"


@pytest.mark.thorough
def test_who_does_not_confirm_deletes_nothing(console: Console, scenes: Scenes) -> None:
    room_id = tea(scenes)
    page = console.show(f"room/{room_id}")
    press(dialog(page, *DELETE), "Cancel")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Delete")).to_be_focused()
    assert room(scenes, room_id)["state"] == "open"


@pytest.mark.thorough
def test_a_room_that_was_changed_meanwhile_is_not_deleted_unseen(
    console: Console, scenes: Scenes
) -> None:
    console.allowed = {412}
    room_id = tea(scenes)
    page = console.show(f"room/{room_id}")
    question = dialog(page, *DELETE)
    times = {"scheduledStart": hours_from_now(2), "scheduledEnd": hours_from_now(3)}
    scenes.set_details(room_id, times)
    press(question, "Delete room")
    expect(question.get_by_role("alert")).to_contain_text("Scheduled from is now")
    assert room(scenes, room_id)["state"] == "open"
    sent(page, question, "Delete room")
    assert room(scenes, room_id)["state"] == "deleted"
