"""Moves of a room between ACS and this service."""

from dataclasses import replace

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.room import RoomChange
from rooms.domain.time import HOUR
from rooms.storage.changes import Changes
from rooms.storage.errors import StorageUnavailable
from rooms.storage.table import Table
from testkit.acs_faults import AcsFault
from testkit.acs_instance import AcsInstance
from testkit.identifiers import raw_id
from testkit.storage import ORIGIN
from testkit.storage_proxy import StorageProxy
from tests.moving.move.both import Both, both_sides, code, content

OWN = {"ROOMS_ACS_CONNECTION_STRING": ""}
OBSERVE = {"ROOMS_ACS_MODE": "observe"}
MODES = {"own": OWN, "observe": OBSERVE, "through": {"ROOMS_ACS_MODE": "through"}}

MOVED_HERE = {"outcome": "moved", "before": "acs", "after": "own"}
MOVED_BACK = {"outcome": "moved", "before": "own", "after": "acs"}


def later(both: Both) -> RoomChange:
    """The room ends an hour later, and lets people dial out."""
    room = both.room
    return RoomChange(room.valid_from, room.valid_until + HOUR, pstn_dial_out_enabled=True)


async def storage_is_gone(*_: object) -> None:
    raise StorageUnavailable


@pytest.mark.parametrize("both", MODES.values(), indirect=True, ids=MODES)
async def test_a_room_moves_here_with_its_roster_and_validity(both: Both) -> None:
    before = await both.here()
    assert content(await both.move("own")) == MOVED_HERE
    assert await both.here() == (replace(before[0], carrier="own"), before[1])
    assert both.is_at_acs()


async def test_the_log_has_the_move_of_who_asked_for_it(both: Both) -> None:
    await both.move("own")
    record = content(await both.send("GET", "/log"))["value"][0]
    assert (record["kind"], record["actor"]) == ("RoomMoved", "test")
    assert record["detail"] == {"before": "acs", "after": "own"}


async def test_a_move_to_where_the_room_is_changes_nothing(both: Both) -> None:
    assert content(await both.move("acs")) == {"outcome": "same", "before": "acs", "after": "acs"}
    await both.move("own")
    assert content(await both.move("own")) == {"outcome": "same", "before": "own", "after": "own"}
    assert await both.kinds() == ["RoomMoved"]


async def test_a_dry_run_changes_nothing(both: Both) -> None:
    would = MOVED_HERE | {"outcome": "wouldMove"}
    assert content(await both.move("own", dryRun=True, deleteAtAcs=True)) == would
    assert await both.kinds() == []
    assert both.acs.received == []


async def test_what_was_changed_at_acs_just_before_moves_with_the_room(both: Both) -> None:
    guest = raw_id()
    both.change_at_acs(later(both), {guest: "Consumer", both.people[0]: None})
    content(await both.move("own"))
    room, roster = await both.here()
    assert (room.valid_until, room.pstn_dial_out_enabled) == (both.room.valid_until + HOUR, True)
    assert roster == {both.people[1]: "Attendee", guest: "Consumer"}
    assert [(each.kind, each.actor) for each in await both.log()] == [
        ("RoomUpdated", "acs"),
        ("ParticipantsUpdated", "acs"),
        ("RoomMoved", "test"),
    ]


async def test_a_room_of_which_acs_does_not_tell_moves_only_by_force(both: Both) -> None:
    both.acs.choose = lambda _: AcsFault.FAILS
    assert (await both.move("own")).status == 503
    assert await both.kinds() == []
    assert content(await both.move("own", force=True)) == MOVED_HERE


async def test_a_room_of_which_it_is_not_known_what_acs_has_does_not_move(both: Both) -> None:
    both.acs.next(AcsFault.CUT_AFTER, "PATCH", f"/rooms/{both.id}/participants")
    changed = await both.send("PATCH", "/participants", {"participants": {both.people[0]: None}})
    assert changed.status == 503
    for dry_run in (True, False):
        assert code(await both.move("own", dryRun=dry_run), 409) == "ChangeUnderWay"
    assert (await both.here())[0].carrier == "acs"


async def test_acs_has_no_say_in_a_room_that_has_moved(both: Both) -> None:
    await both.move("own")
    both.change_at_acs(later(both), {raw_id(): "Attendee"})
    assert both.app.pull is not None
    assert await both.app.pull.room(both.id) == "own"
    assert await both.kinds() == ["RoomMoved"]


async def test_acs_deletes_the_room_that_has_moved_if_it_is_told_to(both: Both) -> None:
    content(await both.move("own", deleteAtAcs=True))
    assert not both.is_at_acs()
    assert (await both.here())[0].carrier == "own"


async def test_a_deletion_at_acs_that_failed_is_carried_out_by_the_same_request_again(
    both: Both,
) -> None:
    both.acs.next(AcsFault.FAILS, "DELETE")
    assert (await both.move("own", deleteAtAcs=True)).status == 503
    for _ in range(2):  # the second time, ACS has none
        assert content(await both.move("own", deleteAtAcs=True))["outcome"] == "same"
    assert not both.is_at_acs()
    assert await both.kinds() == ["RoomMoved"]


async def test_acs_has_the_state_of_here_before_a_room_moves_back(both: Both) -> None:
    await both.move("own")
    guest = raw_id()
    await both.app.rooms.update(both.id, later(both), ORIGIN)
    await both.app.rooms.patch_roster(
        both.id, {guest: "Consumer", both.people[0]: None, both.people[1]: "Presenter"}, ORIGIN
    )
    assert content(await both.move("acs")) == MOVED_BACK
    room, roster = await both.here()
    at_acs, roster_at_acs = both.at_acs()
    assert replace(at_acs, carrier="acs") == room
    assert roster_at_acs == roster == {guest: "Consumer", both.people[1]: "Presenter"}


async def test_where_acs_has_it_already_a_move_back_changes_nothing_there(both: Both) -> None:
    await both.move("own")
    both.acs.received.clear()
    assert content(await both.move("acs")) == MOVED_BACK
    assert {request.method for request in both.acs.received} == {"GET"}


async def test_a_room_that_acs_has_no_more_does_not_move_back(both: Both) -> None:
    await both.move("own", deleteAtAcs=True)
    assert code(await both.move("acs"), 409) == "GoneAtAcs"
    assert code(await both.move("acs", dryRun=True), 409) == "GoneAtAcs"
    assert (await both.here())[0].carrier == "own"


async def test_a_room_that_is_open_to_guests_does_not_move_to_acs(both: Both) -> None:
    await both.move("own")
    opened = RoomChange(join_policy="CommunicationServiceUsers")
    await both.app.rooms.update(both.id, opened, ORIGIN)
    assert code(await both.move("acs"), 409) == "NoGuestsAtAcs"


@pytest.mark.parametrize(
    ("fault", "status", "path"),
    [
        (AcsFault.CUT_AFTER, 503, "/participants"),
        (AcsFault.THROTTLED, 429, ""),
        *(
            pytest.param(*more, marks=pytest.mark.thorough)
            for more in (
                (AcsFault.CUT_AFTER, 503, ""),
                (AcsFault.THROTTLED, 429, "/participants"),
                (AcsFault.CUT_BEFORE, 503, ""),
                (AcsFault.CUT_BEFORE, 503, "/participants"),
                (AcsFault.FAILS_AFTER, 500, ""),
                (AcsFault.FAILS_AFTER, 500, "/participants"),
            )
        ),
    ],
)
async def test_a_move_back_that_failed_at_acs_is_carried_out_by_the_same_request_again(
    both: Both, fault: AcsFault, status: int, path: str
) -> None:
    await both.move("own")
    await both.app.rooms.update(both.id, later(both), ORIGIN)
    await both.app.rooms.patch_roster(both.id, {both.people[0]: None}, ORIGIN)
    both.acs.next(fault, "PATCH", f"/rooms/{both.id}{path}")
    assert (await both.move("acs")).status == status
    assert (await both.here())[0].carrier == "own"
    assert content(await both.move("acs")) == MOVED_BACK
    assert both.at_acs()[1] == (await both.here())[1]
    assert (await both.kinds()).count("RoomMoved") == 2


async def test_a_move_back_that_was_killed_before_it_was_committed_is_done_by_the_next_request(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    await both.move("own")
    await both.app.rooms.patch_roster(both.id, {both.people[0]: None}, ORIGIN)
    with monkeypatch.context() as killed:
        killed.setattr(Changes, "commit", storage_is_gone)
        assert (await both.move("acs")).status == 503
    assert (await both.here())[0].carrier == "own"
    assert content(await both.move("acs")) == MOVED_BACK
    assert both.at_acs()[1] == (await both.here())[1] == {both.people[1]: "Attendee"}
    assert (await both.kinds()).count("RoomMoved") == 2


async def test_what_is_changed_during_a_move_back_is_at_acs_too(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    await both.move("own")
    rooms_at_acs = both.app.rooms_at_acs
    assert rooms_at_acs is not None
    get, changed = rooms_at_acs.get, list[str]()

    async def changes_meanwhile(room_id: str) -> object:
        found = await get(room_id)
        if not changed:
            changed.append(room_id)
            await both.app.rooms.patch_roster(room_id, {both.people[0]: None}, ORIGIN)
        return found

    monkeypatch.setattr(rooms_at_acs, "get", changes_meanwhile)
    assert content(await both.move("acs")) == MOVED_BACK
    assert both.at_acs()[1] == (await both.here())[1] == {both.people[1]: "Attendee"}


@pytest.mark.parametrize("both", [OWN, OBSERVE], indirect=True, ids=["own", "observe"])
@pytest.mark.parametrize(
    ("asked", "field"),
    [({"carrier": "acs"}, "$.carrier"), ({"carrier": "own", "deleteAtAcs": True}, "$.deleteAtAcs")],
)
async def test_nothing_is_changed_at_acs_but_in_mode_through(
    both: Both, asked: dict[str, object], field: str
) -> None:
    answer = await both.send("POST", "/carrier", asked)
    assert code(answer, 400) == "InvalidParameter"
    assert answer.json()["error"]["target"] == field


async def test_a_room_that_moves_to_acs_is_not_deleted_there(both: Both) -> None:
    answer = await both.move("acs", deleteAtAcs=True)
    assert answer.json()["error"]["target"] == "$.deleteAtAcs"


async def test_what_a_move_costs(
    client: TableClient, proxy: StorageProxy, acs: AcsInstance
) -> None:
    async with both_sides(Table(client), acs, None, MODES["through"], HOUR) as both:
        proxy.forget()
        await both.move("own")
        # The pull: the room and its marks. The move: the room, its calls, its marks, the commit.
        assert (len(proxy.seen), len(acs.received)) == (6, 2)
        proxy.forget()
        acs.received.clear()
        await both.move("acs")
        assert (len(proxy.seen), len(acs.received)) == (4, 2)
        proxy.forget()
        await both.move("acs")
        assert len(proxy.seen) == 1


async def test_there_is_no_move_of_a_room_that_nobody_has(both: Both) -> None:
    nowhere = replace(both, room=replace(both.room, id="99400000000000001"))
    assert code(await nowhere.move("own"), 404) == "NotFound"
