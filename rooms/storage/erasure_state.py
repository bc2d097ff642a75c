"""How far an erasure has come: a row of its own, and one for each partition.

The ids of the person are in these rows only until the erasure is done.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from azure.data.tables import TableEntity

from rooms.domain.erasure import Person
from rooms.domain.time import Ticks, parse_time
from rooms.storage import keys
from rooms.storage.changes import Origin
from rooms.storage.entities import Entity, identity_row, pack, stored_time, unpack
from rooms.storage.table import Table

type Phase = Literal["ids", "participants", "rows", "receipts", "closing", "done", "refused"]
"""In turn: finds the raw ids that have the external id; finds the participant ids in calls; changes
the rows; writes which were changed; deletes the users and these ids; and is over. Or it is refused
before any row is changed."""

PHASES: tuple[Phase, ...] = get_args(Phase.__value__)

IS_OPEN = "phase ne 'done' and phase ne 'refused'"
"""What finds the rows of erasures that are not over."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """The erasure of a person, for whom and how far. `person` has no ids once it is over."""

    id: str
    person: Person
    origin: Origin
    phase: Phase
    started_at: Ticks
    finished_at: Ticks | None
    found: Counter[str]
    rows: int
    """Rows that have been read."""
    at_acs: tuple[str, ...] = ()
    """Rooms at ACS that invite the person, the first of them, if it is refused for that."""

    @property
    def is_done(self) -> bool:
        """Returns whether the person is erased."""
        return self.phase == "done"

    @property
    def is_over(self) -> bool:
        """Returns whether nothing more is done."""
        return self.phase in ("done", "refused")


@dataclass(slots=True)
class Part:
    """How far a phase has come in a partition, and what was found there so far.

    `at` is a place in the phase, and None behind its end.
    """

    partition: str
    phase: Phase
    at: tuple[int, str] | None = (0, "")
    rows: int = 0
    found: Counter[str] = field(default_factory=Counter)
    raw_ids: set[str] = field(default_factory=set)
    external_ids: set[str] = field(default_factory=set)
    participants: set[str] = field(default_factory=set)
    rooms: set[str] = field(default_factory=set)
    """Rooms in which rows were changed."""
    at_acs: set[str] = field(default_factory=set)
    """Rooms at ACS that invite the person."""

    def begun(self, phase: Phase) -> "Part":
        """Returns where the next phase begins."""
        return replace(self, phase=phase, at=(0, ""))


def erasure_entity(erasure: Erasure) -> Entity:
    """Returns the row of an erasure."""
    person = erasure.person
    row = identity_row(keys.erasure_row(erasure.id)) | {
        "phase": erasure.phase,
        "pseudonym": person.pseudonym,
        "actor": erasure.origin.actor,
        "requestId": erasure.origin.request_id,
        "startedAt": stored_time(erasure.started_at),
        "found": json.dumps(erasure.found),
        "rows": erasure.rows,
    }
    if erasure.origin.on_behalf_of is not None:
        row["onBehalfOf"] = erasure.origin.on_behalf_of
    if erasure.finished_at is not None:
        row["finishedAt"] = stored_time(erasure.finished_at)
    if erasure.at_acs:
        row["atAcs"] = json.dumps(erasure.at_acs)
    if erasure.is_over:
        return row
    return row | pack(
        {
            "secret": person.secret,
            "rawIds": sorted(person.raw_ids),
            "externalIds": sorted(person.external_ids),
            "askedExternalId": person.asked_external_id,
        }
    )


def erasure_of(row: TableEntity) -> Erasure:
    """Returns the erasure of its row."""
    ids: Mapping[str, Any] = unpack(row) if "data0" in row else {}
    finished = row.get("finishedAt")
    return Erasure(
        id=row["RowKey"].removeprefix(keys.ERASURES_START),
        person=Person(
            row["pseudonym"],
            ids.get("secret", ""),
            frozenset(ids.get("rawIds", ())),
            frozenset(ids.get("externalIds", ())),
            ids.get("askedExternalId"),
        ),
        origin=Origin(row["actor"], row["requestId"], row.get("onBehalfOf")),
        phase=row["phase"],
        started_at=parse_time(row["startedAt"]),
        finished_at=None if finished is None else parse_time(finished),
        found=Counter(json.loads(row["found"])),
        rows=row["rows"],
        at_acs=tuple(json.loads(row.get("atAcs", "[]"))),
    )


def part_entity(erasure: str, part: Part) -> Entity:
    """Returns the row of a part."""
    value = {
        "at": part.at,
        "rows": part.rows,
        "found": part.found,
        **{name: sorted(getattr(part, name)) for name in _SETS},
    }
    row = identity_row(keys.erasure_part_row(erasure, part.partition))
    return row | {"phase": part.phase} | pack(value)


def part_of(row: TableEntity) -> Part:
    """Returns the part of its row."""
    value = unpack(row)
    return Part(
        partition=row["RowKey"].rpartition(":")[2],
        phase=row["phase"],
        at=None if value["at"] is None else (value["at"][0], value["at"][1]),
        rows=value["rows"],
        found=Counter(value["found"]),
        **{name: set(value.get(name, ())) for name in _SETS},
    )


_SETS = ("raw_ids", "external_ids", "participants", "rooms", "at_acs")


async def is_any_open(table: Table) -> bool:
    """Returns whether a person is being erased. One request."""
    partition, start, end = keys.IDENTITY_PARTITION, keys.ERASURES_START, keys.ERASURES_END
    return bool(await table.first(partition, start, end, 1, ["RowKey"], IS_OPEN))
