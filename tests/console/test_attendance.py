"""Attendance: what is estimated, who was removed, what was cancelled, people with several raw
ids."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from testkit.events import live_meeting
from testkit.identifiers import raw_id
from tests.console.pages import HEIGHT, NARROW, Console, overflow
from tests.console.scenes import NAMES, Scenes

BARS = ".leg"


def opened(console: Console, room_id: str) -> Page:
    page = console.show(f"room/{room_id}/call")
    expect(page.get_by_role("table", name="Attendance", exact=True)).to_be_visible()
    return page


def row(page: Page, name: str) -> Locator:
    rows = page.get_by_role("table", name="Attendance", exact=True).get_by_role("row")
    return rows.filter(has_text=name)


def cells(page: Page, name: str) -> list[str]:
    texts: list[str] = row(page, name).locator("td").all_inner_texts()
    return [text.strip() for text in texts]


def told(scenes: Scenes, room_id: str) -> dict[str, Any]:
    """What the API says of each person, by name."""
    people = scenes.insight.json(f"/rooms/{room_id}/attendance")["value"]
    return {one["name"] or one["displayName"]: one for one in people}


def test_who_may_have_come_unseen_is_marked_in_words_too(console: Console, scenes: Scenes) -> None:
    room_id = scenes.uncertain.room_id
    nils = told(scenes, room_id)["Nils Diallo"]
    assert (nils["status"], nils["estimated"]) == ("absent", True)
    page = opened(console, room_id)
    status = cells(page, "Nils Diallo")[0]
    assert status.startswith("≈")
    assert re.sub(r"\s+", " ", status) == "≈ estimated absent"
    expect(page.get_by_text("as far as events tell")).to_be_visible()
    expect(page.locator(".missed", has_text="≈ did not join")).to_have_count(1)


@pytest.mark.thorough
def test_nothing_is_marked_if_no_event_is_lost(console: Console, scenes: Scenes) -> None:
    page = opened(console, scenes.lesson["roomId"])
    expect(page.get_by_text("≈")).to_have_count(0)
    expect(page.get_by_text("as far as events tell")).to_have_count(0)


@pytest.mark.thorough
def test_times_of_two_days_fit_a_narrow_screen(console: Console, scenes: Scenes) -> None:
    room_id = scenes.room("Camp", {raw_id(1): "Presenter"}, NAMES, scheduled=(-50, -1))
    page = opened(console, room_id)
    page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    expect(page.locator(".range").first).to_contain_text(re.compile(r"\d+ \w+.* to \d+ \w+"))
    assert overflow(page) <= 0


def test_a_person_with_two_raw_ids_is_one_row(console: Console, scenes: Scenes) -> None:
    room_id = scenes.uncertain.room_id
    assert told(scenes, room_id)["Dr. Khan"]["rawIds"] == [raw_id(1), raw_id(4)]
    page = opened(console, room_id)
    khan = row(page, "Dr. Khan")
    expect(khan).to_have_count(1)
    khan.get_by_text("2 raw ids").click()
    expect(khan.get_by_role("listitem")).to_have_text([raw_id(1), raw_id(4)])
    expect(khan).to_contain_text("D-1")


@pytest.mark.thorough
def test_the_stays_of_both_raw_ids_are_in_one_row_of_the_timeline(
    console: Console, scenes: Scenes
) -> None:
    page = opened(console, scenes.uncertain.room_id)
    expect(page.locator(".timeline .name", has_text="Dr. Khan")).to_have_count(1)
    expect(page.locator(BARS)).to_have_count(3)
    page.get_by_role("slider").press("End")
    for _ in range(3):
        page.get_by_role("slider").press("PageDown")
    expect(page.get_by_role("group", name="People present")).to_contain_text("Dr. Khan")


@pytest.mark.thorough
def test_a_cancelled_room_has_no_absentees(console: Console, scenes: Scenes) -> None:
    page = opened(console, scenes.cancelled)
    cancelled = scenes.insight.json(f"/rooms/{scenes.cancelled}/attendance")["cancelled"]
    assert cancelled["by"] == "test"
    said = page.get_by_text("Cancelled at")
    expect(said).to_contain_text("by test: the room was deleted before this time began")
    expect(said.locator("time")).to_have_attribute("datetime", cancelled["at"])
    expect(page.get_by_text("2 invited, 0 attended, 0 absent, 2 cancelled")).to_be_visible()
    assert {cells(page, name)[0] for name in ("Dr. Khan", "Nils Diallo")} == {"cancelled"}


@pytest.mark.thorough
def test_who_was_removed_is_shown_with_the_time(console: Console, scenes: Scenes) -> None:
    people = {raw_id(1): "Presenter", raw_id(2): "Attendee"}
    room_id = scenes.room("Removed", people, NAMES, scheduled=(-0.5, 0.5))
    removal = {"participants": {raw_id(2): None}}
    assert scenes.raw.patch(f"/rooms/{room_id}/participants", removal).status == 200
    removed_at = told(scenes, room_id)["Nils Diallo"]["removedAt"]
    assert removed_at
    page = opened(console, room_id)
    said = row(page, "Nils Diallo").get_by_text("removed at")
    expect(said.locator("time")).to_have_attribute("datetime", removed_at)
    expect(row(page, "Dr. Khan").get_by_text("removed at")).to_have_count(0)


@pytest.mark.thorough
def test_the_time_alone_is_marked_where_telephones_may_be(console: Console, scenes: Scenes) -> None:
    room_id = scenes.room(
        "Telephones", {raw_id(1): "Presenter"}, NAMES, scheduled=(-2, -1), dial_out=True
    )
    call = live_meeting(room_id, seconds=2 * 3600)
    scenes.insight.deliver(*call.whole(3_000, call.stay(60, 3_000, raw_id(1))))
    page = opened(console, room_id)
    _, _, present, alone, *_ = cells(page, "Dr. Khan")
    assert "≈" not in present
    assert re.sub(r"\s+", " ", alone) == "≈ estimated 49 min"
    expect(page.get_by_text("somebody by telephone may have been there")).to_be_visible()


@pytest.mark.thorough
def test_answers_without_these_fields_are_shown_too(console: Console, scenes: Scenes) -> None:
    room_id = scenes.uncertain.room_id
    answer = scenes.insight.json(f"/rooms/{room_id}/attendance")
    del answer["cancelled"]
    for one in answer["value"]:
        for name in ("rawIds", "removedAt", "aloneEstimated"):
            del one[name]
    page = console.context().new_page()
    page.route("**/rooms/*/attendance*", lambda route: route.fulfill(json=answer))
    page.add_init_script(f"sessionStorage.setItem('anteroom.key', {console.app.manage_key!r})")
    page.goto(console.url(f"room/{room_id}/call"))
    expect(row(page, "Dr. Khan")).to_have_count(1)
    expect(row(page, "Nils Diallo")).to_contain_text("absent")
