"""Erasing a person: what is left of them, whatever was stored, and whenever the work is killed."""

import asyncio
import json
import re
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.events import SERVICE_LOG, CallEvent
from rooms.domain.room import RoomChange
from rooms.domain.time import DAY, SECOND, Ticks
from rooms.storage import keys
from rooms.storage.changes import Origin
from rooms.storage.entities import unpack
from rooms.storage.erasure_state import Erasure
from rooms.storage.erasures import Erasures
from rooms.storage.invitees import places_of
from rooms.storage.operations import replace
from rooms.storage.table import Table
from rooms_cli.check.table import disagreements
from testkit.eraser import MortalTable
from testkit.identifiers import raw_id
from testkit.storage import Clock
from testkit.traces import rows_with, said_by, traces_of
from testkit.transactions import transactions
from testkit.waiting import HANG_SECONDS
from tests.check.filled import ALICE, BOB, CAROL, EVENTS_ONLY, ORIGIN, Filling

ASKER = Origin("clinic", "erase-1")
MINUTE = 60 * SECOND


_filled: dict[str, tuple[list[dict[str, Any]], Ticks]] = {}
"""By the partitions that there are, the rows of a table that was filled, and when it was: others
get them with few requests."""


async def filled(client: TableClient) -> Filling:
    """A table with something of everything, and Alice in most of it."""
    filling = Filling(client)
    if keys.PARTITIONS not in _filled:
        await filling.a_room_of_everything()
        await filling.a_deleted_room()
        await filling.a_room_of_many()
        await filling.meeting(EVENTS_ONLY, "another call")
        await filling.quarantine.put(json.dumps({"user": ALICE}), "why")
        await filling.quarantine.put("of nobody", "why")
        _filled[keys.PARTITIONS] = await rows_in(client), filling.now
        return filling
    rows, filling.now = _filled[keys.PARTITIONS]
    await client.create_table()
    for some in transactions(replace(dict(row)) for row in rows):
        await client.submit_transaction(some)
    return filling


def room_of(row: Mapping[str, Any]) -> str:
    return str(row["RowKey"]).partition(":")[0]


async def rows_in(client: TableClient) -> list[dict[str, Any]]:
    return [dict(row) async for row in client.list_entities()]


async def erased(client: TableClient, at: int, **who: str) -> Erasure:
    erasures = Erasures(Table(client), Clock(at))
    begun = await erasures.start(who.get("raw_id"), who.get("external_id"), ASKER)
    return await erasures.run(begun.id, HANG_SECONDS)


async def test_nothing_of_the_person_is_left_and_the_rest_agrees(direct: TableClient) -> None:
    filling = await filled(direct)
    assert len(rows_with(await rows_in(direct), *traces_of(ALICE, "Alice"))) > 30
    done = await erased(direct, filling.now, raw_id=ALICE)
    rows = await rows_in(direct)
    assert done.is_done
    assert rows_with(rows, *traces_of(ALICE, "Alice")) == []
    assert rows_with(rows, BOB) != []
    assert list(disagreements(rows)) == []
    assert done.found["quarantined"] == 1


@pytest.mark.usefixtures("one_partition")
async def test_an_event_in_quarantine_that_takes_several_rows_is_found_by_all_of_them(
    direct: TableClient,
) -> None:
    filling, long = Filling(direct), Random(1).randbytes(20_000).hex()
    await filling.quarantine.put(json.dumps([long, ALICE]), "why")
    kept = await filling.quarantine.put(json.dumps([long, BOB]), "why")
    done = await erased(direct, filling.now, raw_id=ALICE)
    rows = [str(row["RowKey"]) for row in await rows_in(direct)]
    left = [row for row in rows if row.startswith((".quarantine:", ".quarantine-part:"))]
    assert done.found["quarantined"] == 1
    assert len(left) > 2
    assert all(kept in row for row in left)


@pytest.mark.usefixtures("one_partition")
async def test_the_receipts_say_who_asked_and_what_was_changed(direct: TableClient) -> None:
    filling = await filled(direct)
    done = await erased(direct, filling.now, raw_id=ALICE)
    rows = await rows_in(direct)
    receipts = [row for row in rows if row.get("kind") == "PersonErased" and "record" not in row]
    details = {room_of(row): unpack(row) for row in receipts}
    assert {row["actor"] for row in receipts} == {ASKER.actor}
    assert details.pop(SERVICE_LOG) == {
        "erasure": done.id,
        "pseudonym": done.person.pseudonym,
        "found": done.found,
    }
    for room_id, detail in details.items():
        changed = [row["RowKey"] for row in rows if row.get("erased") == done.id]
        here = [key for key in changed if key.startswith(f"{room_id}:~")]
        assert detail["records"] == here
    assert sum(len(detail["records"]) for detail in details.values()) == done.found["logRecords"]


@pytest.mark.usefixtures("one_partition")
async def test_the_ids_are_forgotten_when_it_is_done(direct: TableClient) -> None:
    filling = await filled(direct)
    erasures = Erasures(Table(direct), Clock(filling.now))
    begun = await erasures.start(ALICE, None, Origin("clinic", f"erase {ALICE}"))
    assert ALICE not in begun.origin.request_id
    assert rows_with(await rows_in(direct), f'"{ALICE}"') != []
    assert (await erasures.start(ALICE, None, ASKER)).id == begun.id
    done = await erasures.run(begun.id, HANG_SECONDS)
    kept = [row for row in await rows_in(direct) if row["RowKey"].startswith(".erasure")]
    assert [row["RowKey"] for row in kept] == [keys.erasure_row(done.id)]
    assert (await erasures.get(done.id)).found == done.found
    assert await erasures.open() == []


@pytest.mark.usefixtures("one_partition")
async def test_all_ids_that_had_an_external_id_are_erased(direct: TableClient) -> None:
    filling = Filling(direct)
    room = (
        await filling.rooms.create(
            RoomChange(), {ALICE: "Attendee", BOB: "Attendee", CAROL: "Presenter"}, None, ORIGIN
        )
    ).room
    patient = {"name": "Pat Ient", "externalId": "patient-4711"}
    for patch in (
        {"externalId": "patient-4711", "participants": {ALICE: patient}},
        {"participants": {ALICE: {"name": "P. Ient"}, CAROL: {"name": "Dr. C", "externalId": "c"}}},
        {"participants": {ALICE: None, BOB: patient}},
    ):
        await filling.rooms.patch_details(room.id, patch, ORIGIN)
    await filling.meeting(room.id, "a call")
    done = await erased(direct, filling.now, external_id="patient-4711")
    rows = await rows_in(direct)
    wanted = [*traces_of(ALICE), *traces_of(BOB), "patient-4711", "Ient", "Alice"]
    assert rows_with(rows, *wanted, keys.hashed(keys.by_external_id("patient-4711"))) == []
    assert list(disagreements(rows)) == []
    stored = await filling.rooms.with_roster(room.id)
    first, second, third = stored.roster
    assert {first, second} >= {done.person.pseudonym}
    assert first.partition("_")[0] == second.partition("_")[0]
    assert third == CAROL
    assert rows_with(rows, "Dr. C") != []


@pytest.mark.usefixtures("one_partition")
async def test_an_external_id_that_others_have_too_still_finds_the_room(
    direct: TableClient,
) -> None:
    filling = Filling(direct)
    room = (await filling.rooms.create(RoomChange(), {ALICE: "Attendee"}, None, ORIGIN)).room
    both = {ALICE: {"externalId": "shared"}, BOB: {"externalId": "shared"}}
    await filling.rooms.patch_details(room.id, {"participants": both}, ORIGIN)
    await erased(direct, filling.now, raw_id=ALICE)
    rows = await rows_in(direct)
    assert list(disagreements(rows)) == []
    places, _ = await places_of(Table(direct), keys.by_external_id("shared"), None, 10)
    assert len(places) == 1
    assert rows_with(rows, *traces_of(ALICE)) == []


@pytest.mark.usefixtures("one_partition")
async def test_one_of_many_is_erased_from_the_rows_of_their_group(direct: TableClient) -> None:
    filling = Filling(direct)
    crowd = [raw_id(number) for number in range(100, 400)]
    await filling.rooms.create(RoomChange(), dict.fromkeys(crowd, "Attendee"), None, ORIGIN)
    await erased(direct, filling.now, raw_id=crowd[7])
    rows = await rows_in(direct)
    assert rows_with(rows, *traces_of(crowd[7])) == []
    assert list(disagreements(rows)) == []
    for other in (crowd[6], crowd[8], crowd[299]):
        assert len((await places_of(Table(direct), other, None, 10))[0]) == 1


@pytest.mark.usefixtures("one_partition")
async def test_events_by_raw_id_alone_get_keys_that_do_not_tell_it(direct: TableClient) -> None:
    filling = Filling(direct)
    at = filling.now
    joined = CallEvent("ParticipantAdded", "joined", "call", at, None, ALICE, "Alice")
    left = CallEvent("ParticipantRemoved", "left", "call", at + MINUTE, None, ALICE)
    for event in (joined, left):
        await filling.calls.record("anywhere-7", event, json.dumps({"id": event.id}))
    before = await filling.calls.call("anywhere-7", "call", at + DAY)
    done = await erased(direct, filling.now, raw_id=ALICE)
    rows = await rows_in(direct)
    assert rows_with(rows, *traces_of(ALICE, "Alice", joined.key, left.key)) == []
    assert list(disagreements(rows)) == []
    after = await filling.calls.call("anywhere-7", "call", at + DAY)
    assert before is not None
    assert after is not None
    assert [(leg.person, leg.joined_at, leg.left_at) for leg in after.legs] == [
        (done.person.pseudonym, leg.joined_at, leg.left_at) for leg in before.legs
    ]


@pytest.mark.usefixtures("one_partition")
async def test_events_that_only_name_the_participant_are_told_by_the_others(
    direct: TableClient,
) -> None:
    filling = Filling(direct)
    at = filling.now
    for event in (
        CallEvent("ParticipantAdded", "joined", "call", at, "participant-7", ALICE, "Alice"),
        CallEvent("ParticipantRemoved", "left", "call", at + MINUTE, "participant-7"),
    ):
        await filling.calls.record("anywhere-7", event, json.dumps({"of": event.participant_id}))
    await erased(direct, filling.now, raw_id=ALICE)
    rows = await rows_in(direct)
    assert rows_with(rows, *traces_of(ALICE, "Alice", '"participant-7"', "'participant-7'")) == []
    assert list(disagreements(rows)) == []
    call = await filling.calls.call("anywhere-7", "call", at + DAY)
    assert call is not None
    (leg,) = call.legs
    assert (leg.joined_at, leg.left_at) == (at, at + MINUTE)


@pytest.mark.usefixtures("one_partition")
async def test_an_event_that_is_delivered_again_brings_nobody_back(direct: TableClient) -> None:
    filling = Filling(direct)
    joined = CallEvent(
        "ParticipantAdded", "1", "call", filling.now, "participant-7", ALICE, "Alice"
    )
    await filling.calls.record("anywhere-7", joined, "text")
    await erased(direct, filling.now, raw_id=ALICE)
    await filling.calls.record("anywhere-7", joined, "text")
    assert rows_with(await rows_in(direct), *traces_of(ALICE, "Alice")) == []


@pytest.mark.usefixtures("one_partition")
async def test_a_change_of_many_names_is_erased_in_the_order_of_arrival_too(
    direct: TableClient,
) -> None:
    filling = Filling(direct)
    crowd = [raw_id() for _ in range(200)]
    room = (await filling.rooms.create(RoomChange(), {}, None, ORIGIN)).room
    names = {person: {"name": f"{number}"} for number, person in enumerate(crowd)}
    await filling.rooms.patch_details(room.id, {"participants": names}, ORIGIN)
    await erased(direct, filling.now, raw_id=crowd[7])
    rows = await rows_in(direct)
    assert rows_with(rows, *traces_of(crowd[7])) == []
    assert list(disagreements(rows)) == []


async def test_users_of_this_service_are_gone_and_their_tokens_not_valid(
    direct: TableClient,
) -> None:
    filling = Filling(direct)
    user, token = await filling.identities.create_with_token(["voip"], 60)
    other, valid = await filling.identities.create_with_token(["voip"], 60)
    done = await erased(direct, filling.now, raw_id=user)
    assert done.found == {"users": 1}
    assert await filling.identities.check(token.token) == "UserDeleted"
    assert rows_with(await rows_in(direct), user.rpartition("_")[2]) == []
    claims = await filling.identities.check(valid.token)
    assert not isinstance(claims, str)
    assert claims.raw_id == other


class Killed(BaseException):
    """What is under way ends here, and nothing is done about it."""


def die() -> None:
    raise Killed


async def test_killed_again_and_again_it_ends_as_if_it_was_not(
    direct: TableClient,
) -> None:
    filling = await filled(direct)
    clock = Clock(filling.now)
    begun = await Erasures(Table(direct), clock).start(ALICE, None, ASKER)
    kills = 0
    async with asyncio.timeout(HANG_SECONDS):
        while True:
            clock.now += DAY
            # The first write holds the erasure; in the end, the second is the receipt each time.
            # No time passes, so that how often the place is saved depends on no machine.
            mortal = MortalTable(direct, 7, die)
            erasures = Erasures(mortal, clock, monotonic=lambda: 0.0)
            try:
                done = await erasures.run(begun.id, HANG_SECONDS)
            except Killed:
                kills += 1
            else:
                break
    rows = await rows_in(direct)
    assert kills > 10
    assert rows_with(rows, *traces_of(ALICE, "Alice")) == []
    assert list(disagreements(rows)) == []
    assert done.found == {
        "rooms": 4,
        "rosters": 8,
        "events": 8,
        "logRecords": 17,
        "invitations": 3,
        "quarantined": 1,
    }


@pytest.mark.usefixtures("one_partition")
async def test_changes_meanwhile_build_on_nothing_of_the_person(direct: TableClient) -> None:
    filling = await filled(direct)
    room = (await filling.rooms.create(RoomChange(), {ALICE: "Attendee"}, None, ORIGIN)).room
    erasures = Erasures(Table(direct), Clock(filling.now))
    begun = await erasures.start(ALICE, None, ASKER)

    async def change() -> None:
        for number in range(20):
            await filling.rooms.patch_roster(room.id, {raw_id(number + 50): "Attendee"}, ORIGIN)

    await asyncio.gather(erasures.run(begun.id, HANG_SECONDS), change())
    rows = await rows_in(direct)
    assert rows_with(rows, *traces_of(ALICE, "Alice")) == []
    assert list(disagreements(rows)) == []
    assert len((await filling.rooms.with_roster(room.id)).roster) == 21


@pytest.mark.usefixtures("one_partition")
async def test_who_is_invited_again_meanwhile_is_found(direct: TableClient) -> None:
    filling = Filling(direct)
    room = (await filling.rooms.create(RoomChange(), {ALICE: "Attendee"}, None, ORIGIN)).room
    erasures = Erasures(Table(direct), Clock(filling.now))
    begun = await erasures.start(ALICE, None, ASKER)
    done = begun
    while not done.is_done:
        done = await erasures.run(begun.id, 0)
        if (
            done.phase == "receipts"
            and ALICE not in (await filling.rooms.with_roster(room.id)).roster
        ):
            await filling.rooms.patch_roster(room.id, {ALICE: "Attendee"}, ORIGIN)
    assert len((await places_of(Table(direct), ALICE, None, 10))[0]) == 1
    assert list(disagreements(await rows_in(direct))) == []


async def test_only_one_process_works_on_it(direct: TableClient) -> None:
    filling = await filled(direct)
    one, other = (Erasures(Table(direct), Clock(filling.now)) for _ in range(2))
    begun = await one.start(ALICE, None, ASKER)
    first, second = await asyncio.gather(*(each.run(begun.id, 20) for each in (one, other)))
    assert {first.is_done, second.is_done} == {True, False}
    assert list(disagreements(await rows_in(direct))) == []


@pytest.mark.usefixtures("one_partition")
async def test_twice_is_once(direct: TableClient) -> None:
    filling = await filled(direct)
    await erased(direct, filling.now, raw_id=ALICE)
    again = await erased(direct, filling.now + 1, raw_id=ALICE)
    assert again.is_done
    assert not again.found


@pytest.mark.thorough
async def test_two_erasures_of_one_person_give_one_pseudonym(direct: TableClient) -> None:
    """Another process is asked for the same person by an external id, in the midst of the first."""
    filling = await filled(direct)
    one, other = (Erasures(Table(direct), Clock(filling.now)) for _ in range(2))
    first = await one.start(BOB, None, ASKER)
    while not any(row.get("erased") for row in await rows_in(direct)):
        await one.run(first.id, 0)
    second = await other.run((await other.start(None, "B", ASKER)).id, HANG_SECONDS)
    assert (second.id != first.id, second.is_done) == (True, True)
    rows = await rows_in(direct)
    assert rows_with(rows, *traces_of(BOB)) == []
    pseudonyms = {
        found
        for row in rows
        if not row["RowKey"].startswith((".erasure", SERVICE_LOG))
        and row.get("kind") != "PersonErased"
        for found in re.findall("8:erased:[0-9a-f]{32}", said_by(row))
    }
    assert pseudonyms == {first.person.pseudonym}
