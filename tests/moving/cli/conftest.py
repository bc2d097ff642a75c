"""Gives tests of the commands of a move two services: one stands for ACS."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rooms.app import App
from testkit.acs_instance import AcsInstance
from tests.cli.line import VARIABLE, Line, environment


@pytest.fixture
def far(azurite: str, in_one_partition: None) -> Iterator[AcsInstance]:
    """The service that stands for ACS, with no rooms. Of lists it reads one partition only."""
    with AcsInstance(azurite) as instance:
        yield instance


@pytest.fixture
def here(azurite: str, in_one_partition: None) -> Iterator[AcsInstance]:
    """The service that rooms move to, with no rooms, which reads one partition, too."""
    with AcsInstance(azurite) as instance:
        yield instance


@pytest.fixture
def line(
    far: AcsInstance, here: AcsInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Line:
    """A shell with the keys of both, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    connections = {
        VARIABLE: here.connection_string,
        "ACS_CONNECTION_STRING": far.connection_string,
    }
    return Line(tmp_path, environment() | connections)


@pytest.fixture
def observing(far: AcsInstance, here: AcsInstance) -> Iterator[AcsInstance]:
    """`here` with ROOMS_ACS_MODE=observe: it knows its ACS."""
    with knowing(here, far, "observe"):
        yield here


@pytest.fixture
def through(far: AcsInstance, here: AcsInstance) -> Iterator[AcsInstance]:
    """`here`, through which changes go to ACS."""
    with knowing(here, far, "through"):
        yield here


@contextmanager
def knowing(here: AcsInstance, far: AcsInstance, mode: str) -> Iterator[None]:
    """Has an instance go on with its table in a mode."""
    settings = {"ROOMS_ACS_MODE": mode, "ROOMS_STORAGE": here.storage, **far.settings}

    async def renewed() -> None:
        app = App({"ROOMS_MANAGE_KEY__app": here.key, **settings})
        app.table = here.app.table
        here.app = app

    here.run(renewed())
    yield
    if here.app.acs is not None:
        here.run(here.app.acs.close())
