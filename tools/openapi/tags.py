"""The tags of the document: each groups routes and describes their operations."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from openapi import resources
from openapi.operation import Operation
from rooms.api import openapi
from rooms.api.acs import identities, participants, rooms
from rooms.api.extension import (
    admission,
    attendance,
    calls,
    carrier,
    details,
    doctor,
    health,
    imports,
    in_call,
    invitees,
    join,
    join_links,
    join_policy,
    live,
    livekit_events,
    log,
    me,
    media_check,
    moving,
    no_shows,
    overview,
    people,
    person_attendance,
    persons,
    presence,
    quarantine,
    roles,
    room_list,
    tokens,
)
from rooms.api.routing import Route


class Tag(NamedTuple):
    """A tag. `operations` describes its routes, by their names."""

    name: str
    description: str
    routes: Sequence[Route]
    operations: Mapping[str, Operation]


# The console, the timer and the Event Grid trigger are left out: no API client calls them.
TAGS: Sequence[Tag] = (
    Tag(
        "Rooms",
        "The rooms of ACS.",
        (*rooms.routes.all, *room_list.routes.all),
        resources.ROOMS,
    ),
    Tag(
        "Participants",
        "The roster of a room in ACS.",
        participants.routes.all,
        resources.PARTICIPANTS,
    ),
    Tag(
        "Invitees",
        "The roster of a room, with names and external ids.",
        invitees.routes.all,
        resources.INVITEES,
    ),
    Tag(
        "Identities",
        "The users of ACS, and their tokens.",
        identities.routes.all,
        resources.IDENTITIES,
    ),
    Tag(
        "Tokens",
        "The check of tokens that this service made.",
        tokens.routes.all,
        resources.TOKENS,
    ),
    Tag(
        "Join policy",
        "Who may join a room: the invited, or every ACS user.",
        join_policy.routes.all,
        resources.JOIN_POLICY,
    ),
    Tag(
        "Carrier",
        "Where the calls of a room run: at ACS, or here.",
        carrier.routes.all,
        resources.CARRIER,
    ),
    Tag(
        "Admission",
        "Whether a person may join a room, and the reasons of a refusal.",
        admission.routes.all,
        resources.ADMISSION,
    ),
    Tag(
        "Join",
        "Links with which people join a room on the page of this service.",
        (*join_links.routes.all, *join.routes.all),
        resources.JOIN,
    ),
    Tag("Roles", "The capabilities of each role.", roles.routes.all, resources.ROLES),
    Tag("Me", "The caller.", me.routes.all, resources.ME),
    Tag(
        "Calls",
        "Presence and calls, from the events of ACS's calling service.",
        (*presence.routes.all, *calls.routes.all, *live.routes.all),
        resources.CALLS,
    ),
    Tag(
        "In the call",
        "What is done to others in a call, where a media server of this service carries it.",
        in_call.routes.all,
        resources.IN_CALL,
    ),
    Tag(
        "Attendance",
        "Who was invited, who came and who did not.",
        (*attendance.routes.all, *person_attendance.routes.all, *no_shows.routes.all),
        resources.ATTENDANCE,
    ),
    Tag("Log", "Changes and call events, with their actors.", log.routes.all, resources.LOG),
    Tag(
        "Overview",
        "A room with its details and participants.",
        overview.routes.all,
        resources.OVERVIEW,
    ),
    Tag(
        "Details",
        "Titles, external ids, scheduled times and names.",
        details.routes.all,
        resources.DETAILS,
    ),
    Tag(
        "Persons",
        "The people whom rooms name, and the erasure of a person from all that is stored.",
        (*people.routes.all, *persons.routes.all),
        resources.PERSONS,
    ),
    Tag(
        "Quarantine",
        "Events that the service did not understand.",
        quarantine.routes.all,
        resources.QUARANTINE,
    ),
    Tag(
        "Moving",
        "The move from ACS: its state, and the rooms of ACS that come to this service.",
        (*moving.routes.all, *imports.routes.all),
        resources.MOVING | resources.IMPORTS,
    ),
    Tag(
        "LiveKit",
        "The events of the media server.",
        livekit_events.routes.all,
        resources.LIVEKIT_EVENTS,
    ),
    Tag(
        "Health",
        "The state of the service.",
        [*health.routes.all, *doctor.routes.all, *media_check.routes.all],
        resources.HEALTH,
    ),
    Tag("Document", "The OpenAPI document.", openapi.routes.all, resources.DOCUMENT),
)
