"""A container of Blob Storage as the place of an archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError

from rooms.archive.places import ArchiveUnavailable
from rooms.managed_identity import identity
from rooms.settings.archive import ArchiveContainer

if TYPE_CHECKING:  # which is slow to import, and needed only with the setting
    from azure.storage.blob.aio import ContainerClient

_TIMES: dict[str, Any] = {
    "connection_timeout": 5,
    "read_timeout": 20,
    "retry_total": 2,
    "initial_backoff": 1,
    "increment_base": 2,
}
"""Time-outs in seconds, how often a request is sent again, and the seconds until then."""


class Container:
    """A container, which must be there: whoever makes it sets its immutability policy."""

    def __init__(self, client: ContainerClient) -> None:
        self._client = client

    @property
    def address(self) -> str:
        """Its URL, without a signature."""
        return self._client.url.partition("?")[0]

    async def names(self) -> list[str]:
        """Returns the names of all blobs. A request for each 5,000."""
        with self._errors():
            return [name async for name in self._client.list_blob_names()]

    async def read(self, name: str) -> bytes:
        """Returns what is in a blob."""
        with self._errors():
            return await (await self._client.download_blob(name)).readall()

    async def create(self, name: str, data: bytes) -> bool:
        """Makes a blob, if there is none with that name (If-None-Match)."""
        with self._errors():
            try:
                await self._client.upload_blob(name, data, overwrite=False)
            except ResourceExistsError:
                return False
        return True

    async def close(self) -> None:
        """Ends connections."""
        await self._client.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except AzureError as error:
            raise ArchiveUnavailable(f"{self.address}: {_reason(error)}") from None


def container_of(chosen: ArchiveContainer) -> Container:
    """Returns the container that the settings name.

    Raises:
        ArchiveUnavailable: the connection string is none.
    """
    from azure.storage.blob.aio import ContainerClient

    if chosen.connection_string is not None:
        try:
            return Container(
                ContainerClient.from_connection_string(
                    chosen.connection_string, chosen.container, **_TIMES
                )
            )
        except ValueError:  # its message may contain the key
            raise ArchiveUnavailable(
                "ROOMS_ARCHIVE is not a valid connection string. Copy the whole string."
            ) from None
    assert chosen.uri is not None
    tokens = identity("ROOMS_ARCHIVE__clientId", chosen.client_id)
    return Container(ContainerClient(chosen.uri, chosen.container, credential=tokens, **_TIMES))


def _reason(error: AzureError) -> str:
    """Returns what an error says, without what the SDK adds, and with what to do."""
    if not isinstance(error, HttpResponseError):
        return f"{type(error).__name__}. Check ROOMS_ARCHIVE."
    if error.status_code is None:  # there is no token to ask with
        return error.message
    code = getattr(error, "error_code", None) or error.reason or "no reason"
    code = getattr(code, "value", code)
    match error.status_code:
        case 404 if code == "ContainerNotFound":
            return "there is no such container. Make it: az storage container create"
        case 401 | 403:
            return f"{code}. The app needs the role Storage Blob Data Contributor there."
    return f"{error.status_code} {code}"
