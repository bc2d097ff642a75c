"""ACS's routes of rooms. `extension/room_list.py` has the list, which both share."""

import hashlib

import azure.functions as func

from rooms.api.acs.participants import check_identifiers
from rooms.api.acs.reads_at_acs import or_from_acs
from rooms.api.errors import Detail, ValidationFailed
from rooms.api.request import Request
from rooms.api.responses import acs_answer, no_content
from rooms.api.room_summary import RoomSummary
from rooms.api.routing import Routes
from rooms.api.shapes import page_body
from rooms.domain.limits import LIMITS
from rooms.domain.room import Room, check_changed_validity, check_new_validity
from rooms.domain.roster import Roster, RosterPatch, check_size
from rooms.domain.time import parse_http_date, parse_time
from rooms.storage.creation import Repeatability
from rooms.storage.edits import Edit, PatchOf

routes = Routes()


@routes.acs("POST", "rooms")
async def create_room(request: Request) -> func.HttpResponse:
    """Creates a room. With a Repeatability-Request-ID it may be sent again."""
    version = request.version
    body = request.parse(version.create)
    wanted, roster = body.change, body.roster
    repeatability = _repeatability(request)
    check_new_validity(wanted, request.app.clock())
    check_size(roster)
    check_identifiers(roster)
    created = await request.app.rooms.create(wanted, roster, repeatability, request.origin)
    summary = request.summary
    summary.room, summary.roster, summary.added = created.room, created.roster, len(roster)
    headers = {"Location": created.room.id}
    if repeatability is not None:
        headers["Repeatability-Result"] = "accepted"
    answer = version.changed_room(created.room, created.roster)
    return acs_answer(201, answer, version.supported, headers)


@or_from_acs("rooms")
async def list_all_rooms(request: Request) -> func.HttpResponse:
    """Answers with a page of ACS's list."""
    page = await request.app.lists.all(request.query("nextLink"))
    version, next_link = request.version, None
    if page.cursor is not None:
        next_link = f"{request.route_url}?nextLink={page.cursor}&api-version={version.name}"
    rooms = [version.room(room, {}) for room in page.items]
    return acs_answer(200, page_body(rooms, next_link), version.supported)


@routes.acs("GET", "rooms/{roomId}")
@or_from_acs("rooms/{roomId}")
async def get_room(request: Request) -> func.HttpResponse:
    """Answers with a room, also one that has expired."""
    version, rooms, room_id = request.version, request.app.rooms, request.room_id()
    summary, roster = request.summary, {}
    if version.rooms_have_rosters:
        found = await rooms.with_roster(room_id)
        room, roster = found.room, found.roster
        summary.roster = roster
    else:
        room = await rooms.get(room_id)
    summary.room = room
    return acs_answer(200, version.room(room, roster), version.supported)


@routes.acs("PATCH", "rooms/{roomId}")
async def update_room(request: Request) -> func.HttpResponse:
    """Changes what the body of the version sets: times, dial-out, policy, participants."""
    version, now, summary = request.version, request.app.clock(), request.summary
    body = request.parse(version.update)
    wanted, people = body.change, body.people()
    check_changed_validity(wanted, now)
    check_size(people)
    check_identifiers(people)

    def check(room: Room, after: Room) -> None:
        body.check(room, after, now)

    patch = _counted(body.roster_change, summary)
    edit = Edit(wanted, patch, check=check, versions=request.versions())
    changed = await request.app.rooms.change(request.room_id(), edit, request.origin)
    summary.room, summary.roster = changed.room, changed.roster
    return acs_answer(200, version.changed_room(changed.room, changed.roster), version.supported)


@routes.acs("DELETE", "rooms/{roomId}")
async def delete_room(request: Request) -> func.HttpResponse:
    """Deletes a room. Its log stays."""
    version = request.version
    request.summary.room = await request.app.rooms.delete(
        request.room_id(),
        request.origin,
        again=version.deletes_again,
        versions=request.versions(),
    )
    return no_content({"api-supported-versions": version.supported})


def _counted(patch_of: PatchOf | None, summary: RoomSummary) -> PatchOf | None:
    """Returns a change of a roster that counts for the operations log what it does."""
    if patch_of is None:
        return None

    def patch(roster: Roster) -> RosterPatch:
        made = patch_of(roster)
        summary.patched(made)
        return made

    return patch


def _repeatability(request: Request) -> Repeatability | None:
    """Reads the OASIS headers of a repeatable request: an id, and when it was first sent. If the
    room is made at ACS, that is left for ACS to check."""
    http, moving = request.http, request.app.settings.moving
    request_id = http.headers.get("repeatability-request-id")
    if not request_id:
        return None
    if len(request_id) > LIMITS.repeatability_id:
        too_long = f"A Repeatability-Request-ID has at most {LIMITS.repeatability_id} characters."
        raise ValidationFailed(Detail(too_long, "Repeatability-Request-ID"))
    first_sent = http.headers.get("repeatability-first-sent", "")
    at_acs = moving is not None and moving.makes_rooms_at_acs
    if at_acs:
        _check_can_be_sent("Repeatability-Request-ID", request_id)
        _check_can_be_sent("Repeatability-First-Sent", first_sent)
    elif not _is_date(first_sent):
        expected = (
            "Repeatability-Request-ID needs this header too: an HTTP date, like "
            "Mon, 04 May 2026 10:00:00 GMT."
        )
        raise ValidationFailed(Detail(expected, "Repeatability-First-Sent"))
    return Repeatability(request_id, hashlib.sha256(http.get_body()).hexdigest(), first_sent)


def _check_can_be_sent(name: str, text: str) -> None:
    """Checks that a header can go on to ACS. Raises ValidationFailed."""
    if not text.isprintable():
        raise ValidationFailed(Detail("Must have no control characters.", name))


def _is_date(text: str) -> bool:
    """Returns whether it is an HTTP date, or a time of RFC 3339, which the SDKs of 2022 send."""
    for read in (parse_http_date, parse_time):
        try:
            read(text)
        except ValueError:
            continue
        return True
    return False
