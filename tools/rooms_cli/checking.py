"""`rooms check`: reads the table behind the service, and shows what does not agree in it."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from rooms.domain.time import DAY, Ticks, now
from rooms_cli.check.disagreement import Disagreement
from rooms_cli.check.live import Counts, LiveTable
from rooms_cli.screen import say, show_json, show_table
from rooms_cli.storage import failures_of, storage

_SLACK: Ticks = DAY
"""By so much what is too old may be younger than this clock says: the app's may be ahead, and it
removes more while we read."""


def check_table(name: str | None, limit: int, as_json: bool) -> bool:
    """Reads the whole table and shows what does not agree. Whether all does. Raises Failure if it
    cannot be read."""
    stored = storage(os.environ, name)
    table = LiveTable(stored.client, now() - stored.retention_days * DAY + _SLACK, _show_progress)
    began, shown, count = time.monotonic(), list[Disagreement](), 0
    with stored.client, failures_of(stored), _progress_cleared():
        for found in table.disagreements():
            count += 1
            if as_json:
                show_json(asdict(found))
            elif count <= limit:
                shown.append(found)
    if not as_json:
        _show(shown, count)
        of = f"the table {stored.client.table_name} at {stored.address}"
        say(f"Read {of}: {_counted(table.counts)}, in {time.monotonic() - began:.1f} s.")
        say(
            "Nothing disagrees."
            if count == 0
            else "1 thing disagrees."
            if count == 1
            else f"{count:,} things disagree."
        )
    return count == 0


def _show(some: list[Disagreement], count: int) -> None:
    if not some:
        return
    rows = [
        (found.room or f"(partition {found.partition})", found.what, found.rows[0])
        for found in some
    ]
    show_table(("room", "what disagrees", "row"), rows)
    if count > len(some):
        say(f"These are the first {len(some):,}; --limit shows more, and --json all.")
    for advice in dict.fromkeys(found.advice for found in some if found.advice):
        whats = dict.fromkeys(found.what for found in some if found.advice == advice)
        say(f"{' '.join(whats)} -> {advice}")
    say()


def _counted(counts: Counts) -> str:
    named = (counts.rows, "row"), (counts.rooms, "room"), (counts.quarantined, "event")
    rows, rooms, events = (
        f"{number:,} {what}{'' if number == 1 else 's'}" for number, what in named
    )
    return f"{rows}, {rooms}, {events} in quarantine"


def _show_progress(counts: Counts) -> None:
    if sys.stderr.isatty():
        print(
            f"\r{counts.rows:,} rows, {counts.rooms:,} rooms read ...",
            end="",
            file=sys.stderr,
            flush=True,
        )


@contextmanager
def _progress_cleared() -> Iterator[None]:
    try:
        yield
    finally:
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
