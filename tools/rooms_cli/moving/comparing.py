"""Compares the rooms here with those of ACS. Changes nothing.

The list of ACS is read first, then that of here, and rooms change meanwhile: so what differs is
looked at again before it is told. A room that is not in the list of here is never asked for here:
the service would look for it at ACS, and take it over.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from rooms_cli.client import Client, Json
from rooms_cli.moving import differences
from rooms_cli.moving.acs_rooms import AcsRooms
from rooms_cli.moving.differences import Difference
from rooms_cli.moving.pace import Pace
from rooms_cli.moving.patience import listed_here, patiently
from rooms_cli.side_by_side import each
from rooms_cli.words import state


class Kind(StrEnum):
    """How a room can differ."""

    ONLY_AT_ACS = "only at ACS"
    ONLY_HERE = "only here"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Pair:
    """A room as the two lists have it: one of them at least."""

    room_id: str
    here: Json | None
    at_acs: Json | None


@dataclass(frozen=True, slots=True)
class Unlike:
    """A room that is not alike, and in what, if both sides have it."""

    room_id: str
    kind: Kind
    differences: Sequence[Difference] = ()


@dataclass(slots=True)
class Figures:
    """How many rooms there are."""

    at_acs: int
    here: int
    calls_here: int
    """Rooms of both sides that are not compared, because their calls run here."""


class Comparison:
    """One comparison. Every method may raise Failure if a side cannot be reached."""

    def __init__(
        self, acs: AcsRooms, here: Client, pace: Pace, rosters: bool, own: bool, at_once: int
    ) -> None:
        self._acs = acs
        self._here = here
        self._pace = pace
        self._rosters = rosters
        self._own = own
        self._at_once = at_once

    def read_lists(self, listed: Callable[[int], None]) -> tuple[list[Pair], Figures]:
        """Returns what there is to compare. `listed` is told of rooms as they come."""
        at_acs = self._acs.all(listed)
        here = {room["id"]: room for room in listed_here(self._here, self._pace.sleep)}
        listed(len(here))
        pairs = [Pair(id, here.get(id), at_acs.get(id)) for id in {**at_acs, **here}]
        calls_here = [pair for pair in pairs if _calls_run_here(pair)]
        compared = [
            pair
            for pair in pairs
            if not _calls_run_here(pair) or (self._own and pair.at_acs is not None)
        ]
        left_out = 0 if self._own else sum(pair.at_acs is not None for pair in calls_here)
        return compared, Figures(len(at_acs), len(here), left_out)

    def unlike(self, pairs: Sequence[Pair]) -> Generator[Unlike | None]:
        """Yields of each pair what differs, or None."""
        return each(self._compared, pairs, self._at_once, self._pace.stop)

    def _compared(self, pair: Pair) -> Unlike | None:
        room_id = pair.room_id
        if pair.here is None:
            return Unlike(room_id, Kind.ONLY_AT_ACS) if self._acs.room(room_id) else None
        if pair.at_acs is None and _is_over(pair.here):
            return None
        if (
            pair.at_acs is not None
            and not any(differences.of_fields(pair.here, pair.at_acs))
            and not (self._rosters and self._differing_roles(room_id))
        ):
            return None
        return self._looked_at_again(room_id)

    def _differing_roles(self, room_id: str) -> list[Difference]:
        here = differences.roster_of(self._overview(room_id))
        return [*differences.of_rosters(here, self._acs.roster(room_id) or {})]

    def _overview(self, room_id: str) -> Json:
        overview: Json = patiently(lambda: self._here.get(room_id, "overview"), self._pace.sleep)
        return overview

    def _looked_at_again(self, room_id: str) -> Unlike | None:
        here, at_acs = self._overview(room_id), self._acs.room(room_id)
        gone = here["state"] == "deleted"
        if at_acs is None:
            return None if gone or here["state"] == "expired" else Unlike(room_id, Kind.ONLY_HERE)
        if gone:
            return Unlike(room_id, Kind.ONLY_AT_ACS)
        found = [*differences.of_fields(here, at_acs)]
        if self._rosters:
            found += self._differing_roles(room_id)
        return Unlike(room_id, Kind.DIFFERS, found) if found else None


def _calls_run_here(pair: Pair) -> bool:
    return pair.here is not None and pair.here["carrier"] == "own"


def _is_over(room: Json) -> bool:
    return state(room, datetime.now(UTC)) == "expired"
