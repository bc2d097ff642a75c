"""Whether the log of a room, carried out again, leads to its rows.

It is carried out backwards, from what the rows are now: what upkeep may have removed is at its
other end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rooms.domain.details import Details, details_difference, patched_details
from rooms.domain.errors import DomainError
from rooms.domain.room import repeatable_room_id
from rooms.domain.roster import Roster, patched_roster, roster_difference
from rooms.domain.time import Ticks
from rooms.storage import keys
from rooms.storage.entities import room_properties
from rooms_cli.check.contents import InForce, Record, RoomState
from rooms_cli.check.disagreement import Tell

_TRIES = 10
"""So many ids of a create that is repeatable are other rooms', at most."""


@dataclass(frozen=True, slots=True)
class Story:
    """What is stored of a room, and what its log says of it."""

    state: RoomState
    details: Details | None
    rosters: Mapping[Ticks, InForce]
    """Rosters and policies, by when each came into force, the oldest first."""
    changes: Sequence[Record]
    """The oldest first."""
    kept: Ticks
    """What is older may have been removed: log records, and rosters but the newest of these."""

    @property
    def certain(self) -> Ticks:
        """None of the log records since then have been removed."""
        return min(self.kept, self.state.changed_at)

    @property
    def begins(self) -> bool:
        """Whether nothing of the room can have been removed."""
        return self.state.room.created_at >= self.kept


def check_changes(story: Story, tell: Tell) -> None:
    """Tells what of the room's row, details and rosters is not as the log says."""
    _check_room(story.state, tell)
    _check_order(story, tell)
    _check_properties(story, tell)
    _check_details(story, tell)
    _check_rosters(story, tell)


def _check_room(state: RoomState, tell: Tell) -> None:
    request_id = state.repeatability_id
    if request_id is not None and state.room.id not in (
        repeatable_room_id(request_id, tried) for tried in range(_TRIES)
    ):
        tell("The `repeatabilityId` of the room is not that of the create that made it.", state.row)
    if state.changed_at < state.room.created_at:
        tell("The room was changed before it was created.", state.row)


def _check_order(story: Story, tell: Tell) -> None:
    """Creation, changes one after the other, and deletion."""
    state, changes = story.state, story.changes
    if story.begins and not (changes and changes[0].kind == "RoomCreated"):
        tell("The log does not begin with the creation of the room.", state.row)
    for number, record in enumerate(changes):
        created = record.kind == "RoomCreated"
        if created and (number > 0 or record.at != state.room.created_at):
            tell(
                "The log says that the room was created at another time than its row says.",
                record.row,
                state.row,
            )
        if not created and record.at <= state.room.created_at:
            tell("The log has a change from before the room was created.", record.row, state.row)
    for before, after in pairwise(changes):
        if before.at == after.at:
            tell("The log has two changes of the same moment.", after.row, before.row)
        if before.kind == "RoomDeleted":
            tell("The log has a change of the room after its deletion.", after.row, before.row)
    last = changes[-1] if changes else None
    if last is not None and last.at > state.changed_at:
        tell(
            "The log has a change that is later than the `changedAt` of the room's row.",
            state.row,
            last.row,
        )
    elif last is None or last.at < state.changed_at:
        if state.changed_at >= story.kept:
            tell("The room's last change, of its `changedAt`, has no log record.", state.row)
    elif (last.kind == "RoomDeleted") != state.deleted:
        tell(
            "Of whether the room was deleted, its row and its log say different things.",
            state.row,
            last.row,
        )
    elif state.deleted and last.request_id != state.deleted_by:
        tell(
            "The log says that the room was deleted by another request than its row says.",
            state.row,
            last.row,
        )


def _check_properties(story: Story, tell: Tell) -> None:
    later: Mapping[str, Any] = room_properties(story.state.room)
    later_row = story.state.row
    for record in reversed(story.changes):
        match record.kind:
            case "RoomUpdated":
                after, before = _room(record.detail["after"]), _room(record.detail["before"])
            case "RoomCreated":
                after = before = _room(record.detail)
            case _:
                continue
        if after != later and record.at < story.certain:
            return
        if after != later or (record.kind == "RoomUpdated" and after == before):
            tell(
                "The room's validity, dial-out and policy are not what its log says.",
                later_row,
                record.row,
            )
            return
        later, later_row = before, record.row


def _room(logged: Mapping[str, Any]) -> Mapping[str, Any]:
    """The room in a log record. Records from before open rooms have no policy."""
    room = {name: value for name, value in logged.items() if name != "participants"}
    return {"roomJoinPolicy": "InviteOnly"} | room


def _check_details(story: Story, tell: Tell) -> None:
    row = keys.details_row(story.state.room.id)
    changed = any(record.kind == "DetailsUpdated" for record in story.changes)
    if changed != (story.details is not None) and (changed or story.begins):
        tell("Of whether the room has details, its rows and its log say different things.", row)
        return
    details: Details = story.details or {}
    for record in reversed(story.changes):
        match record.kind:
            case "DetailsUpdated":
                before = _details_before(details, record.detail)
                if before is None and record.at < story.certain:
                    return
                if before is None:
                    tell("The details are not what the log says.", row, record.row)
                    return
                details = before
            case "RoomCreated" if details:
                if record.at >= story.certain:
                    tell("The details have more than the log says.", row)
                return


def _details_before(details: Details, change: Mapping[str, Any]) -> Details | None:
    """The details before a change that led to these; None if it cannot have."""
    was, becomes = change["before"], change["after"]
    try:
        before = patched_details(details, _merged(_nothing_of(becomes), was))
    except (DomainError, AttributeError, TypeError, ValueError):  # the log may hold anything
        return None
    return (
        before
        if before != details and details_difference(before, details) == (was, becomes)
        else None
    )


def _check_rosters(story: Story, tell: Tell) -> None:
    state, rosters, room_id = story.state, story.rosters, story.state.room.id
    records = {record.at: record for record in story.changes if _writes_a_roster(record)}
    for at, record in records.items():
        old = at < story.kept and (
            _goes(story) or any(at < other < story.kept for other in rosters)
        )
        if at not in rosters and not old:
            tell(
                "The log has a change of the roster that is not there.",
                keys.roster_row(room_id, at),
                record.row,
            )
    first = next(iter(rosters), None)
    if not _goes(story) and (
        first is None or (first >= story.kept and first != state.room.created_at)
    ):
        tell("The first roster of the room, or of the time that is kept, is missing.", state.row)
    before: InForce | None = None
    for at, in_force in rosters.items():
        if at >= story.kept and at not in records:
            tell("The log has no change that led to this roster.", keys.roster_row(room_id, at))
        elif at >= story.kept and not _leads(before, in_force, records[at]):
            tell(
                "The roster is not what the log says.",
                keys.roster_row(room_id, at),
                records[at].row,
            )
        before = in_force


def _goes(story: Story) -> bool:
    """Whether upkeep may be about to remove the room: first its rosters."""
    return story.state.deleted and story.state.changed_at < story.kept


def _writes_a_roster(record: Record) -> bool:
    match record.kind:
        case "RoomUpdated":
            was, becomes = _room(record.detail["before"]), _room(record.detail["after"])
            return bool(was["roomJoinPolicy"] != becomes["roomJoinPolicy"])
        case kind:
            return kind in ("RoomCreated", "ParticipantsUpdated")


def _leads(before: InForce | None, after: InForce, record: Record) -> bool:
    """Whether the record says that `before` became `after`."""
    match record.kind:
        case "RoomCreated":
            policy = _room(record.detail)["roomJoinPolicy"]
            invited = list(record.detail["participants"].items())
            return after.policy == policy and list(after.roster.items()) == invited
        case _ if before is None:  # which is told of itself
            return True
        case "RoomUpdated":
            policy = _room(record.detail["after"])["roomJoinPolicy"]
            same = list(after.roster.items()) == list(before.roster.items())
            return after.policy == policy and same
        case _:
            return after.policy == before.policy and _changes(before.roster, after.roster, record)


def _changes(before: Roster, after: Roster, record: Record) -> bool:
    """Whether the record says that `before` became `after`, in that order."""
    added, changed, removed = (record.detail[what] for what in ("added", "changed", "removed"))
    difference = roster_difference(before, after)
    told = {
        raw_id: {"before": was, "after": becomes}
        for raw_id, (was, becomes) in difference.changed.items()
    }
    if not difference or (difference.added, told, difference.removed) != (added, changed, removed):
        return False
    patch = {
        **dict.fromkeys(removed),
        **{raw_id: change["after"] for raw_id, change in changed.items()},
        **added,
    }
    return list(patched_roster(before, patch)) == list(after)


def _nothing_of(details: Details) -> Details:
    return {
        key: _nothing_of(value) if isinstance(value, dict) else None
        for key, value in details.items()
    }


def _merged(one: Details, other: Details) -> Details:
    """A merge patch that does what `one` does, and then `other`."""
    shared = one.keys() & other.keys()
    both = {
        key: _merged(one[key], other[key])
        for key in shared
        if isinstance(one[key], dict) and isinstance(other[key], dict)
    }
    return one | other | both
