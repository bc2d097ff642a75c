"""Rooms, presence and attendance, for people."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rooms_cli.screen import say, show_table
from rooms_cli.words import length, moment, short, state, yes

type Json = Mapping[str, Any]

_CAME = ("attended", "uninvited")


def show_rooms(rooms: Sequence[Json]) -> None:
    """One line for each room."""
    if not rooms:
        say("No rooms.")
        return
    now = datetime.now(UTC)
    rows = [
        (
            room["id"],
            moment(room["validFrom"]),
            moment(room["validUntil"]),
            state(room, now),
            yes(room["pstnDialOutEnabled"]),
            room["title"] or "",
        )
        for room in rooms
    ]
    show_table(("room", "open from", "until", "state", "dial-out", "title"), rows)


def show_room(room: Json) -> None:
    """All of a room, with whole raw ids."""
    opens, closes = moment(room["validFrom"]), moment(room["validUntil"])
    title, external_id = room["title"], room["externalId"]
    say(
        f"Room {room['roomId']}",
        f": {title}" if title else "",
        f" ({external_id})" if external_id else "",
    )
    say(f"Open from {opens} until {closes} ({room['state']})")
    if room["scheduledStart"]:
        say(f"Scheduled from {moment(room['scheduledStart'])} until {moment(room['scheduledEnd'])}")
    say(f"Created at {moment(room['createdAt'])}; dial-out: {yes(room['pstnDialOutEnabled'])}")
    if not room["participants"]:
        say("Nobody is invited.")
        return
    rows = [
        (one["name"] or "", one["role"], one["externalId"] or "", one["rawId"])
        for one in room["participants"]
    ]
    say()
    show_table(("name", "role", "external id", "raw id"), rows)


def show_presence(presence: Json, at: str | None) -> None:
    """Who is in a room, or was."""
    room = f"room {presence['roomId']}"
    people = presence["call"]["participants"] if presence["call"] else []
    when, were, was = (
        ("", "are", "is") if at is None else (f" at {moment(presence['asOf'])}", "were", "was")
    )
    if not people:
        say(f"Nobody {was} in {room}{when}.")
        return
    say(f"{_people(len(people))} {was if len(people) == 1 else were} in {room}{when}:")
    rows = [
        (
            one["name"] or one["displayName"] or short(one["rawId"]),
            one["role"] or "",
            moment(one["joinedAt"]),
            str(one["legs"]),
            yes(one["invited"]),
        )
        for one in people
    ]
    show_table(("name", "role", "since", "devices", "invited"), rows)


def show_attendance(attendance: Json) -> None:
    """Who came and who did not, those absent first."""
    end = "now" if attendance["until"] is None else moment(attendance["until"])
    title = attendance["title"] or f"Room {attendance['roomId']}"
    say(f"{title}, from {moment(attendance['from'])} until {end}")
    rows = [
        (
            one["name"] or one["displayName"] or short(one["rawId"]),
            one["role"] or "",
            one["status"],
            *(
                _length(one, field)
                for field in ("seconds", "aloneSeconds", "lateSeconds", "leftEarlySeconds")
            ),
        )
        for one in sorted(attendance["value"], key=lambda one: one["status"] in _CAME)
    ]
    if rows:
        show_table(("name", "role", "status", "present", "alone", "late", "left early"), rows)
    counts = attendance["summary"]
    expected = counts["invited"] - counts["attended"] - counts["absent"]
    told = [
        f"{counts['invited']} invited",
        f"{counts['attended']} attended",
        f"{counts['absent']} absent",
    ]
    say(
        ", ".join(
            [
                *told,
                *([f"{expected} expected"] if expected else []),
                f"{counts['uninvited']} uninvited",
            ]
        )
        + "."
    )


def _length(one: Json, field: str) -> str:
    """Which of somebody's lengths are estimated is not told, so all are marked."""
    said = length(one[field])
    return f"~{said}" if said and one["estimated"] else said


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"
