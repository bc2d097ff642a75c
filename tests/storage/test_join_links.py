"""A decision and the browser that it binds a join link to: both are stored, or neither."""

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.join_link import JoinLink
from rooms.domain.time import DAY, MAX_TIME, now
from rooms.storage.admissions import Admissions
from rooms.storage.calls import Calls
from rooms.storage.errors import JoinLinkUsed
from rooms.storage.history import History
from rooms.storage.join_links import HeldLink
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.storage import ORIGIN

LINK = JoinLink("0" * 32, "99400000000000007", raw_id(1), None, now() + DAY)
HERE, ELSEWHERE = HeldLink(LINK, "a" * 22), HeldLink(LINK, "b" * 22)


class Log:
    """The log of the room, and who is admitted to it."""

    def __init__(self, client: TableClient) -> None:
        self._table = Table(client)
        self.admissions = Admissions(self._table, Calls(self._table, now), now)

    async def admit(self, held: HeldLink) -> None:
        """What a request does that has found the link to be bound to no browser."""
        detail = {"rawId": LINK.raw_id, "role": "Attendee", "link": LINK.id}
        await self.admissions.record(LINK.room_id, now(), "Admitted", detail, ORIGIN, held)

    async def count(self) -> int:
        page = await History(self._table).log(LINK.room_id, 0, MAX_TIME, None, None, None)
        return len(page.items)


@pytest.fixture
def log(direct: TableClient) -> Log:
    return Log(direct)


async def test_a_link_is_bound_to_no_browser_before_somebody_is_admitted(log: Log) -> None:
    assert not await log.admissions.is_bound(HERE)


async def test_who_is_admitted_binds_it(log: Log) -> None:
    await log.admit(HERE)
    assert await log.admissions.is_bound(HERE)
    with pytest.raises(JoinLinkUsed):
        await log.admissions.is_bound(ELSEWHERE)


async def test_whom_another_browser_forestalls_leaves_nothing(log: Log) -> None:
    await log.admit(HERE)
    with pytest.raises(JoinLinkUsed):
        await log.admit(ELSEWHERE)
    assert await log.count() == 1
    assert await log.admissions.is_bound(HERE)


async def test_whom_their_own_browser_forestalls_is_admitted(log: Log) -> None:
    await log.admit(HERE)
    await log.admit(HERE)
    assert await log.count() == 2
