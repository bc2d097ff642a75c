"""Who of the invited is not in a call that goes on."""

from typing import NamedTuple

from rooms.domain.call import Call
from rooms.domain.people import People
from rooms.domain.presence import own_id
from rooms.domain.roster import Role, Roster
from rooms.domain.time import Ticks

MOST_MISSED: tuple[Role, ...] = ("Presenter", "Collaborator", "Attendee", "Consumer")
"""The roles, in the order in which the missing and the absent are named."""


class Missing(NamedTuple):
    """An invited person who is not in the call.

    `since` is when they left, or the scheduled start if that is later. `left_at` is None if no
    event tells that they left this call.
    """

    raw_ids: tuple[str, ...]
    role: Role
    since: Ticks
    left_at: Ticks | None


def missing_from(
    call: Call, roster: Roster, people: People, scheduled_start: Ticks, at: Ticks
) -> list[Missing]:
    """Returns the invited who are not in the call at `at`: presenters first, then the other roles,
    and of a role in the order of the roster. Before the scheduled start nobody is missing.

    Args:
        call: with its people told by `people`.
    """
    if at < scheduled_start:
        return []
    there, left_at = set[str](), dict[str, Ticks]()
    came_as = dict[str, list[str]]()
    for leg in call.legs:
        if leg.joined_at > at:
            continue
        came_as.setdefault(leg.person, []).append(own_id(leg))
        if leg.covers(at):
            there.add(leg.person)
        elif leg.left_at is not None and not leg.is_concluded:
            left_at[leg.person] = max(leg.left_at, left_at.get(leg.person, 0))
    missing = []
    for person, raw_ids in people.by_key(roster).items():
        if person not in there:
            left = left_at.get(person)
            missing.append(
                Missing(
                    raw_ids=tuple(dict.fromkeys((*raw_ids, *came_as.get(person, ())))),
                    role=roster[raw_ids[0]],
                    since=scheduled_start if left is None else max(scheduled_start, left),
                    left_at=left,
                )
            )
    return sorted(missing, key=lambda one: MOST_MISSED.index(one.role))
