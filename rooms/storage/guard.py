"""What stands between the service and its storage: whether the table is ours, whether requests are
let through, and whether the clock is right enough to change anything."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from azure.core.exceptions import AzureError

from rooms.storage.azure_errors import is_failure, lacks_table, refusal, summary
from rooms.storage.circuit import Circuit, name_of
from rooms.storage.clock_check import ClockCheck
from rooms.storage.errors import StorageUnavailable
from rooms.storage.table_check import TableCheck

_log = logging.getLogger(__name__)

SLOW_SECONDS = 1.0
"""Seconds after which a request that is given up counts as one that was not answered."""

PROBE_SECONDS = 0.25
"""Seconds that requests wait for the one that tries: a storage that is well has answered then."""

_TELL_SECONDS = 60.0
"""Seconds after which the log has the same failure of the storage again: an outage makes many."""


@dataclass(frozen=True, slots=True)
class TableState:
    """What this process knows of its table, without asking.

    `asked_in`: seconds until the storage is asked again; None if it is asked. `refused_ago`:
    seconds since it last refused a request, as there were too many. `clock_ahead`: seconds that the
    clock here is ahead.
    """

    asked_in: int | None
    refused_ago: float | None
    clock_ahead: float | None


def worst(states: Sequence[TableState]) -> TableState:
    """Returns what is known of the table in several storage accounts: the worst of each."""
    return TableState(
        max((each.asked_in for each in states if each.asked_in is not None), default=None),
        min((each.refused_ago for each in states if each.refused_ago is not None), default=None),
        max(
            (each.clock_ahead for each in states if each.clock_ahead is not None),
            key=abs,
            default=None,
        ),
    )


class Guard:
    """Watches all requests of a process to its table in a storage account.

    Args:
        check: whether the table is ours. None: any table is used.
        clock: whether the clock is right. None: it is not looked at.
        account: the number of the account, for the log.
    """

    def __init__(
        self,
        check: TableCheck | None = None,
        clock: ClockCheck | None = None,
        account: int = 0,
    ) -> None:
        self.check = check
        self.clock = clock
        self.circuit = Circuit(account=account)
        self._account = name_of(account)
        self._told: dict[str, float] = {}
        self._probes: dict[str, asyncio.Task[None]] = {}

    def state(self) -> TableState:
        """Returns what is known."""
        return TableState(
            self.circuit.open_seconds,
            self.circuit.refused_seconds,
            None if self.clock is None else self.clock.ahead,
        )

    async def admit(self, partition: str, probe: Callable[[], Awaitable[object]]) -> None:
        """Lets a request through, or not. When it is time to try, carries out `probe` once for all,
        also if nobody waits for it any longer.

        Raises:
            StorageUnavailable: it is not let through.
        """
        if not self.circuit.is_open:
            return
        if (scope := self.circuit.due(partition)) is not None:
            task = self._probes.get(scope)
            if task is None:
                task = asyncio.create_task(self._try(scope, partition, probe))
                self._probes[scope] = task
            await asyncio.wait([task], timeout=PROBE_SECONDS)
        self.circuit.check(partition)

    async def _try(
        self, scope: str, partition: str, probe: Callable[[], Awaitable[object]]
    ) -> None:
        try:
            with suppress(AzureError), self.request(partition):
                await probe()
        finally:
            del self._probes[scope]

    @contextmanager
    def request(self, partition: str, timed: bool = True) -> Iterator[None]:
        """Watches a request, and lets its AzureError through.

        Args:
            timed: it counts as not answered if it is given up after some time.
        """
        began = time.monotonic()
        try:
            yield
        except AzureError as error:
            if (seconds := refusal(error)) is not None:
                self.circuit.refused(partition, seconds)
            elif is_failure(error):
                self.circuit.failed()
            else:
                self.circuit.answered(partition)
            raise
        except asyncio.CancelledError:
            if timed and time.monotonic() > began + SLOW_SECONDS:
                self.circuit.failed()
            raise
        self.circuit.answered(partition)

    def unavailable(self, error: AzureError) -> StorageUnavailable:
        """Returns the error that says that the storage is not available, for this reason."""
        self.tell(logging.ERROR, "storage: %s", error)
        return StorageUnavailable(refusal(error) or 1)

    def tell(self, level: int, text: str, error: AzureError) -> None:
        """Logs a failed request, unless the log had the same lately, or no requests are let
        through."""
        now, what = time.monotonic(), f"{self._account}{summary(error)}"
        lately = now < self._told.get(what, now - _TELL_SECONDS) + _TELL_SECONDS
        if not (lately or self.circuit.is_open):
            self._told = {what: now}
            _log.log(level, text, what)

    def check_that_it_is_there(self, error: AzureError) -> None:
        """Raises TableMissing if the error says that a table that was there is gone."""
        if self.check is not None and self.check.passed and lacks_table(error):
            raise self.check.missing() from error
