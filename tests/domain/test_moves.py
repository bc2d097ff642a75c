"""What ACS needs to know before a room moves to it."""

from dataclasses import replace

import pytest

from rooms.domain.errors import GoneAtAcs, NoGuestsAtAcs
from rooms.domain.moves import Catchup, catchup, check_fits_acs
from rooms.domain.room import Room, RoomChange
from rooms.domain.roster import Roster, RosterPatch
from rooms.domain.time import HOUR, SECOND, Ticks
from testkit.identifiers import raw_id

NOON: Ticks = 630_000_000 * SECOND
ROOM = Room("99400000000000007", NOON - HOUR, NOON, NOON + HOUR, pstn_dial_out_enabled=False)
ANN, BEN, CLEO = (raw_id(number) for number in range(3))
ROSTER: Roster = {ANN: "Presenter", BEN: "Attendee"}


def test_nothing_where_both_are_alike_in_whatever_order() -> None:
    assert catchup(ROOM, ROSTER, ROOM, dict(reversed(ROSTER.items()))) == Catchup(None, {})


@pytest.mark.parametrize(
    "at_acs",
    [
        replace(ROOM, valid_from=NOON + 1),
        replace(ROOM, valid_until=NOON + 1),
        replace(ROOM, pstn_dial_out_enabled=True),
    ],
)
def test_all_fields_of_the_room_if_one_differs(at_acs: Room) -> None:
    wanted = RoomChange(NOON, NOON + HOUR, pstn_dial_out_enabled=False)
    assert catchup(ROOM, ROSTER, at_acs, ROSTER) == Catchup(wanted, {})


def test_who_was_invited_removed_or_has_another_role() -> None:
    at_acs: Roster = {ANN: "Attendee", CLEO: "Consumer"}
    patch: RosterPatch = {ANN: "Presenter", BEN: "Attendee", CLEO: None}
    assert catchup(ROOM, ROSTER, ROOM, at_acs) == Catchup(None, patch)


def test_a_room_that_was_made_at_another_time_is_another_one() -> None:
    with pytest.raises(GoneAtAcs):
        catchup(ROOM, ROSTER, replace(ROOM, created_at=NOON), ROSTER)


def test_a_room_that_is_open_to_guests_does_not_fit() -> None:
    check_fits_acs(ROOM)
    with pytest.raises(NoGuestsAtAcs):
        check_fits_acs(replace(ROOM, join_policy="CommunicationServiceUsers"))
