"""A session with azure-communication-rooms 1.0.0, which speaks api-version 2023-06-14. Prints what it saw, as JSON.

Run by test_older_sdk.py with that release first on the path. Environment: ENDPOINT, KEY.
"""

import importlib.metadata
import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

from azure.communication.rooms import CommunicationUserIdentifier, ParticipantRole, RoomParticipant, RoomsClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError

from tests.contract.raw import raw_id


def seen() -> dict[str, Any]:
    client = RoomsClient(os.environ["ENDPOINT"], AzureKeyCredential(os.environ["KEY"]))
    presenter, attendee = (CommunicationUserIdentifier(raw_id(n)) for n in (1, 2))
    start = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    end = start + timedelta(hours=1)
    created = client.create_room(
        valid_from=start,
        valid_until=end,
        participants=[RoomParticipant(communication_identifier=presenter, role=ParticipantRole.PRESENTER)],
    )
    read = client.get_room(created.id)
    updated = client.update_room(room_id=created.id, valid_from=start, valid_until=end + timedelta(hours=1))
    client.add_or_update_participants(room_id=created.id, participants=[RoomParticipant(communication_identifier=attendee)])
    client.remove_participants(room_id=created.id, participants=[presenter])
    roster = [(p.communication_identifier.raw_id, p.role) for p in client.list_participants(created.id)]
    listed = [room.id for room in client.list_rooms()]
    client.delete_room(created.id)
    try:
        client.get_room(created.id)
    except HttpResponseError as error:
        refused = (error.status_code, error.error.code if error.error else None)
    return {
        "release": importlib.metadata.version("azure-communication-rooms"),
        "room": vars(created),
        "expected": {"id": created.id, "created_at": created.created_at, "valid_from": start, "valid_until": end},
        "read": vars(read),
        "extended": updated.valid_until == end + timedelta(hours=1),
        "roster": roster,
        "listed": len(listed),
        "first": listed[0] == created.id,
        "refused": refused,
    }


if __name__ == "__main__":
    print(json.dumps(seen(), default=str))
