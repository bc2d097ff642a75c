"""An app in mode observe, whose ACS is a second instance."""

import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.acs.pull import Pull
from rooms.app import App
from rooms.domain.time import HOUR, now
from testkit.acs_instance import AcsInstance
from testkit.storage import Clock
from tests.moving.pull.observing import app_of


@pytest_asyncio.fixture
async def client(request: pytest.FixtureRequest, azurite: str) -> AsyncIterator[TableClient]:
    """A table that does not exist yet; behind the proxy only for tests that count requests."""
    counted = "proxy" in request.fixturenames
    storage = request.getfixturevalue("proxy").connection_string if counted else azurite
    async with TableClient.from_connection_string(
        storage, f"t{uuid.uuid4().hex}", use_env_settings=False
    ) as client:
        yield client


@pytest.fixture
def clock() -> Clock:
    """The clock of the app: so far ahead that no change is of just now."""
    return Clock(now() + HOUR)


@pytest_asyncio.fixture
async def app(client: TableClient, acs: AcsInstance, clock: Clock) -> AsyncIterator[App]:
    """The app, with a table of its own."""
    app = app_of(client, clock, {"ROOMS_ACS_MODE": "observe", **acs.settings})
    yield app
    assert app.acs is not None
    await app.acs.close()


@pytest.fixture
def pull(app: App) -> Pull:
    """The pull of the app."""
    assert app.pull is not None
    return app.pull
