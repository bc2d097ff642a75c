"""The storage behind the service: where it is, and what it means that it cannot be read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError
from azure.data.tables import TableClient, TableErrorCode
from urllib3.exceptions import LocationParseError

from rooms.settings import Settings, SettingsError, read_settings
from rooms_cli.connection import connection
from rooms_cli.failures import VARIABLE, Failure, TemporaryFailure

CONNECTION_STRING, URI, CLIENT_ID = (
    "ROOMS_STORAGE",
    "ROOMS_STORAGE__tableServiceUri",
    "ROOMS_STORAGE__clientId",
)
TABLE, RETENTION = "ROOMS_TABLE", "ROOMS_RETENTION_DAYS"

# Of Azurite, the same everywhere and public.
_ACCOUNT = "devstoreaccount1"
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

_PORT = 7073
"""Of the Azurite of `make start`, two above its port for HTTP."""

_TIMEOUTS: dict[str, Any] = {
    "connection_timeout": 5,
    "read_timeout": 60,
    "retry_total": 5,
    "retry_connect": 1,
}
"""Seconds for one request, and how often it is sent again."""


@dataclass(frozen=True, slots=True)
class Storage:
    """The table, and how long the app keeps what is in it."""

    client: TableClient
    said_by: str
    """What names it."""
    retention_days: int

    @property
    def address(self) -> str:
        """Where it is; whatever secret a URL may have is left out."""
        parts = urlsplit(self.client.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def storage(environment: Mapping[str, str], table: str | None) -> Storage:
    """The table that the app's settings name, in `environment`; without any, that of `make start`
    on this machine.

    Raises:
        Failure: a setting cannot be used.
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
    if settings.storage_connection_string:
        try:
            client = TableClient.from_connection_string(
                settings.storage_connection_string, settings.table, **_TIMEOUTS
            )
        except ValueError:  # whose text may have the string in it
            raise Failure(
                f"{CONNECTION_STRING} is no connection string that can be used. Is it whole, in quotes?"
            ) from None
        return Storage(client, CONNECTION_STRING, settings.retention_days)
    if settings.storage_uri:
        return Storage(_with_identity(settings), URI, settings.retention_days)
    local = f"AccountName={_ACCOUNT};AccountKey={_KEY};TableEndpoint=http://127.0.0.1:{_local_port(environment)}/{_ACCOUNT};"
    return Storage(
        TableClient.from_connection_string(local, settings.table, **_TIMEOUTS),
        "",
        settings.retention_days,
    )


def _with_identity(settings: Settings) -> TableClient:
    try:
        from azure.identity import DefaultAzureCredential
    except ImportError:
        raise Failure(
            f"{URI} needs a package that is not installed: pip install azure-identity"
        ) from None
    assert settings.storage_uri
    identity = DefaultAzureCredential(managed_identity_client_id=settings.storage_client_id)
    try:
        return TableClient(settings.storage_uri, settings.table, credential=identity, **_TIMEOUTS)
    except ValueError:
        raise Failure(
            f"{URI} is no address: it should look like https://<account>.table.core.windows.net."
        ) from None


def _local_port(environment: Mapping[str, str]) -> int:
    """The port of the Azurite of `make start`: of the one whose connection string is set, if there
    is one."""
    if not environment.get(VARIABLE, "").strip():
        return _PORT
    endpoint = urlsplit(connection(environment).endpoint)
    if endpoint.hostname not in ("localhost", "127.0.0.1") or endpoint.port is None:
        raise Failure(
            f"Set {CONNECTION_STRING}, or {URI}, as the app at {endpoint.netloc} has it: its storage is what is read."
        )
    return endpoint.port + (1 if endpoint.scheme == "https" else 2)


@contextmanager
def failures_of(storage: Storage) -> Iterator[None]:
    """Raises Failure for what the storage answers that is no success, and if it does not answer."""
    try:
        yield
    except AzureError as error:
        raise _failure(storage, error) from None
    except LocationParseError:  # which the SDK does not know
        raise Failure(f"{storage.address} is no address. Is {storage.said_by} right?") from None


def _failure(storage: Storage, error: AzureError) -> Failure:
    address, said_by = storage.address, storage.said_by
    status = error.status_code if isinstance(error, HttpResponseError) else None
    match status, getattr(error, "error_code", None):
        case 404, TableErrorCode.TABLE_NOT_FOUND:
            makes = f"The app makes its table when it first writes. If it is another one, {TABLE} or --table names it."
            return Failure(f"There is no table {storage.client.table_name} at {address}. {makes}")
        case ((401 | 403), _):
            right = (
                "the role Storage Table Data Reader"
                if said_by == URI
                else "the whole connection string, with a good key"
            )
            return Failure(
                f"{address} does not let us read the table {storage.client.table_name}: it takes {right}."
            )
        case None, _ if (
            isinstance(error, ClientAuthenticationError) and said_by == CONNECTION_STRING
        ):
            return Failure(
                f"The AccountKey in {CONNECTION_STRING} is no key. Take the connection string whole."
            )
        case None, _ if isinstance(error, ClientAuthenticationError):
            return Failure(f"Nobody is signed in whom {address} could know: az login.")
        case None, _ if said_by:
            return TemporaryFailure(
                f"{address} cannot be reached, or does not answer in time. Is {said_by} right?"
            )
        case None, _:
            named = f"Else set {CONNECTION_STRING}, or {URI}, as the app has it."
            return TemporaryFailure(
                f"{address} cannot be reached. Does the service run on this machine (`make start`)? {named}"
            )
        case int(), _ if status == 429 or status >= 500:
            return TemporaryFailure(f"{address} answered {status}. Try again later.")
    return Failure(
        f"{address} answered {status}, and not as Table Storage does. Is {said_by or 'that its port'} right?"
    )
