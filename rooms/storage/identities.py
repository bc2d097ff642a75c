"""The users that this service made, and what makes its tokens its own. They have a partition of
their own."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from rooms.domain.errors import UserNotFound
from rooms.domain.identity import User
from rooms.domain.time import Ticks, parse_time
from rooms.storage import keys
from rooms.storage.entities import Entity, identity_row, stored_time
from rooms.storage.errors import StorageUnavailable
from rooms.storage.operations import Conflict, insert
from rooms.storage.table import Table


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment: its GUID, which the raw ids of its users have, and its RSA key in PEM."""

    id: str
    private_key: str = field(repr=False)


class Identities:
    """The users. Raises UserNotFound for one that does not exist, StorageUnavailable as Table
    does.

    The row of a deleted user stays, as a tombstone: an insert or a merge that the storage carries
    out late brings nobody back.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    async def deployment(self, make: Callable[[], Deployment]) -> Deployment:
        """Returns the deployment, and makes it if there is none yet. One request, or three.

        Of several that make it at the same time, all return the same one.
        """
        found = await self.find_deployment()
        if found is None:
            made = make()
            key = {"id": made.id, "privateKey": made.private_key}
            row = identity_row(keys.DEPLOYMENT_ROW) | key
            with suppress(Conflict):
                await self._table.commit([insert(row)])
            found = await self.find_deployment()  # which may be another one's
        if found is None:
            raise StorageUnavailable  # somebody empties the table
        return found

    async def find_deployment(self) -> Deployment | None:
        """Returns the deployment, or None. One request."""
        row = await self._table.get(keys.IDENTITY_PARTITION, keys.DEPLOYMENT_ROW)
        return None if row is None else Deployment(row["id"], row["privateKey"])

    async def add(self, user: User) -> None:
        """Keeps a new user. One request."""
        times = {"createdAt": stored_time(user.created_at), "usedAt": stored_time(user.used_at)}
        row = identity_row(keys.user_row(user.id)) | times | {"revision": user.revision}
        await self._table.commit([insert(row)])

    async def find(self, user_id: str) -> User:
        """Returns a user who was not deleted. One request."""
        row = await self._table.get(keys.IDENTITY_PARTITION, keys.user_row(user_id))
        if row is None or row.get("deleted"):
            raise UserNotFound
        return User(
            user_id, parse_time(row["createdAt"]), parse_time(row["usedAt"]), row["revision"]
        )

    async def use(self, user_id: str, at: Ticks) -> None:
        """Notes that a user was used. One request."""
        await self._merge(user_id, {"usedAt": stored_time(at)})

    async def revise(self, user_id: str, revision: str) -> None:
        """Gives a user another revision, whatever it was, also a deleted one. One request."""
        await self._merge(user_id, {"revision": revision})

    async def delete(self, user_id: str) -> None:
        """Deletes a user, who may be gone already. One request."""
        with suppress(UserNotFound):
            await self._merge(user_id, {"deleted": True})

    async def has(self, user_id: str) -> bool:
        """Returns whether there is a row of a user, also of a deleted one. One request."""
        return await self._table.get(keys.IDENTITY_PARTITION, keys.user_row(user_id)) is not None

    async def forget(self, user_id: str) -> None:
        """Removes the row of a user, who may be gone already: also that of a deleted one, whose key
        is a part of the raw id. One request."""
        with suppress(Conflict):
            await self._table.delete(keys.IDENTITY_PARTITION, [keys.user_row(user_id)])

    async def _merge(self, user_id: str, properties: Entity) -> None:
        """Sets properties of a user. One request."""
        try:
            await self._table.merge(identity_row(keys.user_row(user_id)) | properties)
        except Conflict:
            raise UserNotFound from None
