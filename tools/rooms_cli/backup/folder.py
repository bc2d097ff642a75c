"""The folder of a backup: files of rows, and a manifest that names them.

A file is there as a whole or not at all, and the manifest names only files that are there. So a
backup that was killed goes on behind the last file that the manifest names.
"""

import gzip
import hashlib
import json
import os
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rooms_cli.failures import Failure

MANIFEST = "manifest.json"
VERSION = 2
"""1 had one storage account."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file of rows of one partition, in the order of their keys, up to the row `last`.

    `sha256` is that of the file as it is on the disk.
    """

    file: str
    number: int
    """The pass that read them, from 1."""
    partition: str
    last: str
    rows: int
    sha256: str
    account: int = 0
    """The number of its storage account."""


@dataclass(slots=True)
class Manifest:
    """What a backup has. `finished` is None until it has all of the table.

    `exact`: nothing was written while it was made, as far back as it matters. Times are RFC 3339.
    """

    table: str
    accounts: int = 1
    """Storage accounts over which it is spread."""
    spread: int = 0
    """The version of the spread: no room has moved to another account since it began."""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    version: int = VERSION
    began: list[str] = field(default_factory=list)
    """When each pass began, by the clock of the storage."""
    parts: list[Part] = field(default_factory=list)
    finished: str | None = None
    exact: bool = False

    @property
    def rows(self) -> int:
        """How many rows it has; one that several passes found counts each time."""
        return sum(part.rows for part in self.parts)

    def of_pass(self, number: int) -> list[Part]:
        """Returns the files of a pass."""
        return [part for part in self.parts if part.number == number]

    def of_account(self, number: int) -> list[Part]:
        """Returns the files of a storage account, in the order of the passes."""
        return [part for part in self.parts if part.account == number]


def read_manifest(folder: Path) -> Manifest | None:
    """Returns the manifest of the folder, or None if there is none.

    Raises:
        Failure: it cannot be read.
    """
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        version = found["version"]
        parts = [Part(**part) for part in found["parts"]]
        manifest = Manifest(**found | {"parts": parts, "version": VERSION})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError):
        raise Failure(f"{folder / MANIFEST} cannot be read as that of a backup.") from None
    if version not in (1, VERSION):
        raise Failure(
            f"{folder / MANIFEST} is of another version of `rooms`. Use that version to restore it."
        )
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest in place of the one before it."""
    text = json.dumps(asdict(manifest), indent=1)
    _write(folder / MANIFEST, text.encode())


def write_part(
    folder: Path,
    manifest: Manifest,
    account: int,
    partition: str,
    last: str,
    lines: Sequence[str],
) -> None:
    """Adds a file with these rows, and names it in the manifest."""
    file = f"{len(manifest.parts) + 1:06d}-{partition}.ndjson.gz"
    text = "".join(f"{line}\n" for line in lines).encode()
    data = gzip.compress(text, compresslevel=3, mtime=0)
    _write(folder / file, data)
    digest = hashlib.sha256(data).hexdigest()
    number = len(manifest.began)
    manifest.parts.append(Part(file, number, partition, last, len(lines), digest, account))
    write_manifest(folder, manifest)


def check_part(folder: Path, part: Part) -> None:
    """Raises Failure if a file is not as it was written."""
    if hashlib.sha256(_read(folder, part)).hexdigest() != part.sha256:
        raise Failure(f"{folder / part.file} is not as it was written. Use another backup.")


def lines_of(folder: Path, part: Part) -> Iterator[str]:
    """Yields the lines of a file that was checked."""
    for line in gzip.decompress(_read(folder, part)).split(b"\n"):
        if line:
            yield line.decode()


def _read(folder: Path, part: Part) -> bytes:
    try:
        return (folder / part.file).read_bytes()
    except OSError as error:
        raise Failure(f"{folder / part.file} cannot be read: {error.strerror}.") from None


def _write(path: Path, data: bytes) -> None:
    """Writes a file so that it is whole, even if this process or machine ends at once."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}.") from None
