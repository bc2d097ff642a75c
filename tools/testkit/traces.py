"""What the rows of a table still tell of a person."""

from collections.abc import Iterable, Mapping
from typing import Any

from rooms.storage import keys
from rooms.storage.entities import binary_of, decompressed


def said_by(row: Mapping[str, Any]) -> str:
    """Returns all that a row says, decompressed, without the difference of capitals."""
    data = binary_of(row)
    shown = {name: value for name, value in row.items() if not isinstance(value, bytes)}
    return f"{shown}{decompressed(data) if data else ''}".casefold()


def traces_of(raw_id: str, *names: str) -> tuple[str, ...]:
    """Returns all that tells the person: the id, its parts, its hashes and the prefixes that keys
    have of them, and their names."""
    _, member = keys.group_and_member(raw_id)
    return raw_id, raw_id.rpartition(":")[2], keys.hashed(raw_id), member, *names


def rows_with(rows: Iterable[Mapping[str, Any]], *wanted: str) -> list[str]:
    """Returns the keys of the rows that say any of it."""
    folded = [text.casefold() for text in wanted]
    said = [(row["RowKey"], said_by(row)) for row in rows]
    return [key for key, text in said if any(each in text for each in folded)]
