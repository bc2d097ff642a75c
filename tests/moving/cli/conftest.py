"""Gives tests of the commands of a move two services: one stands for ACS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from testkit.acs_instance import AcsInstance
from tests.cli.line import VARIABLE, Line, environment


@pytest.fixture
def far(azurite: str) -> Iterator[AcsInstance]:
    """The service that stands for ACS, with no rooms."""
    with AcsInstance(azurite) as instance:
        yield instance


@pytest.fixture
def here(azurite: str) -> Iterator[AcsInstance]:
    """The service that rooms move to, with no rooms."""
    with AcsInstance(azurite) as instance:
        yield instance


@pytest.fixture
def line(far: AcsInstance, here: AcsInstance, tmp_path: Path) -> Line:
    """A shell with the keys of both."""
    connections = {
        VARIABLE: here.connection_string,
        "ACS_CONNECTION_STRING": far.connection_string,
    }
    return Line(tmp_path, environment() | connections)
