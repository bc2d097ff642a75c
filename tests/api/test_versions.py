"""The api-versions: their names, what each reads, and what each answers."""

import json
from typing import Any

import pytest

from rooms.api.acs.versions.api_version import ApiVersion
from rooms.api.acs.versions.table import API_VERSIONS, NEWEST, check_api_version
from rooms.api.body import parse_body
from rooms.api.errors import ApiVersionUnspecified, UnsupportedApiVersion, ValidationFailed
from rooms.domain.errors import PolicyChangeTooLate
from rooms.domain.room import Room, RoomChange, updated_room
from rooms.domain.roster import Roster, patched_roster
from rooms.domain.time import SECOND, parse_time

URI = "https://localhost/rooms"
OF_2021, OF_2022, MARCH_2023, JUNE_2023, *_ = API_VERSIONS.values()
ROOM = Room(
    "99482221907697241",
    parse_time("2025-03-18T21:57:53.1625797Z"),
    parse_time("2025-03-18T21:57:53Z"),
    parse_time("2025-09-14T21:57:53.5Z"),
    False,
)
TIMES = '"validFrom":"2025-03-18T21:57:53+00:00","validUntil":"2025-09-14T21:57:53.5+00:00"'
ALICE, BOB = "8:acs:alice", "8:acs:bob"
ROSTER: Roster = {BOB: "Presenter", ALICE: "Attendee"}


def written(body: object) -> str:
    return json.dumps(body, separators=(",", ":"))


def listed(*people: tuple[str, str | None]) -> list[dict[str, Any]]:
    """Participants of 2022, as Python sends them: without rawId."""
    return [
        {"communicationIdentifier": {"communicationUser": {"id": raw_id}}}
        | ({} if role is None else {"role": role})
        for raw_id, role in people
    ]


def edited(version: ApiVersion, body: object, roster: Roster = ROSTER) -> Roster:
    change = parse_body(version.update, json.dumps(body).encode()).roster_change
    return roster if change is None else patched_roster(roster, change(roster))


@pytest.mark.parametrize("name", API_VERSIONS)
def test_a_version_is_spoken(name: str) -> None:
    assert check_api_version(name, URI, "create_room").name == name


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("2022-02-01-preview", "2022-02-01"),
        ("2021-04-07-preview1", "2021-04-07"),
        ("ApiVersion.V2025_03_13", "2025-03-13"),
        ("ApiVersion.V2023_03_31_PREVIEW", "2023-03-31-preview"),
        ("ApiVersion.V2022_02_01_preview", "2022-02-01"),
    ],
)
def test_a_version_may_have_the_name_of_its_document_or_of_an_sdk(alias: str, name: str) -> None:
    assert check_api_version(alias, URI, "create_room").name == name


@pytest.mark.parametrize("name", [None, ""])
def test_without_a_version_the_error_says_so(name: str | None) -> None:
    with pytest.raises(ApiVersionUnspecified):
        check_api_version(name, URI, "create_room")


@pytest.mark.parametrize(
    "name", ["2022-02-02", "latest", "2025-03-13,2025-03-13", "ApiVersion.V1", "ApiVersion.V"]
)
def test_another_version_is_named_in_the_error(name: str) -> None:
    with pytest.raises(
        UnsupportedApiVersion,
        match=f"request URI '{URI}' does not support the API version '{name}'",
    ):
        check_api_version(name, URI, "create_room")


@pytest.mark.parametrize(
    ("operation", "names"),
    [
        ("list_rooms", [name for name in API_VERSIONS if name >= "2023"]),
        ("list_participants", [name for name in API_VERSIONS if name >= "2022"]),
        ("update_participants", [name for name in API_VERSIONS if name >= "2023"]),
        ("add_participants", ["2022-02-01"]),
        ("change_participants", ["2022-02-01"]),
        ("remove_participants", ["2022-02-01"]),
    ],
)
def test_a_version_has_the_routes_that_it_had(operation: str, names: list[str]) -> None:
    for name in API_VERSIONS:
        if name in names:
            check_api_version(name, URI, operation)
        else:
            with pytest.raises(UnsupportedApiVersion):
                check_api_version(name, URI, operation)


def test_the_header_names_the_supported_versions_as_recorded() -> None:
    assert NEWEST.supported == "2023-06-14, 2023-10-30-preview, 2024-04-15, 2025-03-13"
    assert (OF_2021.supported, OF_2022.supported) == ("2021-04-07", "2021-04-07, 2022-02-01")
    assert OF_2022.supported_by_participants == "2022-02-01"


@pytest.mark.parametrize("name", ["2023-10-30-preview", "2024-04-15", "2025-03-13"])
def test_a_room_has_its_keys_in_the_order_of_the_wire(name: str) -> None:
    version = API_VERSIONS[name]
    expected = (
        '{"id":"99482221907697241","createdAt":"2025-03-18T21:57:53.1625797+00:00",'
        f'{TIMES},"pstnDialOutEnabled":false}}'
    )
    assert written(version.room(ROOM, ROSTER)) == expected
    assert written(version.changed_room(ROOM, ROSTER)) == expected


@pytest.mark.parametrize("version", [MARCH_2023, JUNE_2023])
def test_the_first_versions_of_2023_know_no_dial_out(version: ApiVersion) -> None:
    keys = ["id", "createdAt", "validFrom", "validUntil"]
    assert list(version.room(ROOM, ROSTER)) == list(version.changed_room(ROOM, ROSTER)) == keys
    for given in (True, "perhaps"):
        body = json.dumps({"pstnDialOutEnabled": given}).encode()
        assert parse_body(version.update, body).change == RoomChange()
        assert parse_body(version.create, body).change == RoomChange()


@pytest.mark.parametrize("name", ["2023-10-30-preview", "2024-04-15", "2025-03-13"])
def test_the_later_versions_know_dial_out(name: str) -> None:
    version, body = API_VERSIONS[name], b'{"pstnDialOutEnabled":true}'
    assert parse_body(version.update, body).change == RoomChange(pstn_dial_out_enabled=True)
    assert parse_body(version.create, body).change == RoomChange(pstn_dial_out_enabled=True)


def test_a_room_of_2022_has_its_policy_and_its_participants() -> None:
    expected = (
        '{"id":"99482221907697241","createdDateTime":"2025-03-18T21:57:53.1625797+00:00",'
        f'{TIMES},"roomJoinPolicy":"InviteOnly","participants":'
        '[{"communicationIdentifier":{"rawId":"8:acs:bob",'
        '"communicationUser":{"id":"8:acs:bob"}},"role":"Presenter"}]}'
    )
    assert written(OF_2022.room(ROOM, {BOB: "Presenter"})) == expected
    assert written(OF_2022.changed_room(ROOM, {BOB: "Presenter"})) == expected
    assert OF_2022.room(ROOM, {})["participants"] == []


def test_a_room_of_2021_is_wrapped_where_it_changes_and_has_no_empty_roster() -> None:
    flat = (
        '{"id":"99482221907697241","createdDateTime":"2025-03-18T21:57:53.1625797+00:00",'
        f'{TIMES},"participants":{{"8:acs:bob":{{}},"8:acs:alice":{{}}}}}}'
    )
    assert written(OF_2021.room(ROOM, ROSTER)) == flat
    assert written(OF_2021.changed_room(ROOM, ROSTER)) == f'{{"room":{flat}}}'
    assert "participants" not in OF_2021.room(ROOM, {})


def test_participants_are_a_list_under_the_name_of_the_version() -> None:
    assert NEWEST.participants(ROSTER) == {
        "value": [{"rawId": BOB, "role": "Presenter"}, {"rawId": ALICE, "role": "Attendee"}]
    }
    participants = OF_2022.participants(ROSTER)["participants"]
    assert [each["role"] for each in participants] == ["Presenter", "Attendee"]


def test_a_create_of_2022() -> None:
    body = {
        "validFrom": "2025-03-18T21:57:53Z",
        "roomJoinPolicy": "CommunicationServiceUsers",
        "participants": [
            {"communicationIdentifier": {"rawId": BOB}, "role": "Presenter"},
            *listed((ALICE, None)),
        ],
    }
    parsed = parse_body(OF_2022.create, json.dumps(body).encode())
    assert parsed.change == RoomChange(ROOM.valid_from, join_policy="CommunicationServiceUsers")
    assert list(parsed.roster.items()) == list(ROSTER.items())


def test_participants_in_an_update_of_2022_replace_the_roster() -> None:
    roster = edited(OF_2022, {"participants": listed(("8:acs:carol", "Consumer"), (ALICE, None))})
    assert list(roster.items()) == [(ALICE, "Attendee"), ("8:acs:carol", "Consumer")]
    assert edited(OF_2022, {"participants": []}) == {}
    assert edited(OF_2022, {}) == edited(OF_2022, {"participants": None}) == ROSTER


def test_participants_in_an_update_of_2021_are_added_and_removed_and_keep_their_roles() -> None:
    roster = edited(OF_2021, {"participants": {"8:acs:carol": {}, ALICE: None, BOB: {}}})
    assert list(roster.items()) == [(BOB, "Presenter"), ("8:acs:carol", "Attendee")]
    assert edited(OF_2021, {}) == ROSTER


def test_an_update_from_2023_on_leaves_the_roster() -> None:
    assert edited(NEWEST, {"participants": {ALICE: None}}) == ROSTER


def test_in_2022_the_policy_changes_only_before_the_room_opens() -> None:
    def check(body: dict[str, Any]) -> None:
        parsed = parse_body(OF_2022.update, json.dumps(body).encode())
        parsed.check(ROOM, updated_room(ROOM, parsed.change), ROOM.valid_from)

    opened = {"roomJoinPolicy": "CommunicationServiceUsers"}
    with pytest.raises(PolicyChangeTooLate):
        check(opened)
    check({"roomJoinPolicy": "InviteOnly"})
    check({})
    check(opened | {"validFrom": "2025-03-18T21:57:54Z", "validUntil": "2025-03-19T00:00:00Z"})
    assert ROOM.valid_from + SECOND == parse_time("2025-03-18T21:57:54Z")


@pytest.mark.parametrize("name", API_VERSIONS)
@pytest.mark.parametrize("body", [b"{}", b'{"validFrom":null,"participants":null}'])
def test_every_version_leaves_out_what_is_absent_or_null(name: str, body: bytes) -> None:
    version = API_VERSIONS[name]
    created, updated = parse_body(version.create, body), parse_body(version.update, body)
    assert (created.change, created.roster) == (RoomChange(), {})
    assert (updated.change, updated.roster_change) == (RoomChange(), None)


@pytest.mark.parametrize(
    ("version", "participants", "target", "message"),
    [
        (OF_2022, {}, "$.participants", "Must be an array."),
        (OF_2022, [1], "$.participants.0", "Must be an object."),
        (
            OF_2022,
            [{}],
            "$.participants.0.communicationIdentifier",
            "This field is required.",
        ),
        (
            OF_2022,
            listed((ALICE, "kafka")),
            "$.participants.0.role",
            "Invalid participant role. "
            "The valid roles are: Presenter, Attendee, Consumer, Collaborator.",
        ),
        (OF_2021, [], "$.participants", "Must be an object."),
        (OF_2021, {ALICE: "x"}, f"$.participants.{ALICE}", "Must be an object."),
    ],
)
def test_the_field_at_fault_is_named(
    version: ApiVersion, participants: Any, target: str, message: str
) -> None:
    body = json.dumps({"participants": participants}).encode()
    for model in (version.create, version.update):
        with pytest.raises(ValidationFailed) as caught:
            parse_body(model, body)
        (detail,) = caught.value.details
        assert (detail.target, detail.message) == (target, message)


def test_an_unknown_policy_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValidationFailed) as caught:
        parse_body(OF_2022.create, b'{"roomJoinPolicy":"inviteonly"}')
    (detail,) = caught.value.details
    assert detail.target == "$.roomJoinPolicy"
    assert detail.message == "Must be one of: InviteOnly, CommunicationServiceUsers."


@pytest.mark.parametrize("name", [name for name in API_VERSIONS if name >= "2022"])
def test_every_version_with_roles_accepts_collaborators(name: str) -> None:
    participants: Any = {ALICE: {"role": "Collaborator"}}
    if name == "2022-02-01":
        participants = listed((ALICE, "Collaborator"))
    body = json.dumps({"participants": participants}).encode()
    assert parse_body(API_VERSIONS[name].create, body).roster == {ALICE: "Collaborator"}
