"""Compares all rooms at ACS with those that are here.

Both lists are gone through side by side, the newest room first. It is a merge: what is made in some
time stands on both sides before what was made earlier, but within a second ACS has any order. So
rooms of the last seconds of a page are compared only with the next one.
"""

import logging
from collections.abc import Sequence, Set

from rooms.acs.errors import Refused
from rooms.acs.passes.work import JUST_MADE, Work, counted, differs, past_their_end
from rooms.acs.rooms_api import RoomPage
from rooms.domain.room import Room
from rooms.domain.time import DAY, SECOND, Ticks
from rooms.storage.listed_rooms import BEGIN, END, place_before, place_in_list
from rooms.storage.pull_state import Full

_log = logging.getLogger(__name__)

_BORDER: Ticks = 2 * SECOND
"""The time within which rooms may stand on the next page that were made at the end of one."""

_UNCLAIMED_FOR: Ticks = 7 * DAY
"""A room that a lost create may have made is named for so long."""


async def compare_all(work: Work, between: Ticks) -> None:
    """Goes on with the pass over all rooms, or begins one if it was asked for, or the last one
    ended `between` ago.

    A request to ACS for thirty rooms, and ten to the storage; and those of the pulls. A pass that
    is killed goes on where it was; if ACS does not take the page's link any more, from the
    beginning.
    """
    full = work.state.full
    if not full.goes_on:
        if "full" not in work.asked and not _is_due(full, work.clock(), between):
            return
        full = work.state.full = Full(began_at=work.clock(), reached=BEGIN)
        await work.parts.states.save(work.state)
        await work.parts.states.begun("full")
    began_again = False
    while full.goes_on:
        asked_at = work.clock()
        try:
            page = await work.parts.rooms_at_acs.page(full.link)
        except Refused as refused:
            if full.link is None or began_again or refused.answer.status >= 500:
                raise
            _log.warning("moving: ACS does not take the link of a page, so the pass begins again")
            full = work.state.full = Full(began_at=full.began_at, reached=BEGIN)
            began_again = True
            continue
        await _compare_page(work, full, page, asked_at)
        await work.save()
    _end(work, full)


def _is_due(full: Full, now: Ticks, between: Ticks) -> bool:
    return full.ended_at is None or now >= full.ended_at + between


async def _compare_page(work: Work, full: Full, page: RoomPage, asked_at: Ticks) -> None:
    """Compares what ACS listed on this page, and left from the ones before, with what is here up to
    the page's border."""
    for room_id in page.not_understood:
        work.note(room_id, "notUnderstood")
    listed = [*full.border, *page.rooms]
    behind = _border(page, full.reached)
    past = past_their_end(listed, asked_at)
    late = [room.id for room in page.rooms if await _is_late(work, full, room)]
    await _pull(work, full, late, past)
    while full.reached < behind:
        here, reached = await work.parts.listed.between(full.reached, behind)
        there = [room for room in listed if full.reached <= place_in_list(room) < reached]
        await _pull(work, full, _differing(work, there, here, asked_at), past)
        full.acs += sum(room.carrier == "acs" for room in here)
        full.own += sum(room.carrier == "own" for room in here)
        full.reached = reached
    full.border = [room for room in listed if place_in_list(room) >= behind]
    full.pages += 1
    full.rooms += len(page.rooms)
    full.link = page.link
    if page.link is None:
        full.ended_at = work.clock()


def _border(page: RoomPage, reached: str) -> str:
    """Returns the place before which ACS lists nothing behind this page."""
    if page.link is None:
        return END
    if not page.rooms:
        return reached
    oldest = min(room.created_at for room in page.rooms)
    return max(reached, place_before(oldest - oldest % SECOND + _BORDER))


async def _is_late(work: Work, full: Full, room: Room) -> bool:
    """Returns whether a room has to be pulled that ACS lists behind its place: what is there was
    compared before. So it is on a page that is compared once more, too."""
    if place_in_list(room) >= full.reached:
        return False
    return _has_to_be_pulled(work, room, await work.parts.listed.get(room))


def _differing(
    work: Work, there: Sequence[Room], here: Sequence[Room], asked_at: Ticks
) -> list[str]:
    """Returns which rooms to pull: those that ACS has otherwise, and those that it does not list.

    What it does not list may have been made after the list was asked for, or be dropped after its
    end.
    """
    known, listed = {room.id: room for room in here}, {room.id for room in there}
    otherwise = [room.id for room in there if _has_to_be_pulled(work, room, known.get(room.id))]
    missing = [
        room.id
        for room in here
        if room.carrier == "acs"
        and room.id not in listed
        and room.valid_until > asked_at
        and room.created_at < asked_at - JUST_MADE
    ]
    return [*otherwise, *missing]


def _has_to_be_pulled(work: Work, there: Room, here: Room | None) -> bool:
    """Returns whether a room that ACS lists has to be pulled.

    One of a create under way is left to that. One that this pass has pulled in vain, as it was not
    understood, is not pulled again: a page with many of them would never come to its end.
    """
    if not differs(there, here):
        return False
    if here is None and work.is_left_to_its_create(there.created_at):
        return False
    return work.state.not_understood.get(there.id, 0) < (work.state.full.began_at or 0)


async def _pull(work: Work, full: Full, room_ids: Sequence[str], past: Set[str]) -> None:
    outcomes = await work.pulled(room_ids, past=past)
    work.note_listed(outcomes)
    counts = counted(outcomes)
    full.new += counts["adopted"]
    full.changed += counts["changed"]
    full.gone += counts["buried"]
    full.acs += counts["adopted"] - counts["buried"]


def _end(work: Work, full: Full) -> None:
    state = work.state
    state.counted = {"acs": full.acs, "own": full.own}
    began = full.began_at or 0
    state.deleted_here = {room: at for room, at in state.deleted_here.items() if at >= began}
    recent = work.clock() - _UNCLAIMED_FOR
    state.unclaimed = {room: at for room, at in state.unclaimed.items() if at >= recent}
    work.pace.came_through()
    _log.info(
        "moving: compared all %d rooms at ACS, on %d pages: %d new, %d changed, %d gone",
        full.rooms,
        full.pages,
        full.new,
        full.changed,
        full.gone,
    )
