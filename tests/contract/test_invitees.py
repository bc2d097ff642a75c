"""People are invited, named and removed with one request, over HTTP."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from rooms.domain.limits import LIMITS
from testkit.events import room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_invalid, assert_is, assert_refused, json_of
from testkit.raw import Raw
from testkit.running import RunningApp

ALICE, BOB, CAROL = (raw_id(number) for number in range(1, 4))
LONG = "x" * 257
UNKNOWN_ROOM = "99400000000000000"

type Body = dict[str, Any]


def person(
    raw: str, role: str = "Attendee", name: str | None = None, external_id: str | None = None
) -> Body:
    """A person of an answer."""
    return {"rawId": raw, "role": role, "name": name, "externalId": external_id}


@pytest.fixture
def room_id(raw: Raw) -> str:
    room_id: str = raw.new_room()["id"]
    return room_id


@pytest.fixture
def path(room_id: str) -> str:
    return f"/rooms/{room_id}/invitees"


def invite(insight: Insight, path: str, people: Mapping[str, Body | None]) -> Any:
    """The answer to a patch of these people."""
    return json_of(insight.patch(path, {"participants": people}))


def changes(insight: Insight, room_id: str) -> list[tuple[str, Body]]:
    """The kinds and details of the room's log but for its creation, newest first."""
    records = insight.all(f"/rooms/{room_id}/log")
    return [(record["kind"], record["detail"]) for record in records[:-1]]


def test_people_are_invited_with_their_names(
    raw: Raw, insight: Insight, path: str, room_id: str
) -> None:
    khan = {"role": "Presenter", "name": "Dr. Khan", "externalId": "D-1"}
    answer = invite(insight, path, {BOB: khan, ALICE: {}, CAROL: {"name": "Carol"}})
    expected = [person(BOB, "Presenter", "Dr. Khan", "D-1"), person(ALICE)]
    assert_is(answer, {"participants": [*expected, person(CAROL, name="Carol")]})
    assert insight.json(f"/rooms/{room_id}/overview")["participants"] == answer["participants"]
    assert raw.roster(room_id) == [(BOB, "Presenter"), (ALICE, "Attendee"), (CAROL, "Attendee")]
    assert changes(insight, room_id) == [
        (
            "DetailsUpdated",
            {
                "before": {},
                "after": {
                    "participants": {
                        BOB: {"name": "Dr. Khan", "externalId": "D-1"},
                        CAROL: {"name": "Carol"},
                    }
                },
            },
        ),
        (
            "ParticipantsUpdated",
            {
                "added": {BOB: "Presenter", ALICE: "Attendee", CAROL: "Attendee"},
                "changed": {},
                "removed": {},
            },
        ),
    ]


def test_a_patch_merges(insight: Insight, path: str) -> None:
    steps: list[tuple[Body, list[Body]]] = [
        ({ALICE: {"role": "Consumer", "name": "Alice"}}, [person(ALICE, "Consumer", "Alice")]),
        ({ALICE: {"externalId": "A"}}, [person(ALICE, "Consumer", "Alice", "A")]),
        ({ALICE: {"role": None}}, [person(ALICE, "Consumer", "Alice", "A")]),
        ({ALICE: {"role": "Presenter"}}, [person(ALICE, "Presenter", "Alice", "A")]),
        ({ALICE: {"name": None}}, [person(ALICE, "Presenter", None, "A")]),
        ({BOB: {"externalId": None}}, [person(ALICE, "Presenter", None, "A"), person(BOB)]),
        ({ALICE: None, CAROL: None}, [person(BOB)]),
        ({ALICE: {}}, [person(BOB), person(ALICE, external_id="A")]),
        ({}, [person(BOB), person(ALICE, external_id="A")]),
    ]
    for people, expected in steps:
        assert invite(insight, path, people) == {"participants": expected}, people


def test_who_is_removed_keeps_their_names_in_the_details(
    insight: Insight, path: str, room_id: str
) -> None:
    invite(insight, path, {ALICE: {"name": "Alice", "externalId": "A"}})
    assert invite(insight, path, {ALICE: None}) == {"participants": []}
    details = insight.json(f"/rooms/{room_id}/details")
    assert details["participants"] == {ALICE: {"name": "Alice", "externalId": "A"}}
    assert len(changes(insight, room_id)) == 3


def test_what_changes_nothing_is_not_in_the_log(insight: Insight, path: str, room_id: str) -> None:
    whole: dict[str, Body | None] = {
        ALICE: {"role": "Presenter", "name": "Alice", "externalId": "A"}
    }
    steps: list[dict[str, Body | None]] = [whole, whole, {ALICE: {}}, {BOB: None}, {}]
    for people in steps:
        invite(insight, path, people)
    assert len(changes(insight, room_id)) == 2


def test_only_what_changes_is_in_the_log(insight: Insight, path: str, room_id: str) -> None:
    invite(insight, path, {ALICE: {"name": "Alice"}})
    invite(insight, path, {ALICE: {"role": "Presenter"}})
    invite(insight, path, {ALICE: {"name": "Eve"}})
    assert [kind for kind, _ in changes(insight, room_id)] == [
        "DetailsUpdated",
        "ParticipantsUpdated",
        "DetailsUpdated",
        "ParticipantsUpdated",
    ]


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ({}, "$.participants"),
        ({"participants": None}, "$.participants"),
        ({"participants": []}, "$.participants"),
        ({"participants": {}, "title": "x"}, "$.title"),
        ({"participants": {ALICE: "Presenter"}}, f"$.participants.{ALICE}"),
        ({"participants": {ALICE: {"role": "presenter"}}}, f"$.participants.{ALICE}.role"),
        ({"participants": {ALICE: {"role": 1}}}, f"$.participants.{ALICE}.role"),
        ({"participants": {ALICE: {"name": ""}}}, f"$.participants.{ALICE}.name"),
        ({"participants": {ALICE: {"name": LONG}}}, f"$.participants.{ALICE}.name"),
        ({"participants": {ALICE: {"name": 7}}}, f"$.participants.{ALICE}.name"),
        ({"participants": {ALICE: {"externalId": LONG}}}, f"$.participants.{ALICE}.externalId"),
        ({"participants": {ALICE: {"externalId": []}}}, f"$.participants.{ALICE}.externalId"),
        ({"participants": {ALICE: {"displayName": "A"}}}, f"$.participants.{ALICE}.displayName"),
        ({"participants": {ALICE: {}, "4:+1425": {}}}, "$.participants.4:+1425"),
        ({"participants": {ALICE: {}, "": {}}}, "$.participants."),
        ({"participants": {ALICE: {}, "nobody": None}}, "$.participants.nobody"),
        ({"participants": {ALICE: {}, "x" * 100_000: {}}}, f"$.participants.{'x' * 100}"),
        (
            {"participants": {raw_id(n): {} for n in range(LIMITS.participants + 1)}},
            "$.participants",
        ),
        ([], "$"),
        (b"{", "$"),
        (b"", ""),
        (b'{"participants": {"\\ud800": {}}}', "$"),
    ],
)
def test_what_cannot_be_done_is_named_and_nothing_of_it_is_done(
    insight: Insight, path: str, room_id: str, body: object, target: str
) -> None:
    assert_invalid(insight.patch(path, body), target)
    assert changes(insight, room_id) == []


def test_names_that_do_not_fit_leave_the_roster_as_it_was(
    raw: Raw, insight: Insight, path: str, room_id: str
) -> None:
    others = {raw_id(10_000 + number): {"name": "x"} for number in range(LIMITS.names)}
    assert insight.patch(f"/rooms/{room_id}/details", {"participants": others}).status == 200
    assert_invalid(
        insight.patch(path, {"participants": {ALICE: {"name": "Alice"}}}), "$.participants"
    )
    assert raw.roster(room_id) == []
    assert invite(insight, path, {ALICE: {}}) == {"participants": [person(ALICE)]}


def test_a_roster_that_is_too_long_leaves_the_details_as_they_were(
    raw: Raw, insight: Insight, path: str, room_id: str
) -> None:
    others: dict[str, Body] = {raw_id(10_000 + number): {} for number in range(LIMITS.participants)}
    assert raw.patch(f"/rooms/{room_id}/participants", {"participants": others}).status == 200
    assert_invalid(
        insight.patch(path, {"participants": {ALICE: {"name": "Alice"}}}), "$.participants"
    )
    assert insight.json(f"/rooms/{room_id}/details")["participants"] == {}


def test_as_many_as_a_room_holds_are_invited_with_external_ids_at_once(
    insight: Insight, path: str
) -> None:
    people = {
        raw_id(number): {"name": f"Number {number}", "externalId": f"E-{number}"}
        for number in range(LIMITS.participants)
    }
    answer = invite(insight, path, people)["participants"]
    assert answer == [
        person(raw, name=each["name"], external_id=each["externalId"])
        for raw, each in people.items()
    ]


def test_writers_of_roster_and_names_lose_nothing(
    raw: Raw, insight: Insight, path: str, room_id: str
) -> None:
    def change(number: int) -> int:
        who = raw_id(number)
        match number % 3:
            case 0:
                return insight.patch(path, {"participants": {who: {"name": str(number)}}}).status
            case 1:
                body: Body = {"participants": {who: {}}}
                return raw.patch(f"/rooms/{room_id}/participants", body).status
        body = {"participants": {raw_id(number - 2): {"externalId": str(number)}}}
        return insight.patch(f"/rooms/{room_id}/details", body).status

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(change, range(36))) == [200] * 36
    assert {raw for raw, _ in raw.roster(room_id)} == {
        raw_id(number) for number in range(36) if number % 3 < 2
    }
    people = insight.json(f"/rooms/{room_id}/details")["participants"]
    assert people == {
        raw_id(number): {"name": str(number), "externalId": str(number + 2)}
        for number in range(0, 36, 3)
    }


def test_rooms_that_are_not_there(raw: Raw, insight: Insight, path: str, room_id: str) -> None:
    body: Body = {"participants": {ALICE: {}}}
    assert_refused(insight.patch(f"/rooms/{UNKNOWN_ROOM}/invitees", body), 404, "NotFound")
    another = f"/rooms/{room_of_another_service()}/invitees"
    assert_refused(insight.patch(another, body), 400, "BadRequest")
    assert raw.delete(f"/rooms/{room_id}").status == 204
    assert_refused(insight.patch(path, body), 404, "NotFound")


def test_a_read_key_invites_nobody(app: RunningApp, path: str) -> None:
    reader = Insight(app, app.read_key)
    assert_refused(reader.patch(path, {"participants": {ALICE: {}}}), 401, "Denied")


def test_a_body_must_be_said_to_be_json(insight: Insight, path: str) -> None:
    answer = insight.app.devhost.request(
        "PATCH", path, f"x-api-key: {insight.key}", "Content-Type: text/plain", body=b"{}"
    )
    assert_refused(answer, 415, "UnsupportedMediaType")
