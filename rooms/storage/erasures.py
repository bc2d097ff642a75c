"""Erasures of persons: what was asked for, and how it goes on until it is done.

An erasure goes through the whole table several times, as guests are in no index. A process holds it
while it works on it, so that no other one does; and one is carried out after the other.
"""

import secrets
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from azure.data.tables import TableEntity

from rooms.domain.erasure import PSEUDONYM_PREFIX, Person
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.time import SECOND, Ticks, parse_time
from rooms.storage import keys
from rooms.storage.changes import Origin
from rooms.storage.entities import key_of, stored_time
from rooms.storage.erasure_at_acs import AcsRosters
from rooms.storage.erasure_receipts import Receipts
from rooms.storage.erasure_state import (
    IS_OPEN,
    PHASES,
    Erasure,
    Part,
    Phase,
    erasure_entity,
    erasure_of,
    part_entity,
    part_of,
)
from rooms.storage.erasure_users import users_of
from rooms.storage.erasure_walk import Walk
from rooms.storage.errors import ErasureNotFound, StorageUnavailable
from rooms.storage.identities import Identities
from rooms.storage.operations import Conflict, insert, merge, replace_unchanged
from rooms.storage.operations import replace as write
from rooms.storage.parallel import in_parallel
from rooms.storage.quarantine import Quarantine
from rooms.storage.table import MAX_PAGE, Table


class Erasures:
    """All erasures. Raises ErasureNotFound for one that was never asked for, StorageUnavailable as
    Table does."""

    def __init__(
        self,
        table: Table,
        clock: Callable[[], Ticks],
        limits: Limits = LIMITS,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        reads_acs: bool = False,
    ) -> None:
        """Makes them.

        Args:
            reads_acs: whether this service reads rooms at ACS: then who is invited to one of them
                is not erased, as they would come back.
        """
        self._table = table
        self._clock = clock
        self._limits = limits
        self._monotonic = monotonic
        self._quarantine = Quarantine(table, clock, limits)
        self._receipts = Receipts(table, clock, limits)
        self._identities = Identities(table)
        self._acs_rosters = AcsRosters(table, clock) if reads_acs else None

    async def start(self, raw_id: str | None, external_id: str | None, origin: Origin) -> Erasure:
        """Begins to erase the person with this raw id, or with this external id. Returns the
        erasure of the same person that is under way, if there is one. Two requests."""
        asked = frozenset(() if raw_id is None else (raw_id,))
        named = frozenset(() if external_id is None else (external_id,))
        for erasure in await self.open():
            person = erasure.person
            if (asked and asked <= person.raw_ids) or (
                named and external_id == person.asked_external_id
            ):
                return erasure
        erasure_id = uuid.uuid4().hex
        person = Person(
            f"{PSEUDONYM_PREFIX}{secrets.token_hex(16)}",
            secrets.token_hex(32),
            asked,
            named,
            external_id,
        )
        erasure = Erasure(
            erasure_id,
            person,
            replace(
                origin,
                request_id=person.in_id(origin.request_id),
                on_behalf_of=origin.on_behalf_of and person.in_id(origin.on_behalf_of),
            ),
            "ids" if named else "participants",
            self._clock(),
            None,
            Counter(),
            0,
        )
        await self._table.commit([insert(erasure_entity(erasure))])
        return erasure

    async def get(self, erasure_id: str) -> Erasure:
        """Returns an erasure as it is now. Two requests."""
        return await self._with_parts(erasure_of(await self._row(erasure_id)))

    async def open(self) -> list[Erasure]:
        """Returns the erasures that are not over: one that was worked on first, then in the order
        of their begin. One request."""
        return [erasure_of(row) for row in await self._open_rows()]

    async def run(self, erasure_id: str, seconds: float) -> Erasure:
        """Goes on with an erasure for that time, and before it with those that come first, and
        returns it as it is then.

        One is carried out at a time: of two erasures of one person, each would give a part of the
        person a pseudonym of its own. So it does nothing while another process is at work on one,
        nor while rooms move to another storage account.
        """
        deadline = self._monotonic() + seconds
        left = seconds
        is_over = erasure_of(await self._row(erasure_id)).is_over
        while not is_over:
            rows = await self._open_rows()
            if not rows or any(map(self._is_held, rows)):
                break
            if (await self._table.known_spread.anew()).moving is not None:
                break
            first = rows[0]
            await self._run(first, left)
            left = deadline - self._monotonic()
            is_over = first["RowKey"] == keys.erasure_row(erasure_id) or left <= 0
        return await self.get(erasure_id)

    async def run_open(self, seconds: float) -> list[Erasure]:
        """Goes on with all erasures that are not over, and returns them."""
        deadline = self._monotonic() + seconds
        gone_on = []
        for erasure in await self.open():
            if (left := deadline - self._monotonic()) > 0:
                gone_on.append(await self.run(erasure.id, left))
        return gone_on

    async def _run(self, row: TableEntity, seconds: float) -> None:
        """Holds an erasure, and goes on with it for that time."""
        deadline = self._monotonic() + seconds
        erasure_id = erasure_of(row).id
        until = stored_time(
            self._clock() + round((seconds + self._limits.erasure_hold_seconds) * SECOND)
        )
        try:
            await self._table.rewrite([merge(key_of(row) | {"heldUntil": until}, row)])
            await self._go_on(erasure_id, deadline)
        except Conflict:  # another process was faster to hold it
            return
        except StorageUnavailable:
            with suppress(StorageUnavailable):
                await self._release(erasure_id, until)
            raise
        await self._release(erasure_id, until)

    async def _open_rows(self) -> list[TableEntity]:
        rows = await self._table.first(
            keys.IDENTITY_PARTITION,
            keys.ERASURES_START,
            keys.ERASURES_END,
            MAX_PAGE,
            where=IS_OPEN,
        )
        # One that was worked on must be ended first, whatever the clocks of others say.
        return sorted(
            rows, key=lambda row: ("heldUntil" not in row, row["startedAt"], row["RowKey"])
        )

    def _is_held(self, row: TableEntity) -> bool:
        return "heldUntil" in row and parse_time(row["heldUntil"]) > self._clock()

    async def _go_on(self, erasure_id: str, deadline: float) -> None:
        """Goes on with an erasure until the deadline, phase by phase."""
        while not (erasure := erasure_of(row := await self._row(erasure_id))).is_over:
            if erasure.phase == "closing":
                await self._close(erasure, row)
                continue
            parts = await self._walked(erasure, deadline)
            if parts is None:
                return
            if await self._is_at_acs(erasure, parts):
                await self._refuse(erasure, parts, row)
                continue
            following = erasure_entity(await self._next(erasure, parts))
            held = {"heldUntil": row["heldUntil"]}
            with suppress(Conflict):  # another process has gone on with it meanwhile
                await self._table.rewrite([replace_unchanged(following | held, row)])

    async def _walked(self, erasure: Erasure, deadline: float) -> list[Part] | None:
        """Goes on with a phase in all partitions. Returns how they are if they are all at its
        end."""
        known = {part.partition: part for part in await self._parts(erasure.id)}
        parts = [known.get(p) or Part(p, erasure.phase) for p in await self._table.partitions()]
        parts = [
            part if part.phase == erasure.phase else part.begun(erasure.phase) for part in parts
        ]

        async def save(part: Part) -> None:
            await self._table.commit([write(part_entity(erasure.id, part))])

        walks = [
            Walk(
                self._table,
                erasure,
                part,
                self._quarantine,
                self._receipts,
                self._limits,
                self._monotonic,
                self._acs_rosters,
            ).go(deadline, save)
            for part in parts
            if part.at is not None
        ]
        return parts if all(await in_parallel(walks)) else None

    async def _next(self, erasure: Erasure, parts: list[Part]) -> Erasure:
        """Returns the erasure at the beginning of its next phase."""
        phase: Phase = PHASES[PHASES.index(erasure.phase) + 1]
        person, found, rows = erasure.person, erasure.found, erasure.rows
        if erasure.phase in ("ids", "participants"):  # these are known then
            person = replace(
                person,
                raw_ids=person.raw_ids.union(*(part.raw_ids for part in parts)),
                external_ids=person.external_ids.union(*(part.external_ids for part in parts)),
            )
        if phase == "rows":
            found = found + Counter(users=len(await users_of(self._identities, person)))
        if phase == "closing":
            found = sum((part.found for part in parts), found)
            rows += sum(part.rows for part in parts)
        finished_at = self._clock() if phase == "closing" else None
        return replace(
            erasure, phase=phase, person=person, found=found, rows=rows, finished_at=finished_at
        )

    async def _close(self, erasure: Erasure, row: TableEntity) -> None:
        """Deletes the users, writes the last receipt, and then forgets the ids."""
        for user in await users_of(self._identities, erasure.person):
            await self._identities.forget(user)
        await self._receipts.close(erasure)
        await self._end(replace(erasure, phase="done"), row)

    async def _is_at_acs(self, erasure: Erasure, parts: list[Part]) -> bool:
        """Returns whether a room at ACS invites the person, or a change is under way by which one
        may. Looks at the end of the last phase that changes nothing."""
        if self._acs_rosters is None or erasure.phase != "participants":
            return False
        return any(part.at_acs for part in parts) or await self._acs_rosters.are_changing(
            erasure.person
        )

    async def _refuse(self, erasure: Erasure, parts: list[Part], row: TableEntity) -> None:
        """Ends an erasure before any row is changed, with the rooms at ACS that invite the person,
        and forgets the ids."""
        rooms = sorted(set[str]().union(*(part.at_acs for part in parts)))
        refused = replace(
            erasure,
            phase="refused",
            finished_at=self._clock(),
            rows=erasure.rows + sum(part.rows for part in parts),
            at_acs=tuple(rooms[: self._limits.erasure_rooms]),
        )
        await self._end(refused, row)

    async def _end(self, ended: Erasure, row: TableEntity) -> None:
        """Forgets the ids of an erasure that is over."""
        for part in await self._parts(ended.id):
            with suppress(Conflict):
                key = keys.erasure_part_row(ended.id, part.partition)
                await self._table.delete(keys.IDENTITY_PARTITION, [key])
        with suppress(Conflict):
            await self._table.rewrite([replace_unchanged(erasure_entity(ended), row)])

    async def _with_parts(self, erasure: Erasure) -> Erasure:
        if erasure.phase == "closing" or erasure.is_over:
            return erasure
        parts = await self._parts(erasure.id)
        return replace(
            erasure,
            found=sum((part.found for part in parts), erasure.found),
            rows=erasure.rows + sum(part.rows for part in parts),
        )

    async def _parts(self, erasure_id: str) -> list[Part]:
        rows = await self._table.first(
            keys.IDENTITY_PARTITION, *keys.erasure_parts_range(erasure_id), MAX_PAGE
        )
        return [part_of(row) for row in rows]

    async def _row(self, erasure_id: str) -> TableEntity:
        if not keys.ERASURE_ID.fullmatch(erasure_id):
            raise ErasureNotFound
        row = await self._table.get(keys.IDENTITY_PARTITION, keys.erasure_row(erasure_id))
        if row is None:
            raise ErasureNotFound
        return row

    async def _release(self, erasure_id: str, until: str) -> None:
        """Lets other processes hold an erasure, if it is this one that holds it."""
        row = await self._row(erasure_id)
        if row.get("heldUntil") == until:
            released = {"heldUntil": stored_time(self._clock())}
            with suppress(Conflict):
                await self._table.rewrite([merge(key_of(row) | released, row)])
