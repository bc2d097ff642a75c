"""A room's call: the timeline, who was in at a moment, and attendance, beside what the API says."""

import re
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from rooms.domain.time import HOUR, now
from testkit.events import Meeting, live_meeting
from testkit.identifiers import raw_id
from tests.console.pages import HEIGHT, NARROW, ZONE, Console, mostly, table
from tests.console.scenes import Json, Scenes

BARS = ".leg"
DASHED = ".leg.estimated"
SHADED = ".grid .slot"


def last_call(scenes: Scenes, report: Json) -> Any:
    """The call of a played meeting that is shown first, with its legs."""
    calls = f"/rooms/{report['roomId']}/calls"
    return scenes.insight.json(f"{calls}/{scenes.insight.all(calls)[0]['id']}")


def opened(console: Console, room_id: str, call_id: str | None = None) -> Page:
    """Opens the call, and waits for its chart."""
    page = console.show(f"room/{room_id}/call{f'/{call_id}' if call_id else ''}")
    expect(page.locator(BARS).first).to_be_visible()
    return page


def rows(page: Page) -> Locator:
    return page.get_by_role("img", name="Timeline of")


def beneath(page: Page) -> Locator:
    return page.get_by_role("img", name="Number of people")


def tip(page: Page) -> Locator:
    return page.locator(".tip")


def slider(page: Page) -> Locator:
    return page.get_by_role("slider")


def shown_moment(page: Page) -> Locator:
    return page.get_by_role("group").filter(has=page.locator("p time"))


def people_by_role(page: Page) -> dict[str | None, list[str]]:
    """The people of the shown moment, under the heading of their role."""
    return {
        role.get_attribute("aria-label"): sorted(role.get_by_role("listitem").all_inner_texts())
        for role in shown_moment(page).get_by_role("group").all()
    }


def clock(time: str) -> str:
    """Returns the time as tips write it, without the date."""
    at = datetime.fromisoformat(time).astimezone(ZoneInfo(ZONE))
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03}"


def length(seconds: float | None) -> str:
    """Returns how long that is, as the console writes it."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{int(seconds)} s"
    hours, minutes = divmod(int(seconds) // 60, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def called(one: Json) -> str:
    """Returns the name as the console writes it."""
    name, themselves = one["name"], one["displayName"]
    if name and themselves and name != themselves:
        return f"{name} (as “{themselves}”)"
    return str(name or themselves)


def test_there_is_a_bar_for_each_leg(console: Console, scenes: Scenes) -> None:
    page = opened(console, scenes.lesson["roomId"])
    expect(rows(page).locator(BARS)).to_have_count(len(last_call(scenes, scenes.lesson)["legs"]))


@pytest.mark.thorough
def test_there_is_a_row_for_each_person_invited_or_not(console: Console, scenes: Scenes) -> None:
    report = scenes.lesson
    page = opened(console, report["roomId"])
    invited = scenes.insight.json(f"/rooms/{report['roomId']}/overview")["participants"]
    came = {leg["rawId"]: leg["displayName"] for leg in last_call(scenes, report)["legs"]}
    names = {**came, **{one["rawId"]: one["name"] for one in invited}}
    for name in names.values():
        expect(rows(page).locator(".name", has_text=name)).to_have_count(1)


@pytest.mark.thorough
def test_people_who_did_not_join_are_marked(console: Console, scenes: Scenes) -> None:
    report = scenes.lesson
    page = opened(console, report["roomId"])
    invited = {
        one["rawId"]
        for one in scenes.insight.json(f"/rooms/{report['roomId']}/overview")["participants"]
    }
    absent = invited - {leg["rawId"] for leg in last_call(scenes, report)["legs"]}
    assert absent
    expect(rows(page).locator(".missed", has_text="did not join")).to_have_count(len(absent))


@pytest.mark.thorough
def test_legs_with_estimated_ends_are_dashed(console: Console, scenes: Scenes) -> None:
    page = opened(console, scenes.lossy["roomId"])
    legs = last_call(scenes, scenes.lossy)["legs"]
    estimated = [leg for leg in legs if leg["joinEstimated"] or leg["leaveEstimated"]]
    assert 0 < len(estimated) < len(legs)
    expect(rows(page).locator(DASHED)).to_have_count(len(estimated))


@pytest.mark.thorough
def test_each_estimated_end_has_its_sign(console: Console, scenes: Scenes) -> None:
    page = opened(console, scenes.lossy["roomId"])
    legs = last_call(scenes, scenes.lossy)["legs"]
    for end, estimated in (("from", "joinEstimated"), ("until", "leaveEstimated")):
        expect(rows(page).locator(f".about-{end}")).to_have_count(
            sum(leg[estimated] for leg in legs)
        )


@pytest.mark.thorough
def test_of_a_meeting_without_losses_nothing_is_dashed(console: Console, scenes: Scenes) -> None:
    page = opened(console, scenes.lesson["roomId"])
    expect(rows(page).locator(DASHED)).to_have_count(0)


CUT = "names => names.filter(one => one.scrollWidth > one.clientWidth).length"


@pytest.mark.thorough
def test_a_phone_has_ticks_apart_and_whole_names(console: Console, scenes: Scenes) -> None:
    page = opened(console, scenes.lesson["roomId"])
    page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    ticks = page.locator(".axis span")
    expect(ticks.nth(2)).to_be_visible()
    boxes = [box for tick in ticks.all() if (box := tick.bounding_box())]
    assert all(one["x"] + one["width"] < other["x"] for one, other in pairwise(boxes))
    assert boxes[0]["x"] >= 0
    assert boxes[-1]["x"] + boxes[-1]["width"] <= NARROW
    assert page.locator(".timeline .name").evaluate_all(CUT) == 0


@pytest.mark.thorough
def test_the_scheduled_time_is_shaded(console: Console, scenes: Scenes) -> None:
    page = opened(console, scenes.lesson["roomId"])
    expect(page.locator(SHADED)).to_have_count(1)


@pytest.mark.thorough
def test_without_a_scheduled_time_nothing_is_shaded(console: Console, scenes: Scenes) -> None:
    page = opened(console, scenes.live.room_id)
    expect(page.locator(SHADED)).to_have_count(0)


@pytest.mark.thorough
@pytest.mark.parametrize("share", mostly([0.1, 0.9], 0.9))
def test_a_tip_tells_the_exact_times_of_the_leg_under_the_pointer(
    console: Console, scenes: Scenes, share: float
) -> None:
    call = Meeting(scenes.room(), now() - 3 * HOUR)
    stays = [
        call.stay(0, 1_800, raw_id(1), "Ines"),
        call.stay(1_900, 2_400, raw_id(1), "Ines"),
        call.stay(9, 2_000, raw_id(2)),
    ]
    scenes.insight.deliver(*call.whole(3_600, *stays))
    page = opened(console, call.room_id)
    legs = {
        (clock(leg["joinedAt"]), clock(leg["leftAt"]))
        for leg in last_call(scenes, {"roomId": call.room_id})["legs"]
    }
    told = set()
    for bar in rows(page).locator(BARS).all():
        box = bar.bounding_box()
        assert box
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        text = tip(page).inner_text()
        told |= {(joined, left) for joined, left in legs if joined in text and left in text}
    assert told == legs


@pytest.mark.thorough
@pytest.mark.parametrize("share", mostly([0.3, 0.5, 0.7], 0.5))
def test_a_tip_beside_the_bars_has_the_number_of_people(
    console: Console, scenes: Scenes, share: float
) -> None:
    page = opened(console, scenes.lesson["roomId"])
    beneath(page).scroll_into_view_if_needed()
    box = beneath(page).bounding_box()
    assert box
    page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
    told = tip(page).locator("strong", has_text="people").inner_text()
    expect(shown_moment(page)).to_contain_text(told)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "keys",
    [
        "Home",
        "End",
        "PageUp",
        "PageUp PageUp",
        "PageDown",
        "PageDown PageDown",
        "Home PageUp PageUp PageUp ArrowRight",
    ],
)
def test_the_slider_shows_by_keyboard_who_was_present(
    console: Console, scenes: Scenes, keys: str
) -> None:
    room_id = scenes.lesson["roomId"]
    call_id = last_call(scenes, scenes.lesson)["id"]
    page = opened(console, room_id)
    slider(page).focus()
    for key in keys.split():
        page.keyboard.press(key)
    expect(slider(page)).to_have_attribute(
        "aria-valuetext", re.compile(shown_moment(page).locator("time").inner_text())
    )
    at = shown_moment(page).locator("time").get_attribute("datetime")
    call = scenes.insight.json(f"/rooms/{room_id}/presence?at={at}")["call"]
    people = call["participants"] if call and call["id"] == call_id else []
    expect(shown_moment(page).get_by_role("listitem")).to_have_count(len(people))
    assert people_by_role(page) == {
        role: sorted(called(one) for one in people if one["role"] == role)
        for role in {one["role"] for one in people}
    }


@pytest.mark.thorough
def test_at_first_it_shows_the_peak(console: Console, scenes: Scenes) -> None:
    page = opened(console, scenes.lesson["roomId"])
    expect(shown_moment(page)).to_contain_text(f"{last_call(scenes, scenes.lesson)['peak']} people")


@pytest.mark.thorough
def test_another_call_of_the_room_can_be_chosen(console: Console, scenes: Scenes) -> None:
    calls = scenes.insight.all(f"/rooms/{scenes.lesson['roomId']}/calls")
    first = calls[-1]
    assert len(calls) > 1
    page = opened(console, scenes.lesson["roomId"])
    page.get_by_role("combobox", name="Call").select_option(first["id"])
    legs = scenes.insight.json(f"/rooms/{scenes.lesson['roomId']}/calls/{first['id']}")["legs"]
    expect(rows(page).locator(BARS)).to_have_count(len(legs))


SLOTS = {"This call": "call", "Scheduled time": "scheduled", "While the room is open": "open"}


def slot(scenes: Scenes, label: str) -> str:
    """The path and query of that attendance."""
    room_id = scenes.lesson["roomId"]
    overview = scenes.insight.json(f"/rooms/{room_id}/overview")
    query = {
        "call": f"?call={last_call(scenes, scenes.lesson)['id']}",
        "scheduled": "?",
        "open": f"?from={overview['validFrom']}&until={overview['validUntil']}".replace("+", "%2B"),
    }
    return f"/rooms/{room_id}/attendance{query[SLOTS[label]]}"


@pytest.mark.parametrize("label", mostly(SLOTS, "Scheduled time"))
def test_attendance_is_what_the_api_says(console: Console, scenes: Scenes, label: str) -> None:
    page = opened(console, scenes.lesson["roomId"])
    page.get_by_role("combobox", name="Time").select_option(label=label)
    attendance = scenes.insight.json(slot(scenes, label))
    counts = attendance["summary"]
    summary = ", ".join(f"{counts[name]} {name}" for name in ("invited", "attended"))
    expect(page.get_by_text(summary)).to_be_visible()
    fields = ("seconds", "aloneSeconds", "lateSeconds", "leftEarlySeconds")
    expected = [
        [
            called(one) + ("\nCheck access" if one["status"] == "uninvited" else ""),
            one["status"],
            one["role"] or "no role",
            *(length(one[field]) if one["intervals"] else "" for field in fields),
        ]
        for one in attendance["value"]
    ]
    assert sorted(row[:7] for row in table(page, "Attendance")) == sorted(expected)


@pytest.mark.thorough
def test_sessions_are_those_that_the_api_says(console: Console, scenes: Scenes) -> None:
    page = opened(console, scenes.lesson["roomId"])
    attendance = scenes.insight.json(slot(scenes, "Scheduled time"))
    rows = page.get_by_role("table", name="Attendance", exact=True).get_by_role("row")
    for one in attendance["value"]:
        times = rows.filter(has_text=one["name"] or one["displayName"]).locator("time")
        shown = times.evaluate_all("times => times.map(time => time.dateTime)")
        assert shown == [
            time for stay in one["intervals"] for time in (stay["from"], stay["until"])
        ]


@pytest.mark.thorough
def test_no_shows_are_on_top(console: Console, scenes: Scenes) -> None:
    page = opened(console, scenes.lesson["roomId"])
    expect(page.get_by_role("table", name="Attendance", exact=True)).to_be_visible()
    statuses = [row[1] for row in table(page, "Attendance")]
    absent = statuses.count("absent")
    assert absent
    assert statuses[:absent] == ["absent"] * absent


@pytest.mark.thorough
def test_estimated_lengths_have_their_sign(console: Console, scenes: Scenes) -> None:
    page = opened(console, scenes.lossy["roomId"])
    expect(page.get_by_role("table", name="Attendance", exact=True)).to_be_visible()
    people = scenes.insight.json(f"/rooms/{scenes.lossy['roomId']}/attendance")["value"]
    estimated = {called(one) for one in people if one["estimated"] and one["intervals"]}
    assert estimated
    assert {row[0] for row in table(page, "Attendance") if "≈" in row[3]} == estimated


@pytest.mark.thorough
@pytest.mark.parametrize("label", mostly(SLOTS, "This call"))
def test_the_csv_is_the_one_of_the_api(console: Console, scenes: Scenes, label: str) -> None:
    page = opened(console, scenes.lesson["roomId"])
    page.get_by_role("combobox", name="Time").select_option(label=label)
    expect(page.get_by_role("button", name="CSV")).to_be_enabled()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    path = slot(scenes, label)
    expected = scenes.insight.get(f"{path}{'&' if path[-1] != '?' else ''}format=csv")
    assert expected.status == 200
    assert download.value.path().read_bytes() == expected.body
    assert download.value.suggested_filename.endswith(".csv")


@pytest.fixture
def growing(scenes: Scenes) -> Meeting:
    """A call of one person, that goes on."""
    call = live_meeting(
        scenes.room("Growing", {raw_id(1): "Presenter"}, {raw_id(1): "Dr. Khan"}), seconds=60
    )
    scenes.insight.deliver(call.started(), call.added(1, raw_id(1), role="Presenter"))
    return call


def test_a_call_that_goes_on_grows(console: Console, scenes: Scenes, growing: Meeting) -> None:
    page = opened(console, growing.room_id)
    expect(rows(page).locator(BARS)).to_have_count(1)
    scenes.insight.deliver(growing.added(30, raw_id(2), "Nils", "Attendee"))
    expect(rows(page).locator(BARS)).to_have_count(2)
    expect(shown_moment(page)).to_contain_text("2 people")


@pytest.mark.thorough
def test_the_view_updates_when_the_call_ends(
    console: Console, scenes: Scenes, growing: Meeting
) -> None:
    page = opened(console, growing.room_id)
    expect(page.get_by_role("definition").get_by_text("live", exact=True)).to_be_visible()
    scenes.insight.deliver(growing.ended(50))
    expect(page.get_by_text("live", exact=True)).to_have_count(0)


@pytest.mark.thorough
def test_a_silent_call_says_so(console: Console, scenes: Scenes) -> None:
    page = opened(console, scenes.silent.room_id)
    ended = page.get_by_role("definition").filter(has_text="live")
    expect(ended).to_contain_text(re.compile(r"last heard 2 h \d\d min ago, probably over"))


@pytest.mark.thorough
def test_a_peak_that_is_estimated_has_its_sign(console: Console, scenes: Scenes) -> None:
    call = Meeting(scenes.room(), now() - 2 * HOUR)
    scenes.insight.deliver(call.started(), call.removed(50, raw_id(1)), call.ended(60))
    page = opened(console, call.room_id)
    expect(page.locator("dt", has_text="Peak").locator("+ dd")).to_have_text("≈ estimated 1")


@pytest.mark.thorough
def test_a_room_without_a_call_says_so_until_one_begins(console: Console, scenes: Scenes) -> None:
    call = live_meeting(scenes.room("Early"), seconds=10)
    page = console.show(f"room/{call.room_id}/call")
    expect(page.get_by_role("status").filter(has_text="No calls")).to_be_visible()
    scenes.insight.deliver(call.started(), call.added(1, raw_id(1), "Ines"))
    expect(page.locator(BARS).first).to_be_visible()


@pytest.mark.thorough
def test_the_reason_of_the_end_is_shown(console: Console, scenes: Scenes) -> None:
    call = Meeting(scenes.room(), now() - 2 * HOUR)
    reason = {"code": 0, "subCode": 0, "phrase": "Everyone was hung up on"}
    scenes.insight.deliver(
        call.started(), *call.stay(1, 50, raw_id(1), "Ines"), call.ended(60, reason=reason)
    )
    page = opened(console, call.room_id)
    expect(page.get_by_text("Everyone was hung up on")).to_be_visible()


@pytest.mark.thorough
def test_the_call_of_a_room_known_by_events_only_is_drawn(console: Console, scenes: Scenes) -> None:
    console.allowed = {404}
    page = opened(console, scenes.elsewhere.room_id, scenes.elsewhere.id)
    expect(rows(page).locator(BARS)).to_have_count(2)
    expect(page.get_by_role("table", name="Attendance", exact=True)).to_be_visible()
