"""Why the table of the service cannot be read or written, as a command says it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError
from azure.data.tables import TableClient, TableErrorCode
from urllib3.exceptions import LocationParseError

from rooms_cli.failures import Failure, TemporaryFailure
from rooms_cli.storage import CONNECTION_STRING, TABLE, URI, Account, is_uri


@contextmanager
def failures_of(account: Account, writes: bool = False) -> Iterator[TableClient]:
    """The client of an account. Raises Failure if that refuses a request or does not answer."""
    try:
        yield account.client
    except AzureError as error:
        raise _failure(account, error, writes) from None
    except LocationParseError:  # the SDK lets this one through
        raise Failure(f"{account.address} is not a valid URL. Check {account.setting}.") from None


@contextmanager
def failures_of_any(accounts: Sequence[Account], writes: bool = False) -> Iterator[None]:
    """Raises Failure if one of the accounts refuses a request or does not answer."""
    try:
        yield
    except AzureError as error:
        response: Any = error.response if isinstance(error, HttpResponseError) else None
        told = f"{error} {response.request.url if response else ''}"
        hosts = {urlsplit(each.client.url).netloc.rpartition("@")[2]: each for each in accounts}
        account = next((each for host, each in hosts.items() if host in told), accounts[0])
        raise _failure(account, error, writes) from None


def _failure(account: Account, error: AzureError, writes: bool) -> Failure:
    address, setting, table = account.address, account.setting, account.client.table_name
    if not isinstance(error, HttpResponseError) or error.status_code is None:
        return _unanswered(account, error)
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
            if is_uri(setting)
            else "Use the whole connection string, with a valid key."
        )
        return Failure(f"{address} refuses to let you {do} the table {table}. {required}")
    if status == 429 or status >= 500:
        return TemporaryFailure(f"{address} answered {status}. Try again later.")
    return Failure(
        f"{address} answered {status}, but not as Table Storage does. "
        f"Check {setting or 'that Azurite listens on this port'}."
    )


def _unanswered(account: Account, error: AzureError) -> Failure:
    address, setting = account.address, account.setting
    if isinstance(error, ClientAuthenticationError):
        if setting and not is_uri(setting):
            return Failure(f"The AccountKey in {setting} is not valid. Copy the whole string.")
        return Failure(f"You are not signed in to an account that may read {address}: az login.")
    if setting:
        return TemporaryFailure(
            f"Cannot connect to {address}, or it does not answer in time. Check {setting}."
        )
    return TemporaryFailure(
        f"Cannot connect to {address}. Check that the service is running on this machine "
        f"(`make start`), or set {CONNECTION_STRING} or {URI} as the app has it."
    )
