"""Users and the deployment in the table."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.errors import UserNotFound
from rooms.domain.identity import User
from rooms.domain.time import DAY, parse_time
from rooms.storage.errors import StorageUnavailable
from rooms.storage.identities import Deployment, Identities
from rooms.storage.table import Table
from testkit.storage_proxy import Fault, StorageProxy
from tests.effort import thorough

NOON = parse_time("2026-05-04T12:00:00.1234567Z")
FAULTS = [Fault.REFUSED, Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.TWICE]


@pytest.fixture
def identities(client: TableClient) -> Identities:
    return Identities(Table(client))


def new_user() -> User:
    return User(str(uuid.uuid4()), NOON, NOON, "0123456789abcdef")


async def test_a_user_is_kept_until_deleted(identities: Identities) -> None:
    user = new_user()
    await identities.add(user)
    assert await identities.find(user.id) == user
    await identities.use(user.id, NOON + DAY)
    await identities.revise(user.id, "f" * 16)
    assert await identities.find(user.id) == replace(user, used_at=NOON + DAY, revision="f" * 16)
    await identities.delete(user.id)
    await identities.delete(user.id)
    with pytest.raises(UserNotFound):
        await identities.find(user.id)


async def test_nothing_that_comes_late_brings_a_deleted_user_back(
    identities: Identities,
) -> None:
    user = new_user()
    await identities.add(user)
    await identities.delete(user.id)
    await identities.add(user)
    await identities.revise(user.id, "f" * 16)
    await identities.use(user.id, NOON)
    with pytest.raises(UserNotFound):
        await identities.find(user.id)


async def test_without_a_table_there_are_no_users(identities: Identities) -> None:
    user = new_user()
    assert await identities.find_deployment() is None
    await identities.delete(user.id)
    with pytest.raises(UserNotFound):
        await identities.find(user.id)
    with pytest.raises(UserNotFound):
        await identities.revise(user.id, "f" * 16)


@pytest.mark.parametrize(("read_timeout", "retries"), [(0.5, 10)])
@pytest.mark.parametrize(
    "fault",
    [
        Fault.CUT_AFTER,
        Fault.LATE,
        *thorough(*(each for each in FAULTS if each is not Fault.CUT_AFTER), Fault.DELAYED),
    ],
)
async def test_a_fault_of_the_storage_changes_nothing(
    identities: Identities, proxy: StorageProxy, fault: Fault
) -> None:
    user = new_user()

    def once(number: int, _: str) -> Fault | None:
        return fault if number == 0 else None

    await identities.delete(user.id)
    changes: list[Callable[[], Awaitable[None]]] = [
        lambda: identities.add(user),
        lambda: identities.use(user.id, NOON + DAY),
        lambda: identities.revise(user.id, "f" * 16),
    ]
    for change in changes:
        proxy.forget()
        proxy.choose = once
        await change()
    proxy.forget()
    changed = replace(user, used_at=NOON + DAY, revision="f" * 16)
    assert await identities.find(user.id) == changed
    proxy.forget()
    proxy.choose = once
    await identities.delete(user.id)
    with pytest.raises(UserNotFound):
        await identities.find(user.id)


async def test_all_who_make_the_deployment_get_the_same_one(client: TableClient) -> None:
    def make() -> Deployment:
        return Deployment(str(uuid.uuid4()), "key")

    made = await asyncio.gather(*(Identities(Table(client)).deployment(make) for _ in range(8)))
    assert len(set(made)) == 1
    assert await Identities(Table(client)).find_deployment() == made[0]


@pytest.mark.parametrize(
    "fault",
    [Fault.CUT_AFTER, *thorough(*(each for each in FAULTS if each is not Fault.CUT_AFTER))],
)
@pytest.mark.parametrize("at", range(3))
async def test_a_deployment_is_made_once_whatever_the_network_does(
    identities: Identities, proxy: StorageProxy, fault: Fault, at: int
) -> None:
    await identities.add(new_user())  # which makes the table
    proxy.forget()
    proxy.choose = lambda number, _: fault if number == at else None
    made = Deployment(str(uuid.uuid4()), "key")
    try:
        assert await identities.deployment(lambda: made) == made
    except StorageUnavailable:  # of a read
        pass
    proxy.forget()
    again = await identities.deployment(lambda: Deployment(str(uuid.uuid4()), "key"))
    assert again.private_key == "key"
    assert await identities.find_deployment() == again


def test_the_key_of_a_deployment_is_not_shown() -> None:
    assert "secret" not in repr(Deployment("x", "secret"))


async def test_requests_to_the_storage(identities: Identities, proxy: StorageProxy) -> None:
    user = new_user()
    await identities.add(user)  # which makes the table

    async def counted(operation: Awaitable[object]) -> int:
        proxy.forget()
        await operation
        return len(proxy.seen)

    assert await counted(identities.deployment(lambda: Deployment("x", "key"))) == 3
    assert await counted(identities.deployment(lambda: Deployment("y", "key"))) == 1
    assert await counted(identities.add(new_user())) == 1
    assert await counted(identities.find(user.id)) == 1
    assert await counted(identities.use(user.id, NOON)) == 1
    assert await counted(identities.revise(user.id, "f" * 16)) == 1
    assert await counted(identities.delete(user.id)) == 1
