"""What people call a room: set and read over HTTP."""

import random
import string
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from rooms.domain.limits import LIMITS
from testkit.events import Meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_invalid, assert_is, assert_refused, json_of
from testkit.raw import Raw
from testkit.raw_http import Answer

ALICE, BOB = raw_id(1), raw_id(2)
NOTHING: dict[str, Any] = {
    "title": None,
    "externalId": None,
    "scheduledStart": None,
    "scheduledEnd": None,
    "participants": {},
}
UNKNOWN_ROOM = "99400000000000000"


@pytest.fixture
def room_id(raw: Raw) -> str:
    room_id: str = raw.new_room()["id"]
    return room_id


@pytest.fixture
def path(room_id: str) -> str:
    return f"/rooms/{room_id}/details"


def changes(insight: Insight, room_id: str) -> list[dict[str, Any]]:
    """The changes of details in the room's log, newest first."""
    return [record["detail"] for record in insight.all(f"/rooms/{room_id}/log?kind=DetailsUpdated")]


def test_a_new_room_has_none(insight: Insight, path: str) -> None:
    assert_is(insight.json(path), NOTHING)


def test_everything(insight: Insight, path: str) -> None:
    sent = {
        "participants": {
            BOB: {"externalId": "b2"},
            ALICE: {"name": "Dr. Älice \U0001f600"},
            "4:+1425": {"name": "x", "externalId": "y"},
        },
        "scheduledEnd": "2026-05-04T13:00:00+02:00",
        "scheduledStart": "2026-05-04T10:00:00.123456789Z",
        "externalId": "visit/1",
        "title": "A visit",
    }
    expected = {
        "title": "A visit",
        "externalId": "visit/1",
        "scheduledStart": "2026-05-04T10:00:00.1234567+00:00",
        "scheduledEnd": "2026-05-04T11:00:00+00:00",
        "participants": {
            BOB: {"name": None, "externalId": "b2"},
            ALICE: {"name": "Dr. Älice \U0001f600", "externalId": None},
            "4:+1425": {"name": "x", "externalId": "y"},
        },
    }
    assert_is(json_of(insight.patch(path, sent)), expected)
    assert_is(insight.json(path), expected)


def test_a_patch_merges_and_null_removes(insight: Insight, path: str, room_id: str) -> None:
    steps: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"title": "a", "externalId": "b"}, {"title": "a", "externalId": "b"}),
        ({"title": None}, {"externalId": "b"}),
        (
            {"participants": {ALICE: {"name": "Alice", "externalId": "1"}}},
            {"externalId": "b", ALICE: ("Alice", "1")},
        ),
        (
            {"participants": {BOB: {"name": "Bob"}}},
            {"externalId": "b", ALICE: ("Alice", "1"), BOB: ("Bob", None)},
        ),
        (
            {"participants": {ALICE: {"name": None}, BOB: {}}},
            {"externalId": "b", ALICE: (None, "1"), BOB: ("Bob", None)},
        ),
        ({"participants": {ALICE: {"externalId": None}}}, {"externalId": "b", BOB: ("Bob", None)}),
        ({"participants": {BOB: None, ALICE: None}}, {"externalId": "b"}),
        ({"participants": {BOB: {"name": "Bob"}}, "externalId": None}, {BOB: ("Bob", None)}),
        ({"participants": None}, {}),
    ]
    for patch, expected in steps:
        people = {
            raw: dict(zip(("name", "externalId"), both, strict=True))
            for raw, both in expected.items()
            if raw in (ALICE, BOB)
        }
        texts = {name: text for name, text in expected.items() if name not in people}
        assert json_of(insight.patch(path, patch)) == NOTHING | texts | {"participants": people}, (
            patch
        )
    assert len(changes(insight, room_id)) == len(steps)


def test_scheduled_times_are_set_moved_and_removed_together(insight: Insight, path: str) -> None:
    first, second, third = (f"2026-05-04T1{hour}:00:00+00:00" for hour in range(3))

    def times(answer: Answer) -> tuple[str | None, str | None]:
        body = json_of(answer)
        return body["scheduledStart"], body["scheduledEnd"]

    assert times(insight.patch(path, {"scheduledStart": first, "scheduledEnd": second})) == (
        first,
        second,
    )
    assert times(insight.patch(path, {"scheduledEnd": third})) == (first, third)
    assert times(insight.patch(path, {"scheduledStart": second})) == (second, third)
    assert_invalid(insight.patch(path, {"scheduledStart": None}), "$.scheduledStart")
    assert_invalid(
        insight.patch(path, {"scheduledEnd": None, "title": "not set"}), "$.scheduledEnd"
    )
    assert_invalid(insight.patch(path, {"scheduledEnd": second}), "$.scheduledEnd")
    assert_invalid(insight.patch(path, {"scheduledEnd": first}), "$.scheduledEnd")
    assert insight.json(path) == NOTHING | {"scheduledStart": second, "scheduledEnd": third}
    assert times(insight.patch(path, {"scheduledStart": None, "scheduledEnd": None})) == (
        None,
        None,
    )


LONG = "x" * 257


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ({"title": ""}, "$.title"),
        ({"title": LONG}, "$.title"),
        ({"title": 5}, "$.title"),
        ({"externalId": LONG}, "$.externalId"),
        ({"externalId": ["a"]}, "$.externalId"),
        ({"scheduledStart": "soon", "scheduledEnd": "2026-05-04T10:00:00Z"}, "$.scheduledStart"),
        ({"scheduledStart": "2026-05-04T10:00:00Z", "scheduledEnd": 5}, "$.scheduledEnd"),
        ({"scheduledStart": "2026-05-04T10:00:00Z"}, "$.scheduledEnd"),
        ({"scheduledEnd": "2026-05-04T10:00:00Z"}, "$.scheduledStart"),
        (
            {"scheduledStart": "2026-05-04T10:00:00Z", "scheduledEnd": "2026-05-04T12:00:00+02:00"},
            "$.scheduledEnd",
        ),
        ({"participants": []}, "$.participants"),
        ({"participants": {ALICE: "Alice"}}, f"$.participants.{ALICE}"),
        ({"participants": {ALICE: {"name": ""}}}, f"$.participants.{ALICE}.name"),
        ({"participants": {ALICE: {"name": LONG}}}, f"$.participants.{ALICE}.name"),
        (
            {"participants": {ALICE: {"name": "Alice", "externalId": LONG}}},
            f"$.participants.{ALICE}.externalId",
        ),
        ({"participants": {LONG: {"name": "Alice"}}}, "$.participants"),
        ({"participants": {LONG: None}}, "$.participants"),
        ({"participants": {"": {"name": "Alice"}}}, "$.participants"),
        (
            {"participants": {raw_id(number): {"name": "a"} for number in range(LIMITS.names + 1)}},
            "$.participants",
        ),
        ([], "$"),
        (b"{", "$"),
        (b"", ""),
    ],
)
def test_what_cannot_be_set_is_named(
    insight: Insight, path: str, room_id: str, body: object, target: str
) -> None:
    assert_invalid(insight.patch(path, body), target)
    assert insight.json(path) == NOTHING
    assert changes(insight, room_id) == []


def test_the_limits_themselves_are_allowed(insight: Insight, path: str) -> None:
    text = "\U0001f600" * 256
    people = {
        raw_id(number): {"name": f"Number {number}"} for number in range(LIMITS.names - 1)
    } | {text: {"name": text}}
    body = json_of(insight.patch(path, {"title": text, "externalId": text, "participants": people}))
    assert (body["title"], body["externalId"], body["participants"][text]["name"]) == (
        text,
        text,
        text,
    )
    assert list(body["participants"]) == list(people)
    assert_invalid(
        insight.patch(path, {"participants": {raw_id(LIMITS.names): {"name": "one more"}}}),
        "$.participants",
    )
    assert json_of(
        insight.patch(
            path, {"participants": {raw_id(LIMITS.names): {"name": "one more"}, text: None}}
        )
    )


def test_what_is_too_large_compressed_is_refused_and_what_fits_is_in_the_log(
    insight: Insight, path: str, room_id: str
) -> None:
    source = random.Random(1)
    texts = [
        "".join(source.choices(string.ascii_letters + string.digits, k=250)) for _ in range(2_600)
    ]

    def named(count: int, offset: int = 0) -> dict[str, Any]:
        return {
            "participants": {
                raw_id(number): {"name": texts[number + offset]} for number in range(count)
            }
        }

    assert "448 KiB" in assert_invalid(
        insight.patch(path, named(2_600) | {"title": "not set"}), "$.participants"
    )
    assert insight.json(path) == NOTHING
    for offset in range(2):
        answer = insight.patch(path, named(2_200, offset))
        assert json_of(answer)["participants"][ALICE] == {
            "name": texts[1 + offset],
            "externalId": None,
        }
    assert changes(insight, room_id)[0] == {"before": named(2_200), "after": named(2_200, 1)}


def test_who_changed_what_is_in_the_log(insight: Insight, path: str, room_id: str) -> None:
    insight.patch(
        path, {"title": "a", "participants": {ALICE: {"name": "Alice"}, BOB: {"name": "Bob"}}}
    )
    change = {
        "title": "b",
        "scheduledStart": "2026-05-04T12:00:00+02:00",
        "scheduledEnd": "2026-05-04T12:00:00Z",
    }
    insight.patch(
        path,
        change | {"participants": {ALICE: {"name": None, "externalId": "1"}, BOB: {"name": "Bob"}}},
    )
    times = {
        "scheduledStart": "2026-05-04T10:00:00+00:00",
        "scheduledEnd": "2026-05-04T12:00:00+00:00",
    }
    assert changes(insight, room_id)[0] == {
        "before": {"title": "a", "participants": {ALICE: {"name": "Alice"}}},
        "after": {"title": "b", **times, "participants": {ALICE: {"externalId": "1"}}},
    }


def test_a_patch_that_changes_nothing_is_not_in_the_log(
    insight: Insight, path: str, room_id: str
) -> None:
    insight.patch(path, {"title": "a", "participants": {ALICE: {"name": "Alice"}}})
    same = {
        "title": "a",
        "externalId": None,
        "participants": {ALICE: {"name": "Alice"}, BOB: {"name": None}},
    }
    patches: list[dict[str, Any]] = [
        {},
        {"title": "a"},
        same,
        {"participants": {}},
        {"participants": {BOB: None}},
    ]
    for patch in patches:
        assert json_of(insight.patch(path, patch))["title"] == "a"
    assert len(changes(insight, room_id)) == 1


def test_the_wire_shows_nothing_of_it(raw: Raw, insight: Insight, path: str, room_id: str) -> None:
    before = [
        raw.get(f"/rooms/{room_id}").json(),
        raw.roster(room_id),
        raw.get("/rooms").json()["value"][0],
    ]
    assert (
        insight.patch(
            path, {"title": "a", "externalId": "b", "participants": {ALICE: {"name": "Alice"}}}
        ).status
        == 200
    )
    assert [
        raw.get(f"/rooms/{room_id}").json(),
        raw.roster(room_id),
        raw.get("/rooms").json()["value"][0],
    ] == before
    assert raw.patch(f"/rooms/{room_id}", {"title": "from the wire"}).json() == before[0]
    assert raw.patch(f"/rooms/{room_id}/participants", {"participants": {BOB: {}}}).status == 200
    assert insight.json(path)["title"] == "a"


def test_rooms_that_have_none(raw: Raw, insight: Insight) -> None:
    call = Meeting(room_of_another_service())
    insight.deliver(call.started())
    for room_id in (call.room_id, UNKNOWN_ROOM, room_of_another_service()):
        assert_refused(insight.get(f"/rooms/{room_id}/details"), 404, "NotFound")
    assert_refused(insight.patch(f"/rooms/{UNKNOWN_ROOM}/details", {"title": "a"}), 404, "NotFound")
    assert_refused(insight.patch(f"/rooms/{UNKNOWN_ROOM}/details", {}), 404, "NotFound")
    assert_refused(
        insight.patch(f"/rooms/{call.room_id}/details", {"title": "a"}), 400, "BadRequest"
    )


def test_the_details_of_a_deleted_room_can_be_read_and_not_changed(
    raw: Raw, insight: Insight, path: str, room_id: str
) -> None:
    insight.patch(path, {"title": "a"})
    assert raw.delete(f"/rooms/{room_id}").status == 204
    assert insight.json(path) == NOTHING | {"title": "a"}
    assert_refused(insight.patch(path, {"title": "b"}), 404, "NotFound")
    assert insight.json(path) == NOTHING | {"title": "a"}
    assert len(changes(insight, room_id)) == 1


def test_changes_of_details_roster_and_room_at_the_same_time_lose_nothing(
    raw: Raw, insight: Insight, path: str, room_id: str
) -> None:
    def change(number: int) -> int:
        match number % 3:
            case 0:
                return insight.patch(
                    path, {"participants": {raw_id(number): {"name": str(number)}}}
                ).status
            case 1:
                return raw.patch(
                    f"/rooms/{room_id}/participants", {"participants": {raw_id(number): {}}}
                ).status
        return raw.patch(f"/rooms/{room_id}", {"pstnDialOutEnabled": number % 2 == 0}).status

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(change, range(36))) == [200] * 36
    details = {raw: person["name"] for raw, person in insight.json(path)["participants"].items()}
    assert details == {raw_id(number): str(number) for number in range(0, 36, 3)}
    assert {raw for raw, _ in raw.roster(room_id)} == {raw_id(number) for number in range(1, 36, 3)}
    assert len(changes(insight, room_id)) == 12
    assert len(insight.all(f"/rooms/{room_id}/log?kind=ParticipantsUpdated")) == 12


def test_a_body_must_be_said_to_be_json(insight: Insight, path: str) -> None:
    answer = insight.app.devhost.request(
        "PATCH", path, f"x-api-key: {insight.key}", "Content-Type: text/plain", body=b"{}"
    )
    assert_refused(answer, 415, "UnsupportedMediaType")


def test_the_answers_of_our_routes_name_no_api_versions(insight: Insight, path: str) -> None:
    for answer in (
        insight.get(path),
        insight.patch(path, {"title": 5}),
        insight.get("/rooms/!/details"),
    ):
        assert "api-supported-versions" not in answer.headers
