"""What the table tells about the condition of the service."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from azure.core.exceptions import HttpResponseError

from rooms.domain.time import Ticks, parse_time
from rooms.storage import keys
from rooms.storage.accounts import partition_in
from rooms.storage.all_partitions import ONE_ACCOUNT, first_of_all
from rooms.storage.errors import ClockWrong, StorageUnavailable, TableMissing
from rooms.storage.operations import Conflict
from rooms.storage.parallel import in_parallel
from rooms.storage.table import Table

QUARANTINED = 1_000
"""Events in quarantine of a partition that are counted."""

_DENIED = (401, 403)

type AccountState = Literal["answers", "unreachable", "denied", "missing"]
"""How a storage account is. missing: it has no table with rooms of this service."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What was found.

    `upkeep_began`: when the oldest pass of the upkeep began; None if it has not begun in all
    partitions. `last_event_hour`: the beginning of the hour of the last event of a call.
    """

    upkeep_began: Ticks | None
    quarantined: int
    more_quarantined: bool
    last_event_hour: Ticks | None


async def read_condition(table: Table) -> Condition:
    """Reads the condition. Three requests for each partition; two in further accounts."""
    upkeep = await in_parallel(
        table.get(partition, keys.UPKEEP_ROW)
        for partition in [*await table.partitions(), keys.IDENTITY_PARTITION]
    )
    began = [None if row is None else parse_time(row["beganAt"]) for row in upkeep]
    known = [each for each in began if each is not None]
    events, more = await first_of_all(
        table,
        keys.QUARANTINE_START,
        keys.QUARANTINE_END,
        QUARANTINED,
        ["RowKey"],
        spread=ONE_ACCOUNT,
    )
    newest, _ = await first_of_all(
        table, keys.ALL_ACTIVITY_START, keys.ALL_ACTIVITY_END, 1, ["RowKey"]
    )
    hours = [keys.activity_of(row["RowKey"])[0] for row in newest]
    return Condition(
        upkeep_began=min(known) if len(known) == len(began) else None,
        quarantined=len(events),
        more_quarantined=more,
        last_event_hour=max(hours, default=None),
    )


async def has_marker(table: Table) -> bool:
    """Returns whether the table says that it is one of this service. One request."""
    return await table.get(keys.IDENTITY_PARTITION, keys.MARKER_ROW) is not None


async def try_to_write(table: Table, account: int = 0) -> None:
    """Removes a row that is never there. Raises StorageUnavailable if the account refuses."""
    with suppress(Conflict):
        await table.delete(partition_in(account, keys.PARTITIONS[0]), [".doctor"])


async def further_accounts(table: Table) -> dict[int, AccountState]:
    """Returns how each account but the first is that has rooms, or had some. Two requests for
    each."""
    spread = await table.spread()
    numbers = range(1, spread.count)
    found = await in_parallel(_state_of(table, number) for number in numbers)
    return dict(zip(numbers, found, strict=True))


async def _state_of(table: Table, account: int) -> AccountState:
    try:
        await table.get(partition_in(account, keys.PARTITIONS[0]), keys.UPKEEP_ROW)
        await try_to_write(table, account)
    except TableMissing:
        return "missing"
    except ClockWrong:
        return "answers"
    except StorageUnavailable as error:
        return "denied" if is_denied(error) else "unreachable"
    return "answers"


def is_denied(error: StorageUnavailable) -> bool:
    """Returns whether the storage has refused the rights of the service."""
    cause = error.__cause__
    return isinstance(cause, HttpResponseError) and cause.status_code in _DENIED
