"""Whether the log of a room, carried out again, leads to its rows.

It is carried out backwards, from what the rows are now: what upkeep may have removed is at its
other end.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from rooms.domain.details import Details, details_difference, patched_details
from rooms.domain.errors import DomainError
from rooms.domain.room import repeatable_room_id
from rooms.storage import keys
from rooms.storage.entities import room_properties
from rooms_cli.check.contents import RoomState
from rooms_cli.check.disagreement import Tell
from rooms_cli.check.rosters import check_rosters
from rooms_cli.check.story import Story, logged_room

_TRIES = 10
"""So many ids of a create that is repeatable are other rooms', at most."""


def check_changes(story: Story, tell: Tell) -> None:
    """Tells what of the room's row, details and rosters is not as the log says."""
    _check_room(story.state, tell)
    _check_order(story, tell)
    _check_properties(story, tell)
    _check_carrier(story, tell)
    _check_details(story, tell)
    check_rosters(story, tell)


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
    elif state.deleted and (
        last.request_id != state.deleted_by_request or state.deleted_by not in (None, last.actor)
    ):
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
                after = logged_room(record.detail["after"])
                before = logged_room(record.detail["before"])
            case "RoomCreated":
                after = before = logged_room(record.detail)
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


def _check_carrier(story: Story, tell: Tell) -> None:
    later, later_row = story.state.room.carrier, story.state.row
    for record in reversed(story.changes):
        match record.kind:
            case "RoomMoved":
                before, after = record.detail["before"], record.detail["after"]
            case "RoomCreated":
                before = after = record.detail.get("carrier", "own")
            case _:
                continue
        if after != later:
            if record.at >= story.certain:
                tell(
                    "Where the calls of the room run is not what its log says.",
                    later_row,
                    record.row,
                )
            return
        later, later_row = before, record.row


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
                if record.erased and not (record.detail["before"] or record.detail["after"]):
                    continue  # a name became another one, and both were erased
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
