"""Checks once in a process that the table is there, and is one of this service."""

import logging
from contextlib import suppress

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import TableEntity
from azure.data.tables.aio import TableClient

from rooms.storage import keys
from rooms.storage.errors import AccountsMissing, TableMissing
from rooms.storage.marker import marker
from rooms.storage.single_flight import SingleFlight

_log = logging.getLogger(__name__)

_MARKER = f"PartitionKey eq '{keys.IDENTITY_PARTITION}' and RowKey eq '{keys.MARKER_ROW}'"
_ANY = "PartitionKey ge ''"
_SHOWN = ["RowKey", "account", "accounts", "spread"]


class TableCheck:
    """Whether the table is there and is ours, as one process knows it.

    Args:
        named: a setting names the table. So it must be there. Another one may be made by the first
            write.
        account: the number of the storage account. Only the table of the first one may be made.
        accounts: how many the settings name.
    """

    def __init__(
        self, client: TableClient, named: bool, account: int = 0, accounts: int = 1
    ) -> None:
        self._client = client
        self._named = named or account > 0
        self._account = account
        self._accounts = accounts
        self._told = False
        self._looks = SingleFlight(self._look)
        self.passed = False
        """Whether this process has seen the marker. It does not make the table again then."""

    async def check(self, spread_id: str = "") -> None:
        """Checks that the table is ours, or that the first write may make it. One request, or three
        if there is no marker; none after it has passed.

        Args:
            spread_id: that of the spread, which the markers of further accounts have.

        Raises:
            TableMissing: it is not.
            AccountsMissing: rooms are in more accounts than the settings name.
            AzureError: the storage does not answer.
        """
        if not self.passed:
            await self._looks.get(spread_id)

    async def make(self) -> None:
        """Makes the table with its marker. Three requests.

        Raises:
            TableMissing: it was there before, or must be.
            AzureError: the storage does not answer.
        """
        if self.passed or self._named:
            raise self.missing()
        if await made(self._client):
            _log.warning(
                "storage: there was no table %s, so this is a new one. Set ROOMS_TABLE, and no "
                "other is ever made.",
                self._client.table_name,
            )
        with suppress(ResourceExistsError):  # of another process
            await self._client.create_entity(marker(), retry_total=0)
        self.passed = True

    def missing(self) -> TableMissing:
        """Returns the error that says that the table is missing. The log has it once."""
        error = TableMissing(self._client.table_name, self._account)
        if not self._told:
            _log.error("storage: %s", error)
        self._told = True
        return error

    async def _look(self, spread_id: str) -> None:
        try:
            self.passed = self.passed or await self._has_marker(spread_id)
            if self.passed or not (self._named or await self._first(_ANY)):
                return
            # Another process may have made the table just now. It writes the marker first.
            self.passed = await self._has_marker(spread_id)
        except ResourceNotFoundError as error:
            if self._named:
                raise self.missing() from error
            return
        if not self.passed:
            raise self.missing()

    async def _has_marker(self, spread_id: str) -> bool:
        marker = await self._first(_MARKER)
        if marker is None or marker.get("account", 0) != self._account:
            return False
        if self._account:
            return marker.get("spread") == spread_id
        if (needed := marker.get("accounts", 1)) > self._accounts:
            error = AccountsMissing(needed, self._accounts)
            if not self._told:
                _log.error("storage: %s", error)
            self._told = True
            raise error
        return True

    async def _first(self, where: str) -> TableEntity | None:
        """Returns the first such row, or None. Raises ResourceNotFoundError if there is no table,
        which a read of one row does not tell from a missing row."""
        rows = self._client.query_entities(where, results_per_page=1, select=_SHOWN)
        return await anext(aiter(rows), None)


async def made(client: TableClient) -> bool:
    """Makes the table, without a marker, and returns whether it was missing. Raises AzureError."""
    try:
        await client.create_table()
    except ResourceExistsError:
        return False
    return True
