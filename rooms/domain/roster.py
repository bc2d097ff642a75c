"""Who is invited to a room, as what, and how that changes."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from rooms.domain.errors import TooManyParticipants
from rooms.domain.limits import LIMITS
from rooms.domain.time import Ticks

type Role = Literal["Presenter", "Attendee", "Consumer", "Collaborator"]
ROLES: tuple[Role, ...] = get_args(Role.__value__)
type Roster = dict[str, Role]
"""Raw id to role, in the order in which they were invited."""
type RosterPatch = Mapping[str, Role | None]
"""Raw id to new role; None removes."""

_GUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
ACS_USER = re.compile(f"8:acs:{_GUID}_{_GUID}")


@dataclass(frozen=True, slots=True)
class Invited:
    """Who was invited to a room at some moment of a time, and whether it was an open room at one:
    then who was not invited is a guest."""

    roster: Roster
    open: bool
    removed: Mapping[str, Ticks] = field(default_factory=dict)
    """Who of them is not on the roster at the end of the time, and when they were last removed."""


@dataclass(frozen=True, slots=True)
class RosterDifference:
    """What a change did: `changed` has the role before and after."""

    added: Roster
    changed: dict[str, tuple[Role, Role]]
    removed: Roster

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def is_acs_user(raw_id: str) -> bool:
    """Returns whether it is the raw id of an ACS user, `8:acs:<resource guid>_<user guid>`."""
    return ACS_USER.fullmatch(raw_id) is not None


def first_unsupported(raw_ids: Iterable[str]) -> str | None:
    """Returns the first raw id that is not an ACS user's, or None."""
    return next((raw_id for raw_id in raw_ids if not is_acs_user(raw_id)), None)


def check_size(participants: Collection[str], limit: int = LIMITS.participants) -> None:
    """Checks that a roster, or a change of one, has at most `limit` people.

    Raises:
        TooManyParticipants: it has more.
    """
    if len(participants) > limit:
        raise TooManyParticipants(limit)


def patched_roster(roster: Roster, patch: RosterPatch) -> Roster:
    """Returns `roster` after `patch`. New people come last; a new role keeps its place."""
    after: dict[str, Role | None] = {**roster, **patch}
    return {raw_id: role for raw_id, role in after.items() if role is not None}


def roster_difference(before: Roster, after: Roster) -> RosterDifference:
    """Returns what leads from `before` to `after`."""
    return RosterDifference(
        added={raw_id: role for raw_id, role in after.items() if raw_id not in before},
        changed={
            raw_id: (before[raw_id], role)
            for raw_id, role in after.items()
            if raw_id in before and before[raw_id] != role
        },
        removed={raw_id: role for raw_id, role in before.items() if raw_id not in after},
    )
