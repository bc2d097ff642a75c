"""One room: its times, participants, calls and log."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from rooms.domain.log_kinds import LOG_KINDS
from rooms.domain.shown_text import quoted
from testkit.events import Meeting, live_meeting
from testkit.identifiers import raw_id
from tests.console.pages import Console, heading, mostly, table
from tests.console.scenes import Scenes, hours_from_now

UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
PAGE = 100


@pytest.mark.thorough
def test_its_times_are_shown(console: Console, scenes: Scenes) -> None:
    room_id = scenes.lesson["roomId"]
    overview = scenes.insight.json(f"/rooms/{room_id}/overview")
    page = console.show(f"room/{room_id}")
    facts = page.get_by_role("definition").locator("time")
    expect(facts.first).to_be_visible()
    shown = facts.evaluate_all("times => times.map(time => time.dateTime)")
    assert shown == [
        overview[name]
        for name in ("scheduledStart", "scheduledEnd", "validFrom", "validUntil", "createdAt")
    ]


@pytest.mark.parametrize(("opens", "closes", "state"), [(-1, 1, "open"), (1, 2, "upcoming")])
@pytest.mark.thorough
def test_its_state_is_shown(
    console: Console, scenes: Scenes, opens: float, closes: float, state: str
) -> None:
    room_id = scenes.raw.new_room(
        {"validFrom": hours_from_now(opens), "validUntil": hours_from_now(closes)}
    )["id"]
    page = console.show(f"room/{room_id}")
    expect(page.get_by_role("main").get_by_text(state, exact=True)).to_be_visible()


def test_the_roster_is_that_of_the_api(console: Console, scenes: Scenes) -> None:
    room_id = scenes.lesson["roomId"]
    page = console.show(f"room/{room_id}")
    expect(page.get_by_role("table", name="People")).to_be_visible()
    people = scenes.insight.json(f"/rooms/{room_id}/overview")["participants"]
    assert [row[:2] for row in table(page, "People")] == [
        [one["name"], one["role"]] for one in people
    ]


@pytest.mark.thorough
def test_names_and_external_ids_are_shown(console: Console, scenes: Scenes) -> None:
    room_id = scenes.room(people={raw_id(1): "Presenter"})
    details = {
        "participants": {raw_id(1): {"name": "Dr. Khan", "externalId": "D-1"}},
        "externalId": "A-7",
    }
    assert scenes.insight.patch(f"/rooms/{room_id}/details", details).status == 200
    page = console.show(f"room/{room_id}")
    expect(page.get_by_role("row", name="Dr. Khan")).to_contain_text("D-1")
    expect(page.get_by_role("definition").filter(has_text="A-7")).to_be_visible()


@pytest.mark.thorough
def test_a_room_to_which_nobody_is_invited_says_so(console: Console, scenes: Scenes) -> None:
    page = console.show(f"room/{scenes.room()}")
    expect(page.get_by_text("Nobody is invited.")).to_be_visible()


@pytest.mark.thorough
def test_a_change_of_the_roster_appears(console: Console, scenes: Scenes) -> None:
    room_id = scenes.room(people={raw_id(1): "Presenter"})
    page = console.show(f"room/{room_id}")
    rows = page.get_by_role("table", name="People").get_by_role("row")
    expect(rows).to_have_count(2)
    added = {"participants": {raw_id(2): {"role": "Attendee"}}}
    assert scenes.raw.patch(f"/rooms/{room_id}/participants", added).status == 200
    expect(rows).to_have_count(3)


def test_its_calls_are_those_of_the_api(console: Console, scenes: Scenes) -> None:
    room_id = scenes.lossy["roomId"]
    page = console.show(f"room/{room_id}")
    expect(page.get_by_role("table", name="Calls")).to_be_visible()
    calls = scenes.insight.all(f"/rooms/{room_id}/calls")
    rows = table(page, "Calls")
    assert [row[3] for row in rows] == [str(call["people"]) for call in calls]
    assert [row[4].split()[-1] for row in rows] == [str(call["peak"]) for call in calls]
    assert ["≈" in row[4] for row in rows] == [call["peakEstimated"] for call in calls]
    assert ["≈" in row[0] for row in rows] == [call["startEstimated"] for call in calls]
    assert ["≈" in row[1] for row in rows] == [call["endEstimated"] for call in calls]


@pytest.mark.thorough
def test_a_call_leads_to_its_timeline(console: Console, scenes: Scenes) -> None:
    page = console.show(f"room/{scenes.lesson['roomId']}")
    page.get_by_role("table", name="Calls").get_by_role("link").first.click()
    expect(page.locator(".leg").first).to_be_visible()


def test_a_deleted_room_says_so_and_keeps_its_log(console: Console, scenes: Scenes) -> None:
    page = console.show(f"room/{scenes.deleted}")
    expect(page.get_by_text("deleted", exact=True)).to_be_visible()
    page.get_by_role("link", name="Log").click()
    expect(records(page).first).to_contain_text("deleted the room")


@pytest.mark.thorough
def test_a_room_known_by_events_only_shows_its_calls(console: Console, scenes: Scenes) -> None:
    console.allowed = {404}
    page = console.show(f"room/{scenes.elsewhere.room_id}")
    expect(page.get_by_role("table", name="Calls").get_by_role("link")).to_have_count(1)
    expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(0)


@pytest.mark.thorough
def test_a_room_known_by_events_only_shows_its_log(console: Console, scenes: Scenes) -> None:
    console.allowed = {404}
    page = console.show(f"room/{scenes.elsewhere.room_id}/log")
    expect(records(page)).to_have_count(6)


@pytest.mark.thorough
def test_a_room_that_never_was_says_so(console: Console) -> None:
    console.allowed = {404}
    page = console.show("room/99400000000000000")
    expect(page.get_by_role("status").filter(has_text="was not created here")).to_be_visible()


def records(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("group")


def sentences(page: Page) -> list[str]:
    return records(page).locator("summary").all_inner_texts()


def test_records_say_what_the_api_says_with_times_of_here(console: Console, scenes: Scenes) -> None:
    room_id = scenes.lesson["roomId"]
    page = console.show(f"room/{room_id}/log")
    expect(records(page).first).to_be_visible()
    told = scenes.insight.json(f"/rooms/{room_id}/log")["value"]
    shown = sentences(page)
    assert len(shown) == len(told)
    for record, sentence in zip(told, shown, strict=True):
        assert record["actor"] in sentence
        assert all(part.strip() in sentence for part in UTC.split(record["text"])), sentence
        assert not UTC.search(sentence)


@pytest.mark.thorough
def test_the_record_itself_is_behind_its_sentence(console: Console, scenes: Scenes) -> None:
    room_id = scenes.lesson["roomId"]
    page = console.show(f"room/{room_id}/log")
    newest = scenes.insight.json(f"/rooms/{room_id}/log")["value"][0]
    text = records(page).first.locator("pre")
    expect(text).to_be_hidden()
    records(page).first.locator("summary").click()
    expect(text).to_be_visible()
    assert page.evaluate("text => JSON.parse(text)", text.inner_text()) == newest


@pytest.mark.thorough
@pytest.mark.parametrize(
    "kind", mostly(["RoomCreated", "CallStarted", "ParticipantRemoved"], "CallStarted")
)
def test_records_of_a_kind_are_chosen(console: Console, scenes: Scenes, kind: str) -> None:
    room_id = scenes.lesson["roomId"]
    page = console.show(f"room/{room_id}/log")
    expect(records(page).first).to_be_visible()
    page.get_by_label("Kind").select_option(kind)
    expect(records(page)).to_have_count(
        len(scenes.insight.all(f"/rooms/{room_id}/log?kind={kind}"))
    )


@pytest.mark.thorough
def test_the_log_can_be_filtered_by_each_kind_there_is(console: Console, scenes: Scenes) -> None:
    page = console.show(f"room/{scenes.lesson['roomId']}/log?kind=CallEnded")
    kind = page.get_by_label("Kind")
    expect(kind.get_by_role("option")).to_have_text(["all", *LOG_KINDS])
    expect(kind).to_have_value("CallEnded")


@pytest.mark.thorough
def test_records_of_an_actor_are_chosen(console: Console, scenes: Scenes) -> None:
    room_id = scenes.lesson["roomId"]
    page = console.show(f"room/{room_id}/log")
    expect(records(page).first).to_be_visible()
    page.get_by_label("Actor").fill("test")
    page.get_by_label("Actor").press("Enter")
    expect(records(page)).to_have_count(len(scenes.insight.all(f"/rooms/{room_id}/log?actor=test")))


@pytest.mark.thorough
def test_more_brings_the_older_records(console: Console, scenes: Scenes) -> None:
    call = Meeting(scenes.room())
    stays = [call.stay(2 * number + 1, 2 * number + 2, raw_id(1), "Ines") for number in range(PAGE)]
    scenes.insight.deliver(*call.whole(1_000, *stays))
    page = console.show(f"room/{call.room_id}/log")
    expect(records(page)).to_have_count(PAGE)
    page.get_by_role("button", name="More").click()
    expect(records(page)).to_have_count(2 * PAGE)
    page.get_by_role("button", name="More").click()
    expect(records(page)).to_have_count(len(scenes.insight.all(f"/rooms/{call.room_id}/log")))
    expect(records(page).last).to_contain_text("the call started")


@pytest.mark.thorough
def test_a_new_record_appears(console: Console, scenes: Scenes) -> None:
    room_id = scenes.room("Before")
    page = console.show(f"room/{room_id}/log")
    expect(records(page).first).to_contain_text("Before")
    assert scenes.insight.patch(f"/rooms/{room_id}/details", {"title": "After"}).status == 200
    expect(records(page).first).to_contain_text("After")


@pytest.mark.thorough
def test_a_record_that_came_late_says_when_it_arrived(console: Console, scenes: Scenes) -> None:
    call = live_meeting(scenes.room("Late"), seconds=3_600)
    scenes.insight.deliver(call.started(), call.added(3_590, raw_id(1), "Ines"))
    page = console.show(f"room/{call.room_id}/log")
    started = records(page).filter(has_text="the call started")
    (record,) = scenes.insight.json(f"/rooms/{call.room_id}/log?kind=CallStarted")["value"]
    expect(started).to_contain_text("arrived at")
    expect(started.locator("time").nth(1)).to_have_attribute("datetime", record["receivedAt"])
    expect(records(page).filter(has_text=f"{quoted('Ines')} joined")).not_to_contain_text(
        "arrived at"
    )


@pytest.mark.thorough
def test_the_tabs_lead_to_each_other(console: Console, scenes: Scenes) -> None:
    page = console.show(f"room/{scenes.lesson['roomId']}")
    expect(heading(page, scenes.lesson["title"])).to_be_visible()
    page.get_by_role("link", name="Calls", exact=True).click()
    expect(page.get_by_role("slider")).to_be_visible()
    page.get_by_role("link", name="Log").click()
    expect(records(page).first).to_be_visible()
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_role("table", name="People")).to_be_visible()
