"""The calls of a room, one call, those of all rooms, and those that go on."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from rooms.domain.time import DAY, HOUR, Ticks, format_time, now, parse_time
from testkit.events import Meeting, live_meeting, participant_id, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_invalid, assert_is, assert_refused
from testkit.raw import Raw
from testkit.running import RunningApp
from tests.contract.stored import store
from tests.intake.hostile_events import EVIL_TEXTS

ALICE, BOB = raw_id(1), raw_id(2)
PAGE = 30


def ids(calls: Sequence[dict[str, Any]]) -> list[str]:
    return [call["id"] for call in calls]


def between(start: Ticks, end: Ticks) -> str:
    return f"from={quote(format_time(start))}&until={quote(format_time(end))}"


# The calls of a room.


def test_the_calls_of_a_room(raw: Raw, insight: Insight) -> None:
    room_id = raw.new_room()["id"]
    whole = Meeting(room_id)
    half = Meeting(room_id, whole.start + DAY)
    live = live_meeting(room_id)
    insight.deliver(
        *whole.whole(
            90.5, whole.stay(10, 20, ALICE), whole.stay(15, 50, BOB), whole.stay(60, 70, BOB)
        )
    )
    insight.deliver(*half.stay(1, 3, ALICE))
    insight.deliver(live.started(), live.added(2, ALICE))
    times = {
        "startedAt": live.at(0),
        "startEstimated": False,
        "endedAt": None,
        "endEstimated": False,
        "seconds": None,
    }
    estimated = {
        "startedAt": half.at(1),
        "startEstimated": True,
        "endedAt": half.at(3),
        "endEstimated": True,
        "seconds": 2,
    }
    told = {
        "startedAt": whole.at(0),
        "startEstimated": False,
        "endedAt": whole.at(90.5),
        "endEstimated": False,
        "seconds": 90.5,
    }
    assert_is(
        insight.json(f"/rooms/{room_id}/calls"),
        {
            "value": [
                {
                    "id": live.id,
                    "roomId": room_id,
                    **times,
                    "lastEventAt": live.at(2),
                    "people": 1,
                    "peak": 1,
                    "peakAt": live.at(2),
                    "peakEstimated": False,
                    "incomplete": False,
                },
                {
                    "id": half.id,
                    "roomId": room_id,
                    **estimated,
                    "lastEventAt": half.at(3),
                    "people": 1,
                    "peak": 1,
                    "peakAt": half.at(1),
                    "peakEstimated": False,
                    "incomplete": False,
                },
                {
                    "id": whole.id,
                    "roomId": room_id,
                    **told,
                    "lastEventAt": whole.at(90.5),
                    "people": 2,
                    "peak": 2,
                    "peakAt": whole.at(15),
                    "peakEstimated": False,
                    "incomplete": False,
                },
            ]
        },
    )


def test_a_room_without_calls_has_an_empty_list(raw: Raw, insight: Insight) -> None:
    assert_is(insight.json(f"/rooms/{raw.new_room()['id']}/calls"), {"value": []})


def test_calls_are_listed_by_their_last_event_over_all_pages(
    app: RunningApp, insight: Insight
) -> None:
    room_id = room_of_another_service()
    calls = [
        Meeting(room_id, parse_time("2023-01-01T00:10:00Z") + number * HOUR)
        for number in range(2 * PAGE + 5)
    ]
    store(app, *(call.started() for call in calls))
    insight.deliver(calls[0].ended(100 * 3600))
    pages = [page["value"] for page in insight.pages(f"/rooms/{room_id}/calls")]
    assert all(len(page) <= PAGE for page in pages)
    assert len(pages) >= 3
    newest_first = [calls[0], *reversed(calls[1:])]
    assert [id for page in pages for id in ids(page)] == [call.id for call in newest_first]


def test_calls_of_one_hour_are_on_one_page_each(app: RunningApp, insight: Insight) -> None:
    room_id = room_of_another_service()
    calls = [
        Meeting(room_id, parse_time("2023-01-01T00:00:00Z") + number * HOUR // 100)
        for number in range(2 * PAGE + 5)
    ]
    store(app, *(call.started() for call in calls))
    pages = [page["value"] for page in insight.pages(f"/rooms/{room_id}/calls")]
    for page in pages:
        assert page == sorted(page, key=lambda call: call["startedAt"], reverse=True)
    listed = [id for page in pages for id in ids(page)]
    assert sorted(listed) == sorted(call.id for call in calls)


def test_pages_are_as_of_the_first(app: RunningApp, insight: Insight) -> None:
    room_id = room_of_another_service()
    calls = [
        Meeting(room_id, parse_time("2023-01-01T00:00:00Z") + number * HOUR)
        for number in range(PAGE + 5)
    ]
    store(app, *(call.ended(60) for call in calls))
    pages = insight.pages(f"/rooms/{room_id}/calls")
    first = next(pages)["value"]
    late = Meeting(room_id, now() - HOUR)
    insight.deliver(late.ended(0))
    assert ids(first) + [id for page in pages for id in ids(page["value"])] == [
        call.id for call in reversed(calls)
    ]


def test_a_call_with_an_event_of_the_future_is_listed(insight: Insight) -> None:
    call = Meeting(room_of_another_service(), now() - 3 * HOUR)
    ahead = (now() - call.start) / 10**7 + 20
    insight.deliver(call.started(), call.added(1, ALICE), call.added(ahead, BOB))
    (listed,) = insight.all(f"/rooms/{call.room_id}/calls")
    assert (listed["id"], listed["people"]) == (call.id, 1)


# One call.


def test_a_call_with_its_legs(raw: Raw, insight: Insight) -> None:
    call = Meeting(raw.new_room()["id"])
    reason = {"code": 0, "subCode": 7015, "phrase": "The conversation has ended."}
    insight.deliver(
        call.started(by=ALICE),
        call.added(10, ALICE, "Alice", "Presenter"),
        call.added(15, BOB, "Bob", "Attendee"),
        call.removed(20.25, BOB),
        call.removed(5, None, device="of nobody"),
        call.ended(90, by=BOB, reason=reason),
    )
    nobody = {
        "participantId": participant_id(None, "of nobody"),
        "rawId": None,
        "displayName": None,
        "role": None,
    }
    alice = {
        "participantId": participant_id(ALICE),
        "rawId": ALICE,
        "displayName": "Alice",
        "role": "Presenter",
    }
    bob = {
        "participantId": participant_id(BOB),
        "rawId": BOB,
        "displayName": "Bob",
        "role": "Attendee",
    }

    def times(
        joined: float, estimated: bool, left: float, left_estimated: bool, seconds: float
    ) -> dict[str, Any]:
        join = {"joinedAt": call.at(joined), "joinEstimated": estimated}
        return join | {
            "leftAt": call.at(left),
            "leaveEstimated": left_estimated,
            "seconds": seconds,
            "joins": 1,
            "awaySeconds": 0,
        }

    assert_is(
        insight.json(f"/rooms/{call.room_id}/calls/{call.id}"),
        {
            "id": call.id,
            "roomId": call.room_id,
            "startedAt": call.at(0),
            "startEstimated": False,
            "endedAt": call.at(90),
            "endEstimated": False,
            "seconds": 90,
            "lastEventAt": call.at(90),
            "people": 3,
            "peak": 2,
            "peakAt": call.at(15),
            "peakEstimated": True,
            "incomplete": False,
            "startedBy": ALICE,
            "endedBy": BOB,
            "endReason": reason,
            "legs": [
                {**nobody, "endpointType": "of nobody", **times(0, True, 5, False, 5)},
                {**alice, "endpointType": "web", **times(10, False, 90, True, 80)},
                {**bob, "endpointType": "web", **times(15, False, 20.25, False, 5.25)},
            ],
        },
    )


def test_a_live_call_with_an_open_leg(insight: Insight) -> None:
    call = live_meeting(room_of_another_service())
    insight.deliver(call.added(1, ALICE))
    body = insight.json(f"/rooms/{call.room_id}/calls/{call.id}")
    nobody_knows = ("startedBy", "endedBy", "endReason", "endedAt", "seconds")
    assert {name: body[name] for name in nobody_knows} == dict.fromkeys(nobody_knows)
    (leg,) = body["legs"]
    assert (leg["leftAt"], leg["leaveEstimated"], leg["seconds"]) == (None, False, None)


def test_a_call_that_another_has_followed_has_ended(insight: Insight) -> None:
    room_id = room_of_another_service()
    first, second = live_meeting(room_id, 300), live_meeting(room_id, 100)
    insight.deliver(first.started(), first.added(1, ALICE), second.started(), second.added(1, BOB))
    ended = insight.json(f"/rooms/{room_id}/calls/{first.id}")
    assert (ended["endedAt"], ended["endEstimated"]) == (first.at(1), True)
    assert insight.json(f"/rooms/{room_id}/presence")["call"]["id"] == second.id
    assert [call["endedAt"] for call in insight.all(f"/rooms/{room_id}/calls")] == [
        None,
        first.at(1),
    ]


ODD_IDS = {name: text for name, text in EVIL_TEXTS.items() if name != "NUL"} | {
    "encoded slash": "a%2Fb",
    "encoded percent": "a%252Fb",
    "only a slash": "/",
    "slash at the end": "a/",
    "plus": "a+b",
    "ampersand": "a&call=b",
    "colon": "a:b~c!1",
    "unicode": "é ß 漢字",
    "512 characters": "x" * 512,
}
ODD_IN_EACH_RUN = ("encoded slash", "slash at the end", "ampersand", "unicode", "512 characters")


@pytest.mark.parametrize(
    "call_id",
    [
        pytest.param(
            call_id,
            id=name,
            marks=[] if name in ODD_IN_EACH_RUN else pytest.mark.thorough,
        )
        for name, call_id in ODD_IDS.items()
    ],
)
def test_a_call_of_any_id_is_found_by_its_id_percent_encoded(
    insight: Insight, call_id: str
) -> None:
    call = Meeting(room_of_another_service(), id=call_id)
    insight.deliver(*call.whole(60, call.stay(10, 20, ALICE)))
    encoded = quote(call_id, safe="")
    one = insight.json(f"/rooms/{call.room_id}/calls/{encoded}")
    assert (one["id"], one["people"]) == (call_id, 1)
    assert ids(insight.all(f"/rooms/{call.room_id}/calls")) == [call_id]
    assert insight.json(f"/rooms/{call.room_id}/attendance?call={encoded}")["from"] == call.at(0)


@pytest.mark.parametrize("call_id", ["/", "", ".", "..", "a\0b", "%2F", "a%2Fb"])
def test_a_call_whose_id_a_path_cannot_hold_is_found_by_its_attendance(
    insight: Insight, call_id: str
) -> None:
    call = Meeting(room_of_another_service(), id=call_id or "-")
    insight.deliver(call.ended(0))
    assert insight.json(f"/rooms/{call.room_id}/attendance?call={quote(call.id, safe='')}")[
        "from"
    ] == call.at(0)


def test_calls_whose_ids_differ_in_case_or_spelling_are_different(insight: Insight) -> None:
    room_id = room_of_another_service()
    calls = [Meeting(room_id, id=call_id) for call_id in ("a", "A", "a ", "ａ")]  # noqa: RUF001 (a wide one)
    insight.deliver(*(call.ended(number) for number, call in enumerate(calls)))
    for number, call in enumerate(calls):
        assert insight.json(f"/rooms/{room_id}/calls/{quote(call.id)}")["startedAt"] == call.at(
            number
        )


def test_unknown_calls_and_unknown_rooms(raw: Raw, insight: Insight) -> None:
    call = Meeting(room_of_another_service())
    insight.deliver(call.ended(0))
    for room_id in (call.room_id, raw.new_room()["id"]):
        assert "call" in assert_refused(
            insight.get(f"/rooms/{room_id}/calls/{uuid4()}"), 404, "NotFound"
        )
        assert "call" in assert_refused(
            insight.get(f"/rooms/{room_id}/attendance?call={uuid4()}"), 404, "NotFound"
        )
    other = assert_refused(
        insight.get(f"/rooms/{room_of_another_service()}/calls/{call.id}"), 404, "NotFound"
    )
    assert other == "There is no such room, or it was deleted."


def test_a_deleted_room_keeps_its_calls(raw: Raw, insight: Insight) -> None:
    call = Meeting(raw.new_room()["id"])
    insight.deliver(call.ended(0))
    assert raw.delete(f"/rooms/{call.room_id}").status == 204
    late = Meeting(call.room_id, call.start + DAY)
    insight.deliver(late.ended(0))
    assert ids(insight.all(f"/rooms/{call.room_id}/calls")) == [late.id, call.id]
    assert insight.json(f"/rooms/{call.room_id}/calls/{late.id}")["id"] == late.id


# The calls of all rooms.


def test_the_calls_of_all_rooms_over_all_pages(app: RunningApp, insight: Insight) -> None:
    start = parse_time("2022-02-01T00:00:00Z")
    rooms = [f"{room_of_another_service()}{digit}" for digit in range(10)]
    calls = [Meeting(rooms[number % 10], start + number * HOUR) for number in range(2 * PAGE + 5)]
    store(app, *(event for call in calls for event in call.whole(60)))
    path = f"/calls?{between(start, start + 3 * DAY)}"
    pages = list(insight.pages(path))
    assert len(pages) >= 3
    listed = [call for page in pages for call in page["value"]]
    assert [(call["roomId"], call["id"]) for call in listed] == [
        (call.room_id, call.id) for call in reversed(calls)
    ]
    assert_is(listed[0], insight.json(f"/rooms/{calls[-1].room_id}/calls")["value"][0])
    assert "from=2022-02-01T00%3A00%3A00%2B00%3A00&until=2022-02-04" in pages[0]["nextLink"]


def test_the_calls_of_a_time_are_those_with_an_event_in_it(insight: Insight) -> None:
    start = parse_time("2022-03-01T10:00:00Z")
    call, later = (Meeting(room_of_another_service(), start + day * DAY) for day in range(2))
    insight.deliver(*call.whole(3 * 3600, call.stay(60, 600, ALICE)), later.ended(0))

    def found(first: float, last: float) -> list[str]:
        return ids(
            insight.all(
                f"/calls?{between(start + round(first * 10**7), start + round(last * 10**7))}"
            )
        )

    assert found(0, 86_400) == [call.id]
    assert found(0, 86_400.1) == [later.id, call.id]
    assert found(-86_400, 0) == []
    assert found(-86_400, 0.1) == [call.id]
    assert found(3 * 3600, 4 * 3600) == [call.id]
    assert found(601, 3 * 3600) == []


def test_a_time_that_ends_between_two_events_of_one_hour_has_the_call_of_the_hour_before(
    insight: Insight,
) -> None:
    start = parse_time("2022-04-01T10:30:00Z")
    call = Meeting(room_of_another_service(), start)
    insight.deliver(call.started(), call.ended(75 * 60))
    for minutes in (15, 45, 76):
        found = insight.all(f"/calls?{between(start - HOUR, start + minutes * 60 * 10**7)}")
        assert ids(found) == [call.id], minutes


def test_either_time_may_be_left_out(insight: Insight) -> None:
    call = live_meeting(room_of_another_service(), 1)
    insight.deliver(call.started())
    start, later = quote(call.at(0)), quote(call.at(0.0000001))
    for query in ("", f"from={start}", f"until={later}"):
        assert any(call.id in ids(page["value"]) for page in insight.pages(f"/calls?{query}")), (
            query
        )
    assert call.id not in ids(insight.all(f"/calls?from={later}"))
    assert call.id not in ids(insight.all(f"/calls?from={quote(call.at(-1))}&until={start}"))


def test_calls_of_the_future_are_not_yet_there(insight: Insight) -> None:
    call = Meeting(room_of_another_service(), now() + HOUR)
    insight.deliver(call.started())
    assert insight.all(f"/calls?{between(now(), now() + DAY)}") == []
    assert insight.all(f"/rooms/{call.room_id}/calls") == []
    assert_refused(insight.get(f"/rooms/{call.room_id}/calls/{call.id}"), 404, "NotFound")


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("from=yesterday", "from"),
        ("until=2025-03-03", "until"),
        ("from=2025-03-03T10:00:00", "from"),
        ("from=2025-03-03T10:00:00Z&until=2025-03-03T10:00:00Z", "until"),
        ("from=2025-03-03T10:00:00Z&until=2025-03-03T11:00:00%2B05:00", "until"),
        ("from=2025-03-03T10:00:00Z&from=2025-03-03T10:00:00Z", "from"),
        ("nextLink=x", "nextLink"),
        ("nextLink=aaaaaaaa", "nextLink"),
    ],
)
def test_times_and_tokens_of_all_calls_that_are_none(
    insight: Insight, query: str, target: str
) -> None:
    assert_invalid(insight.get(f"/calls?{query}"), target)


# Those that go on.


def test_a_live_room(raw: Raw, insight: Insight) -> None:
    room_id = raw.new_room({"participants": {ALICE: {}}})["id"]
    details = {"title": "A hearing", "participants": {ALICE: {"name": "Dr. Alice"}}}
    assert insight.patch(f"/rooms/{room_id}/details", details).status == 200
    call = live_meeting(room_id)
    insight.deliver(
        call.started(),
        call.added(1, ALICE, "Alice", "Presenter"),
        call.added(2, ALICE, device="phone"),
        call.added(3, BOB),
    )
    (found,) = (one for one in insight.all("/live") if one["roomId"] == room_id)
    nothing = {"displayName": None, "role": None}
    alice = {"rawId": ALICE, "rawIds": [ALICE], "name": "Dr. Alice", **nothing}
    bob = {"rawId": BOB, "rawIds": [BOB], "name": None, **nothing}
    about = {
        "roomId": room_id,
        "title": "A hearing",
        "roomJoinPolicy": "InviteOnly",
        "callId": call.id,
        "startedAt": call.at(0),
        "lastEventAt": call.at(3),
        "overdue": False,
        "incomplete": False,
        "count": 2,
        "participants": [alice | {"joinedAt": call.at(1)}, bob | {"joinedAt": call.at(3)}],
    }
    assert_is(found, {**about, "missing": [], "missingCount": 0})


def test_a_room_is_live_once_and_only_as_long_as_its_call(insight: Insight) -> None:
    twice, ended, quiet = (room_of_another_service() for _ in range(3))
    first, second, over = (
        live_meeting(twice, 300),
        live_meeting(twice, 100),
        live_meeting(ended, 300),
    )
    old = Meeting(quiet, now() - DAY - HOUR)
    insight.deliver(
        first.added(0, ALICE), second.added(0, BOB), *over.whole(100), old.added(0, ALICE)
    )
    live = {
        (one["roomId"], one["callId"])
        for one in insight.all("/live")
        if one["roomId"] in (twice, ended, quiet)
    }
    assert live == {(twice, second.id)}


def test_live_rooms_over_all_pages(app: RunningApp, insight: Insight) -> None:
    calls = [
        live_meeting(f"{room_of_another_service()}{number % 10}") for number in range(PAGE + 2)
    ]
    store(app, *(call.added(1, ALICE) for call in calls))
    pages = list(insight.pages("/live"))
    assert len(pages) >= 2
    live = [one["roomId"] for page in pages for one in page["value"]]
    assert {call.room_id for call in calls} <= set(live)
    assert len(set(live)) == len(live)
    assert (
        next(one for page in pages for one in page["value"] if one["roomId"] == calls[0].room_id)[
            "title"
        ]
        is None
    )
