"""The operations of a transaction."""

from collections.abc import Iterable, Mapping
from typing import Any

from azure.core import MatchConditions
from azure.data.tables import TableEntity, TransactionOperation

from rooms.storage.entities import Entity, key_of

type Operation = (
    tuple[TransactionOperation, Mapping[str, Any]]
    | tuple[TransactionOperation, Mapping[str, Any], Mapping[str, Any]]
)

MAX_OPERATIONS = 100
"""Operations of one transaction, at most."""


class Conflict(Exception):
    """A transaction was not carried out: a row exists already, or has changed since it was read."""


class RowMissing(Exception):
    """A transaction was refused, as a row that it needs is not there. Whether an earlier try of it
    was carried out is not said: only another try that inserts the same first row tells."""


def insert(entity: Entity) -> Operation:
    """Inserts the row, which must not exist."""
    return TransactionOperation.CREATE, entity


def merge(entity: Entity, read: TableEntity) -> Operation:
    """Sets some properties of a row, which must not have changed since it was read."""
    return TransactionOperation.UPDATE, entity, {"mode": "merge"} | _unchanged(read)


def replace_unchanged(entity: Entity, read: TableEntity) -> Operation:
    """Writes the whole row, which must not have changed since it was read."""
    return TransactionOperation.UPDATE, entity, {"mode": "replace"} | _unchanged(read)


def touch(entity: Entity) -> Operation:
    """Changes nothing in the row, which must exist, in whatever state."""
    return TransactionOperation.UPDATE, entity, {"mode": "merge"}


def touch_unchanged(read: TableEntity) -> Operation:
    """Changes nothing in the row but its ETag. It must not have changed since it was read."""
    return merge(key_of(read), read)


def replace(entity: Entity) -> Operation:
    """Writes the row, whether or not it exists."""
    return TransactionOperation.UPSERT, entity, {"mode": "replace"}


def upsert(entity: Entity) -> Operation:
    """Sets some properties of a row, which is made if it does not exist."""
    return TransactionOperation.UPSERT, entity, {"mode": "merge"}


def remove(entity: Entity) -> Operation:
    """Deletes the row, which must exist, in whatever state."""
    return TransactionOperation.DELETE, entity


def remove_unchanged(read: TableEntity) -> Operation:
    """Deletes the row, which must not have changed since it was read."""
    return TransactionOperation.DELETE, key_of(read), _unchanged(read)


def placed(partition: str, operations: Iterable[Operation]) -> list[Operation]:
    """Returns operations on rows of this partition, wherever these were read."""
    return [_placed(partition, operation) for operation in operations]


def _placed(partition: str, operation: Operation) -> Operation:
    row = {**operation[1], "PartitionKey": partition}
    return (operation[0], row) if len(operation) == 2 else (operation[0], row, operation[2])


def _unchanged(read: TableEntity) -> dict[str, Any]:
    """Returns what lets an operation fail if its row has changed since it was read."""
    return {"etag": read.metadata["etag"], "match_condition": MatchConditions.IfNotModified}
