"""Users of Communication Services that this service made, and what their tokens may be."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rooms.domain.roster import is_acs_user
from rooms.domain.time import DAY, SECOND, Ticks

SCOPES = ("chat", "voip", "chat.join", "chat.join.limited", "voip.join")
"""What a token can be for."""

MIN_MINUTES, MAX_MINUTES = 60, 1_440
"""The shortest and the longest life of a token. The longest is the default."""

USE_INTERVAL: Ticks = DAY
"""How precisely the last use of a user is known. The retention is at least seven times as long."""

_PREFIX = "8:acs:"
_MINUTE = 60 * SECOND


@dataclass(frozen=True, slots=True)
class User:
    """A user that this service made. `id` is the second GUID of the raw id.

    `revision` is random text that every token of the user has: with another one, the earlier tokens
    are revoked.
    """

    id: str
    created_at: Ticks
    used_at: Ticks
    revision: str


def raw_id_of(deployment: str, user: str) -> str:
    """Returns the raw id of a user of a deployment."""
    return f"{_PREFIX}{deployment}_{user}"


def parts_of(raw_id: str) -> tuple[str, str] | None:
    """Returns the deployment, or resource, and the user of a raw id, in lower case; None if it is
    not an ACS user's."""
    if not is_acs_user(raw_id):
        return None
    deployment, _, user = raw_id.removeprefix(_PREFIX).lower().partition("_")
    return deployment, user


def first_unknown_scope(scopes: Sequence[str]) -> int | None:
    """Returns the place of the first scope that is none, or None."""
    return next((place for place, scope in enumerate(scopes) if scope not in SCOPES), None)


def lifetime_until(end: Ticks, now: Ticks) -> int:
    """Returns how many minutes a token lives that should be good until `end`."""
    return min(max(math.ceil((end - now) / _MINUTE), MIN_MINUTES), MAX_MINUTES)


def is_lifetime(minutes: int) -> bool:
    """Returns whether a token may live so long."""
    return MIN_MINUTES <= minutes <= MAX_MINUTES
