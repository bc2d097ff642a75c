"""A table in memory behind the SDK's interface, and a schedule that says in which order requests
arrive, so that a test can try every order."""

import re
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterable, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, cast

from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceRequestError,
)
from azure.data.tables import TableErrorCode, TableTransactionError, TransactionOperation
from azure.data.tables.aio import TableClient

from rooms.storage.operations import Operation

type Rows = dict[tuple[str, str], dict[str, Any]]
type Actor = Coroutine[Any, Any, None]

_WITHIN = re.compile("PartitionKey eq '(.*)' and RowKey ge '(.*)' and RowKey lt '(.*)'")


class Fate(Enum):
    """What becomes of a transaction on its way."""

    ARRIVES = auto()
    UNANSWERED = auto()
    """Carried out, and the answer is lost."""
    LATE = auto()
    """Given up, and carried out at any later time."""
    TWICE = auto()
    """Carried out, and once more at any later time."""


def _at_once() -> bool:
    return True


class _Turn:
    """Waits for its turn, which does not come before it is `ready`. `writes`: it is that of a
    transaction, whose fate is chosen then."""

    def __init__(self, writes: bool = False, ready: Callable[[], bool] = _at_once) -> None:
        self.writes = writes
        self.ready = ready

    def __await__(self) -> Generator["_Turn", Fate, Fate]:
        return (yield self)


class TurnLock:
    """What asyncio.Lock is, without an event loop."""

    def __init__(self) -> None:
        self._free = True

    async def __aenter__(self) -> None:
        if not self._free:
            await _Turn(ready=lambda: self._free)
        self._free = False

    async def __aexit__(self, *_: object) -> None:
        self._free = True


@dataclass
class MemoryTable:
    """What is stored, and the transactions that are still under way."""

    rows: Rows = field(default_factory=dict)
    late: list[Actor] = field(default_factory=list)

    def client(self) -> TableClient:
        """Returns a client, as one process has it."""
        return cast(TableClient, _Client(self))

    def carry_out(self, operations: Iterable[Operation]) -> None:
        """Carries out a transaction: all of it or nothing. Raises TableTransactionError."""
        rows = dict(self.rows)
        for index, operation in enumerate(operations):
            kind, entity = operation[:2]
            key = entity["PartitionKey"], entity["RowKey"]
            if kind == TransactionOperation.CREATE and key in rows:
                raise _refused(index, 409, TableErrorCode.ENTITY_ALREADY_EXISTS)
            needs_row = kind in (TransactionOperation.UPDATE, TransactionOperation.DELETE)
            if needs_row and key not in rows:
                raise _refused(index, 404, TableErrorCode.RESOURCE_NOT_FOUND)
            if kind == TransactionOperation.DELETE:
                del rows[key]
            else:
                rows[key] = rows.get(key, {}) | deepcopy(dict(entity))
        self.rows = rows


@dataclass
class _Client:
    """What `Table` uses of a TableClient. Each request waits for its turn."""

    table: MemoryTable

    async def get_entity(self, partition: str, row: str) -> Mapping[str, Any]:
        await _Turn()
        try:
            return self.table.rows[partition, row]
        except KeyError:
            raise ResourceNotFoundError from None

    async def query_entities(self, where: str, **_: Any) -> AsyncIterator[Mapping[str, Any]]:
        await _Turn()
        match = _WITHIN.fullmatch(where)
        assert match, where
        partition, start, end = match.groups()
        for key in sorted(self.table.rows):
            if key[0] == partition and start <= key[1] < end:
                yield self.table.rows[key]

    async def submit_transaction(self, operations: Iterable[Operation], **_: Any) -> None:
        operations = list(operations)
        fate = await _Turn(writes=True)
        if fate in (Fate.LATE, Fate.TWICE):
            self.table.late.append(self._later(operations))
        if fate is not Fate.LATE:
            self.table.carry_out(operations)
        if fate in (Fate.UNANSWERED, Fate.LATE):
            raise ServiceRequestError("the connection was cut")

    async def create_entity(self, entity: Mapping[str, Any], **_: Any) -> None:
        await _Turn()
        try:
            self.table.carry_out([(TransactionOperation.CREATE, entity)])
        except TableTransactionError as error:
            raise ResourceExistsError from error

    async def _later(self, operations: Iterable[Operation]) -> None:
        await _Turn()
        with suppress(TableTransactionError):
            self.table.carry_out(operations)


def _refused(index: int, status: int, code: TableErrorCode) -> HttpResponseError:
    error = TableTransactionError(message=f"{index}:{code.value}", index=index)
    error.status_code = status
    vars(error)["error_code"] = code
    return error


def every_order(
    scenario: Callable[[], tuple[MemoryTable, list[Actor]]],
    check: Callable[[], None],
    fates: int = 0,
) -> int:
    """Runs the scenario anew in every order in which its requests can arrive, and then `check`.

    Args:
        fates: so many transactions of a run, at most, have another fate than to arrive.

    Returns how many orders there were.
    """
    choices: list[tuple[int, int]] = []
    count = 0
    while True:
        choices = _run(scenario, [chosen for chosen, _ in choices], fates)
        check()
        count += 1
        while choices and choices[-1][0] + 1 == choices[-1][1]:
            choices.pop()
        if not choices:
            return count
        chosen, options = choices.pop()
        choices.append((chosen + 1, options))


def _run(
    scenario: Callable[[], tuple[MemoryTable, list[Actor]]], prefix: list[int], fates: int
) -> list[tuple[int, int]]:
    """Runs it once, by these choices and then by the first each time. Returns the choices, and of
    how many each was one."""
    table, actors = scenario()
    waiting = {actor: turn for actor in actors if (turn := _step(actor, None)) is not None}
    choices: list[tuple[int, int]] = []
    while waiting:
        options = [
            (actor, fate)
            for actor, turn in waiting.items()
            if turn.ready()
            for fate in (Fate if turn.writes and fates else [Fate.ARRIVES])
        ]
        chosen = prefix[len(choices)] if len(choices) < len(prefix) else 0
        choices.append((chosen, len(options)))
        actor, fate = options[chosen]
        fates -= fate is not Fate.ARRIVES
        turn = _step(actor, fate)
        if turn is None:
            del waiting[actor]
        else:
            waiting[actor] = turn
        while table.late:
            late = table.late.pop()
            turn = _step(late, None)
            assert turn is not None
            waiting[late] = turn
    return choices


def _step(actor: Actor, fate: Fate | None) -> _Turn | None:
    """Lets an actor go on until its next request, or its end."""
    try:
        turn = actor.send(fate)
    except StopIteration:
        return None
    assert isinstance(turn, _Turn), turn
    return turn


def run_alone(actor: Actor) -> None:
    """Carries out what an actor does, when no other is there."""
    turn = _step(actor, None)
    while turn is not None:
        turn = _step(actor, Fate.ARRIVES)
