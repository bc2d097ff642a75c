"""`rooms check`: reads the service's table and shows the inconsistencies in it."""

import os
import time
from dataclasses import asdict

from rooms.domain.time import DAY, Ticks, now
from rooms_cli.check.disagreement import Disagreement
from rooms_cli.check.live import Counts, LiveTable
from rooms_cli.progress import progress_cleared, show_progress
from rooms_cli.screen import say, show_json, show_table
from rooms_cli.storage import storage
from rooms_cli.words import number

_SLACK: Ticks = DAY
"""Added to the age at which rows count as expired: the app's clock may be ahead of ours, and it
removes rows while we read."""


def check_table(name: str | None, limit: int, as_json: bool) -> bool:
    """Reads the whole table and shows its inconsistencies. Returns whether there are none.

    Raises:
        Failure: the table cannot be read.
    """
    stored = storage(os.environ, name)
    kept = now() - stored.retention_days * DAY + _SLACK
    table = LiveTable(stored.accounts, kept, _show_progress)
    began, shown, count = time.monotonic(), list[Disagreement](), 0
    with stored, progress_cleared():
        for found in table.disagreements():
            count += 1
            if as_json:
                show_json(asdict(found))
            elif count <= limit:
                shown.append(found)
    if not as_json:
        _show(shown, count)
        say(f"Read {stored}: {_counted(table.counts)}, in {time.monotonic() - began:.1f} s.")
        say(f"Found {number(count, 'inconsistency', 'inconsistencies')}.")
    return count == 0


def _show(some: list[Disagreement], count: int) -> None:
    if not some:
        return
    rows = [
        (found.room or f"(partition {found.partition})", found.what, found.rows[0])
        for found in some
    ]
    show_table(("room", "inconsistency", "row"), rows)
    if count > len(some):
        say(f"These are the first {len(some):,}. --limit shows more, --json shows all.")
    for advice in dict.fromkeys(found.advice for found in some if found.advice):
        whats = dict.fromkeys(found.what for found in some if found.advice == advice)
        say(f"{' '.join(whats)} -> {advice}")
    say()


def _counted(counts: Counts) -> str:
    rows = number(counts.rows, "row", "rows")
    rooms = number(counts.rooms, "room", "rooms")
    events = number(counts.quarantined, "event", "events")
    return f"{rows}, {rooms}, {events} in quarantine"


def _show_progress(counts: Counts) -> None:
    show_progress(f"{counts.rows:,} rows, {counts.rooms:,} rooms read")
