"""The service's table, for commands such as `rooms check`: how to connect to it, and why it cannot
be read."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError
from azure.data.tables import TableClient, TableErrorCode
from azure.data.tables.aio import TableClient as AsyncTableClient
from urllib3.exceptions import LocationParseError

from rooms.settings import Settings, read_settings
from rooms.settings.error import SettingsError
from rooms_cli.connection import connection
from rooms_cli.failures import VARIABLE, Failure, TemporaryFailure

CONNECTION_STRING, URI, CLIENT_ID = (
    "ROOMS_STORAGE",
    "ROOMS_STORAGE__tableServiceUri",
    "ROOMS_STORAGE__clientId",
)
TABLE, RETENTION = "ROOMS_TABLE", "ROOMS_RETENTION_DAYS"

# Azurite's account and key are public, and the same everywhere.
_ACCOUNT = "devstoreaccount1"
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

_PORT = 7073
"""The port of Azurite's tables under `make start`: its HTTP port plus two."""

_TIMEOUTS: dict[str, Any] = {
    "connection_timeout": 5,
    "read_timeout": 60,
    "retry_total": 5,
    "retry_connect": 1,
}
"""Time-outs in seconds, and how often a request is sent again."""


@dataclass(frozen=True, slots=True)
class Storage:
    """The table, and how long the app keeps its rows."""

    client: TableClient
    setting: str
    """The setting that names it; empty for the Azurite of `make start`."""
    retention_days: int

    @property
    def address(self) -> str:
        """The table's URL, without any secret in it."""
        parts = urlsplit(self.client.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def asynchronous(storage: Storage) -> AsyncTableClient:
    """Returns a client of the same table that is for coroutines.

    Raises:
        Failure: a package is missing.
    """
    client = storage.client
    credential: Any = client.credential
    try:
        if storage.setting == URI:
            from azure.identity.aio import DefaultAzureCredential

            client_id = os.environ.get(CLIENT_ID) or None
            credential = DefaultAzureCredential(managed_identity_client_id=client_id)
        return AsyncTableClient(
            client.url,
            client.table_name,
            credential=credential,
            use_env_settings=bool(getproxies()),  # else aiohttp looks for a proxy at each request
            **_TIMEOUTS,
        )
    except ImportError:
        raise Failure(
            "This command needs a package that is not installed. Install it: pip install aiohttp"
        ) from None


def storage(environment: Mapping[str, str], table: str | None) -> Storage:
    """Returns the table that the app's settings in `environment` name. Without settings, that of
    `make start` on this machine.

    Raises:
        Failure: a setting is not valid.
    """
    named = {
        name: environment[name]
        for name in (CONNECTION_STRING, URI, CLIENT_ID, TABLE, RETENTION)
        if name in environment
    }
    try:
        settings = read_settings(named | ({} if table is None else {TABLE: table}))
    except SettingsError as error:
        raise Failure(
            str(error) if table is None else str(error).replace(TABLE, "--table")
        ) from None
    account = settings.storages[0] if settings.storages else None
    if account is not None and account.connection_string:
        try:
            client = TableClient.from_connection_string(
                account.connection_string, settings.table, **_TIMEOUTS
            )
        except ValueError:  # its message may contain the key
            raise Failure(
                f"{CONNECTION_STRING} is not a valid connection string. "
                "Copy the whole string, and put it in single quotes."
            ) from None
        return Storage(client, CONNECTION_STRING, settings.retention_days)
    if account is not None:
        assert account.uri
        return Storage(_with_identity(account.uri, settings), URI, settings.retention_days)
    endpoint = f"http://127.0.0.1:{_local_port(environment)}/{_ACCOUNT}"
    local = f"AccountName={_ACCOUNT};AccountKey={_KEY};TableEndpoint={endpoint};"
    return Storage(
        TableClient.from_connection_string(local, settings.table, **_TIMEOUTS),
        "",
        settings.retention_days,
    )


def _with_identity(uri: str, settings: Settings) -> TableClient:
    try:
        from azure.identity import DefaultAzureCredential
    except ImportError:
        raise Failure(
            f"{URI} needs a package that is not installed. Install it: pip install azure-identity"
        ) from None
    identity = DefaultAzureCredential(managed_identity_client_id=settings.storage_client_id)
    try:
        return TableClient(uri, settings.table, credential=identity, **_TIMEOUTS)
    except ValueError:
        raise Failure(
            f"{URI} is not a valid URL. "
            "It should look like this: https://<account>.table.core.windows.net"
        ) from None


def _local_port(environment: Mapping[str, str]) -> int:
    """Returns the port of the tables of `make start`, from the connection string if it is set."""
    if not environment.get(VARIABLE, "").strip():
        return _PORT
    endpoint = urlsplit(connection(environment).endpoint)
    if endpoint.hostname not in ("localhost", "127.0.0.1") or endpoint.port is None:
        raise Failure(
            "This command needs the app's storage. "
            f"Set {CONNECTION_STRING}, or {URI}, as the app at {endpoint.netloc} has it."
        )
    return endpoint.port + (1 if endpoint.scheme == "https" else 2)


@contextmanager
def failures_of(storage: Storage, writes: bool = False) -> Iterator[None]:
    """Raises Failure if the storage refuses a request or does not answer."""
    try:
        yield
    except AzureError as error:
        raise _failure(storage, error, writes) from None
    except LocationParseError:  # the SDK lets this one through
        raise Failure(f"{storage.address} is not a valid URL. Check {storage.setting}.") from None


def _failure(storage: Storage, error: AzureError, writes: bool) -> Failure:
    address, setting, table = storage.address, storage.setting, storage.client.table_name
    if not isinstance(error, HttpResponseError) or error.status_code is None:
        return _unanswered(storage, error)
    status = error.status_code
    if status == 404 and getattr(error, "error_code", None) == TableErrorCode.TABLE_NOT_FOUND:
        return Failure(
            f"There is no table {table} at {address}. If the table has another name, set {TABLE} "
            "or --table. To make it: rooms init"
        )
    if status in (401, 403):
        role, do = ("Contributor", "write") if writes else ("Reader", "read")
        required = (
            f"You need the role Storage Table Data {role}."
            if setting == URI
            else "Use the whole connection string, with a valid key."
        )
        return Failure(f"{address} refuses to let you {do} the table {table}. {required}")
    if status == 429 or status >= 500:
        return TemporaryFailure(f"{address} answered {status}. Try again later.")
    return Failure(
        f"{address} answered {status}, but not as Table Storage does. "
        f"Check {setting or 'that Azurite listens on this port'}."
    )


def _unanswered(storage: Storage, error: AzureError) -> Failure:
    address, setting = storage.address, storage.setting
    if isinstance(error, ClientAuthenticationError):
        if setting == CONNECTION_STRING:
            return Failure(
                f"The AccountKey in {CONNECTION_STRING} is not valid. Copy the whole string."
            )
        return Failure(f"You are not signed in to an account that may read {address}: az login.")
    if setting:
        return TemporaryFailure(
            f"Cannot connect to {address}, or it does not answer in time. Check {setting}."
        )
    return TemporaryFailure(
        f"Cannot connect to {address}. Check that the service is running on this machine "
        f"(`make start`), or set {CONNECTION_STRING} or {URI} as the app has it."
    )
