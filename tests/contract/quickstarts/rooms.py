"""The rooms quickstart for Python. It calls the same methods of the SDKs in the same order.

Environment: COMMUNICATION_CONNECTION_STRING. Prints what it saw, as JSON.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from azure.communication.identity import CommunicationIdentityClient, CommunicationUserIdentifier
from azure.communication.rooms import (
    CommunicationRoom,
    ParticipantRole,
    RoomParticipant,
    RoomsClient,
)

ROLES = (ParticipantRole.PRESENTER, ParticipantRole.CONSUMER, ParticipantRole.ATTENDEE)


def quickstart(connection_string: str) -> dict[str, Any]:
    identities = CommunicationIdentityClient.from_connection_string(connection_string)
    # To mypy a user of the one package is none of the other's.
    users: list[Any] = [identities.create_user() for _ in range(5)]
    late: list[Any] = [CommunicationUserIdentifier(user.raw_id) for user in users[3:]]

    rooms = RoomsClient.from_connection_string(connection_string)
    begin = datetime.now(UTC)
    created = rooms.create_room(
        valid_from=begin,
        valid_until=begin + timedelta(weeks=7),
        participants=[
            RoomParticipant(communication_identifier=user, role=role)
            for user, role in zip(users, ROLES, strict=False)
        ],
        pstn_dial_out_enabled=False,
    )
    begin = datetime.now(UTC)
    updated = rooms.update_room(
        room_id=created.id,
        valid_from=begin,
        valid_until=begin + timedelta(weeks=1),
        pstn_dial_out_enabled=True,
    )
    read = rooms.get_room(room_id=created.id)
    rooms.add_or_update_participants(
        room_id=created.id,
        participants=[
            RoomParticipant(communication_identifier=user, role=ParticipantRole.ATTENDEE)
            for user in late
        ],
    )
    listed = [room.id for room in islice(rooms.list_rooms(), 2)]
    added = roster(rooms, created.id)
    rooms.remove_participants(room_id=created.id, participants=late)
    removed = roster(rooms, created.id)
    rooms.delete_room(created.id)
    return {
        "users": [user.raw_id for user in users],
        "rooms": [described(room) for room in (created, updated, read)],
        "listed": listed,
        "rosters": [added, removed],
    }


def roster(rooms: RoomsClient, room_id: str) -> list[tuple[str, str]]:
    return [
        (participant.communication_identifier.properties["id"], participant.role)
        for participant in rooms.list_participants(room_id)
    ]


def described(room: CommunicationRoom) -> dict[str, Any]:
    return {
        "id": room.id,
        "times": [str(room.valid_from), str(room.valid_until)],
        "pstnDialOut": room.pstn_dial_out_enabled,
    }


if __name__ == "__main__":
    print(json.dumps(quickstart(os.environ["COMMUNICATION_CONNECTION_STRING"])))
