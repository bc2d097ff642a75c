"""What must change in a call, so that it is as the room says."""

from dataclasses import replace

import pytest

from rooms.domain.connection import Connection
from rooms.domain.corrections import ChangeRole, Correction, EndCall, Remove, corrections
from rooms.domain.room import Room
from rooms.domain.roster import Roster
from rooms.domain.time import HOUR, SECOND, Ticks
from testkit.identifiers import raw_id

ALICE, BOB, STRANGER = raw_id(1), raw_id(2), raw_id(9)
NOON: Ticks = 630_000_000 * SECOND
ROOM = Room("99400000000000007", NOON - HOUR, NOON, NOON + HOUR, pstn_dial_out_enabled=False)
OPEN_TO_ALL = replace(ROOM, join_policy="CommunicationServiceUsers")
ROSTER: Roster = {ALICE: "Presenter", BOB: "Consumer"}


def device(of: str, role: str | None, name: str = "laptop") -> Connection:
    return Connection(f"{of}#{name}", f"PA_{name}", of, None, role, NOON)


def needed(*present: Connection, room: Room = ROOM, at: Ticks = NOON + 1) -> list[Correction]:
    return corrections(room, ROSTER, at, present)


def test_the_invited_in_their_roles_stay_as_they_are() -> None:
    assert needed(device(ALICE, "Presenter"), device(BOB, "Consumer")) == []


def test_each_device_of_somebody_who_is_not_invited_is_removed() -> None:
    laptop, phone = device(STRANGER, "Presenter"), device(STRANGER, "Presenter", "phone")
    alice = device(ALICE, "Presenter")
    assert needed(laptop, alice, phone) == [Remove(laptop), Remove(phone)]


@pytest.mark.parametrize("had", ["Presenter", "Unheard-of", None])
def test_somebody_in_another_role_gets_that_of_the_roster(had: str | None) -> None:
    bob = device(BOB, had)
    assert needed(bob) == [ChangeRole(bob, "Consumer")]


def test_a_guest_of_an_open_room_stays_as_an_attendee() -> None:
    guest = device(STRANGER, "Attendee")
    assert needed(guest, room=OPEN_TO_ALL) == []


def test_a_guest_with_the_rights_of_a_presenter_loses_them() -> None:
    guest = device(STRANGER, "Presenter")
    assert needed(guest, room=OPEN_TO_ALL) == [ChangeRole(guest, "Attendee")]


def test_the_call_of_a_room_that_is_not_there_ends() -> None:
    assert corrections(None, {}, NOON, [device(ALICE, "Presenter")]) == [EndCall("Deleted")]


def test_a_call_goes_on_until_just_before_the_room_closes() -> None:
    assert needed(at=ROOM.valid_until - 1) == []


def test_a_call_ends_when_the_room_closes_whoever_is_in_it() -> None:
    assert needed(device(STRANGER, None), at=ROOM.valid_until) == [EndCall("Closed")]


def test_the_call_of_a_room_that_was_put_off_ends() -> None:
    assert needed(device(ALICE, "Presenter"), at=ROOM.valid_from - HOUR) == [EndCall("NotOpenYet")]


def test_a_room_that_is_open_by_the_clock_of_another_instance_keeps_its_call() -> None:
    assert needed(device(ALICE, "Presenter"), at=ROOM.valid_from - 30 * SECOND) == []


def test_a_call_here_of_a_room_at_acs_ends() -> None:
    there = needed(device(ALICE, "Presenter"), room=replace(ROOM, carrier="acs"))
    assert there == [EndCall("CallsAtAcs")]
