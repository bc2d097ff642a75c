"""The first user of a deployment, for whom it gets its id and its key, as an operation."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

from azure.data.tables.aio import TableClient

from faults.client import MAX_TRIES, Unanswered
from faults.lane import Lane
from faults.operation import Outcome, Trial
from rooms.domain.time import now
from rooms.identity.local import AccessToken, LocalIdentities
from rooms.storage.errors import StorageUnavailable
from rooms.storage.identities import Identities
from rooms.storage.table import Table

_CLIENT: dict[str, Any] = {"connection_timeout": 2, "read_timeout": 5, "retry_backoff_factor": 0.2}
"""Options of a storage client as the app has them."""

# What the storage says of faults is in the logs of the apps, and not on the terminal.
logging.getLogger("rooms.storage").addHandler(logging.NullHandler())

_NUMBERS = count()


def first_user(lane: Lane) -> Trial:
    """In a table that does not exist, and not by the lane's app: it remembers its deployment and
    its key. Whoever reads them later has the same."""
    table = f"first{lane.table}x{next(_NUMBERS)}"
    made: list[tuple[str, AccessToken]] = []

    async def use[T](connection: str, work: Callable[[LocalIdentities], Awaitable[T]]) -> T:
        async with TableClient.from_connection_string(connection, table, **_CLIENT) as client:
            return await work(LocalIdentities(Identities(Table(client)), now))

    async def make(identities: LocalIdentities) -> None:
        made.append(await identities.create_with_token(["voip"], 60))

    async def check(identities: LocalIdentities) -> bool:
        raw_id, token = made[-1]
        claims = await identities.check(token.token)
        return not isinstance(claims, str) and claims.raw_id == raw_id

    def carry_out() -> Outcome:
        for tries in range(1, MAX_TRIES + 1):
            try:
                asyncio.run(use(lane.proxy.connection_string, make))
            except StorageUnavailable:
                continue
            return Outcome((201, None), tries)
        raise Unanswered("there is no first user")

    return Trial(carry_out, lambda _: asyncio.run(use(lane.proxy.target, check)))
