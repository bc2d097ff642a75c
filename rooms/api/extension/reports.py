"""Reports of attendance: what those of a room and those of a person share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from rooms.api.shapes import Count, KnownPerson, Seconds, person_body, seconds, time_or_none
from rooms.app import App
from rooms.domain import attendance as domain
from rooms.domain import presence
from rooms.domain.attendance import Occasion, Status, attendance
from rooms.domain.call import Call
from rooms.domain.details import scheduled
from rooms.domain.people import People, people_in
from rooms.domain.time import Ticks, Time, format_time
from rooms.domain.time_window import Deletion, TimeWindow, cancelled
from rooms.storage.history import RoomSnapshot

COLUMNS = (
    "rawId",
    "name",
    "externalId",
    "displayName",
    "role",
    "status",
    "intervals",
    "seconds",
    "aloneSeconds",
    "joins",
    "lateSeconds",
    "leftEarlySeconds",
    "estimated",
    "guest",
    "rawIds",
    "removedAt",
    "aloneEstimated",
    "merged",
)
"""The columns of a table of people."""

# `from` is a keyword.
Stay = TypedDict("Stay", {"from": Time, "until": Time | None})
Stay.__doc__ = "A time that a person spent in a call. `until` is null while they are in it."


class Cancelled(TypedDict):
    """When a room was deleted, and by whom. `by` is null if the room was deleted before that was
    kept."""

    at: Time
    by: str | None


class Attendee(KnownPerson, TypedDict):
    """The attendance of one person. A `guest` came to an open room without an invitation.

    `rawIds` has all raw ids of the person: those invited, then others that came. `rawId` is the
    first of them. `removedAt` is set if the person is not on the roster at the end of the period.

    `aloneSeconds` counts the time with nobody else in the call. `aloneEstimated` is true if others
    may have been there of whom no event tells, or if somebody came back so often that their breaks
    are not known one by one. `joins` counts how often the person joined, on all devices.

    `merged` is true if there are breaks in the intervals, as there were more than 100. `seconds`
    leaves these out. It is exact if the intervals lie wholly in the period.

    `lateSeconds` is the time from the start of the period to the first join. `leftEarlySeconds` is
    the time from the last leave to the end of the period, once that end has passed. `estimated` is
    true if the event for a time used here never came, or not all events were read. For a person who
    did not come, it is true if events of the calls are missing: the person may have come.
    """

    displayName: str | None
    role: str | None
    status: Status
    guest: bool
    removedAt: Time | None
    intervals: list[Stay]
    seconds: Seconds
    aloneSeconds: Seconds
    aloneEstimated: bool
    joins: Count
    merged: bool
    lateSeconds: Seconds | None
    leftEarlySeconds: Seconds | None
    estimated: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The attendance of a room in a time. `cancelled`: the room was deleted before it.
    `incomplete`: not all events of its calls were read."""

    window: TimeWindow
    cancelled: Deletion | None
    people: People
    attendees: list[domain.Attendee]
    incomplete: bool


async def report(
    app: App,
    room_id: str,
    known: RoomSnapshot,
    window: TimeWindow,
    as_of: Ticks,
    call: Call | None = None,
) -> Report:
    """Returns who was invited to a room in this time, and who came to `call`, or to all its calls.

    One request for some twenty rosters, and those for the calls.

    Raises:
        TooManyChanges, TooManyEvents: it would be made of too much.
    """
    end = as_of if window.end is None else window.end
    invited = known.invited
    if known.room:
        invited = await app.history.invited(known.room, window.start, end)
    calls = (
        await app.calls.overlapping(room_id, window.start, end, as_of) if call is None else [call]
    )
    people, planned = people_in(known.details), scheduled(known.details)
    scheduled_start = None if planned is None else planned[0]
    going_on = [each for each in calls if domain.is_in(each, window, as_of)]
    deletion = cancelled(window, known.deletion, scheduled_start, met=bool(going_on))
    occasion = Occasion(
        window,
        people,
        scheduled_start,
        cancelled=deletion is not None,
        may_call_phones=known.room is not None and known.room.pstn_dial_out_enabled,
    )
    attendees = attendance(occasion, calls, invited, as_of)
    incomplete = any(each.incomplete for each in going_on)
    return Report(window, deletion, people, attendees, incomplete)


def cancelled_body(deletion: Deletion | None) -> Cancelled | None:
    """Returns when and by whom a room was deleted, of a report that says so."""
    return None if deletion is None else {"at": format_time(deletion.at), "by": deletion.by}


def attendee_body(attendee: domain.Attendee, people: People) -> Attendee:
    """Returns one person of a report."""
    return {
        **person_body(attendee.raw_ids[0], attendee.raw_ids, people),
        "displayName": attendee.display_name,
        "role": attendee.role,
        "status": attendee.status,
        "guest": attendee.guest,
        "removedAt": time_or_none(attendee.removed_at),
        "intervals": [_stay_body(stay) for stay in attendee.stays],
        "seconds": seconds(attendee.duration),
        "aloneSeconds": seconds(attendee.alone),
        "aloneEstimated": attendee.alone_estimated,
        "joins": attendee.joins,
        "merged": attendee.merged,
        "lateSeconds": None if attendee.late is None else seconds(attendee.late),
        "leftEarlySeconds": None if attendee.left_early is None else seconds(attendee.left_early),
        "estimated": attendee.estimated,
    }


def as_csv_row(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the body of a person as a row of a table: lists are text."""
    intervals = "; ".join(f"{stay['from']}/{stay['until'] or ''}" for stay in body["intervals"])
    return {**body, "intervals": intervals, "rawIds": "; ".join(body["rawIds"])}


def _stay_body(stay: presence.Stay) -> Stay:
    return {"from": format_time(stay.start), "until": time_or_none(stay.end)}
