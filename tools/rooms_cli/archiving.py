"""`rooms export-log` and `rooms verify-log`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rooms_cli.failures import Failure, TemporaryFailure
from rooms_cli.options import Table
from rooms_cli.screen import say, show_json, show_table
from rooms_cli.words import number

if TYPE_CHECKING:
    from rooms.archive.export import Report
    from rooms.archive.findings import Counts, Finding
    from rooms.archive.places import Place
    from rooms_cli.storage import Storage

Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="FOLDER",
        file_okay=False,
        help="The folder of the archive. Default: the container that ROOMS_ARCHIVE names.",
    ),
]


def export_log(folder: Folder = None, table: Table = None) -> None:
    """Export the log of the days that have passed, without details of people, into an archive.

    By such an archive `rooms verify-log` sees whether the log was altered afterwards. What is there
    is never replaced. The settings are those of the app.
    """
    stored = _storage(table, writes=True)
    place, report = _with_place(folder, lambda place: _export(stored, place))
    if report.days:
        say(f"{str(report).capitalize()}, to {place}.")
    else:
        say(f"Nothing to do: {place} has all days that have passed.")


def verify_log(
    folder: Folder = None,
    table: Table = None,
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="Maximum number of findings to show.")
    ] = 30,
    as_json: Annotated[
        bool, typer.Option("--json", help="For scripts: every finding, one JSON object a line.")
    ] = False,
) -> None:
    """Check the log in the table against an archive. Exits with 1 if a record was altered, removed
    or inserted, or a file of the archive was. Changes nothing.

    Set ROOMS_STORAGE and ROOMS_RETENTION_DAYS as the app has them.
    """
    from dataclasses import asdict

    stored = _storage(table, writes=False)
    found: list[Finding] = []

    def tell(finding: Finding) -> None:
        found.append(finding)
        if as_json:
            show_json(asdict(finding))

    place, counts = _with_place(folder, lambda place: _verify(stored, place, tell))
    if not as_json:
        _show(found[:limit], len(found))
        _show_counts(counts, f"the table {stored.table}", place)
        say(f"Found {_number(len(found), 'alteration')}.")
    if found:
        raise typer.Exit(1)


async def _export(stored: Storage, place: Place) -> Report:
    from rooms.archive.export import Export
    from rooms.domain.time import now
    from rooms_cli.storage import opened

    async with opened(stored) as table:
        return await Export(table, place, now).run()


async def _verify(stored: Storage, place: Place, tell: Callable[[Finding], None]) -> Counts:
    from rooms.archive.verify import Verification
    from rooms.domain.time import DAY, now
    from rooms_cli.storage import opened

    # The app's clock may be ahead of ours.
    kept = now() - stored.retention_days * DAY + DAY
    async with opened(stored) as table:
        return await Verification(table, place, kept, tell).run()


def _storage(table: str | None, writes: bool) -> Storage:
    """Returns the table, once it has answered: it then tells what is wrong with a setting."""
    from rooms_cli.check.layout import read_layout
    from rooms_cli.storage import storage
    from rooms_cli.storage_failures import failures_of

    stored = storage(os.environ, table)
    read_layout(stored.accounts)
    for account in stored.accounts:
        with failures_of(account, writes=writes) as client:
            next(iter(client.list_entities(results_per_page=1, select=["RowKey"])), None)
    return stored


def _with_place[T](
    folder: Path | None, work: Callable[[Place], Coroutine[None, None, T]]
) -> tuple[str, T]:
    """Does some work with an archive. Returns where it is, and what the work returned."""
    from rooms.archive.places import ArchiveUnavailable
    from rooms.storage.errors import StorageUnavailable

    async def done() -> tuple[str, T]:
        place = _place(folder)
        try:
            return place.address, await work(place)
        finally:
            await place.close()

    try:
        return asyncio.run(done())
    except ArchiveUnavailable as error:
        raise Failure(f"The archive cannot be used. {error}") from None
    except StorageUnavailable:
        raise TemporaryFailure("The storage stopped answering. Run the command again.") from None


def _place(folder: Path | None) -> Place:
    from rooms.archive.container import container_of
    from rooms.archive.places import Folder as FolderPlace
    from rooms.settings.archive import read_archive
    from rooms.settings.error import SettingsError

    if folder is not None:
        return FolderPlace(folder)
    try:
        chosen = read_archive(os.environ)
    except SettingsError as error:
        raise Failure(str(error)) from None
    if chosen is None:
        raise Failure("Which archive? Give a folder, or set ROOMS_ARCHIVE as the app has it.")
    try:
        return container_of(chosen)
    except ImportError:
        raise Failure(
            "This needs a package that is not installed. Install it: pip install azure-storage-blob"
        ) from None


def _show(some: list[Finding], count: int) -> None:
    if not some:
        return
    rows = [
        (each.day, each.room, each.what, each.row or each.file or f"{each.kind} at {each.at}")
        for each in some
    ]
    show_table(("day", "room", "alteration", "row or file"), rows)
    if count > len(some):
        say(f"These are the first {len(some):,}. --limit shows more, --json shows all.")
    say()


def _show_counts(counts: Counts, table: str, place: str) -> None:
    days = _number(counts.days, "day")
    span = f", {counts.first} to {counts.last}" if counts.days else ""
    say(f"Verified {table} by {place}: {days}{span}, {_number(counts.records, 'record')}.")
    if counts.removed:
        say(f"{_number(counts.removed, 'record')} removed by age, as the retention allows.")
    for erasure, changed in sorted(counts.erased.items()):
        say(f"{_number(changed, 'record')} changed by the erasure {erasure}.")
    if counts.uncovered:
        say(f"{_number(counts.uncovered, 'record')} older than the archive, and not covered by it.")


def _number(count: int, what: str) -> str:
    return number(count, what, f"{what}s")
