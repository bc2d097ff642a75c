"""Makes a table of a backup.

The rows are written in the order of the passes, so that the newest of each stays. Until the end a
row of the first account says which backup the table is made of, and how far: a restore that was
killed goes on there. The row by which the service knows its table is written last, in the first
account the very last, so that it does not use half of one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

from azure.data.tables import TableClient, TransactionOperation, UpdateMode

from rooms.domain.time import SECOND, Ticks, now, parse_time
from rooms.storage import keys
from rooms.storage.entities import stored_time
from rooms.storage.marker import make
from rooms_cli.backup.folder import Manifest, Part, check_part, lines_of
from rooms_cli.backup.lines import row_of
from rooms_cli.backup.reading import MARGIN
from rooms_cli.failures import Failure
from rooms_cli.storage import Account
from rooms_cli.storage_failures import failures_of

type _Row = dict[str, Any]
type _Operation = tuple[TransactionOperation, _Row] | tuple[TransactionOperation, _Row, _Row]

MAX_OPERATIONS = 100
MAX_CHARACTERS = 3 * 1024 * 1024
"""What one transaction has, at most. Table Storage takes 4 MiB."""

_MARKER: _Row = {"PartitionKey": keys.IDENTITY_PARTITION, "RowKey": keys.MARKER_ROW}
_PROGRESS: _Row = {"PartitionKey": keys.IDENTITY_PARTITION, "RowKey": keys.RESTORE_ROW}


def restore(
    accounts: Sequence[Account], folder: Path, manifest: Manifest, progress: Callable[[int], None]
) -> None:
    """Writes the rows of a backup into a table that is empty or missing in all accounts, or goes on
    with it.

    `progress` is called with the number of rows that are written, for each file.

    Raises:
        Failure: a file is not as it was written, the table is not empty, or an account does not
            answer.
    """
    for part in manifest.parts:
        check_part(folder, part)
    done = _parts_done(accounts, manifest)
    written = sum(part.rows for part in manifest.parts[:done])
    for number, part in enumerate(manifest.parts[done:], done + 1):
        with failures_of(accounts[part.account], writes=True) as client:
            for rows in _in_transactions(lines_of(folder, part)):
                client.submit_transaction([_replace(row) for row in rows])
        with failures_of(accounts[0], writes=True) as client:
            _note(client, manifest, number)
        written += part.rows
        progress(written)
    for number, account in reversed(list(enumerate(accounts))):
        parts = manifest.of_account(number)
        with failures_of(account, writes=True) as client:
            _raise_floors(client, {part.partition for part in parts})
            if not manifest.exact:
                _unlist_deleted_rooms(client, manifest)
            _end(client, _marker_in(folder, parts), is_last=number == 0)


def _parts_done(accounts: Sequence[Account], manifest: Manifest) -> int:
    """Returns how many files are in the table already. Makes it where it is missing.

    Raises:
        Failure: there is something else in it.
    """
    with failures_of(accounts[0], writes=True) as client:
        make(client)
        rows = list(client.query_entities(_where(_PROGRESS)))
    if rows and rows[0]["backup"] == manifest.id:
        return int(rows[0]["parts"])
    for account in accounts:
        with failures_of(account, writes=True) as client:
            make(client)
            some = client.list_entities(results_per_page=2, select=["PartitionKey", "RowKey"])
            if any(dict(row) != _MARKER for row in some):
                raise Failure(
                    f"The table {client.table_name} at {account.address} is not empty. "
                    "Restore into another one: --table NAME."
                )
    for account in accounts:
        with failures_of(account, writes=True) as client:  # first: else a kill would leave it there
            for row in client.query_entities(_where(_MARKER)):
                client.delete_entity(row)
    with failures_of(accounts[0], writes=True) as client:
        _note(client, manifest, 0)
    return 0


def _note(client: TableClient, manifest: Manifest, parts: int) -> None:
    client.upsert_entity(
        _PROGRESS | {"backup": manifest.id, "parts": parts}, mode=UpdateMode.REPLACE
    )


def _in_transactions(lines: Iterable[str]) -> Iterator[list[_Row]]:
    """Yields rows of one partition that fit into one transaction."""
    rows: list[_Row] = []
    size = 0
    for line in lines:
        row = row_of(line)
        if _key(row) == _MARKER:
            continue
        if rows and (len(rows) == MAX_OPERATIONS or size + len(line) > MAX_CHARACTERS):
            yield rows
            rows, size = [], 0
        rows.append(row)
        size += len(line)
    if rows:
        yield rows


def _raise_floors(client: TableClient, partitions: Iterable[str]) -> None:
    """Gives each partition one floor, above all that the table ever had: what arrives from now on
    is newer than what arrived after the backup."""
    for partition in partitions:
        where = "PartitionKey eq @partition and RowKey ge '.floor:' and RowKey lt '.floor;'"
        floors = list(client.query_entities(where, parameters={"partition": partition}))
        if floors:
            last = max(floors, key=itemgetter("RowKey"))
            highest: Ticks = keys.floor_of(last["RowKey"])
            # With what the highest says of the accounts besides.
            higher = last | {"RowKey": keys.floor_row(max(now(), highest + 1))}
            client.submit_transaction(
                [
                    _replace(higher),
                    *((TransactionOperation.DELETE, _key(row)) for row in floors),
                ]
            )


def _unlist_deleted_rooms(client: TableClient, manifest: Manifest) -> None:
    """Removes rooms from the list that were deleted while the backup was made: it has no rows to
    say that a row was removed."""
    margin = round(MARGIN.total_seconds() * SECOND)
    began = stored_time(parse_time(manifest.began[0]) - margin)
    for row in client.query_entities(f"deleted eq true and changedAt ge '{began}'"):
        room_id = row["RowKey"].partition(":")[0]
        listed = _key(row) | {"RowKey": keys.index_row(room_id, parse_time(row["createdAt"]))}
        for found in client.query_entities(_where(listed)):
            client.delete_entity(found)


def _marker_in(folder: Path, parts: Sequence[Part]) -> _Row | None:
    """Returns the newest marker in these files of an account."""
    rows = (
        row_of(line)
        for part in reversed(parts)
        if part.partition == keys.IDENTITY_PARTITION
        for line in lines_of(folder, part)
    )
    return next((row for row in rows if _key(row) == _MARKER), None)


def _end(client: TableClient, marker: _Row | None, *, is_last: bool) -> None:
    """Says that the table is whole in an account. In the `last` one, the row by which the service
    knows it takes the place of the one that said how far it was."""
    operations: list[_Operation] = [(TransactionOperation.DELETE, _PROGRESS)] if is_last else []
    if marker is not None:
        operations.append(_replace(marker))
    if operations:
        client.submit_transaction(operations)


def _replace(row: _Row) -> _Operation:
    return TransactionOperation.UPSERT, row, {"mode": "replace"}


def _key(row: _Row) -> _Row:
    return {"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"]}


def _where(key: _Row) -> str:
    return f"PartitionKey eq '{key['PartitionKey']}' and RowKey eq '{key['RowKey']}'"
