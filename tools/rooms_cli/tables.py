"""Prints rooms, presence and attendance as tables."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rooms_cli.screen import say, show_table
from rooms_cli.words import admits_guests, duration, moment, short, state, who_can_join, yes

type Json = Mapping[str, Any]

_CAME = ("attended", "uninvited")


def show_rooms(rooms: Sequence[Json]) -> None:
    """Prints one line for each room."""
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
            yes(admits_guests(room)),
            room["title"] or "",
        )
        for room in rooms
    ]
    show_table(("room", "open from", "until", "state", "dial-out", "guests", "title"), rows)


def show_room(room: Json) -> None:
    """Prints all of a room, with whole raw ids."""
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
    say(f"Who can join: {who_can_join(room)}")
    if not room["participants"]:
        say("Nobody is invited.")
        return
    rows = [
        (person["name"] or "", person["role"], person["externalId"] or "", person["rawId"])
        for person in room["participants"]
    ]
    say()
    show_table(("name", "role", "external id", "raw id"), rows)


def show_presence(presence: Json, at: str | None) -> None:
    """Prints who is in a room, or was at the time `at`."""
    room = f"room {presence['roomId']}"
    people = presence["call"]["participants"] if presence["call"] else []
    when = "" if at is None else f" at {moment(presence['asOf'])}"
    singular, plural = ("is", "are") if at is None else ("was", "were")
    match len(people):
        case 0:
            say(f"Nobody {singular} in {room}{when}.")
            return
        case 1:
            say(f"1 person {singular} in {room}{when}:")
        case count:
            say(f"{count} people {plural} in {room}{when}:")
    rows = [
        (
            _name(person),
            person["role"] or "",
            moment(person["joinedAt"]),
            str(person["legs"]),
            "guest" if person["guest"] else yes(person["invited"]),
        )
        for person in people
    ]
    show_table(("name", "role", "since", "devices", "invited"), rows)


def show_attendance(attendance: Json) -> None:
    """Prints who attended and who did not; those absent come first."""
    end = "now" if attendance["until"] is None else moment(attendance["until"])
    title = attendance["title"] or f"Room {attendance['roomId']}"
    say(f"{title}, from {moment(attendance['from'])} until {end}")
    rows = [
        (
            _name(person),
            person["role"] or "",
            f"{person['status']} (guest)" if person["guest"] else person["status"],
            _duration(person, "seconds"),
            _duration(person, "aloneSeconds"),
            _duration(person, "lateSeconds"),
            _duration(person, "leftEarlySeconds"),
        )
        for person in sorted(attendance["value"], key=lambda person: person["status"] in _CAME)
    ]
    if rows:
        show_table(("name", "role", "status", "present", "alone", "late", "left early"), rows)
    counts = attendance["summary"]
    guests = counts["guests"]
    expected = counts["invited"] - (counts["attended"] - guests) - counts["absent"]
    say(
        f"{counts['invited']} invited, {counts['attended']} attended",
        f" (guests: {guests})" if guests else "",
        f", {counts['absent']} absent, ",
        f"{expected} expected, " if expected else "",
        f"{counts['uninvited']} uninvited.",
    )


def _name(person: Json) -> str:
    return str(person["name"] or person["displayName"] or short(person["rawId"]))


def _duration(person: Json, field: str) -> str:
    """Formats one of a person's durations. The service marks the person, not the durations, as
    estimated: so all of them get the mark."""
    text = duration(person[field])
    return f"~{text}" if text and person["estimated"] else text
