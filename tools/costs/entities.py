"""The size of entities, as Table Storage counts it."""

from collections.abc import Mapping
from datetime import datetime

from azure.data.tables import EntityProperty

_FIXED = 4
_PROPERTY = 8
_SIZES = {bool: 1, int: 4, float: 8, datetime: 8}
_TIMESTAMP = _PROPERTY + 2 * len("Timestamp") + 8


def size(entity: Mapping[str, object]) -> int:
    """Returns the bytes of an entity: 4, two for each character of its keys, and for each property
    8, two for each character of its name, and its value."""
    keys = sum(len(str(entity[name])) for name in ("PartitionKey", "RowKey"))
    rest = (
        _PROPERTY + 2 * len(name) + _value(value)
        for name, value in entity.items()
        if name not in ("PartitionKey", "RowKey")
    )
    return _FIXED + 2 * keys + _TIMESTAMP + sum(rest)


def _value(value: object) -> int:
    if isinstance(value, EntityProperty):  # a number of 64 bits
        return 8
    if isinstance(value, str):
        return 4 + 2 * len(value)
    if isinstance(value, bytes):
        return 4 + len(value)
    return next(size for kind, size in _SIZES.items() if isinstance(value, kind))
