"""Rooms are changed at ACS first, and then here, with one log record of the caller."""

import uuid
from email.utils import formatdate

import pytest
from azure.data.tables.aio import TableClient

from testkit.acs_instance import AcsInstance
from testkit.raw_http import Answer
from tests.moving.through.sides import ALICE, BOB, CAROL, DIAL_OUT, PEOPLE, Sides, code_of, sides_of

CHANGES = [
    ("PATCH", "", DIAL_OUT, ("PATCH", ""), "RoomUpdated"),
    (
        "PATCH",
        "/participants",
        {"participants": {BOB: None, CAROL: {"role": "Consumer"}}},
        ("PATCH", "/participants"),
        "ParticipantsUpdated",
    ),
    (
        "PATCH",
        "/invitees",
        {"participants": {ALICE: {"role": "Attendee"}, CAROL: {}}},
        ("PATCH", "/participants"),
        "ParticipantsUpdated",
    ),
]


async def test_a_room_is_made_at_acs_and_has_its_id_and_times_here(sides: Sides) -> None:
    answer = await sides.send("POST", "/rooms", PEOPLE | DIAL_OUT)
    room_id = answer.json()["id"]
    assert (answer.status, answer.headers["location"]) == (201, room_id)
    assert sides.acs.count("POST", "/rooms") == 1
    await sides.agree(room_id)
    room, roster = await sides.here(room_id)
    assert (room.carrier, room.pstn_dial_out_enabled) == ("acs", True)
    assert roster == {ALICE: "Presenter", BOB: "Attendee"}
    assert await sides.told(room_id) == [("RoomCreated", "app")]


@pytest.mark.parametrize(("method", "path", "body", "asked", "kind"), CHANGES)
async def test_a_change_is_carried_out_at_acs_and_here(
    sides: Sides, method: str, path: str, body: object, asked: tuple[str, str], kind: str
) -> None:
    room_id = await sides.make()
    answer = await sides.send(method, f"/rooms/{room_id}{path}", body)
    assert answer.status == 200, answer
    assert [each.method for each in sides.acs.received] == [asked[0]]
    assert sides.acs.count(asked[0], f"/rooms/{room_id}{asked[1]}") == 1
    await sides.agree(room_id)
    assert (await sides.told(room_id))[1:] == [(kind, "app")]


async def test_a_room_is_deleted_at_acs_and_here(sides: Sides) -> None:
    room_id = await sides.make()
    assert (await sides.send("DELETE", f"/rooms/{room_id}")).status == 204
    assert sides.acs.raw.get(f"/rooms/{room_id}").status == 404
    assert (await sides.stored(room_id)).kinds == ["RoomDeleted", "RoomCreated"]
    assert await sides.changes() == []
    assert (await sides.send("DELETE", f"/rooms/{room_id}")).status == 404


async def test_names_commit_with_the_roster_and_acs_does_not_get_them(sides: Sides) -> None:
    room_id = await sides.make()
    body = {"participants": {CAROL: {"role": "Consumer", "name": "Carol", "externalId": "C-1"}}}
    answer = await sides.send("PATCH", f"/rooms/{room_id}/invitees", body)
    assert answer.json()["participants"][-1]["name"] == "Carol"
    (asked,) = sides.acs.received
    assert b"Carol" not in asked.body
    await sides.agree(room_id)
    assert (await sides.stored(room_id)).kinds[:2] == ["DetailsUpdated", "ParticipantsUpdated"]


async def test_details_are_not_of_acs(sides: Sides) -> None:
    room_id = await sides.make()
    answer = await sides.send("PATCH", f"/rooms/{room_id}/details", {"title": "Tea"})
    assert (answer.status, sides.acs.received) == (200, [])


async def test_acs_is_asked_also_if_nothing_changes_here(sides: Sides) -> None:
    room_id = await sides.make()
    people = {"participants": {ALICE: {"role": "Presenter"}}}
    sides.acs.raw.patch(f"/rooms/{room_id}/participants", {"participants": {ALICE: None}})
    answer = await sides.send("PATCH", f"/rooms/{room_id}/participants", people)
    assert answer.status == 200
    assert sides.there(room_id)[1][ALICE] == "Presenter"
    assert await sides.changes() == []
    assert await sides.told(room_id) == [("RoomCreated", "app")]


async def test_a_join_policy_is_not_to_be_changed_at_acs(sides: Sides) -> None:
    room_id = await sides.make()
    policy = {"roomJoinPolicy": "CommunicationServiceUsers"}
    answer = await sides.send("PUT", f"/rooms/{room_id}/joinPolicy", policy)
    assert code_of(answer) == (409, "CallsAtAcs")
    assert (sides.acs.received, await sides.changes()) == ([], [])


async def test_what_is_not_valid_does_not_reach_acs(sides: Sides) -> None:
    room_id = await sides.make()
    path = f"/rooms/{room_id}/invitees"
    for method, where, body in (
        ("POST", "/rooms", {"validFrom": "2020-01-01"}),
        ("PATCH", f"/rooms/{room_id}", {"validUntil": "2020-01-01T00:00:00Z"}),
        ("PATCH", f"/rooms/{room_id}/participants", {"participants": {"x": {}}}),
        ("PATCH", path, {"participants": {ALICE: {"name": "x" * 300}}}),
    ):
        assert (await sides.send(method, where, body)).status == 400
    assert (sides.acs.received, await sides.changes()) == ([], [])


def repeated(request_id: str) -> dict[str, str]:
    """The headers of a create that may be sent again."""
    return {
        "Repeatability-Request-ID": request_id,
        "Repeatability-First-Sent": formatdate(usegmt=True),
    }


async def create(sides: Sides, body: object, headers: dict[str, str]) -> Answer:
    """Sends a create."""
    return await sides.send("POST", "/rooms", body, headers)


async def test_a_create_that_is_sent_again_meets_its_room_and_does_not_reach_acs(
    sides: Sides,
) -> None:
    headers = repeated(str(uuid.uuid4()))
    first = await create(sides, PEOPLE, headers)
    assert first.headers["repeatability-result"] == "accepted"
    again = await create(sides, PEOPLE, headers)
    assert (again.status, again.json()) == (201, first.json())
    assert sides.acs.count("POST", "/rooms") == 1
    assert await sides.told(first.json()["id"]) == [("RoomCreated", "app")]


async def test_its_headers_go_to_acs_as_they_came(sides: Sides) -> None:
    headers = repeated(str(uuid.uuid4()))
    await create(sides, PEOPLE, headers)
    (asked,) = sides.acs.received
    assert {name: asked.headers[name.lower()] for name in headers} == headers


async def test_without_such_headers_a_create_gets_some_on_its_way(sides: Sides) -> None:
    answer = await create(sides, PEOPLE, {})
    assert "repeatability-result" not in answer.headers
    (asked,) = sides.acs.received
    uuid.UUID(asked.headers["repeatability-request-id"])


async def test_a_create_with_the_id_of_another_is_refused(sides: Sides) -> None:
    headers = repeated(str(uuid.uuid4()))
    await create(sides, PEOPLE, headers)
    assert (await create(sides, {}, headers)).status == 400
    assert sides.acs.count("POST", "/rooms") == 1


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        (repeated("no-guid"), "InvalidRepeatabilityRequestId"),
        ({"Repeatability-Request-ID": "00000000-0000-4000-8000-000000000000"}, "BadRequest"),
    ],
)
async def test_headers_that_acs_does_not_take_are_refused_by_acs(
    sides: Sides, headers: dict[str, str], code: str
) -> None:
    answer = await create(sides, PEOPLE, headers)
    assert code_of(answer) == (400, code)
    assert sides.acs.count("POST", "/rooms") == 1
    assert await sides.marks() == []


@pytest.mark.parametrize("name", ["Repeatability-Request-ID", "Repeatability-First-Sent"])
async def test_headers_that_cannot_be_sent_on_are_refused_here(sides: Sides, name: str) -> None:
    answer = await create(sides, PEOPLE, repeated("no-guid") | {name: "a\x01"})
    assert code_of(answer) == (400, "BadRequest")
    assert (sides.acs.received, await sides.marks()) == ([], [])


async def test_an_open_room_cannot_be_made_at_acs(sides: Sides) -> None:
    with_policy = {"roomJoinPolicy": "CommunicationServiceUsers"}
    answer = await sides.send("POST", "/rooms", with_policy, version="2022-02-01")
    assert code_of(answer) == (409, "NoGuestsAtAcs")
    assert sides.acs.received == []


async def test_rooms_may_be_made_here_while_those_at_acs_go_on_there(
    sides: Sides, direct: TableClient, acs: AcsInstance
) -> None:
    at_acs = await sides.make()
    async with sides_of(direct, acs, {"ROOMS_ACS_NEW": "own"}) as other:
        own = (await other.send("POST", "/rooms", PEOPLE)).json()["id"]
        for room_id in (own, at_acs):
            assert (await other.send("PATCH", f"/rooms/{room_id}", DIAL_OUT)).status == 200
            path = f"/rooms/{room_id}/participants"
            answer = await other.send("PATCH", path, {"participants": {CAROL: {}}})
            assert answer.status == 200
        await other.agree(at_acs)
        assert (await other.here(own))[0].carrier == "own"
        assert (await other.send("DELETE", f"/rooms/{own}")).status == 204
        assert [each.method for each in acs.received] == ["PATCH", "PATCH"]
        assert await other.changes() == []
