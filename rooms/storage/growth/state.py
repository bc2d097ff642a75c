"""The row `.spread` as who moves digits writes it: where rooms are, what is left behind, and who
holds the lease."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.data.tables import TableEntity, UpdateMode
from azure.data.tables.aio import TableClient

from rooms.domain.time import SECOND, Ticks, parse_time
from rooms.storage import keys
from rooms.storage.azure_errors import is_conflict
from rooms.storage.entities import Entity, stored_time
from rooms.storage.growth.errors import GrowthError, Held, TakenOver, Unsure
from rooms.storage.spread import Spread, spread_entity, spread_of

HOLD_SECONDS = 30.0
"""Seconds for which a run holds the lease, unless it renews it."""

_HOLDER, _HELD_UNTIL, _LEFT = "holder", "heldUntil", "left"
_WRITTEN = {*spread_entity(Spread()), "moving", "to", "phase", _HOLDER, _HELD_UNTIL, _LEFT}
"""What this row has by who moves digits. The rest stays."""


@dataclass(frozen=True, slots=True)
class State:
    """Where rooms are, and what moves have left behind: digits by account, whose rows there are of
    no use."""

    spread: Spread
    left: dict[int, str]

    def without_left(self, account: int) -> "State":
        """Returns the state when an account has nothing any more that is of no use."""
        return replace(self, left={one: left for one, left in self.left.items() if one != account})

    def with_left(self, account: int, digit: str) -> "State":
        """Returns the state when an account has rows of the digit that are of no use; or only of
        the journal, if the digit is empty."""
        digits = "".join(sorted({*self.left.get(account, ""), *digit}))
        return replace(self, left={**self.left, account: digits})


class StateRow:
    """The row. Raises AzureError if the storage does not answer: what became of a write is not
    known then, and `hold` tells."""

    def __init__(self, client: TableClient, clock: Callable[[], Ticks]) -> None:
        self._client = client
        self._clock = clock
        self._holder = uuid.uuid4().hex
        self.holds = False
        """Whether this run has the lease, as far as it knows."""
        self._row: Entity = {}
        self._etag: str | None = None
        self.state = State(Spread(), {})

    async def read(self) -> State:
        """Reads the state. One request."""
        try:
            row = await self._client.get_entity(keys.IDENTITY_PARTITION, keys.SPREAD_ROW)
        except ResourceNotFoundError:
            self._row, self._etag, self.state = {}, None, State(Spread(), {})
        else:
            self._row, self._etag = dict(row), row.metadata["etag"]
            self.state = State(spread_of(row), _left_of(row))
        return self.state

    async def check(self) -> None:
        """Checks that the row is as this run has written it. One request.

        Raises:
            TakenOver: another run has the lease.
            Unsure: a write of this run came late.
        """
        known = self._etag
        await self.read()
        if self._etag != known:
            raise self._changed()

    async def hold(self) -> None:
        """Takes the lease, or renews it. Two requests.

        Raises:
            Held: another run has it.
            TakenOver: another run was faster, or has had it since this one had it.
            Unsure: a write of this run came late.
        """
        await self.read()
        holder = self._row.get(_HOLDER)
        if self.holds and holder != self._holder:
            raise self._changed()
        if holder not in (None, self._holder):
            until = parse_time(self._row[_HELD_UNTIL])
            if until > self._clock():
                raise Held(until)
        await self.write(self.state)
        self.holds = True

    async def write(self, state: State) -> None:
        """Writes the state, and renews the lease. One request.

        Raises:
            TakenOver: another run has the lease.
            Unsure: this write came twice, or another one of this run came late.
        """
        until = self._clock() + round(HOLD_SECONDS * SECOND)
        await self._write(state, {_HOLDER: self._holder, _HELD_UNTIL: stored_time(until)})

    async def release(self) -> None:
        """Gives the lease back, which this run has. One request. Raises what `write` raises."""
        await self._write(self.state, {})
        self.holds = False

    async def _write(self, state: State, lease: Entity) -> None:
        others = {name: self._row[name] for name in self._row if name not in _WRITTEN}
        entity = others | spread_entity(state.spread) | lease
        if state.left:
            entity[_LEFT] = json.dumps(state.left)
        try:
            if self._etag is None:
                answer = await self._client.create_entity(entity, retry_total=0)
            else:
                answer = await self._client.update_entity(
                    entity,
                    UpdateMode.REPLACE,
                    etag=self._etag,
                    match_condition=MatchConditions.IfNotModified,
                    retry_total=0,
                )
        except HttpResponseError as error:
            if not is_conflict(error):
                raise
            await self.read()
            raise self._changed() from error
        self._row, self._etag, self.state = entity, answer["etag"], state

    def _changed(self) -> GrowthError:
        """Returns why the row is another than this run knew."""
        is_own = self._row.get(_HOLDER) == self._holder
        self.holds = self.holds and is_own
        return Unsure() if is_own else TakenOver()


def _left_of(row: TableEntity) -> dict[int, str]:
    left = json.loads(row.get(_LEFT, "{}"))
    return {int(account): digits for account, digits in left.items()}
