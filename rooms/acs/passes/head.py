"""Looks at the beginning of ACS's list, each minute: rooms that were made there are soon here."""

from rooms.acs.passes.work import Work, differs, past_their_end
from rooms.domain.room import Room
from rooms.domain.time import HOUR, SECOND, Ticks

_LATE: Ticks = 5 * SECOND
"""A room may be listed so long after others that were made later."""


async def look_at_head(work: Work) -> None:
    """Pulls the rooms that were made since the last look, and those that differ beside them.

    One request to ACS for thirty rooms, and ten to the storage for all; and those of the pulls. A
    look that is killed is made again: rooms are pulled the oldest first, and are only then known as
    seen.
    """
    head = work.state.head
    rooms, pages = await _listed(work, head.seen)
    if rooms:
        made = [room.created_at for room in rooms]
        known = {
            room.id: room for room in await work.parts.listed.made_between(min(made), max(made))
        }
        found = [room for room in rooms if differs(room, known.get(room.id))]
        left = [
            room
            for room in found
            if room.id not in known and work.is_left_to_its_create(room.created_at)
        ]
        to_pull = [room for room in reversed(found) if room not in left]
        past = past_their_end(to_pull, work.clock())
        outcomes = await work.pulled([room.id for room in to_pull], past=past)
        work.note_listed(outcomes)
        left += [room for room in to_pull if outcomes.get(room.id, "left") == "left"]
        head.seen = _seen(max(made), left, work.clock())
    head.at, head.pages = work.clock(), pages
    work.pace.came_through()


async def _listed(work: Work, seen: Ticks) -> tuple[list[Room], int]:
    """Returns the rooms that ACS lists up to those that were seen, and a little further, and on how
    many pages. The first look takes one page: a full pass has the rest."""
    rooms, link, pages = list[Room](), None, 0
    most = work.limits.head_pages if seen else 1
    while pages < most:
        page = await work.parts.rooms_at_acs.page(link)
        pages += 1
        rooms += page.rooms
        for room_id in page.not_understood:
            work.note(room_id, "notUnderstood")
        if page.link is None or any(room.created_at < seen for room in page.rooms):
            break
        link = page.link
    return rooms, pages


def _seen(newest: Ticks, left: list[Room], now: Ticks) -> Ticks:
    """Returns the time before which all rooms were seen. What is left for longer than an hour is
    left to the full pass."""
    waiting = [room.created_at for room in left if room.created_at > now - HOUR]
    return min([newest - _LATE, *waiting])
