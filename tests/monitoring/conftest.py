import json
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.app import App
from rooms.storage.table import Table
from testkit.functions import ask
from testkit.raw import NEWEST
from testkit.raw_http import Answer
from testkit.running import new_key
from testkit.storage import know_floors

KEY = new_key()


@dataclass
class Logged:
    """A service in this process, and what it logs."""

    app: App
    caplog: pytest.LogCaptureFixture

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        version: str = NEWEST,
        key: str = KEY,
    ) -> Answer:
        """Sends a signed request."""
        return await ask(self.app, key, method, path, body, headers, version)

    async def record(
        self, method: str, path: str, body: object = None, **more: Any
    ) -> dict[str, Any]:
        """Sends a request, and returns the one record that it leaves in the operations log."""
        self.caplog.clear()
        await self.send(method, path, body, **more)
        (record,) = self.records()
        return record

    def records(self) -> list[dict[str, Any]]:
        """The records in the operations log."""
        lines = [each.getMessage() for each in self.caplog.records if each.name == OPERATIONS]
        return [json.loads(line) for line in lines]


OPERATIONS = "rooms.operations"


@pytest_asyncio.fixture
async def logged(direct: TableClient, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Logged]:
    """A service with an empty table."""
    app = App({"ROOMS_MANAGE_KEY__app": KEY})
    app.table = Table(direct)
    await know_floors(app.table)
    with caplog.at_level(logging.INFO):
        yield Logged(app, caplog)
