"""What a verification of the log finds."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was exported: a file; or a row in the table, by its key.

    `day` is empty if the record is in no archive. If it is in one, `at`, `kind` and `actor` are as
    they were exported. `row` is empty if nothing tells the key any more.
    """

    what: str
    day: str = ""
    file: str = ""
    room: str = ""
    row: str = ""
    at: str = ""
    kind: str = ""
    actor: str = ""


type Tell = Callable[[Finding], None]


@dataclass(slots=True)
class Counts:
    """What was looked at. `erased` counts records by the erasure that has changed them.

    `removed` are those that upkeep may have removed, by their age. `uncovered` are records from
    before there was an order of arrival, of which no archive can tell anything.
    """

    days: int = 0
    first: str = ""
    last: str = ""
    records: int = 0
    removed: int = 0
    uncovered: int = 0
    erased: Counter[str] = field(default_factory=Counter)

    def add(self, others: "Counts") -> None:
        """Adds the records of others."""
        self.records += others.records
        self.removed += others.removed
        self.uncovered += others.uncovered
        self.erased += others.erased
