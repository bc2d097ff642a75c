import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.api.acs.versions.v2023_03_31 import CreateRoom, UpdateParticipants, UpdateRoom
from rooms.api.body import Body, parse_body
from rooms.api.errors import Detail, ValidationFailed
from rooms.api.extension.admission import AskAdmission
from rooms.api.extension.details import PatchDetails
from rooms.domain.room import RoomChange
from rooms.domain.time import parse_time


def fault(model: type[Body], body: bytes) -> tuple[str, str]:
    with pytest.raises(ValidationFailed) as caught:
        parse_body(model, body)
    (detail,) = caught.value.details
    return detail.target, detail.message


def test_all_fields_of_a_create_may_be_absent_or_null() -> None:
    for body in (
        b"{}",
        b'{"validFrom":null,"validUntil":null,"pstnDialOutEnabled":null,"participants":null}',
    ):
        parsed = parse_body(CreateRoom, body)
        assert (parsed.change, parsed.roster) == (RoomChange(), {})


def test_a_create_with_everything() -> None:
    body = {
        "validFrom": "2026-05-04T10:00:00.1234567Z",
        "validUntil": "2026-05-04T11:00:00+00:00",
        "pstnDialOutEnabled": True,
        "participants": {"a": {"role": "Presenter"}, "b": {}, "c": {"role": None}, "d": None},
        "unknown": [1],
    }
    parsed = parse_body(CreateRoom, json.dumps(body).encode())
    assert parsed.change == RoomChange(
        parse_time("2026-05-04T10:00:00.1234567Z"), parse_time("2026-05-04T11:00:00Z"), True
    )
    assert list(parsed.roster.items()) == [("a", "Presenter"), ("b", "Attendee"), ("c", "Attendee")]


def test_a_participant_that_is_null_is_a_removal() -> None:
    patch = parse_body(
        UpdateParticipants, b'{"participants":{"a":null,"b":{"role":"Consumer"}}}'
    ).patch
    assert patch == {"a": None, "b": "Consumer"}


@pytest.mark.parametrize("role", ["kafka", "presenter", "", 1, [], {}, True])
def test_an_unknown_role_is_named_with_its_participant(role: Any) -> None:
    body = json.dumps({"participants": {"8:acs:x": {"role": role}}}).encode()
    expected = (
        "$.participants.8:acs:x.role",
        "Invalid participant role. "
        "The valid roles are: Presenter, Attendee, Consumer, Collaborator.",
    )
    assert fault(UpdateParticipants, body) == fault(CreateRoom, body) == expected


@pytest.mark.parametrize(
    ("body", "target", "words"),
    [
        (b"", "", "A non-empty request body is required."),
        (b"{", "$", "not valid JSON"),
        (b"nonsense", "$", "not valid JSON"),
        (b'{"validFrom":"\xff"}', "$", "not valid JSON"),
        (b'{"validFrom":"\\ud800"}', "$", "not valid JSON"),
        (b"[" * 100_000, "$", "not valid JSON"),
        (b'{"a":' * 100_000, "$", "not valid JSON"),
        (b"[]", "$", "Must be an object."),
        (b"null", "$", "Must be an object."),
        (b"1", "$", "Must be an object."),
        (b'{"validFrom":1}', "$.validFrom", "Must be a time of RFC 3339"),
        (b'{"validFrom":true}', "$.validFrom", "Must be a time of RFC 3339"),
        (b'{"validFrom":[]}', "$.validFrom", "Must be a time of RFC 3339"),
        (b'{"validUntil":"soon"}', "$.validUntil", "Must be a time of RFC 3339"),
        (b'{"pstnDialOutEnabled":"true"}', "$.pstnDialOutEnabled", "true or false"),
        (b'{"pstnDialOutEnabled":1}', "$.pstnDialOutEnabled", "true or false"),
        (b'{"participants":[]}', "$.participants", "Must be an object."),
        (b'{"participants":{"a":[]}}', "$.participants.a", "Must be an object."),
        (b'{"participants":{"a":"Presenter"}}', "$.participants.a", "Must be an object."),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_path(
    body: bytes, target: str, words: str
) -> None:
    found_target, message = fault(CreateRoom, body)
    assert found_target == target
    assert words in message


def details(body: object) -> dict[str, Any]:
    return parse_body(PatchDetails, json.dumps(body).encode()).patch


def test_a_patch_of_details_has_what_was_sent_and_nothing_else() -> None:
    for body in (
        {},
        {"title": None},
        {"title": "a", "externalId": "b"},
        {"participants": None},
        {"participants": {"a": None, "b": {}, "c": {"name": "Carol"}, "d": {"externalId": None}}},
        {"scheduledStart": None, "scheduledEnd": None},
    ):
        assert details(body) == body


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ({"title": "a", "external_id": "b"}, "$.external_id"),
        ({"TITLE": "a"}, "$.TITLE"),
        ({"participants": {"a": {"role": "Attendee"}}}, "$.participants.a.role"),
        ({"x" * 1_000: 5}, "$." + "x" * 299),
    ],
)
def test_a_field_that_details_do_not_have_is_named(body: dict[str, Any], target: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        details(body)
    assert caught.value.details == (Detail("Unknown field.", target),)


def test_the_times_of_details_are_as_on_the_wire() -> None:
    patch = details(
        {
            "scheduledStart": "2026-05-04T12:00:00.500+02:00",
            "scheduledEnd": "2026-05-04T10:00:00.123456789Z",
        }
    )
    assert patch == {
        "scheduledStart": "2026-05-04T10:00:00.5+00:00",
        "scheduledEnd": "2026-05-04T10:00:00.1234567+00:00",
    }


def test_who_asks_for_admission() -> None:
    asked = parse_body(AskAdmission, b'{"displayName":"Ines","rawId":"4:+1555"}')
    assert (asked.raw_id, asked.display_name) == ("4:+1555", "Ines")
    for body in (b'{"rawId":"a"}', b'{"rawId":"a","displayName":null}'):
        assert parse_body(AskAdmission, body).display_name is None


DETAILS = [
    (b"", "", "A non-empty request body is required."),
    (b"[]", "$", "Must be an object."),
    (b'{"title":""}', "$.title", "Must be text of 1 to 256 characters"),
    (b'{"title":"\\ud800"}', "$", "not valid JSON"),
    (b'{"externalId":5}', "$.externalId", "Must be text."),
    (b'{"scheduledEnd":"soon"}', "$.scheduledEnd", "Must be a time of RFC 3339"),
    (b'{"participants":[]}', "$.participants", "Must be an object."),
    (b'{"participants":{"a":"Ann"}}', "$.participants.a", "Must be an object."),
    (b'{"participants":{"a":{"name":true}}}', "$.participants.a.name", "Must be text."),
    (
        b'{"participants":{"":{}}}',
        "$.participants",
        "Names in this object must have 1 to 256 characters.",
    ),
    (
        b'{"participants":{"' + b"x" * 257 + b'":null}}',
        "$.participants",
        "Names in this object must have 1 to 256 characters",
    ),
    (
        b'{"participants":{"[key]":{"name":""}}}',
        "$.participants.[key].name",
        "Must be text of 1 to 256 characters",
    ),
    (b'{"participants":{"[key]":5}}', "$.participants.[key]", "Must be an object."),
]
ADMISSIONS = [
    (b"", "", "A non-empty request body is required."),
    (b"no json", "$", "not valid JSON"),
    (b"[]", "$", "Must be an object."),
    (b"{}", "$.rawId", "This field is required."),
    (b'{"displayName":"Ines"}', "$.rawId", "This field is required."),
    (b'{"rawid":"a"}', "$.rawId", "This field is required."),
    (b'{"rawId":null}', "$.rawId", "Must be text."),
    (b'{"rawId":5}', "$.rawId", "Must be text."),
    (b'{"rawId":""}', "$.rawId", "Must be text of 1 to 256 characters"),
    (b'{"rawId":"' + b"x" * 257 + b'"}', "$.rawId", "Must be text of 1 to 256 characters"),
    (b'{"rawId":"\\ud800"}', "$", "not valid JSON"),
    (b'{"rawId":"a","displayName":""}', "$.displayName", "Must be text of 1 to 256 characters"),
    (
        b'{"rawId":"a","displayName":"' + b"x" * 257 + b'"}',
        "$.displayName",
        "Must be text of 1 to 256 characters",
    ),
    (b'{"rawId":"a","role":"Presenter"}', "$.role", "Unknown field."),
    (b'{"rawId":"a","lost":[]}', "$.lost", "Must be an object."),
    (b'{"rawId":"a","lost":"PA_a"}', "$.lost", "Must be an object."),
    (b'{"rawId":"a","lost":{}}', "$.lost.callId", "This field is required."),
    (b'{"rawId":"a","lost":{"callId":"b"}}', "$.lost.participantId", "This field is required."),
    *(
        (
            b'{"rawId":"a","lost":{"callId":%s,"participantId":"b"}}' % value,
            "$.lost.callId",
            "Must be text",
        )
        for value in (b"null", b"5", b'""', b'"' + b"x" * 257 + b'"')
    ),
    (
        b'{"rawId":"a","lost":{"callId":"b","participantId":"c","rawId":"d"}}',
        "$.lost.rawId",
        "Unknown field.",
    ),
]


@pytest.mark.parametrize(
    ("model", "body", "target", "words"),
    [*((PatchDetails, *case) for case in DETAILS), *((AskAdmission, *case) for case in ADMISSIONS)],
)
def test_a_body_of_ours_that_cannot_be_understood_is_named_with_the_field_at_fault(
    model: type[Body], body: bytes, target: str, words: str
) -> None:
    found_target, message = fault(model, body)
    assert found_target == target
    assert words in message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
FIELDS = st.sampled_from(
    [
        "validFrom",
        "pstnDialOutEnabled",
        "participants",
        "role",
        "title",
        "scheduledEnd",
        "name",
        "rawId",
        "displayName",
        "lost",
        "callId",
        "participantId",
    ]
)


@given(
    st.binary()
    | (JSON | st.dictionaries(FIELDS, JSON)).map(lambda value: json.dumps(value).encode())
)
def test_any_body_is_understood_or_refused(body: bytes) -> None:
    for model in (CreateRoom, UpdateRoom, UpdateParticipants, PatchDetails, AskAdmission):
        try:
            parse_body(model, body)
        except ValidationFailed as refused:
            assert all(detail.message for detail in refused.details)
