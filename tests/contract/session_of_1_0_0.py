"""A session with azure-communication-rooms 1.0.0, which speaks api-version 2023-06-14. Prints what
it saw, as JSON.

Run by test_older_sdk.py with that release first on the path. Environment: CONNECTION_STRING, or
ENDPOINT and KEY.
"""

import importlib.metadata
import json
import os
import typing
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError

from testkit.identifiers import raw_id

TYPED_DICT: Any = typing.TypedDict


def _typed_dict(name: str, fields: Mapping[str, Any] | None = None, /, **named: Any) -> Any:
    return TYPED_DICT(name, {**(fields or {}), **named})


# This release is older than Python 3.13, which has dropped the form TypedDict("X", key=type). The
# SDK itself stays as it is.
with mock.patch.object(typing, "TypedDict", _typed_dict):
    from azure.communication.rooms import (
        CommunicationUserIdentifier,
        ParticipantRole,
        RoomParticipant,
        RoomsClient,
    )


def new_client() -> RoomsClient:
    if connection_string := os.environ.get("CONNECTION_STRING"):
        return RoomsClient.from_connection_string(connection_string)
    return RoomsClient(os.environ["ENDPOINT"], AzureKeyCredential(os.environ["KEY"]))


def seen() -> dict[str, Any]:
    client = new_client()
    presenter, attendee = (CommunicationUserIdentifier(raw_id(n)) for n in (1, 2))
    start = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    end = start + timedelta(hours=1)
    created = client.create_room(
        valid_from=start,
        valid_until=end,
        participants=[
            RoomParticipant(communication_identifier=presenter, role=ParticipantRole.PRESENTER)
        ],
    )
    read = client.get_room(created.id)
    updated = client.update_room(
        room_id=created.id, valid_from=start, valid_until=end + timedelta(hours=1)
    )
    client.add_or_update_participants(
        room_id=created.id, participants=[RoomParticipant(communication_identifier=attendee)]
    )
    client.remove_participants(room_id=created.id, participants=[presenter])
    roster = [
        (p.communication_identifier.raw_id, p.role) for p in client.list_participants(created.id)
    ]
    listed = [room.id for room in client.list_rooms()]
    client.delete_room(created.id)
    try:
        client.get_room(created.id)
    except HttpResponseError as error:
        refused = (error.status_code, error.error.code if error.error else None)
    return {
        "release": importlib.metadata.version("azure-communication-rooms"),
        "room": vars(created),
        "expected": {
            "id": created.id,
            "created_at": created.created_at,
            "valid_from": start.isoformat(),
            "valid_until": end.isoformat(),
        },
        "read": vars(read),
        "extended": updated.valid_until == (end + timedelta(hours=1)).isoformat(),
        "roster": roster,
        "listed": len(listed),
        "first": listed[0] == created.id,
        "refused": refused,
    }


if __name__ == "__main__":
    print(json.dumps(seen()))
