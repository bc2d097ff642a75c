"""The days of an archive, and what their manifests say.

The day of a record is that on which the floor was made above which it arrived. A day that has
passed is final as soon as the floors of all partitions are above its end.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from rooms.domain.time import DAY, Ticks, format_time, parse_time

MANIFEST = "manifest.json"
VERSION = 1


def day_of(at: Ticks) -> str:
    """Returns the day of a time, in UTC, as `2026-05-04`."""
    return format_time(at)[:10]


def start_of(day: str) -> Ticks:
    """Returns when a day begins. Raises ValueError if it is none."""
    return parse_time(f"{day}T00:00:00Z")


def next_day(day: str) -> str:
    """Returns the day behind that one."""
    return day_of(start_of(day) + DAY)


@dataclass(frozen=True, slots=True)
class File:
    """A file of lines of one partition. `name` is without the day."""

    name: str
    records: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A day: its files, and the SHA-256 of the manifest of the day before, or None if it is the
    first. `first` and `last` are the times at which the first and last record arrived.

    `archive` is the same in all manifests of an archive, and `key` that of its digests.
    """

    day: str
    archive: str
    key: str
    files: tuple[File, ...]
    records: int
    first: str | None
    last: str | None
    previous: str | None
    version: int = VERSION

    def data(self) -> bytes:
        """Returns what is in its file."""
        return (json.dumps(asdict(self), indent=1) + "\n").encode()

    def names(self) -> list[str]:
        """Returns the names of its files."""
        return [f"{self.day}/{file.name}" for file in self.files]


def read_manifest(data: bytes) -> Manifest:
    """Returns a manifest.

    Raises:
        ValueError: it is none.
    """
    try:
        found = Manifest(**json.loads(data))
        files = tuple(File(**file) for file in found.files)  # type: ignore[arg-type]
        start_of(found.day)
    except (TypeError, AttributeError) as error:
        raise ValueError("no manifest") from error
    if found.version != VERSION:
        raise ValueError("a manifest of another version")
    return replace(found, files=files)


def sha256(data: bytes) -> str:
    """Returns the SHA-256 of a file, in hex digits."""
    return hashlib.sha256(data).hexdigest()


def days_in(names: Iterable[str]) -> list[str]:
    """Returns the days that have a manifest, in order."""
    parts = (name.partition("/") for name in names)
    return sorted(day for day, _, name in parts if name == MANIFEST)
