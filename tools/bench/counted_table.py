"""A table in memory behind the SDK's interface, that counts requests: for tables that are too large
for Azurite."""

import re
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, cast

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import (
    EntityMetadata,
    TableEntity,
    TableErrorCode,
    TableTransactionError,
    TransactionOperation,
)
from azure.data.tables.aio import TableClient

from rooms.storage.operations import Operation

_RANGE = re.compile(
    "PartitionKey eq '(.*?)' and RowKey ge '(.*?)' and RowKey lt '(.*?)'(?: and (.*))?"
)
_BEFORE = re.compile(r"(\w+) lt '(.*)'")
_ETAG = "odata.etag"
_WRITTEN = re.compile(r"Timestamp le datetime'.*'")


@dataclass
class _Partition:
    rows: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    """In order; also some that are gone."""

    def put(self, row: Mapping[str, Any]) -> None:
        key = row["RowKey"]
        if key not in self.rows:
            if self.keys and key < self.keys[-1]:
                place = bisect_left(self.keys, key)
                if self.keys[place] != key:
                    insort(self.keys, key)
            else:
                self.keys.append(key)
        self.rows[key] = row

    def between(self, start: str, end: str) -> Iterator[Mapping[str, Any]]:
        for place in count(bisect_left(self.keys, start)):
            if place == len(self.keys) or (key := self.keys[place]) >= end:
                return
            if key in self.rows:
                yield self.rows[key]


@dataclass
class CountedTable:
    """A table, and the requests that were made: `requests` by their kind."""

    requests: Counter[str] = field(default_factory=Counter)
    _partitions: defaultdict[str, _Partition] = field(
        default_factory=lambda: defaultdict(_Partition)
    )
    _etags: Iterator[int] = field(default_factory=count)

    def client(self) -> TableClient:
        """Returns what reads and writes it."""
        return cast(TableClient, self)

    def fill(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Writes rows, without a request."""
        for row in sorted(rows, key=lambda row: row["RowKey"]):
            self._partitions[row["PartitionKey"]].put(self._stored(row))

    async def get_entity(self, partition: str, row: str) -> TableEntity:
        """Returns a row. Raises ResourceNotFoundError."""
        self.requests["read"] += 1
        try:
            return _entity(self._partitions[partition].rows[row])
        except KeyError:
            raise ResourceNotFoundError from None

    async def query_entities(
        self, where: str, results_per_page: int, **_: Any
    ) -> AsyncIterator[TableEntity]:
        """Yields the rows of a range: a request for each page of them."""
        match = _RANGE.fullmatch(where)
        assert match, where
        partition, start, end, of_properties = match.groups()
        self.requests["read"] += 1
        found = 0
        for row in list(self._partitions[partition].between(start, end)):
            if _fits(row, of_properties or ""):
                if found and found % results_per_page == 0:
                    self.requests["read"] += 1
                found += 1
                yield _entity(row)

    async def create_entity(self, entity: Mapping[str, Any], **_: Any) -> None:
        """Writes a row that is not there."""
        self.requests["written"] += 1
        partition = self._partitions[entity["PartitionKey"]]
        if entity["RowKey"] in partition.rows:
            raise ResourceExistsError
        partition.put(self._stored(entity))

    async def update_entity(self, entity: Mapping[str, Any], *_: Any, **__: Any) -> None:
        """Merges a row that is there."""
        self.requests["written"] += 1
        partition = self._partitions[entity["PartitionKey"]]
        if entity["RowKey"] not in partition.rows:
            raise ResourceNotFoundError
        partition.put(self._stored({**partition.rows[entity["RowKey"]], **entity}))

    async def submit_transaction(self, operations: Iterable[Operation], **_: Any) -> None:
        """Carries out a transaction. Raises TableTransactionError."""
        self.requests["written"] += 1
        operations = list(operations)
        for index, operation in enumerate(operations):
            self._check(index, operation)
        for kind, entity, *how in operations:
            partition = self._partitions[entity["PartitionKey"]]
            before = partition.rows.get(entity["RowKey"], {})
            if kind == TransactionOperation.DELETE:
                del partition.rows[entity["RowKey"]]
            elif how and how[0].get("mode") == "merge":
                partition.put(self._stored({**before, **entity}))
            else:
                partition.put(self._stored(entity))

    def _check(self, index: int, operation: Operation) -> None:
        kind, entity, *how = operation
        row = self._partitions[entity["PartitionKey"]].rows.get(entity["RowKey"])
        if kind == TransactionOperation.CREATE and row is not None:
            raise _refused(index, 409, TableErrorCode.ENTITY_ALREADY_EXISTS)
        if kind in (TransactionOperation.UPDATE, TransactionOperation.DELETE) and row is None:
            raise _refused(index, 404, TableErrorCode.RESOURCE_NOT_FOUND)
        etag = how[0].get("etag") if how else None
        if etag is not None and (row is None or row[_ETAG] != etag):
            raise _refused(index, 412, TableErrorCode.UPDATE_CONDITION_NOT_SATISFIED)

    def _stored(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**row, _ETAG: str(next(self._etags))}


def _entity(row: Mapping[str, Any]) -> TableEntity:
    entity = TableEntity(row)
    entity._metadata = EntityMetadata(etag=entity.pop(_ETAG), timestamp=None)
    return entity


def _fits(row: Mapping[str, Any], where: str) -> bool:
    if where == "" or where.startswith("(acs eq true"):
        return True
    if _WRITTEN.fullmatch(where):
        return False
    match = _BEFORE.fullmatch(where)
    assert match, where
    name, value = match.groups()
    return name in row and str(row[name]) < value


def _refused(index: int, status: int, code: TableErrorCode) -> TableTransactionError:
    error = TableTransactionError(message=f"{index}:{code.value}", index=index)
    error.status_code = status
    vars(error)["error_code"] = code
    return error
