"""Brings rooms of ACS here, one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from rooms_cli.client import Client, Json
from rooms_cli.failures import Refused
from rooms_cli.moving.acs_rooms import AcsRooms
from rooms_cli.moving.differences import Difference, of_fields
from rooms_cli.moving.pace import Pace
from rooms_cli.moving.patience import patiently

type Carrier = Literal["acs", "own"]


class Outcome(StrEnum):
    """What became of a room, in the order in which they are counted."""

    IMPORTED = "imported"
    CHANGED = "changed"
    SAME = "same"
    EARLIER = "done before"
    GONE = "gone at ACS"
    DELETED_HERE = "deleted here"
    MOVED = "calls elsewhere"
    FAILED = "failed"


_LEFT = {"DeletedHere": Outcome.DELETED_HERE, "AnotherCarrier": Outcome.MOVED}
"""Refusals that are no failure, by their code: somebody wanted it so."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a room, or would become of it."""

    room: Json
    people: int
    outcome: Outcome
    detail: str = ""
    """Why it was left, or failed."""
    changes: Sequence[Difference] = ()
    """What was here, and what ACS has."""


class Importer:
    """Reads rosters at ACS and sends each room here. Its method may raise Failure if one side
    cannot be reached, and Stopped of the pace."""

    def __init__(
        self, acs: AcsRooms, here: Client, pace: Pace, carrier: Carrier | None, dry_run: bool
    ) -> None:
        self._acs = acs
        self._here = here
        self._pace = pace
        self._options = {"dryRun": dry_run} | ({} if carrier is None else {"carrier": carrier})

    def bring(self, room: Json) -> Result:
        """Brings one room, as the list of ACS has it, with its roster."""
        people = self._acs.roster(room["id"])
        if people is None:
            return Result(room, 0, Outcome.GONE)
        body = {
            **{name: value for name, value in room.items() if name != "id"},
            "participants": {raw_id: {"role": role} for raw_id, role in people.items()},
            **self._options,
        }
        try:
            answer = patiently(lambda: self._here.import_room(room["id"], body), self._pace.sleep)
        except Refused as refusal:
            outcome = _LEFT.get(refusal.code, Outcome.FAILED)
            return Result(room, len(people), outcome, str(refusal))
        changes = [*_changes(answer)]
        return Result(room, len(people), Outcome(answer["outcome"]), changes=changes)


def _changes(answer: Json) -> Iterator[Difference]:
    """Yields what an answer of the service names."""
    if "before" in answer:
        yield from of_fields(answer["before"], answer["after"])
    roster = answer.get("participants") or {"added": {}, "changed": {}, "removed": {}}
    for raw_id, role in roster["added"].items():
        yield Difference(raw_id, None, role)
    for raw_id, change in roster["changed"].items():
        yield Difference(raw_id, change["before"], change["after"])
    for raw_id, role in roster["removed"].items():
        yield Difference(raw_id, role, None)
