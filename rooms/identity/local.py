"""Users and tokens of this deployment.

A token has the revision that its user had. To revoke the tokens of a user, their revision is
changed: no clock is compared, and it does not matter in which order requests arrive.
"""

import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rooms.domain.errors import UserNotFound
from rooms.domain.identity import USE_INTERVAL, User, parts_of, raw_id_of
from rooms.domain.time import SECOND, Ticks
from rooms.storage.identities import Deployment, Identities

if TYPE_CHECKING:
    from rooms.identity.tokens import Claims, TokenKey

# Tokens are imported with the first one: cryptography slows a cold start.

_MINUTE = 60 * SECOND

type Fault = Literal["NotOurs", "Expired", "Revoked", "UserDeleted"]
"""Why a token is not valid: this deployment did not sign it, its time is over, the tokens of its
user were revoked, or the user was deleted."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token, and when it expires."""

    token: str
    expires_at: Ticks


class LocalIdentities:
    """The users of this deployment. Raises UserNotFound for one that it did not make, or that was
    deleted; StorageUnavailable as the storage does."""

    def __init__(self, stored: Identities, clock: Callable[[], Ticks]) -> None:
        self._stored = stored
        self._clock = clock
        self._deployment: Deployment | None = None
        self._key: TokenKey | None = None

    async def create(self) -> str:
        """Makes a user and returns the raw id. One request to the storage."""
        deployment = await self._known_deployment()
        return raw_id_of(deployment.id, (await self._add()).id)

    async def create_with_token(
        self, scopes: Sequence[str], minutes: int
    ) -> tuple[str, AccessToken]:
        """Makes a user and returns the raw id, with a token. One request to the storage."""
        deployment = await self._known_deployment()
        user = await self._add()
        return raw_id_of(deployment.id, user.id), await self._token(user, scopes, minutes)

    async def issue(self, raw_id: str, scopes: Sequence[str], minutes: int) -> AccessToken:
        """Returns a new token of a user. One request to the storage, and one more a day."""
        user, now = await self._stored.find(await self._own(raw_id)), self._clock()
        if now - user.used_at >= USE_INTERVAL:
            await self._stored.use(user.id, now)
        return await self._token(user, scopes, minutes)

    async def revoke(self, raw_id: str) -> None:
        """Revokes all tokens of a user, also of a deleted one. One request to the storage."""
        await self._stored.revise(await self._own(raw_id), _new_revision())

    async def delete(self, raw_id: str) -> None:
        """Deletes a user, with all tokens. Who is gone already stays so. One request."""
        await self._stored.delete(await self._own(raw_id))

    async def check(self, token: str) -> "Claims | Fault":
        """Returns what a valid token says, or why it is not valid. At most one request."""
        key = await self.key()
        claims = None if key is None else key.read(token)
        if claims is None:
            return "NotOurs"
        if claims.expires_at <= self._clock():
            return "Expired"
        try:
            user = await self._stored.find(claims.user)
        except UserNotFound:
            return "UserDeleted"
        return claims if user.revision == claims.revision else "Revoked"

    async def key(self) -> "TokenKey | None":
        """Returns the key that signs tokens. None: there are no users yet. At most one request."""
        if self._deployment is None:
            self._deployment = await self._stored.find_deployment()
        return None if self._deployment is None else self._key_of(self._deployment)

    async def _add(self) -> User:
        now = self._clock()
        user = User(str(uuid.uuid4()), now, now, _new_revision())
        await self._stored.add(user)
        return user

    async def _own(self, raw_id: str) -> str:
        """Returns the user of a raw id of this deployment."""
        parts = parts_of(raw_id)
        if parts is None or parts[0] != (await self._known_deployment()).id:
            raise UserNotFound
        return parts[1]

    async def _token(self, user: User, scopes: Sequence[str], minutes: int) -> AccessToken:
        from rooms.identity.tokens import Claims

        deployment, now = await self._known_deployment(), self._clock()
        expires_at = now + minutes * _MINUTE
        claims = Claims(
            deployment.id, user.id, tuple(dict.fromkeys(scopes)), now, expires_at, user.revision
        )
        return AccessToken(self._key_of(deployment).sign(claims), expires_at)

    def _key_of(self, deployment: Deployment) -> "TokenKey":
        if self._key is None:
            from rooms.identity.tokens import TokenKey

            self._key = TokenKey(deployment.private_key)
        return self._key

    async def _known_deployment(self) -> Deployment:
        if self._deployment is None:
            self._deployment = await self._stored.deployment(_new_deployment)
        return self._deployment


def _new_deployment() -> Deployment:
    from rooms.identity.tokens import new_private_key

    return Deployment(str(uuid.uuid4()), new_private_key())


def _new_revision() -> str:
    return secrets.token_hex(8)
