"""Rooms in a table of its own, behind the proxy."""

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.time import now
from rooms.storage.history import History
from rooms.storage.lists import Lists
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table


@pytest.fixture
def rooms(client: TableClient) -> Rooms:
    """The rooms in that table."""
    return Rooms(Table(client), now)


@pytest.fixture
def lists(client: TableClient) -> Lists:
    """The lists of them."""
    return Lists(Table(client), History(Table(client)))
