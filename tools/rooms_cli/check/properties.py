"""The properties of a row, read without trust: they may be damaged, or of another program."""

import json
import zlib
from collections.abc import Callable
from typing import Any

from rooms.domain.time import Ticks, parse_time
from rooms.storage.entities import stored_time
from rooms_cli.check.places import Row

_MAX_UNPACKED = 256 * 1024 * 1024
"""No row that this service writes holds as much: a small row must not fill the memory."""


class Unreadable(Exception):
    """A row that this service did not write so. The message is a sentence."""


def text_in(row: Row, name: str) -> str:
    """A property that is text."""
    return _property(row, name, str, "text")


def number_in(row: Row, name: str) -> int:
    """A property that is a whole number, and not below 0."""
    number = _property(row, name, int, "a number")
    if number < 0 or isinstance(number, bool):
        raise Unreadable(f"Its `{name}` is no count.")
    return number


def flag_in(row: Row, name: str) -> bool:
    """A property that is true or false."""
    return _property(row, name, bool, "true or false")


def time_in(row: Row, name: str) -> Ticks:
    """A property that is a time, in the one form that is written."""
    text = text_in(row, name)
    try:
        if stored_time(at := parse_time(text)) == text:
            return at
    except ValueError:
        pass
    raise Unreadable(f"Its `{name}` is no time as this service writes it.")


def optional[T](read: Callable[[Row, str], T], row: Row, name: str) -> T | None:
    """A property that need not be there."""
    return read(row, name) if name in row else None


def data_in(row: Row) -> bytes:
    """The binary properties `data0`, `data1`, ... together."""
    names = sorted(
        (name for name in row if name.startswith("data") and name[4:].isdecimal()),
        key=lambda name: int(name[4:]),
    )
    if names != [f"data{number}" for number in range(len(names))] or not names:
        raise Unreadable("Some of its data is missing.")
    parts = [row[name] for name in names]
    if not all(isinstance(part, bytes) for part in parts):
        raise Unreadable("Its data is of another type.")
    return b"".join(parts)


def unpacked(data: bytes) -> Any:
    """What compressed JSON holds."""
    try:
        reader = zlib.decompressobj()
        text = reader.decompress(data, _MAX_UNPACKED)
        if not reader.eof or reader.unused_data:
            raise Unreadable("Its data is cut off, or too long.")
        return json.loads(text)
    except (zlib.error, ValueError, RecursionError):
        raise Unreadable("Its data cannot be read.") from None


def _property[T](row: Row, name: str, of: type[T], what: str) -> T:
    if name not in row:
        raise Unreadable(f"It has no `{name}`.")
    value = row[name]
    if not isinstance(value, of):
        raise Unreadable(f"Its `{name}` is not {what}.")
    return value
