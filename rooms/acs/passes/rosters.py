"""Compares the rosters of all rooms that can still be joined, once a day: ACS's list does not have
them."""

import logging
from itertools import batched

from rooms.acs.errors import NoAnswerOfAcs
from rooms.acs.passes.work import Work, counted
from rooms.acs.pull import Outcome
from rooms.domain.time import DAY
from rooms.storage.listed_rooms import BEGIN, END, place_behind
from rooms.storage.parallel import both
from rooms.storage.pull_state import Comparison

_log = logging.getLogger(__name__)

_ROWS = 10
"""Rooms of each partition that are read at once."""


async def compare_rosters(work: Work) -> None:
    """Goes on with the pass over the rosters, or begins one if it was asked for, or the last one
    began a day ago.

    For each room a request to ACS and one to the storage, and those of a pull if they differ; and
    ten to the storage for a hundred rooms. A pass that is killed goes on where it was.
    """
    rosters = work.state.rosters
    if not rosters.goes_on:
        began = rosters.began_at
        if "rosters" not in work.asked and began is not None and work.clock() < began + DAY:
            return
        rosters = work.state.rosters = Comparison(began_at=work.clock(), reached=BEGIN)
        await work.parts.states.save(work.state)
        await work.parts.states.begun("rosters")

    async def compare(room_id: str) -> Outcome:
        return await _compared(work, room_id)

    while rosters.reached < END:
        here, reached = await work.parts.listed.between(rosters.reached, END, _ROWS)
        rooms = [room for room in here if room.carrier == "acs" and room.valid_until > work.clock()]
        for some in batched(rooms, work.at_once, strict=False):
            outcomes = counted(await work.pulled([room.id for room in some], compare))
            rosters.changed += outcomes["changed"]
            rosters.rooms += len(some)
            rosters.reached = place_behind(some[-1])
            await work.save()
        rosters.reached = reached
    _end(work, rosters)


async def _compared(work: Work, room_id: str) -> Outcome:
    """Pulls a room if ACS has another roster, or not the room."""
    try:
        here, there = await both(
            work.parts.adoption.copy(room_id), work.parts.rooms_at_acs.roster(room_id)
        )
    except NoAnswerOfAcs:
        return "notUnderstood"
    if here is None or here.deleted or here.contents.roster == there:
        return "same"
    return await work.parts.pull.room(room_id)


def _end(work: Work, rosters: Comparison) -> None:
    state, began = work.state, rosters.began_at or 0
    rosters.ended_at = work.clock()
    state.not_understood = {room: at for room, at in state.not_understood.items() if at >= began}
    work.pace.came_through()
    _log.info(
        "moving: compared the rosters of %d rooms: %d changed", rosters.rooms, rosters.changed
    )
