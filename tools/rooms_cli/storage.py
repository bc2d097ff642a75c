"""The service's table, for commands such as `rooms check`: how to connect to it in each storage
account, and why it cannot be read."""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from azure.data.tables import TableClient
from azure.data.tables.aio import TableClient as AsyncTableClient

from rooms.settings import Settings, read_settings
from rooms.settings.error import SettingsError
from rooms.settings.storage import StorageAccount
from rooms.storage.guard import Guard
from rooms.storage.table import Table as ServiceTable
from rooms_cli.connection import connection
from rooms_cli.failures import VARIABLE, Failure

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
class Account:
    """The table in a storage account."""

    client: TableClient
    setting: str
    """The setting that names the account; empty for the Azurite of `make start`."""

    @property
    def address(self) -> str:
        """The table's URL, without any secret in it."""
        parts = urlsplit(self.client.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@dataclass(frozen=True, slots=True)
class Storage:
    """The table in each storage account, and how long the app keeps its rows.

    A context manager: the connections end with it.
    """

    accounts: tuple[Account, ...]
    """By their numbers."""
    retention_days: int

    @property
    def table(self) -> str:
        """The name of the table."""
        return self.accounts[0].client.table_name

    def __str__(self) -> str:
        """Which table it is, and where: for people."""
        *most, last = (account.address for account in self.accounts)
        return f"the table {self.table} at {f'{", ".join(most)} and {last}' if most else last}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for account in self.accounts:
            account.client.close()


def asynchronous(account: Account) -> AsyncTableClient:
    """Returns a client of the same table that is for coroutines.

    Raises:
        Failure: a package is missing.
    """
    client = account.client
    credential: Any = client.credential
    try:
        if is_uri(account.setting):
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


@asynccontextmanager
async def opened(storage: Storage) -> AsyncIterator[ServiceTable]:
    """Connects to the table in all accounts, as the service does."""
    async with AsyncExitStack() as stack:
        first, *further = [
            await stack.enter_async_context(asynchronous(each)) for each in storage.accounts
        ]
        yield ServiceTable(first, None, [(client, Guard()) for client in further])


def storage(environment: Mapping[str, str], table: str | None) -> Storage:
    """Returns the table that the app's settings in `environment` name. Without settings, that of
    `make start` on this machine.

    Raises:
        Failure: a setting is not valid.
    """
    named = {
        name: value
        for name, value in environment.items()
        if name.startswith(CONNECTION_STRING) or name in (TABLE, RETENTION)
    }
    try:
        settings = read_settings(named | ({} if table is None else {TABLE: table}))
    except SettingsError as error:
        raise Failure(
            str(error) if table is None else str(error).replace(TABLE, "--table")
        ) from None
    accounts = tuple(_account(each, settings) for each in settings.storages)
    return Storage(accounts or (_local(environment, settings),), settings.retention_days)


def _local(environment: Mapping[str, str], settings: Settings) -> Account:
    endpoint = f"http://127.0.0.1:{_local_port(environment)}/{_ACCOUNT}"
    local = f"AccountName={_ACCOUNT};AccountKey={_KEY};TableEndpoint={endpoint};"
    return Account(TableClient.from_connection_string(local, settings.table, **_TIMEOUTS), "")


def _account(named: StorageAccount, settings: Settings) -> Account:
    if not named.connection_string:
        return Account(_with_identity(named, settings), named.setting)
    try:
        client = TableClient.from_connection_string(
            named.connection_string, settings.table, **_TIMEOUTS
        )
    except ValueError:  # its message may contain the key
        raise Failure(
            f"{named.setting} is not a valid connection string. "
            "Copy the whole string, and put it in single quotes."
        ) from None
    return Account(client, named.setting)


def _with_identity(named: StorageAccount, settings: Settings) -> TableClient:
    try:
        from azure.identity import DefaultAzureCredential
    except ImportError:
        raise Failure(
            f"{named.setting} needs a package that is not installed. "
            "Install it: pip install azure-identity"
        ) from None
    assert named.uri
    identity = DefaultAzureCredential(managed_identity_client_id=settings.storage_client_id)
    try:
        return TableClient(named.uri, settings.table, credential=identity, **_TIMEOUTS)
    except ValueError:
        raise Failure(
            f"{named.setting} is not a valid URL. "
            "It should look like this: https://<account>.table.core.windows.net"
        ) from None


def is_uri(setting: str) -> bool:
    """Whether a setting names an account by its address, which needs an identity."""
    return setting.endswith("__tableServiceUri")


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


def check_accounts(accounts: Sequence[Account], needed: int) -> None:
    """Raises Failure if the settings name fewer accounts than rooms have been in."""
    if len(accounts) < needed:
        missing = " and ".join(f"ROOMS_STORAGE__{each}" for each in range(len(accounts), needed))
        raise Failure(
            f"There are rooms in {needed} storage accounts, and the settings name "
            f"{len(accounts)}. Set {missing} as the app has them."
        )
