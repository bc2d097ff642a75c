"""Rows in portions that fit a transaction."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rooms.storage.operations import MAX_OPERATIONS

FREE_OPERATIONS = MAX_OPERATIONS - 1
"""Operations of a transaction beside the one that touches the fence."""

MAX_BYTES = 3 * 1024 * 1024
"""Bytes of a transaction, as `size_of` counts them. Table Storage takes 4 MiB."""

_PROPERTY_BYTES = 64
_ROW_BYTES = 1024


def in_batches[T: Mapping[str, Any]](rows: Iterable[T]) -> Iterator[list[T]]:
    """Yields the rows in portions that one transaction writes."""
    batch: list[T] = []
    size = 0
    for row in rows:
        own = size_of(row)
        if batch and (len(batch) == FREE_OPERATIONS or size + own > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += own
    if batch:
        yield batch


def size_of(row: Mapping[str, Any]) -> int:
    """Returns the most bytes that a row has in a transaction, about: binaries are in base64,
    and the SDK escapes what is not ASCII."""
    return _ROW_BYTES + sum(map(_size_of_value, row.values()))


def _size_of_value(value: Any) -> int:
    match value:
        case bytes():
            return _PROPERTY_BYTES + len(value) * 4 // 3
        case str():
            return _PROPERTY_BYTES + len(json.dumps(value))
        case _:
            return _PROPERTY_BYTES
