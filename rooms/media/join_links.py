"""Signs and reads the tokens of join links.

The key of a link is derived from a secret of the media server, so that deployments need no further
secret. A token that lets a client into a call is no link, and a link is no such token.
"""

import hashlib
import hmac
from collections.abc import Callable

from rooms.domain.join_link import JoinLink
from rooms.domain.time import Ticks, from_unix_seconds, unix_seconds
from rooms.media.errors import InvalidJoinLink
from rooms.media.signed_json import InvalidToken, claims_of, signed
from rooms.settings.media import ApiKey

_PURPOSE = b"anteroom join link"


class JoinLinks:
    """The join links of a service. The first of its keys signs them, all of them are accepted."""

    def __init__(self, keys: tuple[ApiKey, ...], clock: Callable[[], Ticks]) -> None:
        self._keys = tuple(
            ApiKey(key.name, hmac.digest(key.secret, _PURPOSE, hashlib.sha256)) for key in keys
        )
        self._clock = clock

    def token(self, link: JoinLink) -> str:
        """Returns the token of a link."""
        named = {} if link.display_name is None else {"name": link.display_name}
        claims = {
            "jti": link.id,
            "room": link.room_id,
            "sub": link.raw_id,
            "exp": unix_seconds(link.expires_at),
        }
        return signed(self._keys[0], claims | named)

    def read(self, token: str, room_id: str) -> JoinLink:
        """Returns the link of a token.

        Raises:
            InvalidJoinLink: it is none of this service, it is for another room, or it has expired.
        """
        try:
            claims = claims_of(token, self._keys)
        except InvalidToken:
            raise InvalidJoinLink from None
        link = JoinLink(
            claims["jti"],
            claims["room"],
            claims["sub"],
            claims.get("name"),
            from_unix_seconds(claims["exp"]),
        )
        if link.room_id != room_id or link.expires_at <= self._clock():
            raise InvalidJoinLink
        return link
