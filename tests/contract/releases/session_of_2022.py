"""A session with a Python SDK of api-version 2022-02-01, whose rooms have their participants and a
join policy, and which has no lists. Prints what it saw, as JSON."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.contract.releases.client import (
    RELEASE,
    Rooms,
    participant,
    plain,
    refusal,
    roster,
    sdk,
    user,
)
from tests.contract.releases.users import ANN, BEN, CEM

PRESENTER, ATTENDEE, CONSUMER = (
    sdk.RoleType.PRESENTER,
    sdk.RoleType.ATTENDEE,
    sdk.RoleType.CONSUMER,
)
OPEN, INVITE_ONLY = (
    sdk.RoomJoinPolicy.COMMUNICATION_SERVICE_USERS,
    sdk.RoomJoinPolicy.INVITE_ONLY,
)


def room_fields(room: Any) -> dict[str, Any]:
    return {**plain(room), "participants": roster(room.participants)}


def seen() -> dict[str, Any]:
    rooms = Rooms()
    start = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    end, later = start + timedelta(hours=1), start + timedelta(hours=2)

    def listed() -> list[list[str]]:
        return roster(rooms.get_participants(room_id=room.id).participants)

    defaults = rooms.create_room()
    room = rooms.create_room(
        valid_from=start,
        valid_until=end,
        room_join_policy=OPEN,
        participants=[participant(ANN, PRESENTER), participant(BEN)],
    )
    read = rooms.get_room(room_id=room.id)
    updated = rooms.update_room(
        room_id=room.id, valid_from=start, valid_until=later, room_join_policy=INVITE_ONLY
    )
    rosters = {"at first": listed()}
    replaced = rooms.update_room(
        room_id=room.id, participants=[participant(ANN, CONSUMER), participant(CEM, ATTENDEE)]
    )
    rosters["replaced"] = listed()
    rooms.add_participants(room_id=room.id, participants=[participant(BEN, PRESENTER)])
    rosters["added"] = listed()
    rooms.update_participants(room_id=room.id, participants=[participant(CEM, CONSUMER)])
    rosters["updated"] = listed()
    rooms.remove_participants(room_id=room.id, communication_identifiers=[user(ANN), user(BEN)])
    rosters["removed"] = listed()

    refusals = {
        "one time": refusal(lambda: rooms.update_room(room_id=room.id, valid_until=later)),
        "policy of a room that has begun": refusal(
            lambda: rooms.update_room(room_id=defaults.id, room_join_policy=OPEN)
        ),
        "unknown role": refusal(
            lambda: rooms.add_participants(
                room_id=room.id, participants=[participant(BEN, "Kafka")]
            )
        ),
        "no raw id": refusal(
            lambda: rooms.add_participants(room_id=room.id, participants=[participant("wrong_mri")])
        ),
        "unknown room": refusal(lambda: rooms.get_room(room_id="99400000000000000")),
    }
    rooms.delete_room(room_id=room.id)
    refusals |= {
        "deleted room": refusal(lambda: rooms.get_room(room_id=room.id)),
        "update of a deleted room": refusal(lambda: rooms.update_room(room_id=room.id)),
        "roster of a deleted room": refusal(listed),
        "deleted again": refusal(lambda: rooms.delete_room(room_id=room.id)),
    }
    return {
        "release": RELEASE,
        "sent": [time.isoformat() for time in (start, end, later)],
        "defaults": room_fields(defaults),
        "room": room_fields(room),
        "read": room_fields(read),
        "updated": room_fields(updated),
        "replaced": room_fields(replaced),
        "rosters": rosters,
        "refusals": refusals,
    }


if __name__ == "__main__":
    print(json.dumps(seen()))
