"""ACS's routes of participants."""

from collections.abc import Iterable

import azure.functions as func

from rooms.api.acs.reads_at_acs import or_from_acs
from rooms.api.acs.versions.v2022_02_01 import ListedParticipants
from rooms.api.acs.versions.v2023_03_31 import UpdateParticipants
from rooms.api.errors import InvalidIdentifier, UnsupportedIdentifier
from rooms.api.request import Request
from rooms.api.responses import acs_answer
from rooms.api.routing import Routes
from rooms.domain.roster import Roster, RosterPatch, check_size, first_unsupported

routes = Routes()


@routes.acs("GET", "rooms/{roomId}/participants")
@or_from_acs("rooms/{roomId}/participants")
async def list_participants(request: Request) -> func.HttpResponse:
    """Answers with the roster of a room."""
    found = await request.app.rooms.with_roster(request.room_id())
    request.summary.room, request.summary.roster = found.room, found.roster
    version = request.version
    return acs_answer(200, version.participants(found.roster), version.supported_by_participants)


@routes.acs("PATCH", "rooms/{roomId}/participants")
async def update_participants(request: Request) -> func.HttpResponse:
    """Invites people, changes their roles, or removes them: all of it or nothing."""
    patch = request.parse(UpdateParticipants).patch
    check_size(patch)
    if (unsupported := first_unsupported(patch)) is not None:
        raise UnsupportedIdentifier(unsupported)
    request.summary.patched(patch)
    await _patch(request, patch)
    return acs_answer(200, {}, request.version.supported_by_participants)


@routes.acs("POST", "rooms/{roomId}/participants:add")
async def add_participants(request: Request) -> func.HttpResponse:
    """Invites people to a room."""
    roster = request.parse(ListedParticipants).roster
    request.summary.added = len(roster)
    return await _patched(request, roster)


@routes.acs("POST", "rooms/{roomId}/participants:update")
async def change_participants(request: Request) -> func.HttpResponse:
    """Changes the roles of people, and invites those who are new."""
    roster = request.parse(ListedParticipants).roster
    request.summary.upserted = len(roster)
    return await _patched(request, roster)


@routes.acs("POST", "rooms/{roomId}/participants:remove")
async def remove_participants(request: Request) -> func.HttpResponse:
    """Removes people from a room."""
    removal = request.parse(ListedParticipants).removal
    request.summary.removed = len(removal)
    return await _patched(request, removal)


async def _patched(request: Request, patch: RosterPatch) -> func.HttpResponse:
    """Answers with the roster after a change: all of it or nothing."""
    check_size(patch)
    check_identifiers(patch)
    roster = await _patch(request, patch)
    version = request.version
    return acs_answer(200, version.participants(roster), version.supported_by_participants)


async def _patch(request: Request, patch: RosterPatch) -> Roster:
    """Returns the roster after a change, which the operations log is told of."""
    changed = await request.app.rooms.patch_roster(
        request.room_id(), patch, request.origin, request.versions()
    )
    request.summary.room, request.summary.roster = changed.room, changed.roster
    return changed.roster


def check_identifiers(raw_ids: Iterable[str]) -> None:
    """Checks that each is the raw id of an ACS user. Raises InvalidIdentifier."""
    if first_unsupported(raw_ids) is not None:
        raise InvalidIdentifier
