"""The parts that live as long as the process: built when first needed, and only here."""

import os
from functools import cache
from typing import Any

from azure.data.tables.aio import TableClient

from rooms.auth import Authenticator
from rooms.errors import StorageUnavailable
from rooms.rules.time import now
from rooms.settings import Settings, read_settings
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table

_TIMEOUTS: dict[str, Any] = {"connection_timeout": 2, "read_timeout": 5, "retry_total": 3, "retry_backoff_factor": 0.2}
"""Seconds for one request to the storage, and how often and with what delay a read is tried again."""


@cache
def settings() -> Settings:
    """The settings of this process."""
    return read_settings(os.environ)


@cache
def authenticator() -> Authenticator:
    """Who may call."""
    return Authenticator(settings())


@cache
def rooms() -> Rooms:
    """The rooms in the storage that the settings name.

    Raises:
        StorageUnavailable: they name none.
    """
    return Rooms(Table(_table_client()), now)


def _table_client() -> TableClient:
    chosen = settings()
    if chosen.storage_connection_string:
        return TableClient.from_connection_string(chosen.storage_connection_string, chosen.table, **_TIMEOUTS)
    if chosen.storage_uri:
        from azure.identity.aio import DefaultAzureCredential

        return TableClient(chosen.storage_uri, chosen.table, credential=DefaultAzureCredential(), **_TIMEOUTS)
    raise StorageUnavailable("No storage is configured: set ROOMS_STORAGE or ROOMS_STORAGE__tableServiceUri.")
