"""What the webhooks of a LiveKit server amount to. The recorded ones are of livekit-server 1.13.5,
with the claims of their tokens."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain.connection import Connection
from rooms.domain.events import CallEvent
from rooms.domain.time import DAY, from_unix_milliseconds, from_unix_seconds
from rooms.intake.livekit import read_webhook
from rooms.intake.outcome import FailedConnection, IgnoredEvent, Outcome, RoomEvent, UnknownEvent
from rooms.media.livekit.webhooks import without_secrets
from testkit.identifiers import raw_id

RECORDED: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent / "livekit_webhooks.jsonl").read_text().splitlines()
]
ANN = raw_id(1)
MARK = "m"
"""The metadata of the recorded room."""
NOW = from_unix_seconds(1_795_940_000)
CALL, DEVICE = "RM_dA2YYeWkCX3z", "PA_M7CWue5u77Eq"


def recorded(name: str, identity: str = "ann") -> Iterator[dict[str, Any]]:
    """The recorded bodies of that event and person, as if this service had let them in."""
    for each in RECORDED:
        body = json.loads(each["body"])
        if body["event"] == name and body.get("participant", {}).get("identity", identity) == (
            identity
        ):
            body["room"]["metadata"] = MARK
            if "participant" in body:
                body["participant"]["identity"] = f"{ANN}#tab-1"
            yield body


def body_of(name: str, identity: str = "ann") -> dict[str, Any]:
    return next(recorded(name, identity))


JOINED, LEFT, FINISHED = map(body_of, ("participant_joined", "participant_left", "room_finished"))


def read(body: Any) -> Outcome:
    return read_webhook(json.dumps(body), NOW, MARK)


def changed(body: dict[str, Any], part: str, **fields: Any) -> dict[str, Any]:
    """A body with other fields; those that are None are not there."""
    inner = {name: value for name, value in (body[part] | fields).items() if value is not None}
    return body | {part: inner}


def event_of(outcome: Outcome) -> CallEvent:
    assert isinstance(outcome, RoomEvent)
    return outcome.event


# What is recorded.


def test_the_token_of_each_recorded_webhook_has_the_hash_of_its_body() -> None:
    for each in RECORDED:
        digest = hashlib.sha256(each["body"].encode()).digest()
        assert base64.b64encode(digest).decode() == each["claims"]["sha256"]


def test_a_join_is_the_arrival_of_a_device_to_the_millisecond() -> None:
    outcome = read(JOINED)
    assert event_of(outcome) == CallEvent(
        "ParticipantAdded",
        "EV_hQaesLyHSTMz",
        CALL,
        from_unix_milliseconds(1_795_927_397_082),
        participant_id=DEVICE,
        raw_id=ANN,
        display_name="Ann",
        role="Presenter",
        endpoint_type="livekit",
        source="livekit",
    )


def test_a_join_tells_of_the_device_for_those_who_check_it() -> None:
    outcome = read(JOINED)
    assert isinstance(outcome, RoomEvent)
    at = from_unix_milliseconds(1_795_927_397_082)
    assert outcome.room_id == "r1"
    assert outcome.joined == Connection(f"{ANN}#tab-1", DEVICE, ANN, "Ann", "Presenter", at)


def test_a_leave_is_of_its_second_and_says_why_and_how_long_the_stay_was() -> None:
    left = event_of(read(LEFT))
    assert (left.kind, left.participant_id, left.leave_reason) == (
        "ParticipantRemoved",
        DEVICE,
        "CLIENT_INITIATED",
    )
    assert left.at == from_unix_seconds(1_795_927_403)
    assert left.told_start == from_unix_milliseconds(1_795_927_397_082)


def test_a_leave_in_the_second_of_its_join_is_at_the_join() -> None:
    left = event_of(read(body_of("participant_left", "victim")))
    assert left.at == from_unix_seconds(1_795_928_344)
    quick = event_of(read(body_of("participant_left", "a")))
    assert quick.at == from_unix_milliseconds(1_795_928_422_148)
    assert quick.duration == 0


def test_the_end_of_a_room_is_that_of_the_call() -> None:
    at = from_unix_seconds(1_795_927_404)
    assert event_of(read(FINISHED)) == replace(
        CallEvent("CallEnded", FINISHED["id"], CALL, at), source="livekit"
    )


@pytest.mark.parametrize(
    ("who", "reason"), [("raw", "SIGNAL_CLOSE"), ("raw2", "SIGNAL_CLOSE"), ("raw3", "JOIN_FAILURE")]
)
def test_an_aborted_connection_is_no_event_of_the_call(who: str, reason: str) -> None:
    outcome = read(body_of("participant_connection_aborted", who))
    assert isinstance(outcome, FailedConnection)
    assert outcome.detail == {"rawId": ANN, "displayName": "Raw", "reason": reason}


@pytest.mark.parametrize("name", ["room_started", "track_published", "track_unpublished"])
def test_what_says_nothing_of_who_is_in_is_left(name: str) -> None:
    assert read(body_of(name)) == IgnoredEvent(f"of another kind: {name}")


def test_every_recorded_body_is_understood() -> None:
    outcomes = [read_webhook(each["body"], NOW, MARK) for each in RECORDED]
    assert not [outcome for outcome in outcomes if isinstance(outcome, UnknownEvent)]


# What is kept.


def test_nothing_is_kept_of_the_text_but_what_is_used() -> None:
    outcome = read(JOINED)
    assert isinstance(outcome, RoomEvent)
    assert outcome.kept is not None
    assert json.loads(outcome.kept) == {
        "event": "participant_joined",
        "id": "EV_hQaesLyHSTMz",
        "createdAt": "1795927397",
        "room": {"sid": CALL, "name": "r1", "metadata": MARK},
        "participant": {
            "sid": DEVICE,
            "identity": f"{ANN}#tab-1",
            "joinedAtMs": "1795927397082",
            "name": "Ann",
            "attributes": {"role": "Presenter"},
        },
    }


def test_what_is_kept_is_understood_as_what_came() -> None:
    for body in (JOINED, LEFT, FINISHED):
        outcome = read(body)
        assert isinstance(outcome, RoomEvent)
        assert outcome.kept is not None
        assert read_webhook(outcome.kept, NOW, MARK) == outcome


@pytest.mark.parametrize(
    "text",
    [
        '{"turnPassword":"TURN"}',
        '{"turnPassword" : "TURN"',
        '{"turnPassword":"TU\\"RN","a":1}',
        '{"turnPassword":"TURN',
    ],
)
def test_no_password_of_turn_is_left_in_a_text(text: str) -> None:
    assert "RN" not in without_secrets(text).replace("turn", "")


def test_nothing_else_of_a_text_is_lost() -> None:
    for each in RECORDED:
        body = json.loads(each["body"])
        if "turnPassword" in body["room"]:
            body["room"]["turnPassword"] = ""
        assert json.loads(without_secrets(each["body"])) == body


# What is not of this service.


@pytest.mark.parametrize("metadata", [None, "", "anteroom:another"])
def test_a_room_of_another_service_is_left(metadata: str | None) -> None:
    outcome = read(changed(JOINED, "room", metadata=metadata))
    assert outcome == IgnoredEvent("of a room that this service did not make")


@pytest.mark.parametrize("name", ["", "_service", "a room", "r" * 65])
def test_a_room_whose_name_is_no_id_of_a_room_is_left(name: str) -> None:
    outcome = read(changed(JOINED, "room", name=name))
    assert outcome == IgnoredEvent("of a room that this service did not make")


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "SIP"},
        {"kind": "AGENT"},
        {"identity": ANN},
        {"identity": f"{ANN}#"},
        {"identity": "#tab"},
        {"identity": f"{ANN}#a tab"},
    ],
)
def test_who_was_not_let_in_by_this_service_is_left(fields: dict[str, str]) -> None:
    outcome = read(changed(JOINED, "participant", **fields))
    assert outcome == IgnoredEvent("of somebody whom this service did not let in")


def test_a_raw_id_may_have_the_sign_before_the_device() -> None:
    outcome = read(changed(JOINED, "participant", identity="8:acs:a#b#tab"))
    assert event_of(outcome).raw_id == "8:acs:a#b"


# What is not understood.


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ([], "must be an object"),
        ({}, "event: must be one of"),
        ({"event": 1}, "event: must be one of"),
        ({"event": "CallStarted"}, "event: must be one of"),
        ({"event": "room_finished"}, "room: missing"),
        (changed(JOINED, "room", sid=None), "room.sid: missing"),
        (changed(JOINED, "room", sid=""), "room.sid: missing"),
        (changed(JOINED, "room", name=7), "room.name: must be text"),
        (changed(JOINED, "participant", sid=None), "participant.sid: missing"),
        (changed(JOINED, "participant", joinedAtMs=None), "participant.joinedAtMs: missing"),
        (
            changed(JOINED, "participant", joinedAtMs=1_795_927_397_082),
            "participant.joinedAtMs: must be a whole number as text",
        ),
        (changed(JOINED, "participant", joinedAtMs="1"), "participant.joinedAtMs: earlier than"),
        ({**JOINED, "id": ""}, "id: missing"),
        ({**JOINED, "createdAt": "tomorrow"}, "createdAt: must be a whole number as text"),
        ({**JOINED, "createdAt": "9" * 15}, "createdAt: more than 24 hours ahead"),
        ({**JOINED, "participant": None}, "participant: must be an object"),
    ],
)
def test_what_is_not_understood_says_why(body: Any, reason: str) -> None:
    outcome = read(body)
    assert isinstance(outcome, UnknownEvent)
    assert outcome.reason.startswith(reason)


def test_text_that_is_no_json_is_not_understood() -> None:
    assert isinstance(read_webhook("{", NOW, MARK), UnknownEvent)


@pytest.mark.parametrize(
    "fields", [{"name": 7}, {"attributes": {"role": {}}}, {"disconnectReason": ["?"]}]
)
def test_a_join_or_leave_is_not_lost_with_what_only_adorns_it(fields: dict[str, Any]) -> None:
    assert event_of(read(changed(LEFT, "participant", **fields))).kind == "ParticipantRemoved"


def test_a_stay_longer_than_any_call_tells_no_join() -> None:
    at = 1_795_927_403 - 8 * DAY // 10_000_000
    left = event_of(read(changed(LEFT, "participant", joinedAtMs=f"{at}000")))
    assert left.told_start is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


FIELDS = (
    *("id", "createdAt", "room", "participant", "room.sid", "room.name", "room.metadata"),
    *("participant.sid", "participant.identity", "participant.kind", "participant.joinedAtMs"),
    *("participant.name", "participant.attributes", "participant.attributes.role"),
)


@given(st.sampled_from((JOINED, LEFT, FINISHED)), st.sampled_from(FIELDS), JSON)
def test_no_field_makes_reading_fail(body: dict[str, Any], path: str, value: Any) -> None:
    body = json.loads(json.dumps(body))
    *parts, name = path.split(".")
    inner = body
    for part in parts:
        inner = inner.setdefault(part, {})
    inner[name] = value
    assert read(body)
