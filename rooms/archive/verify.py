"""Checks the log in a table against an archive: whether a record was altered, removed or inserted.

A record has three rows: in the log, and two in the order of arrival. Each must be there and have
the content that was exported. The table may be written to meanwhile.
"""

from contextlib import aclosing
from dataclasses import dataclass, field

from rooms.archive.chain import Chain, lines_of, read_chain
from rooms.archive.days import start_of
from rooms.archive.findings import Counts, Finding, Tell
from rooms.archive.partition import Verified
from rooms.archive.places import Place
from rooms.domain.time import DAY, Ticks
from rooms.storage import keys
from rooms.storage.accounts import last_digit
from rooms.storage.archives import Archives
from rooms.storage.table import Table


@dataclass(slots=True)
class Verification:
    """The verification of a table.

    `kept`: what is older may have been removed by upkeep. Raises StorageUnavailable as Table does,
    and ArchiveUnavailable.
    """

    table: Table
    place: Place
    kept: Ticks
    tell: Tell
    counts: Counts = field(default_factory=Counts)

    async def run(self) -> Counts:
        """Reads the archive and the table, by the last digit of the ids of rooms. The memory is
        that of the records of a tenth of the rooms."""
        known = await Archives(self.table).known()
        chain = await read_chain(self.place, known, self.tell)
        if not chain.days or known.key is None:
            return self.counts
        self.counts.days = len(chain.days)
        self.counts.first, self.counts.last = chain.days[0].day, chain.days[-1].day
        for digit in keys.PARTITIONS:
            await self._digit(digit, chain, known.key)
        return self.counts

    async def _digit(self, digit: str, chain: Chain, key: bytes) -> None:
        """Verifies the rooms whose ids have that last digit; again, if some of them may have moved
        to another storage account meanwhile."""
        while True:
            found: list[Finding] = []
            counts = Counts()
            version = (await self.table.spread()).version
            await self._verify(digit, chain, key, found.append, counts)
            if (await self.table.spread()).version == version:
                break
        for finding in found:
            self.tell(finding)
        self.counts.add(counts)

    async def _verify(
        self, digit: str, chain: Chain, key: bytes, tell: Tell, counts: Counts
    ) -> None:
        verified = Verified(
            self.table,
            [each for each in await self.table.partitions() if last_digit(each) == digit],
            key,
            self.kept,
            start_of(chain.days[0].day),
            start_of(chain.days[-1].day) + DAY,
            chain.unknown_days,
            tell,
            counts,
        )
        async with aclosing(lines_of(self.place, chain, digit, tell)) as lines:
            async for day, partition, line in lines:
                verified.expect(day, partition, line)
        await verified.run()
