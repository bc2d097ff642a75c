"""Events that are there already when a test begins to ask."""

import asyncio

from azure.data.tables.aio import TableClient

from rooms.storage.table import Table
from testkit.events import Element
from testkit.running import RunningApp, shared_storage
from testkit.stored_events import operations_of, write


def store(app: RunningApp, *events: Element) -> None:
    """Writes the rows of new events as the app does, many with each request to the storage. For
    tests of what many events are told to be, not of their delivery."""

    async def store() -> None:
        async with TableClient.from_connection_string(shared_storage(), app.table) as client:
            await write(Table(client), operations_of(events))

    asyncio.run(store())
