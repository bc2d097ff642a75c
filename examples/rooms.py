"""A room for tomorrow, 10 to 11 (UTC): create it, change it, list it, delete it."""

import os
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from azure.communication.identity import CommunicationIdentityClient
from azure.communication.rooms import ParticipantRole, RoomParticipant, RoomsClient


def print_roster(client: RoomsClient, room_id: str) -> None:
    for participant in client.list_participants(room_id):
        print(f"  {participant.role:<10} {participant.communication_identifier.raw_id}")


connection_string = os.environ.get("COMMUNICATION_CONNECTION_STRING")
if not connection_string:
    sys.exit(
        "Set COMMUNICATION_CONNECTION_STRING to the connection string that `make start` prints."
    )

identities = CommunicationIdentityClient.from_connection_string(connection_string)
# Any, as each of the two SDKs has its own class of users.
users: list[Any] = [identities.create_user() for _ in range(4)]
doctor, patient, interpreter, student = users
start = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)

with RoomsClient.from_connection_string(connection_string) as client:
    room = client.create_room(
        valid_from=start,
        valid_until=start + timedelta(hours=1),
        participants=[
            RoomParticipant(communication_identifier=doctor, role=ParticipantRole.PRESENTER),
            RoomParticipant(communication_identifier=patient),
            RoomParticipant(communication_identifier=interpreter),
        ],
    )
    print(f"Created room {room.id}, open from {room.valid_from} to {room.valid_until}, with:")
    print_roster(client, room.id)

    # validFrom and validUntil are changed together.
    room = client.update_room(
        room_id=room.id, valid_from=start, valid_until=start + timedelta(minutes=90)
    )
    client.add_or_update_participants(
        room_id=room.id,
        participants=[
            RoomParticipant(communication_identifier=student, role=ParticipantRole.CONSUMER)
        ],
    )
    client.remove_participants(room_id=room.id, participants=[interpreter])
    print(f"Now open until {room.valid_until}, with:")
    print_roster(client, room.id)

    print("Rooms, newest first:")
    for listed in client.list_rooms():
        print(f"  {listed.id}, open from {listed.valid_from} to {listed.valid_until}")

    client.delete_room(room.id)
    print(f"Deleted room {room.id}.")
