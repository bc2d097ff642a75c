"""What tests of several folders use."""

import os
import signal
from collections.abc import Iterator

import pytest

from devhost.azurite import Azurite
from testkit.ports import free_port
from testkit.storage_proxy import StorageProxy

# Of several processes (pytest-xdist), the one that prints loads no conftest.py below this one.
pytest_plugins = ("tests.contract.tally", "tests.console.chromium")


def pytest_configure() -> None:
    """What a shell runs in the background ignores Ctrl-C, and so would all that tests start and
    interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without THOROUGH=1 the tests are a short form."""
    if os.environ.get("THOROUGH") != "1":
        config.hook.pytest_deselected(
            items=[item for item in items if item.get_closest_marker("thorough")]
        )
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The connection string of an Azurite that runs as long as the tests."""
    with Azurite(tmp_path_factory.mktemp("azurite"), free_port(), in_memory=True) as running:
        yield running.connection_string


@pytest.fixture(scope="session")
def storage_proxy(azurite: str) -> Iterator[StorageProxy]:
    """One proxy before that Azurite; tests take `proxy`."""
    with StorageProxy(azurite) as proxy:
        yield proxy


@pytest.fixture
def proxy(storage_proxy: StorageProxy) -> StorageProxy:
    """The proxy, without faults and with nothing counted."""
    storage_proxy.forget()
    return storage_proxy
