"""A record of the log in an archive: when it arrived, and a digest of all of it.

A line has no detail, no name and no raw id, and no hash that could be found by trying them: what
stands for its content is keyed. So an erasure need not touch an archive.
"""

import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

from azure.data.tables import EntityProperty

from rooms.domain.time import MAX_TIME, Ticks, parse_time
from rooms.storage import keys
from rooms.storage.accounts import last_digit
from rooms.storage.entities import binary_of, decompressed

type Row = Mapping[str, Any]

_GUID = re.compile("[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
_DATA = re.compile("data[0-9]+")
_NOT_CONTENT = ("PartitionKey", "RowKey", "record", "size", "erased")
"""Properties that are not of the record: its place, what its arrival says of it, and which erasure
has changed it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A record. `row` stands for its key in the table, and `digest` for its content.

    `request_id` is empty unless it is a GUID: callers may send anything. `digest` is empty if
    upkeep had removed a large detail already.
    """

    arrival: str
    room_id: str
    at: str
    kind: str
    actor: str
    request_id: str
    row: str
    digest: str

    @property
    def time(self) -> Ticks:
        """The time of the change or event; the latest of all if it is none."""
        try:
            return parse_time(self.at)
        except ValueError:
            return MAX_TIME

    @property
    def received(self) -> Ticks:
        """When it arrived."""
        return keys.arrival_received(self.arrival)

    def text(self) -> str:
        """Returns the line, with its end."""
        named = dict(zip(_NAMES, astuple(self), strict=True))
        return json.dumps(named, separators=(",", ":")) + "\n"


_NAMES = ("arrival", "roomId", "at", "kind", "actor", "requestId", "row", "digest")
"""The fields of a line, in the order of those of Line."""


def line_of(key: bytes, arrived: Row, record: Row | None) -> Line:
    """Returns the line of a record.

    Args:
        arrived: its row among the arrivals of all rooms.
        record: the row with its detail: that one, or its log record; None if that is gone.
    """
    row, request_id = record_of(arrived), _text(arrived, "requestId")
    return Line(
        arrival=keys.arrival_of(arrived["RowKey"]),
        room_id=keys.listed_room_id(arrived["RowKey"]),
        at=_text(arrived, "time"),
        kind=_text(arrived, "kind"),
        actor=_text(arrived, "actor"),
        request_id=request_id if _GUID.fullmatch(request_id) else "",
        row=row_digest(key, row),
        digest="" if record is None else content_digest(key, row, record),
    )


def record_of(arrived: Row) -> str:
    """Returns the key of the log record of an arrival, also of one that names none."""
    return str(arrived.get("record"))


def read_lines(data: bytes) -> list[Line]:
    """Returns the lines of a file.

    Raises:
        ValueError: it is none of lines.
    """
    lines = []
    for text in data.splitlines():
        named = json.loads(text)
        if not isinstance(named, dict) or tuple(named) != _NAMES:
            raise ValueError("no line of an archive")
        if not all(isinstance(value, str) for value in named.values()):
            raise ValueError("a field of a line is no text")
        lines.append(Line(*named.values()))
    return lines


def row_digest(key: bytes, row: str) -> str:
    """Returns what stands for the key of a log record."""
    return hmac.digest(key, f"row {row}".encode(errors="replace"), "sha256").hex()[:32]


def content_digest(key: bytes, row: str, record: Row) -> str:
    """Returns what stands for all of a log record, given as its row, or as an arrival that has its
    detail. Any row has one, also one that this service would not write.

    It is the same in whichever storage account the record is: rooms move between accounts.
    """
    content = {
        name: _plain(value)
        for name, value in record.items()
        if name not in _NOT_CONTENT and not _DATA.fullmatch(name)
    }
    whole = [row, last_digit(record["PartitionKey"]), content, _detail(record)]
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"))
    return hmac.digest(key, f"content {text}".encode(), "sha256").hex()


def key_id(key: bytes) -> str:
    """Returns what stands for a key: whether it is the one that made an archive."""
    return hashlib.sha256(b"archive key " + key).hexdigest()[:16]


def _text(row: Row, name: str) -> str:
    """Returns a property, also of a row that this service would not write."""
    return str(row.get(name, ""))


def _detail(record: Row) -> Any:
    """Returns the detail, however it was compressed; of one that cannot be read, its hash."""
    try:
        data = binary_of(record)
    except TypeError:
        return "not binary"
    try:
        return decompressed(data)
    except (zlib.error, ValueError, RecursionError):
        return f"unreadable {hashlib.sha256(data).hexdigest()}"


def _plain(value: Any) -> Any:
    if isinstance(value, EntityProperty):
        return f"{value.edm_type} {value.value}"
    return value if isinstance(value, bool | int | str) else f"{type(value).__name__} {value}"
