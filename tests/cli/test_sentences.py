"""The sentence for each record of the log, and for each reason not to be let in."""

from typing import Any

import pytest

from rooms_cli.sentences import explained, happened

ROOM = {"validFrom": "2026-05-04T10:00:00+00:00", "validUntil": "2026-05-04T11:00:00.5+00:00", "pstnDialOutEnabled": False}
NAMES = {"8:a": "Alice", "8:b": "Bob"}
MANY = {f"8:{number}": "Attendee" for number in range(7)}


@pytest.mark.parametrize(
    ("kind", "detail", "said"),
    [
        (
            "RoomCreated",
            {**ROOM, "participants": {}},
            "created the room, open from 2026-05-04T10:00:00Z until 2026-05-04T11:00:00Z",
        ),
        (
            "RoomUpdated",
            {"before": ROOM, "after": {**ROOM, "validFrom": "2026-05-04T09:00:00+00:00", "pstnDialOutEnabled": True}},
            "changed the room: open from 2026-05-04T09:00:00Z until 2026-05-04T11:00:00Z; dial-out yes",
        ),
        ("RoomDeleted", {}, "deleted the room"),
        (
            "ParticipantsUpdated",
            {
                "added": {"8:a": "Presenter", "8:x": "Attendee"},
                "changed": {"8:b": {"before": "Attendee", "after": "Consumer"}},
                "removed": MANY,
            },
            "invited Alice as Presenter, 8:x as Attendee; made Bob Consumer; removed 8:0, 8:1, 8:2, 8:3, 8:4 and 2 more",
        ),
        (
            "DetailsUpdated",
            {
                "before": {
                    "externalId": "1",
                    "scheduledStart": "2026-05-04T10:00:00+00:00",
                    "participants": {"8:a": {"name": "A"}},
                },
                "after": {"title": "Tea"},
            },
            'set the title to "Tea"; removed the external id; removed the scheduled times; set the names of Alice',
        ),
        (
            "DetailsUpdated",
            {"before": {}, "after": {"scheduledEnd": "2026-05-04T10:00:00+00:00"}},
            "scheduled it until 2026-05-04T10:00:00Z",
        ),
        ("Admitted", {"rawId": "8:a", "role": "Attendee"}, "admitted Alice as Attendee"),
        (
            "Refused",
            {
                "rawId": "8:x",
                "displayName": "X",
                "reasons": [
                    {"code": "NotCommunicationUser", "message": "Only users of ACS can join this room."},
                    {"code": "NotInvited", "message": "You are not invited to this room."},
                    {"code": "NotOpenYet", "message": "Not yet.", "opensAt": "2026-05-04T10:00:00+00:00"},
                ],
            },
            "refused X: that is no user of Communication Services, they are not invited, "
            "and the room opens at 2026-05-04T10:00:00Z",
        ),
        ("CallStarted", {"callId": "1", "startedBy": "8:a"}, "the call began, by Alice"),
        ("CallEnded", {"callId": "1"}, "the call ended"),
        ("CallEnded", {"callId": "1", "endReason": {"code": 0, "phrase": "over"}}, "the call ended: over"),
        ("ParticipantAdded", {"participantId": "p"}, "p joined"),
        ("ParticipantRemoved", {"rawId": "8:b", "role": "Attendee"}, "Bob left"),
        ("Sneezed", {"rawId": "8:b"}, 'Sneezed {"rawId": "8:b"}'),
    ],
)
def test_what_happened(kind: str, detail: Any, said: str) -> None:
    assert happened({"kind": kind, "detail": detail}, NAMES) == said


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        (
            [{"code": "NotCommunicationUser"}, {"code": "NotInvited"}],
            "that is no user of Communication Services, and they are not invited",
        ),
        ([{"code": "NotOpenYet", "opensAt": "2026-05-04T10:00:00+00:00"}], "the room opens at 2026-05-04T10:00:00Z"),
        ([{"code": "Closed"}], "the room is closed"),
        ([{"code": "RoomFull"}], "the room is full"),
        ([{"code": "Raining", "message": "It rains."}], "It rains"),
    ],
)
def test_why_somebody_is_not_let_in(reasons: Any, said: str) -> None:
    answer = {"roomId": "1", "rawId": "8:a", "admitted": False, "reasons": reasons}
    assert explained(answer, "Alice", None) == f"Alice cannot come into room 1 now: {said}."
