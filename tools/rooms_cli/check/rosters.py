"""Whether the log of a room leads to its rosters, and to the policies in force with them."""

from rooms.domain.roster import Roster, patched_roster, roster_difference
from rooms.storage import keys
from rooms_cli.check.contents import InForce, Record
from rooms_cli.check.disagreement import Tell
from rooms_cli.check.story import Story, logged_room


def check_rosters(story: Story, tell: Tell) -> None:
    """Tells what of the rosters and policies is not as the log says."""
    state, rosters, room_id = story.state, story.rosters, story.state.room.id
    records = {record.at: record for record in story.changes if _writes_a_roster(record)}
    for at, record in records.items():
        old = at < story.kept and (story.goes or any(at < other < story.kept for other in rosters))
        if at not in rosters and not old:
            tell(
                "The log has a change of the roster that is not there.",
                keys.roster_row(room_id, at),
                record.row,
            )
    first = next(iter(rosters), None)
    if not story.goes and (
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


def _writes_a_roster(record: Record) -> bool:
    if record.kind == "RoomUpdated":
        was, becomes = logged_room(record.detail["before"]), logged_room(record.detail["after"])
        return bool(was["roomJoinPolicy"] != becomes["roomJoinPolicy"])
    return record.kind in ("RoomCreated", "ParticipantsUpdated")


def _leads(before: InForce | None, after: InForce, record: Record) -> bool:
    """Whether the record says that `before` became `after`."""
    match record.kind:
        case "RoomCreated":
            policy = logged_room(record.detail)["roomJoinPolicy"]
            invited = list(record.detail["participants"].items())
            return after.policy == policy and list(after.roster.items()) == invited
        case _ if before is None:  # which is told of itself
            return True
        case "RoomUpdated":
            policy = logged_room(record.detail["after"])["roomJoinPolicy"]
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
