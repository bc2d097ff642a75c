"""Reads a whole table into a folder, while it may be written to.

The first pass reads every row, a storage account and a partition after the other, in the order of
keys. What was read early may have changed since. So each further pass reads what was written since
the pass before it began; the first that finds nothing proves that the backup is exact: nothing was
written since the pass before it began. Under steady writes there is no such pass, and the last one
ends it.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from azure.data.tables import TableClient

from rooms_cli.backup.folder import Manifest, write_manifest, write_part
from rooms_cli.backup.lines import line_of
from rooms_cli.check.layout import read_layout, unfinished
from rooms_cli.failures import Failure
from rooms_cli.storage import Account
from rooms_cli.storage_clock import storage_time
from rooms_cli.storage_failures import failures_of

PAGE = 1_000
"""Rows that Table Storage answers one request with, at most."""

PART_ROWS = 20_000
PART_CHARACTERS = 16 * 1024 * 1024
"""What a file has, at most: it is held in memory. A backup that was killed reads as much again."""

PASSES = 4
"""Passes, at most."""

MARGIN = timedelta(seconds=5)
"""Servers of the storage may have different clocks: a pass reads from so much earlier on."""


def back_up(
    accounts: Sequence[Account],
    folder: Path,
    manifest: Manifest,
    progress: Callable[[Manifest], None],
) -> None:
    """Reads the table in all accounts, or goes on with it behind the last file that the manifest
    names.

    `progress` is called for each file.

    Raises:
        Failure: an account does not answer; or rooms move to another account, as rows that were
            read here and there would then be of no use.
    """
    while manifest.finished is None:
        if not manifest.began:
            manifest.spread = _settled_spread(accounts)
            _begin(accounts, folder, manifest)
        number = len(manifest.began)
        _pass(accounts, folder, manifest, progress)
        exact = number > 1 and not manifest.of_pass(number)
        if exact or number == PASSES:
            if _settled_spread(accounts) != manifest.spread:
                raise Failure(
                    "Rooms were moved to another storage account since the backup began, so "
                    f"{folder} is of no use. Take another folder."
                )
            manifest.exact = exact
            manifest.finished = datetime.now(UTC).isoformat(timespec="seconds")
            write_manifest(folder, manifest)
        else:
            _begin(accounts, folder, manifest)


def _settled_spread(accounts: Sequence[Account]) -> int:
    """Returns the version of the spread. Raises Failure while a move is not ended."""
    layout = read_layout(accounts)
    if (left := unfinished(layout)) is not None:
        raise Failure(" ".join(left))
    return layout.spread.version


def _begin(accounts: Sequence[Account], folder: Path, manifest: Manifest) -> None:
    """Notes the earliest of the times that the accounts have now."""
    times = []
    for account in accounts:
        with failures_of(account) as client:
            times.append(storage_time(client))
    manifest.began.append(min(times).isoformat())
    write_manifest(folder, manifest)


def _pass(
    accounts: Sequence[Account],
    folder: Path,
    manifest: Manifest,
    progress: Callable[[Manifest], None],
) -> None:
    done = manifest.of_pass(len(manifest.began))
    first = done[-1].account if done else 0
    for number, account in enumerate(accounts[first:], first):
        with failures_of(account) as client:
            _pass_through(client, number, folder, manifest, progress)


def _pass_through(
    client: TableClient,
    account: int,
    folder: Path,
    manifest: Manifest,
    progress: Callable[[Manifest], None],
) -> None:
    """Reads one account."""
    number = len(manifest.began)
    since = "" if number == 1 else _written_since(manifest.began[-2])
    done = [part for part in manifest.of_pass(number) if part.account == account]
    partition, last = (done[-1].partition, done[-1].last) if done else (None, "")
    if partition is None:
        partition = _next_partition(client, None)
    while partition is not None:
        for lines, last_read in _in_parts(_rows(client, partition, last, since)):
            write_part(folder, manifest, account, partition, last_read, lines)
            progress(manifest)
        partition, last = _next_partition(client, partition), ""


def _in_parts(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[list[str], str]]:
    """Yields the lines of a file, and the key of its last row."""
    lines: list[str] = []
    size, last = 0, ""
    for row in rows:
        line = line_of(row)
        if lines and (len(lines) == PART_ROWS or size + len(line) > PART_CHARACTERS):
            yield lines, last
            lines, size = [], 0
        lines.append(line)
        size += len(line)
        last = row["RowKey"]
    if lines:
        yield lines, last


def _rows(client: TableClient, partition: str, behind: str, since: str) -> Iterator[dict[str, Any]]:
    """Yields rows of a partition in the order of their keys."""
    where = "PartitionKey eq @partition and RowKey gt @behind" + since
    values = {"partition": partition, "behind": behind}
    if not behind:  # the key may be empty
        where = where.replace("gt", "ge", 1)
    return iter(client.query_entities(where, parameters=values, results_per_page=PAGE))


def _next_partition(client: TableClient, behind: str | None) -> str | None:
    """Returns the first partition behind that one, or of all."""
    where = "" if behind is None else "PartitionKey gt @behind"
    pages = client.query_entities(
        where,
        parameters={} if behind is None else {"behind": behind},
        select=["PartitionKey"],
        results_per_page=1,
    )
    row = next(iter(pages), None)
    return None if row is None else row["PartitionKey"]


def _written_since(time: str) -> str:
    since = datetime.fromisoformat(time) - MARGIN
    return f" and Timestamp ge datetime'{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
