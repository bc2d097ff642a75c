"""Reads dead-letter files of Event Grid: the events that it could not deliver.

A blob has an array of events, in one of the two schemas, each with fields about its delivery. Their
names are those of azure-docs, articles/event-grid/delivery-and-retry.md. Its sample of the Event
Grid schema has five; blobs that others have shown have `lastHttpStatusCode`, too. Its sample of
CloudEvents has four of them in lower case, and lacks `specversion`. No blob of ACS was at hand, so
it is a guess that CloudEvents may have the other two, and that `specversion` may really be missing.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

type Event = dict[str, Any]

_OF_THE_DELIVERY = frozenset(
    {
        "deadletterreason",
        "deliveryattempts",
        "lastdeliveryoutcome",
        "lasthttpstatuscode",
        "publishtime",
        "lastdeliveryattempttime",
    }
)
"""The fields that Event Grid adds, in lower case."""

_GAP = re.compile(r"[ \t\n\r]*")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a dead-letter file."""

    file: str
    number: int
    """Its place in the file, from 1."""
    event: Event
    """As it was sent before; empty if there is a fault."""
    fault: str = ""
    """Why it cannot be read."""

    @property
    def id(self) -> str:
        """Returns the event's id; empty if it has none."""
        found = self.event.get("id")
        return found if isinstance(found, str) else ""


def read_entries(path: Path) -> Iterator[Entry]:
    """Yields the entries of a file. The last one has a fault if the file cannot be read on."""
    number = 0
    try:
        for number, value in enumerate(_values(path.read_text("utf-8-sig")), 1):
            yield _entry(str(path), number, value)
    except UnicodeDecodeError:
        yield Entry(str(path), 1, {}, "not JSON: the file is not UTF-8")
    except (ValueError, RecursionError) as error:
        yield Entry(
            str(path), number + 1, {}, f"not JSON: {error}. The rest of the file was not read."
        )


def same(event: object) -> str:
    """Returns a text that is the same for two events with the same content, however the host has
    written them: it replaces lone surrogates."""
    return _LONE_SURROGATE.sub("\ufffd", json.dumps(event, ensure_ascii=False, sort_keys=True))


def _entry(file: str, number: int, value: object) -> Entry:
    if not isinstance(value, dict):
        return Entry(file, number, {}, "must be an object")
    event = {name: each for name, each in value.items() if name.lower() not in _OF_THE_DELIVERY}
    if "type" in event and "eventType" not in event:
        event.setdefault("specversion", "1.0")
    try:
        json.dumps(event, allow_nan=False)
    except ValueError:
        return Entry(file, number, {}, "not JSON: a number is too large")
    return Entry(file, number, event)


def _values(text: str) -> Iterator[object]:
    """Yields the elements of an array one by one, or the one value.

    Raises:
        ValueError: what follows is not JSON.
        RecursionError: what follows is too deep.
    """
    decoder = json.JSONDecoder(parse_constant=_refuse)
    at = _behind_gap(text, 0)
    if not text.startswith("[", at):
        yield decoder.decode(text)
        return
    at = _behind_gap(text, at + 1)
    more = not text.startswith("]", at)
    while more:
        value, at = decoder.raw_decode(text, at)
        yield value
        at = _behind_gap(text, at)
        more = text.startswith(",", at)
        at = _behind_gap(text, at + more)
    if not text.startswith("]", at):
        raise json.JSONDecodeError("Expecting ',' or ']'", text, at)
    if (end := _behind_gap(text, at + 1)) != len(text):
        raise json.JSONDecodeError("Extra data", text, end)


def _behind_gap(text: str, at: int) -> int:
    found = _GAP.match(text, at)
    assert found
    return found.end()


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")
