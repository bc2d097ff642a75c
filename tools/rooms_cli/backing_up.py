"""`rooms backup` and `rooms restore`."""

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from rooms_cli.failures import Failure
from rooms_cli.options import Table
from rooms_cli.progress import progress_cleared, show_progress
from rooms_cli.screen import say
from rooms_cli.words import number

Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", file_okay=False, help="The folder of the backup.")
]


def backup(folder: Folder, table: Table = None) -> None:
    """Back up the service's whole table into a folder. The service may run meanwhile.

    If it was interrupted, run it again: it goes on. The settings are those of `rooms check`.
    """
    from rooms_cli.backup.folder import Manifest, read_manifest
    from rooms_cli.backup.reading import back_up
    from rooms_cli.storage import storage

    stored = storage(os.environ, table)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"{folder} cannot be made: {error.strerror}.") from None
    name, accounts = stored.table, len(stored.accounts)
    manifest = read_manifest(folder)
    if manifest is None:
        if any(folder.iterdir()):
            raise Failure(f"{folder} is not empty, and has no backup. Take another folder.")
        manifest = Manifest(name, accounts)
    if manifest.finished:
        raise Failure(f"{folder} has a whole backup already. Take another folder.")
    if manifest.table != name:
        raise Failure(f"{folder} has a part of a backup of the table {manifest.table}.")
    if manifest.accounts != accounts:
        raise Failure(
            f"{folder} has a part of a backup of {_accounts(manifest.accounts)}, and the settings "
            f"name {_accounts(accounts)}."
        )
    began = time.monotonic()
    with stored, progress_cleared():
        back_up(
            stored.accounts, folder, manifest, lambda now: show_progress(f"{now.rows:,} rows read")
        )
    size = sum((folder / part.file).stat().st_size for part in manifest.parts)
    say(
        f"Backed up {stored}: {manifest.rows:,} rows, "
        f"{size / 1024 / 1024:,.1f} MiB, in {time.monotonic() - began:.1f} s."
    )
    say(
        "It is exact: nothing was written meanwhile."
        if manifest.exact
        else "Rows were written until the end, so the last changes may be there in part. "
        "After a restore, `rooms check` names their rooms."
    )


def restore(folder: Folder, table: Table = None) -> None:
    """Restore a backup into a table that is empty or missing. If it was interrupted, run it again.

    The settings are those of `rooms check`, but must allow to write, and name as many storage
    accounts as those of the backup.
    """
    from rooms_cli.backup.folder import MANIFEST, read_manifest
    from rooms_cli.backup.writing import restore as write
    from rooms_cli.storage import storage

    manifest = read_manifest(folder)
    if manifest is None:
        raise Failure(f"{folder} has no backup: there is no {MANIFEST}.")
    if manifest.finished is None:
        raise Failure(f"{folder} has only a part of a backup. Run: rooms backup {folder}")
    stored = storage(os.environ, table)
    if manifest.accounts != len(stored.accounts):
        raise Failure(
            f"{folder} has a backup of {_accounts(manifest.accounts)}, and the settings name "
            f"{_accounts(len(stored.accounts))}. Set ROOMS_STORAGE__1 and so on for as many."
        )
    began = time.monotonic()
    with stored, progress_cleared():
        write(
            stored.accounts, folder, manifest, lambda rows: show_progress(f"{rows:,} rows written")
        )
    say(f"Restored {manifest.rows:,} rows into {stored}, in {time.monotonic() - began:.1f} s.")
    say("Now check it with `rooms check`, before the service uses it.")


def _accounts(count: int) -> str:
    return number(count, "storage account", "storage accounts")
