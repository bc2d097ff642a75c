"""What tests of several folders use."""

from collections.abc import Iterator

import pytest

from devhost.azurite import Azurite
from tests.ports import free_port
from tests.storage_proxy import StorageProxy


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The connection string of an Azurite that runs as long as the tests."""
    with Azurite(tmp_path_factory.mktemp("azurite"), free_port()) as running:
        yield running.connection_string


@pytest.fixture(scope="session")
def _proxy(azurite: str) -> Iterator[StorageProxy]:
    with StorageProxy(azurite) as proxy:
        yield proxy


@pytest.fixture
def proxy(_proxy: StorageProxy) -> StorageProxy:
    """A proxy before that Azurite, without faults and with nothing counted."""
    _proxy.forget()
    return _proxy
