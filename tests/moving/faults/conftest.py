from collections.abc import Iterator

import pytest

from testkit.acs_instance import AcsInstance
from testkit.two_sides import TwoSides


@pytest.fixture
def own_acs(azurite: str, in_one_partition: None) -> Iterator[AcsInstance]:
    """An instance in the place of ACS, with no rooms: both sides are compared as a whole.
    They have one partition: the passes read all of them."""
    with AcsInstance(azurite) as instance:
        yield instance


@pytest.fixture
def sides(own_acs: AcsInstance) -> TwoSides:
    """That instance, and a table for ours."""
    return TwoSides(own_acs)
