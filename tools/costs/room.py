"""What one room uses, as it was measured last: room.json."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(__file__).parent / "room.json"


@dataclass(frozen=True, slots=True)
class Kind:
    """Executions of one kind: how many a room has, and what they cost the storage."""

    name: str
    executions: float
    storage_requests: float


@dataclass(frozen=True, slots=True)
class RoomUse:
    """What the average room uses, from the day it is made until its rows are deleted."""

    people: int
    """On the roster or not, of each meeting that was played."""
    meetings: int
    """That were played."""
    kinds: tuple[Kind, ...]
    rows: float
    stored_bytes: float
    """By the size that Table Storage gives an entity."""
    processor_seconds: float
    """Of all executions, with the work of the host."""
    log_lines: float
    """That the app writes, beside those of the host."""

    def kind(self, name: str) -> Kind:
        """Returns the kind of that name."""
        return next(kind for kind in self.kinds if kind.name == name)

    @property
    def executions(self) -> float:
        """Returns the executions of all kinds."""
        return sum(kind.executions for kind in self.kinds)

    @property
    def storage_requests(self) -> float:
        """Returns the requests to the storage of all kinds."""
        return sum(kind.storage_requests for kind in self.kinds)

    @property
    def events(self) -> float:
        """Returns the events of its calls."""
        return self.kind("event").executions


def load(file: Path = FILE) -> list[RoomUse]:
    """Returns what was measured last, small rooms first."""
    found = list[RoomUse]()
    for stored in json.loads(file.read_text()):
        kinds = tuple(Kind(**kind) for kind in stored.pop("kinds"))
        found.append(RoomUse(kinds=kinds, **stored))
    return found


def save(uses: Sequence[RoomUse], file: Path = FILE) -> None:
    """Writes what was measured."""
    file.write_text(json.dumps([asdict(use) for use in uses], indent=2) + "\n")
