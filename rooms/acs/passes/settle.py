"""Settles what is in doubt: changes whose marks are over. ACS is only read for it."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rooms.acs.passes.work import CREATED_BEFORE, Work, may_have_made
from rooms.acs.rooms_api import RoomAtAcs
from rooms.domain.room import Room
from rooms.domain.roster import Roster, patched_roster
from rooms.domain.time import Ticks
from rooms.storage.marks import Mark
from rooms.storage.operations import Conflict
from rooms.storage.parallel import in_parallel

_log = logging.getLogger(__name__)

_PAGES = 40
"""Pages of ACS's list on which rooms of lost creates are looked for: 1,200 rooms."""


async def settle(work: Work) -> None:
    """Settles the marks that are over, and notes which creates are under way.

    Changes are settled by a pull of their rooms. A create whose room is known is finished from its
    mark: each create is, once. The room of another one is looked for at ACS: one that is not here,
    made at that time, with the times and the roster that were wanted. If there is none, the mark
    goes.

    Ten requests to the storage, and two for each create that is finished; and those of the pulls,
    or for all lost creates those of a look at the list, as far as it goes back, and of a pull of
    each room that may be one.
    """
    now = work.clock()
    marks = await work.parts.marks.open_in_all()
    over = [mark for mark in marks if mark.until <= now]
    work.creates = [mark for mark in marks if mark.until > now and _is_without_room(mark)]
    await _settle_changes(work, [mark for mark in over if mark.create is None])
    await in_parallel(
        _finish(work, mark, mark.create.made)
        for mark in over
        if mark.create is not None and mark.create.made is not None
    )
    lost = [mark for mark in over if _is_without_room(mark)]
    if lost:
        await _find(work, sorted(lost, key=lambda mark: mark.started_at))


def _is_without_room(mark: Mark) -> bool:
    return mark.create is not None and mark.create.made is None


async def _settle_changes(work: Work, marks: Sequence[Mark]) -> None:
    rooms = {mark.room_id for mark in marks if mark.room_id is not None}
    outcomes = await work.pulled(sorted(rooms))
    for mark in marks:
        if outcomes.get(mark.room_id or "") == "own":  # it was moved: ACS has no say any more
            await work.parts.marks.give_up(mark)


async def _finish(work: Work, mark: Mark, made: Room) -> None:
    """Ends a create whose room is known, and writes the room if that is missing."""
    if await work.parts.adoption.is_here(made.id):
        await _end(work, mark, made)
    else:
        await _adopt(work, mark, made, patched_roster({}, mark.patch))


async def _find(work: Work, marks: Sequence[Mark]) -> None:
    """Looks for the rooms of creates whose answers were lost, and adopts or names them."""
    listed = await _made_since(work, marks[0].started_at - CREATED_BEFORE)
    made = [room.created_at for room in listed]
    known = await work.parts.listed.made_between(min(made), max(made)) if made else []
    here = {room.id for room in known}
    candidates = {room.id: room for room in reversed(listed) if room.id not in here}
    read: dict[str, RoomAtAcs | None] = {}
    for mark in marks:
        written = await _written(work, mark, known)
        if written is not None:
            await _end(work, mark, written)
            continue
        found = await _room_of(work, mark, candidates.values(), read)
        if found is None:
            await work.parts.marks.give_up(mark)
        else:
            del candidates[found.room.id]
            await _adopt(work, mark, found.room, found.roster)


async def _written(work: Work, mark: Mark, known: Sequence[Room]) -> Room | None:
    """Returns the room here that a create wrote before its mark could tell, or None: its log has
    the request."""
    for room in known:
        if may_have_made(mark, room.created_at) and _is_as_wanted(room, mark):
            made = room.created_at
            log = await work.parts.history.log(room.id, made, made + 1, None, "RoomCreated", None)
            if any(
                (record.actor, record.request_id) == (mark.origin.actor, mark.origin.request_id)
                for record in log.items
            ):
                return room
    return None


async def _made_since(work: Work, first: Ticks) -> list[Room]:
    """Returns the rooms that ACS lists as made since then, the newest first."""
    rooms, link = list[Room](), None
    for _ in range(_PAGES):
        page = await work.parts.rooms_at_acs.page(link)
        rooms += page.rooms
        if page.link is None or any(room.created_at < first for room in page.rooms):
            break
        link = page.link
    return [room for room in rooms if room.created_at >= first]


async def _room_of(
    work: Work, mark: Mark, candidates: Iterable[Room], read: dict[str, RoomAtAcs | None]
) -> RoomAtAcs | None:
    """Returns the room that a create made, or None.

    An empty roster tells nothing: such a room may be another's. It is named, and the pull adopts it
    as one of ACS.

    Args:
        read: the candidates that were read at ACS, for other creates.
    """
    wanted = patched_roster({}, mark.patch)
    for room in candidates:
        if not (may_have_made(mark, room.created_at) and _is_as_wanted(room, mark)):
            continue
        if room.id not in read:
            read[room.id] = await work.parts.rooms_at_acs.get(room.id)
        there = read[room.id]
        if there is None or there.roster != wanted:
            continue
        if wanted:
            return there
        work.name(work.state.unclaimed, room.id, "of a create without participants, perhaps")
    return None


def _is_as_wanted(room: Room, mark: Mark) -> bool:
    wanted = mark.wanted
    return (
        wanted.valid_from in (None, room.valid_from)
        and wanted.valid_until in (None, room.valid_until)
        and bool(wanted.pstn_dial_out_enabled) == room.pstn_dial_out_enabled
    )


async def _adopt(work: Work, mark: Mark, room: Room, roster: Roster) -> None:
    """Writes the room of a create with the actor of its mark, unless it is here, and ends the
    create."""
    try:
        await work.parts.adoption.adopt(room, roster, mark.origin)
        _log.info("moving: the create of the room %s was lost, and is finished", room.id)
    except Conflict:  # it is here, as a room of the same create or of ACS
        pass
    await _end(work, mark, room)


async def _end(work: Work, mark: Mark, made: Room) -> None:
    """Notes that a create is done: if it is sent again, it meets its room."""
    assert mark.create is not None
    await work.parts.marks.finish(replace(mark, create=replace(mark.create, made=made)))
