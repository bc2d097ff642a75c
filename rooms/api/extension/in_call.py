"""What is done to others in the call of a room: mute them, remove them, end it for everybody.

A caller has a key that may manage, or the token with which they joined the call. That token says
only who they are: whether they are in the call is asked of the media server, and their role of the
roster, each time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import azure.functions as func

from rooms.api.errors import NoCallNow, NotAllowedInCall, ParticipantNotInCall
from rooms.api.request import Request
from rooms.api.responses import no_content
from rooms.api.routing import Routes
from rooms.domain.connection import CarriedCall, Connection
from rooms.domain.in_call import Act, may
from rooms.domain.room import check_calls_here
from rooms.media.errors import NoMediaPlane
from rooms.storage.call_log import CallAction, done_to

routes = Routes()

type CarryOut = Callable[[str, str], Awaitable[object]]
"""Does something to a device in the call of a room."""


@routes.in_call("POST", "rooms/{roomId}/call/participants/{participantId}/mute")
async def mute_in_call(request: Request) -> func.HttpResponse:
    """Mutes a device, or all devices of a person. They can unmute themselves."""
    return await _to_each(request, "mute", "MutedInCall", request.app.media.mute)


@routes.in_call("DELETE", "rooms/{roomId}/call/participants/{participantId}")
async def remove_from_call(request: Request) -> func.HttpResponse:
    """Removes a device, or all devices of a person. Who is invited can come back."""
    return await _to_each(request, "remove", "RemovedFromCall", request.app.media.remove)


@routes.in_call("DELETE", "rooms/{roomId}/call")
async def end_call(request: Request) -> func.HttpResponse:
    """Ends the call for everybody. Who is invited can begin another one."""
    app, room_id = request.app, request.call_room_id()
    call, _ = await _allowed(request, room_id, "end")
    if call is None:
        raise NoCallNow
    action = CallAction("CallEndedForAll", {"callId": call.id, **_by(request)})
    await app.call_log.record(room_id, [action], request.origin)
    await app.media.end(room_id)
    return no_content()


async def _to_each(request: Request, act: Act, kind: str, carry_out: CarryOut) -> func.HttpResponse:
    """Does something to each device that the path names. The log has it first: nothing is done
    that it does not say, whatever fails then. The first failure is raised when all have been tried.
    """
    room_id, named = request.call_room_id(), request.http.route_params["participantId"]
    _, connections = await _allowed(request, room_id, act)
    devices = [each for each in connections if named in (each.participant_id, each.raw_id)]
    if not devices:
        raise ParticipantNotInCall
    actions = [done_to(device, kind, **_by(request)) for device in devices]
    await request.app.call_log.record(room_id, actions, request.origin)
    outcomes = await asyncio.gather(
        *(carry_out(room_id, device.identity) for device in devices), return_exceptions=True
    )
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return no_content()


async def _allowed(
    request: Request, room_id: str, act: Act
) -> tuple[CarriedCall | None, list[Connection]]:
    """Returns the call of a room and who is in it, if the caller may act in it. One storage
    request.

    Raises:
        CallsAtAcs: ACS carries the calls of the room.
        NoMediaPlane: calls are carried elsewhere.
        RoomNotFound: there is no such room.
        NotAllowedInCall: the caller has a token of a call, and is not in this one, or may not do
            this in it.
    """
    app, who = request.app, request.caller.participant
    if app.settings.media is None and app.acs is None:
        raise NoMediaPlane
    if who is not None and who.room_id != room_id:
        raise NotAllowedInCall
    found = await app.rooms.with_roster(room_id)
    check_calls_here(found.room)
    if app.settings.media is None:
        raise NoMediaPlane
    if who is not None and not may(
        act, found.room, found.roster, who.raw_id, app.clock(), app.media.lacks
    ):
        raise NotAllowedInCall
    call, present = await asyncio.gather(app.media.call(room_id), app.media.connections(room_id))
    connections = [] if call is None else present  # they may be in another deployment's
    if who is not None and all(who.identity != each.identity for each in connections):
        raise NotAllowedInCall
    return call, connections


def _by(request: Request) -> Mapping[str, str]:
    """Returns who in the call does it, for the log. The actor of others is enough."""
    who = request.caller.participant
    return {} if who is None else {"by": who.raw_id}
