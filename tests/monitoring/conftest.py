import json
import logging
from collections.abc import Mapping
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
from tests.monitoring.kql import Line

KEY = new_key()

OPERATIONS = "rooms.operations"


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

    def lines(self) -> list[Line]:
        """All that the service has logged."""
        return [
            Line(each.levelname, each.getMessage())
            for each in self.caplog.records
            if each.name.startswith("rooms")
        ]


async def service(client: TableClient, caplog: pytest.LogCaptureFixture) -> Logged:
    """A service with an empty table."""
    app = App({"ROOMS_MANAGE_KEY__app": KEY, "ROOMS_STORAGE": "UseDevelopmentStorage=true"})
    app.table = Table(client)
    caplog.set_level(logging.INFO)
    return Logged(app, caplog)


@pytest_asyncio.fixture
async def logged(direct: TableClient, caplog: pytest.LogCaptureFixture) -> Logged:
    """A service with an empty table."""
    return await service(direct, caplog)


@pytest_asyncio.fixture
async def faulty(client: TableClient, caplog: pytest.LogCaptureFixture) -> Logged:
    """The same behind the proxy, whose faults the test chooses."""
    return await service(client, caplog)
