"""The sentence for each record of the log."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain.log_kinds import kinds_from, sentence
from rooms.domain.shown_text import END_ISOLATE, ISOLATE
from testkit.identifiers import raw_id

ROOM = {
    "validFrom": "2026-05-04T10:00:00.0000000Z",
    "validUntil": "2026-05-04T11:00:00.5000000Z",
    "pstnDialOutEnabled": False,
}
NAMES = {"8:a": "Alice", "8:b": "Bob"}
MANY = {f"8:{number}": "Attendee" for number in range(7)}
CLOSED, UNINVITED = "This room is closed.", "You are not invited to this room."


def said(kind: str, detail: Any) -> str:
    """Returns the sentence without the signs that isolate names."""
    return sentence(kind, detail, NAMES).replace(ISOLATE, "").replace(END_ISOLATE, "")


@pytest.mark.parametrize(
    ("kind", "detail", "sentence"),
    [
        (
            "RoomCreated",
            {**ROOM, "participants": {}},
            "created the room, open from 2026-05-04T10:00:00Z until 2026-05-04T11:00:00Z",
        ),
        (
            "RoomCreated",
            {**ROOM, "pstnDialOutEnabled": True, "participants": {"8:a": "Presenter"}},
            "created the room, open from 2026-05-04T10:00:00Z until 2026-05-04T11:00:00Z "
            "with dial-out; invited “Alice” as Presenter",
        ),
        (
            "RoomCreated",
            {
                **ROOM,
                "participants": {},
                "seenAt": "2026-05-04T12:00:00.0000000Z",
                "seenBy": "pull",
            },
            "created the room, open from 2026-05-04T10:00:00Z until 2026-05-04T11:00:00Z; "
            "found at ACS 2026-05-04T12:00:00Z",
        ),
        (
            "RoomCreated",
            {**ROOM, "participants": {}, "seenAt": "2026-05-04T12:00:00.0000000Z", "seenBy": "ops"},
            "created the room, open from 2026-05-04T10:00:00Z until 2026-05-04T11:00:00Z; "
            "imported by ops 2026-05-04T12:00:00Z",
        ),
        (
            "RoomUpdated",
            {
                "before": ROOM,
                "after": {
                    **ROOM,
                    "validFrom": "2026-05-04T09:00:00.0000000Z",
                    "pstnDialOutEnabled": True,
                },
            },
            "changed the room: open from 2026-05-04T09:00:00Z until 2026-05-04T11:00:00Z; "
            "dial-out on",
        ),
        (
            "RoomCreated",
            {**ROOM, "roomJoinPolicy": "CommunicationServiceUsers", "participants": {}},
            "created the room, open from 2026-05-04T10:00:00Z until 2026-05-04T11:00:00Z; "
            "every other ACS user can join as a guest",
        ),
        (
            "RoomUpdated",
            {"before": ROOM, "after": {**ROOM, "roomJoinPolicy": "CommunicationServiceUsers"}},
            "changed the room: every other ACS user can join as a guest",
        ),
        (
            "RoomUpdated",
            {
                "before": {**ROOM, "roomJoinPolicy": "CommunicationServiceUsers"},
                "after": {**ROOM, "roomJoinPolicy": "InviteOnly"},
            },
            "changed the room: only the invited can join",
        ),
        ("RoomDeleted", {}, "deleted the room"),
        (
            "RoomMoved",
            {"before": "acs", "after": "own"},
            "moved the calls of the room from ACS to this service",
        ),
        (
            "RoomMoved",
            {"before": "own", "after": "acs"},
            "moved the calls of the room to ACS",
        ),
        (
            "ParticipantsUpdated",
            {
                "added": {"8:a": "Presenter", "8:x": "Attendee"},
                "changed": {"8:b": {"before": "Attendee", "after": "Consumer"}},
                "removed": MANY,
            },
            "invited “Alice” as Presenter, 8:x as Attendee; made “Bob” Consumer; "
            "removed 8:0, 8:1, 8:2, 8:3, 8:4 and 2 more",
        ),
        ("Admitted", {"rawId": "8:a", "role": "Attendee"}, "admitted “Alice” as Attendee"),
        (
            "Refused",
            {"rawId": "8:x", "reasons": [{"code": "Closed", "message": CLOSED}]},
            "refused 8:x: This room is closed",
        ),
        (
            "Refused",
            {
                "rawId": "8:x",
                "reasons": [
                    {"code": "NotInvited", "message": UNINVITED},
                    {"code": "Closed", "message": CLOSED},
                ],
            },
            "refused 8:x: You are not invited to this room. This room is closed",
        ),
        ("CallStarted", {"callId": "1", "startedBy": "8:a"}, "“Alice” started the call"),
        ("CallStarted", {"callId": "1"}, "the call started"),
        ("CallEnded", {"callId": "1"}, "the call ended"),
        ("CallEnded", {"callId": "1", "endedBy": "8:b"}, "“Bob” ended the call"),
        (
            "CallEnded",
            {"callId": "1", "endedBy": "8:b", "endReason": {"phrase": "over"}},
            "“Bob” ended the call (“over”)",
        ),
        (
            "CallEnded",
            {"callId": "1", "endReason": {"code": 0, "subCode": None, "phrase": "over"}},
            "the call ended (“over”)",
        ),
        (
            "CallEnded",
            {"callId": "1", "endReason": {"code": 0, "subCode": None, "phrase": None}},
            "the call ended",
        ),
        ("ParticipantAdded", {"rawId": "8:a", "role": "Presenter"}, "“Alice” joined as Presenter"),
        ("ParticipantAdded", {"participantId": "p"}, "p joined"),
        ("ParticipantAdded", {"participantId": "p", "rawId": "8:b", "role": None}, "“Bob” joined"),
        ("ParticipantRemoved", {"rawId": "8:b", "role": "Attendee"}, "“Bob” left"),
        ("PhonesUpdated", {"phones": ["4:+1", "4:+2"]}, "2 telephones are in the call"),
        ("PhonesUpdated", {"phones": ["4:+1"]}, "1 telephone is in the call"),
        ("PhonesUpdated", {"phones": []}, "no telephone is in the call any more"),
        (
            "RemovedFromCall",
            {"rawId": "8:a", "participantId": "p", "reason": "NotInvited"},
            "removed “Alice” from the call: not invited",
        ),
        (
            "RemovedFromCall",
            {"rawId": "8:a", "participantId": "p", "by": "8:b"},
            "“Bob” removed “Alice” from the call",
        ),
        ("MutedInCall", {"rawId": "8:a", "participantId": "p"}, "muted “Alice”"),
        (
            "MutedInCall",
            {"rawId": "8:a", "participantId": "p", "by": "8:b"},
            "“Bob” muted “Alice”",
        ),
        ("CallEndedForAll", {"reason": "Closed"}, "ended the call for all: the room is closed"),
        ("CallEndedForAll", {"callId": "1", "by": "8:b"}, "“Bob” ended the call for all"),
        (
            "RoleCorrected",
            {"rawId": "8:a", "participantId": "p", "role": "Consumer"},
            "gave “Alice” the role Consumer in the call",
        ),
        ("Accessed", {"what": "presence", "query": {}}, "looked at who is in the room"),
        (
            "Accessed",
            {"what": "presence", "query": {"at": "2026-05-04T10:00:00.5000000+00:00"}},
            "looked at who is in the room at 2026-05-04T10:00:00Z",
        ),
        (
            "Accessed",
            {
                "what": "attendance",
                "query": {
                    "from": "2026-05-04T10:00:00+00:00",
                    "until": "2026-05-04T11:00:00+00:00",
                },
                "person": "8:a",
            },
            "looked at the attendance of “Alice” from 2026-05-04T10:00:00Z until "
            "2026-05-04T11:00:00Z",
        ),
        (
            "Accessed",
            {"what": "log", "query": {"kind": "Admitted"}},
            "looked at the log, only Admitted",
        ),
        ("Accessed", {"what": "calls", "query": {"call": "1"}}, "looked at the call 1"),
        (
            "Accessed",
            {"what": "attendance", "query": {"call": "1"}},
            "looked at the attendance of the call 1",
        ),
        ("Sneezed", {"rawId": "8:b"}, "Sneezed"),
    ],
)
def test_what_happened(kind: str, detail: Any, sentence: str) -> None:
    assert said(kind, detail) == sentence


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ({}, {"title": "Tea"}, "set the title to “Tea”"),
        ({"externalId": "1"}, {}, "removed the external id"),
        (
            {"title": "Tea", "externalId": "1"},
            {"externalId": "2"},
            "removed the title; set the external id to “2”",
        ),
        (
            {},
            {
                "scheduledStart": "2026-05-04T10:00:00+00:00",
                "scheduledEnd": "2026-05-04T11:00:00.25+00:00",
            },
            "scheduled it from 2026-05-04T10:00:00Z until 2026-05-04T11:00:00Z",
        ),
        (
            {},
            {"scheduledEnd": "2026-05-04T10:00:00+00:00"},
            "scheduled it until 2026-05-04T10:00:00Z",
        ),
        (
            {
                "scheduledStart": "2026-05-04T10:00:00+00:00",
                "scheduledEnd": "2026-05-04T11:00:00+00:00",
            },
            {},
            "removed the scheduled times",
        ),
        (
            {},
            {"participants": {"8:a": {"name": "Alice"}, "8:x": {"name": "X"}}},
            "set the names of “Alice”, 8:x",
        ),
        (
            {"participants": {"8:a": {"name": "A"}, "8:x": {"name": "X", "externalId": "1"}}},
            {"participants": {"8:a": {"name": "Alice"}, "8:x": {"externalId": "2"}}},
            "set the names of “Alice”; removed the names of 8:x; set the external ids of 8:x",
        ),
    ],
)
def test_what_became_of_the_details(before: Any, after: Any, sentence: str) -> None:
    assert said("DetailsUpdated", {"before": before, "after": after}) == sentence


@pytest.mark.parametrize(
    ("who", "called"), [("8:a", "Alice"), ("8:x", "Ally"), (raw_id(1), "Ally")]
)
def test_the_name_of_the_details_goes_before_what_somebody_calls_themself(
    who: str, called: str
) -> None:
    assert said("ParticipantRemoved", {"rawId": who, "displayName": "Ally"}) == f"“{called}” left"


def test_a_long_id_is_shortened() -> None:
    assert said("ParticipantRemoved", {"rawId": raw_id(1)}) == "8:acs:5ab1e000…-000000000001 left"


EVENT_DETAIL = st.fixed_dictionaries(
    {"callId": st.text(), "phones": st.lists(st.text())},
    optional=dict.fromkeys(
        (
            "participantId",
            "rawId",
            "displayName",
            "role",
            "endpointType",
            "startedBy",
            "endedBy",
            "leaveReason",
            "reason",
        ),
        st.none() | st.text(),
    )
    | {
        "estimated": st.booleans(),
        "endReason": st.none()
        | st.fixed_dictionaries({"code": st.integers(), "phrase": st.none() | st.text()}),
    },
)


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("CLIENT_INITIATED", "“Alice” left"),
        ("CONNECTION_TIMEOUT", "“Alice” lost the connection"),
        ("PARTICIPANT_REMOVED", "“Alice” left: they were removed from the call"),
        ("SOMETHING_ELSE", "“Alice” left (SOMETHING_ELSE)"),
    ],
)
def test_a_leave_says_why(reason: str, sentence: str) -> None:
    assert said("ParticipantRemoved", {"rawId": "8:a", "leaveReason": reason}) == sentence


def test_what_nobody_told_of_is_said_otherwise() -> None:
    assert said("ParticipantRemoved", {"rawId": "8:a", "estimated": True}) == (
        "“Alice” is not in the call any more, as the media server says"
    )
    assert said("CallEnded", {"estimated": True}) == "the media server has no call any more"


def test_a_failed_connection_says_whose_it_was_and_why() -> None:
    detail = {"rawId": "8:a", "reason": "SIGNAL_CLOSE"}
    assert said("ConnectionFailed", detail) == "“Alice” could not connect (SIGNAL_CLOSE)"


@given(kind=st.sampled_from((*kinds_from("event"), "ConnectionFailed")), detail=EVENT_DETAIL)
def test_every_event_has_a_sentence(kind: str, detail: Any) -> None:
    assert said(kind, detail)
    rest = re.sub("“\u2068[^“”]*\u2069”", "", sentence(kind, detail, NAMES))
    assert rest.isprintable()
    assert not set("“”") & set(rest)


FORGED = "Dr. Khan left; Mr. Doe"
REVERSED = "Ann\u202e tfel\nBob left"


@pytest.mark.parametrize(
    ("kind", "detail", "shown"),
    [
        (
            "ParticipantRemoved",
            {"displayName": FORGED},
            "“\u2068Dr. Khan left; Mr. Doe\u2069” left",
        ),
        ("ParticipantRemoved", {"rawId": "8:x\u202e"}, "“\u20688:x\u2069” left"),
        (
            "ParticipantRemoved",
            {"rawId": FORGED * 2},
            "“\u2068Dr. Khan left;…left; Mr. Doe\u2069” left",
        ),
        ("ParticipantAdded", {"displayName": REVERSED}, "“\u2068Ann tfel Bob left\u2069” joined"),
        (
            "ParticipantAdded",
            {"rawId": "8:x", "role": FORGED},
            "8:x joined as “\u2068Dr. Khan left; Mr. Doe\u2069”",
        ),
        (
            "ParticipantAdded",
            {"displayName": "Ann” left; “Bob"},
            '“\u2068Ann" left; "Bob\u2069” joined',
        ),
        ("ParticipantAdded", {"displayName": "a\u2069b\u2068"}, "“\u2068ab\u2069” joined"),
        ("CallEnded", {"endReason": {"phrase": "a\x1bb"}}, "the call ended (“\u2068ab\u2069”)"),
        (
            "DetailsUpdated",
            {"before": {}, "after": {"title": FORGED}},
            "set the title to “\u2068Dr. Khan left; Mr. Doe\u2069”",
        ),
        (
            "Refused",
            {"rawId": "x", "displayName": FORGED, "reasons": []},
            "refused “\u2068Dr. Khan left; Mr. Doe\u2069”: ",
        ),
        (
            "Admitted",
            {"rawId": "x", "displayName": "\U0001f469\u200d\U0001f52c", "role": "Attendee"},
            "admitted “\u2068\U0001f469\u200d\U0001f52c\u2069” as Attendee",
        ),
    ],
)
def test_what_people_call_themselves_cannot_pass_for_a_part_of_the_sentence(
    kind: str, detail: Any, shown: str
) -> None:
    assert sentence(kind, detail, NAMES) == shown
