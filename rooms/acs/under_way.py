"""A change that is under way at ACS: its mark, and whether ACS may have carried it out."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

from rooms.acs.errors import AcsRefusesUs, Refused
from rooms.acs.pace import Pace
from rooms.domain.roster import RosterPatch
from rooms.storage.errors import StorageError
from rooms.storage.marks import Mark, Marks, removal
from rooms.storage.operations import Operation


@dataclass
class UnderWay:
    """A change under way."""

    marks: Marks
    pace: Pace
    mark: Mark
    is_marked: bool = False
    """Whether the mark may be there."""
    in_doubt: bool = False
    """Whether ACS may have carried out any of it."""

    async def write(self, patch: RosterPatch | None = None, *, again: bool = False) -> None:
        """Writes the mark, with another patch of the roster if one is given. One request; none if
        it is written so, unless it is to be written `again`."""
        if patch is None:
            patch = self.mark.patch
        if self.is_marked and patch == self.mark.patch and not again:
            return
        self.is_marked, self.mark = True, replace(self.mark, patch=patch)
        await self.marks.write(self.mark)

    async def ask[T](self, request: Awaitable[T]) -> T:
        """Returns what ACS answers to a request that changes something. Raises AcsError. If ACS
        throttles, what asks it in the background pauses."""
        doubted, self.in_doubt = self.in_doubt, True
        try:
            return await request
        except AcsRefusesUs:
            self.in_doubt = doubted
            raise
        except Refused as refused:
            self.in_doubt = doubted or refused.in_doubt
            if (pause := refused.retry_after) is not None:
                self.pace.throttle(pause)
            raise

    @property
    def removal(self) -> list[Operation]:
        """Returns the operation that removes the mark, if it may be there."""
        return [removal(self.mark)] if self.is_marked else []

    @asynccontextmanager
    async def closed(self) -> AsyncIterator[None]:
        """Removes the mark of a change that fails, if nothing of it can have been carried out. The
        marks of others tell that they are to be settled."""
        try:
            yield
        except Exception:
            if self.is_marked and not self.in_doubt:
                with suppress(StorageError):
                    await self.marks.remove(self.mark)
            raise
