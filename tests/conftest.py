"""Gives tests of several folders what they share: an Azurite, a proxy before it, tables."""

import gc
import os
import signal
import uuid
from collections.abc import AsyncIterator, Iterator
from types import FunctionType

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient
from hypothesis import HealthCheck, settings

from rooms.storage import keys
from testkit import leash
from testkit.running import shared_storage, shared_storages
from testkit.storage_proxy import StorageProxy
from testkit.waiting import HANG_SECONDS

# Of several processes (pytest-xdist), the one that prints loads no conftest.py below this one.
pytest_plugins = (
    "tests.contract.tally",
    "tests.console.chromium",
    "tests.livekit",
    "tests.acs_instance",
)


# An example may take as long as the machine does.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


def pytest_configure() -> None:
    """Holds all that tests start on a leash, and lets Ctrl-C end it.

    What a shell runs in the background ignores Ctrl-C, and so would all that tests start.
    """
    leash.hold()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


SERVICES = {
    "AcsInstance",
    "LiveKitDouble",
    "StorageProxy",
    "failed_start",
    "free_port",
    "program_or_reason",
    "running_app",
    "running_app_with_calls",
    "running_devhost",
    "running_livekit",
    "shared_storage",
    "shared_storages",
    "start_devhost",
    "subprocess",
    "sync_playwright",
}
"""What starts processes or listens on ports. A test is quick if it needs none of these."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keeps the garbage collector from looking at thousands of tests again and again."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks the quick tests. Leaves out the thorough ones, unless THOROUGH=1."""
    for item in items:
        if not needs_a_service(item):
            item.add_marker("quick")
    if os.environ.get("THOROUGH") != "1":
        config.hook.pytest_deselected(
            items=[item for item in items if item.get_closest_marker("thorough")]
        )
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]


def needs_a_service(item: pytest.Item) -> bool:
    """Whether the module of a test names a service, or one of its fixtures does."""
    assert isinstance(item, pytest.Function)
    fixtures = [
        fixture.func.__code__
        for definitions in item._fixtureinfo.name2fixturedefs.values()
        for fixture in definitions
        if isinstance(fixture.func, FunctionType)
    ]
    named = {name for code in fixtures for name in code.co_names}
    return not SERVICES.isdisjoint(named | vars(item.module).keys())


@pytest.fixture(scope="session")
def azurite() -> str:
    """The connection string of an Azurite that runs as long as the tests."""
    return shared_storage()


@pytest.fixture(scope="session")
def azurites(azurite: str) -> list[str]:
    """The connection strings of three storage accounts, the first of which is `azurite`."""
    return shared_storages(3)


@pytest.fixture(scope="session")
def storage_proxies(
    azurites: list[str], storage_proxy: StorageProxy
) -> Iterator[list[StorageProxy]]:
    """A proxy before each of them; tests take `proxies`."""
    with StorageProxy(azurites[1]) as second, StorageProxy(azurites[2]) as third:
        yield [storage_proxy, second, third]


@pytest.fixture
def proxies(storage_proxies: list[StorageProxy]) -> Iterator[list[StorageProxy]]:
    """The same, without faults and with nothing counted; without faults after the test, too."""
    for each in storage_proxies:
        each.forget()
    yield storage_proxies
    for each in storage_proxies:
        each.forget()


@pytest.fixture(scope="session")
def storage_proxy(azurite: str) -> Iterator[StorageProxy]:
    """One proxy before that Azurite; tests take `proxy`."""
    with StorageProxy(azurite) as proxy:
        yield proxy


@pytest.fixture
def proxy(storage_proxy: StorageProxy) -> Iterator[StorageProxy]:
    """The proxy, without faults and with nothing counted; without faults after the test, too."""
    storage_proxy.forget()
    yield storage_proxy
    storage_proxy.forget()


@pytest.fixture
def read_timeout() -> float:
    """Seconds that `client` waits for an answer. Tests whose storage never answers have fewer."""
    return HANG_SECONDS


@pytest.fixture
def retries() -> int:
    """How often `client` sends a request again."""
    return 1


@pytest_asyncio.fixture
async def client(
    proxy: StorageProxy, read_timeout: float, retries: int
) -> AsyncIterator[TableClient]:
    """A table that does not exist yet, behind the proxy."""
    async with TableClient.from_connection_string(
        proxy.connection_string,
        f"t{uuid.uuid4().hex}",
        read_timeout=read_timeout,
        retry_total=retries,
        retry_backoff_factor=0.01,
        use_env_settings=False,
    ) as client:
        yield client


@pytest_asyncio.fixture
async def direct(azurite: str) -> AsyncIterator[TableClient]:
    """The same without the proxy before it, which is quicker."""
    async with TableClient.from_connection_string(
        azurite, f"t{uuid.uuid4().hex}", use_env_settings=False
    ) as client:
        yield client


@pytest.fixture
def crowded_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts all rooms into the partition 7."""
    for module in ("rooms.domain.room", "rooms.storage.creation"):
        monkeypatch.setattr(
            f"{module}.numbered_room_id", lambda number: f"994{number % 10**13:013d}7"
        )


@pytest.fixture
def one_partition(monkeypatch: pytest.MonkeyPatch, crowded_partition: None) -> None:
    """Leaves no other partition than 7: to go through all of them takes fewer requests."""
    monkeypatch.setattr(keys, "quarantine_partition", lambda _: "7")
    monkeypatch.setattr(keys, "PARTITIONS", "7")
    monkeypatch.setattr(keys, "partitions", lambda: ["7"])
