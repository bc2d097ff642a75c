"""The parts that live as long as the process: built when first needed, and only here."""

import logging
import os
from functools import cache
from typing import Any
from urllib.request import getproxies

from azure.data.tables.aio import TableClient
from pydantic_core import to_json

from rooms.auth import Authenticator
from rooms.console.assets import Console, read_console
from rooms.domain.time import DAY, now
from rooms.errors import StorageUnavailable
from rooms.settings import Settings, read_settings
from rooms.storage.admissions import Admissions
from rooms.storage.calls import Calls
from rooms.storage.details import AllDetails
from rooms.storage.history import History
from rooms.storage.lists import Lists
from rooms.storage.quarantine import Quarantine
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from rooms.upkeep.walk import Upkeep

_log = logging.getLogger(__name__)

# The worker sends every record of INFO to Application Insights, and these write two for each
# request to the storage.
logging.getLogger("azure.core.pipeline.policies.http_logging_policy").setLevel(logging.WARNING)
logging.getLogger("azure.identity").setLevel(logging.WARNING)

_CLIENT: dict[str, Any] = {
    "connection_timeout": 2,
    "read_timeout": 5,
    "retry_total": 3,
    "retry_backoff_factor": 0.2,
    "use_env_settings": bool(getproxies()),
}
"""Seconds for one request to the storage, and how often and with what delay a read is tried again.
Where the environment names no proxy, aiohttp shall not look for one, and for a .netrc, in other
threads and ahead of each request: that took a third of the time of a request."""


@cache
def settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: one of them cannot be used.
    """
    chosen = read_settings(os.environ)
    if not (chosen.storage_connection_string or chosen.storage_uri):
        _log.error(
            "no storage: set ROOMS_STORAGE to a connection string, or ROOMS_STORAGE__tableServiceUri"
        )
    return chosen


@cache
def authenticator() -> Authenticator:
    """Who may call."""
    return Authenticator(settings())


@cache
def console() -> Console | None:
    """The console, or None where its libraries are not installed."""
    return read_console()


@cache
def openapi() -> bytes:
    """The OpenAPI document, made when it is first asked for: that takes a tenth of a second, and
    most instances never need it."""
    from openapi.document import document

    return to_json(document())


@cache
def _table() -> Table:
    """The table that the settings name.

    Raises:
        StorageUnavailable: they name none, or one that cannot be.
    """
    try:
        return Table(_table_client(settings()))
    except ValueError as error:
        _log.error("no storage: ROOMS_STORAGE is not usable: %s", error)
        raise StorageUnavailable from error


@cache
def rooms() -> Rooms:
    """The rooms in the storage that the settings name. Raises StorageUnavailable, as do the
    following."""
    return Rooms(_table(), now)


@cache
def lists() -> Lists:
    """Their lists."""
    return Lists(_table(), history())


@cache
def details() -> AllDetails:
    """What people call them."""
    return AllDetails(_table(), now)


@cache
def history() -> History:
    """What is kept of them."""
    return History(_table())


@cache
def calls() -> Calls:
    """Their calls."""
    return Calls(_table(), now)


@cache
def admissions() -> Admissions:
    """Who is let in."""
    return Admissions(_table(), calls(), now)


@cache
def quarantine() -> Quarantine:
    """Events that were not understood."""
    return Quarantine(_table(), now)


@cache
def upkeep() -> Upkeep:
    """What removes all of that when it has had its time."""
    chosen = settings()
    return Upkeep(_table(), rooms(), now, chosen.expired_days * DAY, chosen.retention_days * DAY)


def _table_client(chosen: Settings) -> TableClient:
    if chosen.storage_connection_string:
        return TableClient.from_connection_string(
            chosen.storage_connection_string, chosen.table, **_CLIENT
        )
    if chosen.storage_uri:
        from azure.identity.aio import DefaultAzureCredential

        identity = DefaultAzureCredential(managed_identity_client_id=chosen.storage_client_id)
        return TableClient(chosen.storage_uri, chosen.table, credential=identity, **_CLIENT)
    raise StorageUnavailable
