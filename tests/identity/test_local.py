"""How long users and their tokens hold."""

from collections.abc import Awaitable

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables.aio import TableClient

from rooms.domain.errors import UserNotFound
from rooms.domain.time import DAY, HOUR, Ticks, parse_time
from rooms.identity.local import LocalIdentities
from rooms.identity.tokens import Claims
from rooms.storage.identities import Identities
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.storage_proxy import StorageProxy

NOON = parse_time("2026-05-04T12:00:00Z")
DAY_OF_MINUTES = 24 * 60


class Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> Ticks:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def identities(client: TableClient, clock: Clock) -> LocalIdentities:
    return LocalIdentities(Identities(Table(client)), clock)


async def test_a_token_is_valid_until_it_expires(identities: LocalIdentities, clock: Clock) -> None:
    raw_id, token = await identities.create_with_token(["voip"], 60)
    assert token.expires_at == NOON + HOUR
    clock.now = NOON + HOUR - 1
    checked = await identities.check(token.token)
    assert isinstance(checked, Claims)
    assert (checked.raw_id, checked.scopes) == (raw_id, ("voip",))
    clock.now = NOON + HOUR
    assert await identities.check(token.token) == "Expired"


async def test_a_revocation_does_not_depend_on_the_clock(
    identities: LocalIdentities, clock: Clock
) -> None:
    user, before = await identities.create_with_token(["voip"], 60)
    clock.now = NOON - DAY
    await identities.revoke(user)
    after = await identities.issue(user, ["voip"], DAY_OF_MINUTES + 60)
    clock.now = NOON
    assert await identities.check(before.token) == "Revoked"
    assert isinstance(await identities.check(after.token), Claims)


async def test_another_process_has_the_same_deployment(
    identities: LocalIdentities, client: TableClient, clock: Clock
) -> None:
    other = LocalIdentities(Identities(Table(client)), clock)
    user, token = await identities.create_with_token(["voip"], 60)
    assert isinstance(await other.check(token.token), Claims)
    await other.revoke(user)
    assert await identities.check(token.token) == "Revoked"


async def test_another_deployment_has_other_users_and_another_key(
    identities: LocalIdentities, direct: TableClient, clock: Clock
) -> None:
    other = LocalIdentities(Identities(Table(direct)), clock)
    user, token = await identities.create_with_token(["voip"], 60)
    assert await other.check(token.token) == "NotOurs"
    await other.create()
    assert await other.check(token.token) == "NotOurs"
    for operation in (other.revoke, other.delete):
        with pytest.raises(UserNotFound):
            await operation(user)


@pytest.mark.parametrize("odd", ["", "x", raw_id(1), "8:orgid:x"])
async def test_who_was_not_made_here_is_unknown(identities: LocalIdentities, odd: str) -> None:
    with pytest.raises(UserNotFound):
        await identities.issue(odd, ["voip"], 60)


async def test_to_look_makes_nothing(identities: LocalIdentities, client: TableClient) -> None:
    assert await identities.key() is None
    assert await identities.check("x.y.z") == "NotOurs"
    with pytest.raises(ResourceNotFoundError):  # not even a table
        await anext(aiter(client.list_entities()))


async def test_requests_to_the_storage(
    identities: LocalIdentities, proxy: StorageProxy, clock: Clock
) -> None:
    user, token = await identities.create_with_token(["voip"], 60)

    async def counted(operation: Awaitable[object]) -> int:
        proxy.forget()
        await operation
        return len(proxy.seen)

    assert await counted(identities.create()) == 1
    assert await counted(identities.create_with_token(["voip"], 60)) == 1
    assert await counted(identities.issue(user, ["voip"], 60)) == 1
    assert await counted(identities.check(token.token)) == 1
    assert await counted(identities.revoke(user)) == 1
    clock.now += DAY
    assert await counted(identities.issue(user, ["voip"], 60)) == 2
    assert await counted(identities.issue(user, ["voip"], 60)) == 1
    assert await counted(identities.check(token.token)) == 0, "an expired one needs none"
    assert await counted(identities.delete(user)) == 1
