"""A session with a Python SDK of api-version 2023-03-31-preview or later. Prints what it saw, as
JSON."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

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

PRESENTER, CONSUMER = sdk.ParticipantRole.PRESENTER, sdk.ParticipantRole.CONSUMER


def seen() -> dict[str, Any]:
    rooms = Rooms()
    start = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    end, later = start + timedelta(hours=1), start + timedelta(hours=2)
    asked: list[str] = []

    def listed() -> list[list[str]]:
        return [p for page in rooms.list_participants(room_id=room.id) for p in roster(page)]

    def note_version(response: Any) -> None:
        asked.extend(parse_qs(urlsplit(response.http_request.url).query)["api-version"])

    defaults = rooms.create_room()
    room = rooms.create_room(
        valid_from=start,
        valid_until=end,
        participants=[participant(ANN, PRESENTER), participant(BEN)],
    )
    read = rooms.get_room(room_id=room.id)
    updated = rooms.update_room(room_id=room.id, valid_from=start, valid_until=later)
    rosters = {"at first": listed()}
    rooms.add_or_update_participants(
        room_id=room.id, participants=[participant(CEM), participant(BEN, CONSUMER)]
    )
    rosters["added and updated"] = listed()
    rooms.remove_participants(room_id=room.id, participants=[user(ANN), participant(CEM)])
    rosters["removed"] = listed()
    pages = rooms.list_rooms(raw_response_hook=note_version)

    refusals = {
        "past": refusal(lambda: rooms.create_room(valid_until=start - timedelta(days=9))),
        "one time": refusal(
            lambda: rooms.update_room(room_id=room.id, valid_from=None, valid_until=later)
        ),
        "no raw id": refusal(
            lambda: rooms.add_or_update_participants(
                room_id=room.id, participants=[participant("wrong_mri")]
            )
        ),
        "unknown room": refusal(lambda: rooms.get_room(room_id="99400000000000000")),
    }
    rooms.delete_room(room_id=room.id)
    refusals |= {
        "deleted room": refusal(lambda: rooms.get_room(room_id=room.id)),
        "roster of a deleted room": refusal(listed),
        "deleted again": refusal(lambda: rooms.delete_room(room_id=room.id)),
    }
    return {
        "release": RELEASE,
        "sent": [time.isoformat() for time in (start, end, later)],
        "defaults": plain(defaults),
        "room": plain(room),
        "read": plain(read),
        "updated": plain(updated),
        "rosters": rosters,
        "pages": [[room.id for room in page] for page in pages],
        "asked": asked,
        "refusals": refusals,
    }


if __name__ == "__main__":
    print(json.dumps(seen()))
