"""What the table knows of the archives of its log: the key of their digests, and how far each
has come."""

import secrets
from contextlib import suppress
from dataclasses import dataclass, field

from rooms.domain.time import Ticks, parse_time
from rooms.storage import keys
from rooms.storage.entities import identity_row, stored_time
from rooms.storage.errors import StorageUnavailable
from rooms.storage.operations import Conflict, insert, replace
from rooms.storage.table import MAX_PAGE, Table

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Exported:
    """An archive: where it is, the last day that it has, and the SHA-256 of its manifest."""

    archive: str
    address: str
    day: str
    manifest: str
    at: Ticks


@dataclass(frozen=True, slots=True)
class Known:
    """The key, or None if the log was never exported; and the archives, by their ids."""

    key: bytes | None = field(repr=False)
    archives: dict[str, Exported]

    def at(self, address: str) -> list[Exported]:
        """Returns the archives that are there."""
        return [each for each in self.archives.values() if each.address == address]


class Archives:
    """The archives. Raises StorageUnavailable as Table does."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def known(self) -> Known:
        """Returns what the table knows. One request."""
        rows = await self._table.first(
            keys.IDENTITY_PARTITION, keys.ARCHIVE_ROW, keys.ARCHIVES_END, MAX_PAGE
        )
        key = next((row["key"] for row in rows if row["RowKey"] == keys.ARCHIVE_ROW), None)
        found = [
            Exported(
                row["RowKey"].removeprefix(keys.ARCHIVES_START),
                row["address"],
                row["day"],
                row["manifest"],
                parse_time(row["exportedAt"]),
            )
            for row in rows
            if row["RowKey"] != keys.ARCHIVE_ROW
        ]
        return Known(key, {each.archive: each for each in found})

    async def made_key(self) -> bytes:
        """Returns the key, and makes it if there is none. Of several that make it at the same time,
        all return the same one."""
        row = identity_row(keys.ARCHIVE_ROW) | {"key": secrets.token_bytes(_KEY_BYTES)}
        with suppress(Conflict):
            await self._table.commit([insert(row)])
        key = (await self.known()).key
        if key is None:
            raise StorageUnavailable  # somebody empties the table
        return key

    async def note(self, exported: Exported) -> None:
        """Keeps how far an archive has come. One request."""
        row = identity_row(keys.archive_row(exported.archive)) | {
            "address": exported.address,
            "day": exported.day,
            "manifest": exported.manifest,
            "exportedAt": stored_time(exported.at),
        }
        await self._table.commit([replace(row)])
