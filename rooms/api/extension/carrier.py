"""Carrier: where the calls of a room run, at ACS or here, and how a room moves."""

from typing import TYPE_CHECKING, Literal, TypedDict

import azure.functions as func

from rooms.api.body import StrictBody
from rooms.api.errors import InvalidParameter
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.app import App
from rooms.domain.errors import CallGoesOn
from rooms.domain.presence import call_at
from rooms.domain.room import Room, RoomCarrier
from rooms.domain.roster import Roster
from rooms.storage.changes import Origin
from rooms.storage.errors import ChangeUnderWay
from rooms.storage.moves import Prepare

if TYPE_CHECKING:
    from rooms.acs.rooms_api import RoomsApi

# What asks ACS is imported where it is needed: deployments without a mode have nothing to do there.

routes = Routes()


class MoveRoom(StrictBody):
    """The body of POST /rooms/{id}/carrier.

    `force` moves the room although a call goes on, or ACS does not tell what it has. `deleteAtAcs`
    deletes the room at ACS once it has moved here. `dryRun` changes nothing.
    """

    carrier: RoomCarrier
    delete_at_acs: bool = False
    force: bool = False
    dry_run: bool = False


type Outcome = Literal["moved", "same", "wouldMove"]


class MovedRoom(TypedDict):
    """What became of a room, and where its calls ran and run now. It would move if `dryRun` was
    true."""

    outcome: Outcome
    before: RoomCarrier
    after: RoomCarrier


@routes.extension("POST", "rooms/{roomId}/carrier")
async def move_room(request: Request) -> func.HttpResponse:
    """Moves a room from ACS to this service, or back."""
    app, room_id, asked = request.app, request.call_room_id(), request.parse(MoveRoom)
    rooms_at_acs = _reachable(app, asked)

    async def prepare(room: Room, roster: Roster) -> None:
        if not asked.force:
            await _check_no_call(app, room_id)
        if app.settings.moving is not None and await app.marks.of_room(room_id):
            raise ChangeUnderWay
        if rooms_at_acs is not None and asked.carrier == "acs":
            from rooms.acs.move import catch_up, missing_at_acs

            missing = await missing_at_acs(rooms_at_acs, room, roster)
            if not asked.dry_run:
                await catch_up(rooms_at_acs, room_id, missing)

    if asked.dry_run:
        before = await _tried(app, room_id, asked.carrier, prepare)
    else:
        if app.pull is not None and asked.carrier == "own":
            await (app.pull.fresh if asked.force else app.pull.room)(room_id)
        before = await _moved(app, room_id, asked.carrier, request.origin, prepare)
        if rooms_at_acs is not None and asked.delete_at_acs:
            from rooms.acs.move import delete_at_acs

            await delete_at_acs(rooms_at_acs, room_id)
    done: Outcome = "wouldMove" if asked.dry_run else "moved"
    answer: MovedRoom = {
        "outcome": "same" if before == asked.carrier else done,
        "before": before,
        "after": asked.carrier,
    }
    return json_answer(200, answer)


def _reachable(app: App, asked: MoveRoom) -> "RoomsApi | None":
    """Returns the rooms at ACS, or None if this service does not change any there.

    Raises:
        InvalidParameter: the move needs that.
    """
    moving = app.settings.moving
    if moving is not None and moving.mode == "through":
        if asked.delete_at_acs and asked.carrier == "acs":
            raise InvalidParameter("Must be false for a room that moves to ACS.", "$.deleteAtAcs")
        return app.rooms_at_acs
    needed = "unless ROOMS_ACS_MODE is through."
    if asked.carrier == "acs":
        raise InvalidParameter(f"Must be own, {needed}", "$.carrier")
    if asked.delete_at_acs:
        raise InvalidParameter(f"Must be false, {needed}", "$.deleteAtAcs")
    return None


async def _check_no_call(app: App, room_id: str) -> None:
    """Raises CallGoesOn if the room has a call now."""
    now = app.clock()
    if call_at(await app.calls.overlapping(room_id, now, now, now), now) is not None:
        raise CallGoesOn


async def _tried(app: App, room_id: str, to: RoomCarrier, prepare: Prepare) -> RoomCarrier:
    """Returns where the calls of a room run, if it could move."""
    found = await app.rooms.with_roster(room_id)
    if found.room.carrier != to:
        await prepare(found.room, found.roster)
    return found.room.carrier


async def _moved(
    app: App, room_id: str, to: RoomCarrier, origin: Origin, prepare: Prepare
) -> RoomCarrier:
    """Moves a room, ends the call of a room that has left the media server, and returns where its
    calls ran before."""
    move = await app.moves.move(room_id, to, origin, prepare)
    if app.settings.media is not None and to == "acs":
        await app.reconciler.after_change(room_id, move.room, move.roster)
    return move.before
