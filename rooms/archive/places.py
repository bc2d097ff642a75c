"""Where an archive is: a folder, or a container of Blob Storage. No file is ever replaced."""

import asyncio
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class ArchiveUnavailable(Exception):
    """The archive cannot be read or written. The message says which, and why."""


class Place(Protocol):
    """A place for files. Every method raises ArchiveUnavailable."""

    @property
    def address(self) -> str:
        """Where it is, for people: without a secret."""
        ...

    async def names(self) -> list[str]:
        """Returns the names of all files, such as `2026-05-04/manifest.json`, in order."""
        ...

    async def read(self, name: str) -> bytes:
        """Returns what is in a file."""
        ...

    async def create(self, name: str, data: bytes) -> bool:
        """Makes a file, whole or not at all. Returns False, and leaves it, if it is there."""
        ...

    async def close(self) -> None:
        """Ends connections."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, which is made when it is first needed."""

    path: Path

    @property
    def address(self) -> str:
        """The whole path."""
        return str(self.path.resolve())

    async def names(self) -> list[str]:
        """Returns the names of all files."""
        return await asyncio.to_thread(self._names)

    async def read(self, name: str) -> bytes:
        """Returns what is in a file."""
        try:
            return await asyncio.to_thread((self.path / name).read_bytes)
        except OSError as error:
            raise self._unavailable(name, error) from None

    async def create(self, name: str, data: bytes) -> bool:
        """Makes a file. A link to a whole file is made, or refused, at once."""
        return await asyncio.to_thread(self._create, name, data)

    async def close(self) -> None:
        """Does nothing: there are no connections."""

    def _names(self) -> list[str]:
        try:
            found = [path for path in self.path.glob("*/*") if path.suffix != ".unfinished"]
            return sorted(f"{path.parent.name}/{path.name}" for path in found if path.is_file())
        except OSError as error:
            raise self._unavailable("", error) from None

    def _create(self, name: str, data: bytes) -> bool:
        path = self.path / name
        unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}.unfinished")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(unfinished, path)
            except FileExistsError:
                return False
            finally:
                unfinished.unlink()
        except OSError as error:
            raise self._unavailable(name, error) from None
        return True

    def _unavailable(self, name: str, error: OSError) -> ArchiveUnavailable:
        return ArchiveUnavailable(f"{self.path / name}: {error.strerror}")
