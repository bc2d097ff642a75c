"""Prints rooms, presence and attendance as tables."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rooms_cli.screen import say, show_table
from rooms_cli.words import about, admits_guests, duration, moment, short, state, who_can_join, yes

type Json = Mapping[str, Any]

_CAME = ("attended", "uninvited")
_INCOMPLETE = "A call has more events than were read. This shows what the first of them tell."


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
        case 1:
            say(f"1 person {singular} in {room}{when}:")
        case count:
            say(f"{count} people {plural} in {room}{when}:")
    if people:
        rows = [
            (
                _name(person),
                person["role"] or "",
                about(moment(person["joinedAt"]), person["estimated"]),
                str(person["legs"]),
                "guest" if person["guest"] else yes(person["invited"]),
            )
            for person in people
        ]
        _show_people(("name", "role", "since", "devices", "invited"), rows, people)
    if presence["call"] and presence["call"]["overdue"]:
        last = moment(presence["call"]["lastEventAt"])
        say(f"The last event was at {last}: the call is probably over.")
    if presence["call"] and presence["call"]["incomplete"]:
        say(_INCOMPLETE)


def show_attendance(attendance: Json) -> None:
    """Prints who attended and who did not; those absent come first."""
    end = "now" if attendance["until"] is None else moment(attendance["until"])
    title = attendance["title"] or f"Room {attendance['roomId']}"
    say(f"{title}, from {moment(attendance['from'])} until {end}")
    if cancelled := attendance["cancelled"]:
        by = f" by {cancelled['by']}" if cancelled["by"] else ""
        say(f"Cancelled at {moment(cancelled['at'])}{by}.")
    people = sorted(attendance["value"], key=lambda person: person["status"] in _CAME)
    rows = [
        (
            _name(person),
            person["role"] or "",
            _status(person) + _remarks(person),
            _duration(person, "seconds"),
            _duration(person, "aloneSeconds"),
            _duration(person, "lateSeconds"),
            _duration(person, "leftEarlySeconds"),
        )
        for person in people
    ]
    if rows:
        columns = ("name", "role", "status", "present", "alone", "late", "left early")
        _show_people(columns, rows, people)
    for status in sorted({_status(person) for person in people if _may_have_come(person)}):
        say(f"{status}: as far as events tell. Some are missing.")
    if attendance["incomplete"]:
        say(_INCOMPLETE)
    counts, statuses = attendance["summary"], Counter(person["status"] for person in people)
    guests = counts["guests"]
    say(
        f"{counts['invited']} invited, {counts['attended']} attended",
        f" (guests: {guests})" if guests else "",
        f", {counts['absent']} absent, ",
        *(f"{statuses[one]} {one}, " for one in ("expected", "cancelled") if statuses[one]),
        f"{counts['uninvited']} uninvited.",
    )


def _name(person: Json) -> str:
    return str(person["name"] or person["displayName"] or short(person["rawId"]))


def _show_people(
    columns: Sequence[str], rows: Sequence[Sequence[str]], people: Sequence[Json]
) -> None:
    """Prints a table of people, with the number of their raw ids if anybody has several."""
    if any(len(person["rawIds"]) > 1 for person in people):
        columns = (*columns, "raw ids")
        rows = [(*row, str(len(one["rawIds"]))) for row, one in zip(rows, people, strict=True)]
    show_table(columns, rows)


def _status(person: Json) -> str:
    return about(person["status"], _may_have_come(person))


def _may_have_come(person: Json) -> bool:
    """Returns whether it is an estimate that somebody did not come."""
    return person["estimated"] and person["status"] not in _CAME


def _remarks(person: Json) -> str:
    guest = " (guest)" if person["guest"] else ""
    removed_at = person["removedAt"]
    return guest + (f" (removed at {moment(removed_at)})" if removed_at else "")


def _duration(person: Json, field: str) -> str:
    """Formats one of a person's durations. The service marks the person, not the durations, as
    estimated: so all of them get the mark. The time alone may be estimated by itself."""
    alone = field == "aloneSeconds" and person["aloneEstimated"]
    return about(duration(person[field]), person["estimated"] or alone)
