"""Whether the rows of one room agree."""

from collections import defaultdict
from collections.abc import Sequence

from rooms.domain.details import Details
from rooms.domain.log_kinds import LOG_KINDS, Source
from rooms.domain.time import HOUR, MAX_TIME, Ticks
from rooms.storage import keys
from rooms.storage.invitees import external_people
from rooms_cli.check.arrivals import Arrivals, check_arrivals
from rooms_cli.check.calls import Calls, check_calls
from rooms_cli.check.changes import check_changes
from rooms_cli.check.contents import InForce, Record, details_in, record_in, roster_in, state_in
from rooms_cli.check.disagreement import Tell
from rooms_cli.check.expiry import check_expiry
from rooms_cli.check.index import check_index
from rooms_cli.check.invitees import Invitations, check_invitees
from rooms_cli.check.join_links import check_join_links
from rooms_cli.check.places import Kind, Place, Placed, Row
from rooms_cli.check.properties import Unreadable
from rooms_cli.check.story import Story

AT_ONCE: Ticks = HOUR
"""A decision about a room that is deleted in the same moment may have a later time: clocks differ.
"""

type _ByKind = defaultdict[Kind, list[tuple[Place, Row]]]


def check_room(room_id: str, rows: Placed, kept: Ticks, tell: Tell) -> None:
    """Tells what does not agree in the rows of a room, those that begin with a dot too.

    Args:
        kept: what is older may have been removed by upkeep, or be half removed.
    """
    of: _ByKind = defaultdict(list)
    for place, row in rows:
        of[place.kind].append((place, row))
    records = _records(of["record"], tell)
    by_source: defaultdict[Source, list[Record]] = defaultdict(list)
    for record in records:
        by_source[LOG_KINDS[record.kind].source].append(record)
    changes, decisions, events = (
        by_source["change"],
        by_source["decision"],
        by_source["event"],
    )
    check_calls(Calls(room_id, of["event"], of["activity"], of["all activity"], events, kept), tell)
    check_join_links(room_id, of["join link"], decisions, kept, tell)
    check_arrivals(Arrivals(room_id, of["arrived"], of["all arrived"], of["record"], kept), tell)
    if of["room"]:
        _check_room_that_is_there(room_id, of, changes, decisions, kept, tell)
    else:
        _check_what_is_left(
            room_id,
            of,
            [*changes, *(each for each in decisions if each.at >= kept + AT_ONCE)],
            kept,
            tell,
        )


def _check_room_that_is_there(
    room_id: str,
    of: _ByKind,
    changes: Sequence[Record],
    decisions: Sequence[Record],
    kept: Ticks,
    tell: Tell,
) -> None:
    ((_, row),) = of["room"]
    try:
        state = state_in(row, room_id)
    except Unreadable as problem:
        tell(f"The room cannot be understood. {problem}", row["RowKey"])
        return
    details, rosters = _details(of["details"], tell), _rosters(of["roster"], tell)
    story = Story(state, details, rosters, changes, kept)
    check_changes(story, tell)
    check_expiry(story, of["until"], tell)
    roster = rosters[max(rosters)].roster if rosters else None
    check_index(state.room, state.deleted, details or {}, roster, of["index"], tell)
    people = dict.fromkeys(raw_id for in_force in story.kept_rosters for raw_id in in_force.roster)
    needed = [] if story.goes else [*people, *external_people(details or {})]
    ever = {*needed, *_external_people_before(changes)} if story.begins else None
    check_invitees(
        Invitations(room_id, state.room.created_at, needed, ever, of["invitee"], of["group"], kept),
        tell,
    )
    last = state.changed_at + AT_ONCE if state.deleted else MAX_TIME
    for decision in decisions:
        if decision.at >= kept and not state.room.created_at < decision.at <= last:
            tell(
                "The log has a decision of a time at which the room was not there.",
                decision.row,
                state.row,
            )


def _external_people_before(changes: Sequence[Record]) -> set[str]:
    """Who once had an external id in the details."""
    details = (each.detail["after"] for each in changes if each.kind == "DetailsUpdated")
    return {person for after in details for person in external_people(after)}


def _check_what_is_left(
    room_id: str, of: _ByKind, records: Sequence[Record], kept: Ticks, tell: Tell
) -> None:
    """A room that was deleted, and then removed, leaves nothing but its calls, and its rows of
    invitees for a while."""
    room = keys.room_row(room_id)
    for _, row in (*of["details"], *of["roster"], *of["index"]):
        tell("The room of this row is not there.", row["RowKey"], room)
    for record in records:
        tell("The log tells of a room that is not there.", record.row, room)
    check_invitees(Invitations(room_id, None, [], None, of["invitee"], of["group"], kept), tell)


def _records(rows: Placed, tell: Tell) -> list[Record]:
    """The log, the oldest first."""
    records = []
    for place, row in reversed(rows):
        try:
            records.append(record_in(row, place.at, place.who))
        except Unreadable as problem:
            tell(f"A log record cannot be understood. {problem}", row["RowKey"])
    return records


def _rosters(rows: Placed, tell: Tell) -> dict[Ticks, InForce]:
    rosters = {}
    for place, row in reversed(rows):
        try:
            rosters[place.at] = roster_in(row)
        except Unreadable as problem:
            tell(f"A roster cannot be understood. {problem}", row["RowKey"])
    return rosters


def _details(rows: Placed, tell: Tell) -> Details | None:
    for _, row in rows:
        try:
            return details_in(row)
        except Unreadable as problem:
            tell(f"The details cannot be understood. {problem}", row["RowKey"])
    return None
