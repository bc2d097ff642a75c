"""A second instance of this service in the place of ACS, for tests of several folders."""

from collections.abc import Iterator

import pytest

from testkit.acs_instance import AcsInstance


@pytest.fixture(scope="session")
def acs_instance(azurite: str) -> Iterator[AcsInstance]:
    """One instance; tests take `acs`."""
    with AcsInstance(azurite) as instance:
        yield instance


@pytest.fixture
def acs(acs_instance: AcsInstance) -> AcsInstance:
    """The instance, without faults and with nothing counted. Rooms of other tests are in it."""
    acs_instance.forget()
    return acs_instance
