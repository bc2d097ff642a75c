"""ACS's calling service: people join with ACS's SDK, and with a token that ACS makes."""

import json
from collections.abc import Callable
from urllib.parse import quote, urlencode

from rooms.acs.answer import AcsAnswer
from rooms.acs.errors import NoAnswerOfAcs, Refused
from rooms.acs.resource import Resource
from rooms.domain.errors import CallsAtAcs, OtherResource
from rooms.domain.identity import lifetime_until
from rooms.domain.room import Room
from rooms.domain.time import Ticks, parse_time
from rooms.media.carrier import AcsToken, Joining

_VERSION = {"api-version": "2023-10-01"}

_SCOPE = "voip.join"
"""To join calls, and to start only that of a room to which one is invited."""

_NO_SUCH_USER = (400, 404)
"""What ACS answers if it does not know the user. The rest of the request is always valid."""


class AcsCalls:
    """The calls of the rooms that ACS has. `carrier.Entry` says what each member is for.

    There is no way to mute or remove anybody, or to end a call: `docs/in-call.md` says why.
    """

    lacks: frozenset[str] = frozenset()
    lets_in = False

    def __init__(self, resource: Resource | None, clock: Callable[[], Ticks]) -> None:
        self._resource = resource
        self._clock = clock

    async def way_in(self, room: Room, joining: Joining) -> AcsToken:
        if self._resource is None:
            raise CallsAtAcs
        minutes = lifetime_until(room.valid_until, self._clock())
        user = quote(joining.raw_id, safe="")
        answer = await self._resource.send(
            "POST",
            f"/identities/{user}/:issueAccessToken?{urlencode(_VERSION)}",
            {"Content-Type": "application/json"},
            json.dumps({"scopes": [_SCOPE], "expiresInMinutes": minutes}).encode(),
        )
        if answer.status == 401:
            raise self._resource.refused()
        if answer.status in _NO_SUCH_USER:
            raise OtherResource
        if answer.status >= 400:
            raise Refused(answer)
        return _token_of(answer)


def _token_of(answer: AcsAnswer) -> AcsToken:
    """Returns the token of an answer. Raises NoAnswerOfAcs, and says nothing of the answer."""
    try:
        match json.loads(answer.body):
            case {"token": str(token), "expiresOn": str(expires_on)}:
                return AcsToken(token, parse_time(expires_on))
    except (ValueError, RecursionError):
        pass
    raise NoAnswerOfAcs
