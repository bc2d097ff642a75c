"""Many writers at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from azure.data.tables import TableClient

from rooms.storage.entities import unpack
from testkit.identifiers import raw_id
from testkit.raw import Raw
from testkit.running import running_app
from testkit.whole import StoredRoom, stored_rooms


def added(room: StoredRoom) -> list[str]:
    """Whom the log's records add, each as often as it does."""
    return [
        user
        for record in room.log
        if record["kind"] == "ParticipantsUpdated"
        for user in unpack(record)["added"]
    ]


def test_32_writers_of_one_room_are_all_there_with_one_log_record_each(
    azurite: str, tmp_path: Path
) -> None:
    settings = {"ROOMS_STORAGE": azurite, "ROOMS_TABLE": "writers"}
    with running_app(tmp_path, settings) as app:
        raw = Raw(app.http, app.manage_key)
        room_id = raw.new_room()["id"]
        users = sorted(raw_id() for _ in range(32))

        def invite(user: str) -> int:
            return raw.patch(
                f"/rooms/{room_id}/participants", {"participants": {user: {"role": "Attendee"}}}
            ).status

        with ThreadPoolExecutor(len(users)) as pool:
            statuses = list(pool.map(invite, users))
    with TableClient.from_connection_string(azurite, "writers") as client:
        room = stored_rooms(client.list_entities())[room_id]
    assert statuses == [200] * 32
    assert sorted(room.roster) == users
    assert sorted(added(room)) == users
