"""Brings rooms of ACS here, one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from rooms_cli.client import Client, Json
from rooms_cli.failures import Refused
from rooms_cli.moving.acs_rooms import AcsRooms
from rooms_cli.moving.differences import Difference, of_fields
from rooms_cli.moving.pace import Pace
from rooms_cli.moving.patience import CHANGE_UNDER_WAY, patiently

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
    """Reads rosters at ACS and sends each room here. It is made before the list of ACS is read. Its
    method may raise Failure if one side cannot be reached, and Stopped of the pace."""

    def __init__(
        self, acs: AcsRooms, here: Client, pace: Pace, carrier: Carrier | None, dry_run: bool
    ) -> None:
        self._acs = acs
        self._here = here
        self._pace = pace
        self._listed_at = _now()
        self._options = {"dryRun": dry_run} | ({} if carrier is None else {"carrier": carrier})

    def bring(self, room: Json) -> Result:
        """Brings one room, as the list of ACS has it, with its roster. It is read again if it is
        just being changed, or was changed here since: it must not become what it was before."""
        bodies = self._bodies(room)
        body = next(bodies)

        def send() -> Json:
            nonlocal body
            if body is None:
                return {"outcome": Outcome.GONE}
            try:
                return self._here.import_room(room["id"], body)
            except Refused as refusal:
                if refusal.code == CHANGE_UNDER_WAY:
                    body = next(bodies)
                raise

        try:
            answer = patiently(send, self._pace.sleep)
        except Refused as refusal:
            outcome = _LEFT.get(refusal.code, Outcome.FAILED)
            return Result(room, _people(body), outcome, str(refusal))
        return Result(room, _people(body), Outcome(answer["outcome"]), changes=[*_changes(answer)])

    def _bodies(self, room: Json) -> Iterator[Json | None]:
        """Yields the body of an import: with the room as it was listed, and then as it is when it
        is read again. None: ACS does not have it."""
        read: Json | None = room
        seen_at = self._listed_at
        while True:
            people = None if read is None else self._acs.roster(room["id"])
            if read is None or people is None:
                yield None
            else:
                yield {
                    **{name: value for name, value in read.items() if name != "id"},
                    "participants": {raw_id: {"role": role} for raw_id, role in people.items()},
                    "seenAt": seen_at,
                    **self._options,
                }
            seen_at = _now()
            read = self._acs.room(room["id"])


def _people(body: Json | None) -> int:
    return 0 if body is None else len(body["participants"])


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


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
