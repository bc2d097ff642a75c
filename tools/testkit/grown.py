"""The service over several storage accounts, in as many processes as a test wants, and who moves
rooms between the accounts meanwhile."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from azure.data.tables.aio import TableClient

from devhost.table import prepare_table
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.time import now
from rooms.storage.growth.growth import grow
from rooms.storage.growth.run import Run
from testkit.mortal_app import Life, MortalApp, mortal_app, mortal_client
from testkit.running import new_key, storage_settings


@dataclass
class Grown:
    """A deployment. All its rooms are in the first of its storage accounts, to begin with."""

    storages: Sequence[str]
    """Connection strings."""
    limits: Limits = LIMITS
    table: str = field(default_factory=lambda: f"t{uuid.uuid4().hex}")
    key: str = field(default_factory=new_key)

    def __post_init__(self) -> None:
        prepare_table(self.storages[0], self.table)

    def process(self) -> AbstractAsyncContextManager[MortalApp]:
        """Starts a process of the service."""
        settings = {**storage_settings(self.storages), "ROOMS_TABLE": self.table}
        return mortal_app(self.storages[0], settings, self.key, limits=self.limits)

    async def grow(
        self,
        accounts: str,
        life: Life | None = None,
        mover: Callable[[Sequence[TableClient]], Run] | None = None,
    ) -> None:
        """Moves digits until they are in these accounts. Raises Killed if the process that moves
        them dies.

        Args:
            mover: makes the run over the tables of the accounts.
        """
        clients = [mortal_client(storage, self.table, life or Life()) for storage in self.storages]
        try:
            run = Run(clients, now, self.limits) if mover is None else mover(clients)
            await grow(run, accounts)
        finally:
            for client in clients:
                await client.close()

    async def rows(self) -> list[Mapping[str, Any]]:
        """Returns the rows of all accounts."""
        found: list[Mapping[str, Any]] = []
        for storage in self.storages:
            async with mortal_client(storage, self.table, Life()) as client:
                found += [row async for row in client.list_entities()]
        return found
