"""azure-communication-rooms, the newest release, unchanged, against the running app.

Every test runs with the sync client, made from an endpoint, and with the async one, made from a
connection string; with THOROUGH=1 also the other way about.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.communication.rooms import (
    CommunicationRoom,
    CommunicationUserIdentifier,
    ParticipantRole,
    PhoneNumberIdentifier,
    RoomParticipant,
    RoomsClient,
)
from azure.communication.rooms.aio import RoomsClient as AsyncRoomsClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
)

from devhost.azurite import PROJECT
from testkit.identifiers import raw_id
from testkit.raw import Raw
from testkit.running import RunningApp, new_key
from tests.contract.either_client import EitherClient

# The SDK's own use of datetime.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

UNKNOWN_ROOM = "99400000000000000"
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).replace(
    hour=10, minute=0, second=0, microsecond=0
)


CLIENTS: dict[str, tuple[Any, str]] = {
    f"{name}-{source}": (client, source)
    for name, client in (("sync", RoomsClient), ("async", AsyncRoomsClient))
    for source in ("endpoint", "connection_string")
}
IN_EACH_RUN = ("sync-endpoint", "async-connection_string")


@pytest.fixture(
    params=[
        pytest.param(
            each,
            id=name,
            marks=[] if name in IN_EACH_RUN else pytest.mark.thorough,
        )
        for name, each in CLIENTS.items()
    ]
)
def open_client(
    request: pytest.FixtureRequest, app: RunningApp
) -> Iterator[Callable[..., EitherClient]]:
    """Makes a client with a key (the app's, if none is given) and the SDK's own options."""
    client, source = request.param
    opened: list[EitherClient] = []
    with asyncio.Runner() as runner:

        def open_client(key: str = app.manage_key, **options: Any) -> EitherClient:
            if source == "endpoint":
                made = client(app.http, AzureKeyCredential(key), **options)
            else:
                connection_string = app.connection_string.replace(app.manage_key, key)
                made = client.from_connection_string(
                    connection_string, connection_verify=str(app.ca), **options
                )
            opened.append(EitherClient(made, runner))
            return opened[-1]

        yield open_client
        for rooms in opened:
            rooms.close()


@pytest.fixture
def rooms(open_client: Callable[..., EitherClient]) -> EitherClient:
    return open_client()


def participant(raw: str, role: ParticipantRole | str | None = None) -> RoomParticipant:
    options = {} if role is None else {"role": role}
    return RoomParticipant(communication_identifier=CommunicationUserIdentifier(raw), **options)


def roster(rooms: EitherClient, room_id: str) -> list[tuple[str, str]]:
    return [(p.communication_identifier.raw_id, p.role) for p in rooms.list_participants(room_id)]


def time(text: str) -> datetime:
    """What the SDK's models have as text, whatever their documentation says."""
    assert isinstance(text, str)
    return datetime.fromisoformat(text)


def test_create_without_arguments_takes_the_defaults(rooms: EitherClient) -> None:
    before = datetime.now(UTC)
    room = rooms.create_room()
    assert before <= time(room.valid_from) <= time(room.created_at) <= datetime.now(UTC)
    assert time(room.valid_until) - time(room.valid_from) == timedelta(days=180)
    assert room.pstn_dial_out_enabled is False
    assert roster(rooms, room.id) == []


def test_create_with_every_argument(rooms: EitherClient) -> None:
    until = TOMORROW + timedelta(hours=1, microseconds=120)
    users = [raw_id() for _ in range(4)]
    roles = [
        ParticipantRole.PRESENTER,
        ParticipantRole.COLLABORATOR,
        ParticipantRole.CONSUMER,
        None,
    ]
    room = rooms.create_room(
        valid_from=TOMORROW,
        valid_until=until,
        pstn_dial_out_enabled=True,
        participants=[participant(user, role) for user, role in zip(users, roles, strict=True)],
    )
    assert (time(room.valid_from), time(room.valid_until)) == (TOMORROW, until)
    assert room.pstn_dial_out_enabled is True
    expected_roles = ["Presenter", "Collaborator", "Consumer", "Attendee"]
    assert roster(rooms, room.id) == list(zip(users, expected_roles, strict=True))


def test_get_is_what_create_answered(rooms: EitherClient) -> None:
    created: CommunicationRoom = rooms.create_room(valid_from=TOMORROW, pstn_dial_out_enabled=True)
    assert rooms.get_room(created.id) == created


def test_update_changes_what_is_given_and_nothing_else(rooms: EitherClient) -> None:
    room = rooms.create_room(pstn_dial_out_enabled=True)
    until = TOMORROW + timedelta(days=180)
    changed = rooms.update_room(room_id=room.id, valid_from=TOMORROW, valid_until=until)
    assert (time(changed.valid_from), time(changed.valid_until)) == (TOMORROW, until)
    assert (changed.id, changed.created_at, changed.pstn_dial_out_enabled) == (
        room.id,
        room.created_at,
        True,
    )
    changed.pstn_dial_out_enabled = False
    assert rooms.update_room(room_id=room.id, pstn_dial_out_enabled=False) == changed
    assert rooms.update_room(room_id=room.id) == changed
    assert rooms.get_room(room.id) == changed


def test_participants_are_added_changed_and_removed(rooms: EitherClient) -> None:
    first, second, third = raw_id(), raw_id(), raw_id()
    room = rooms.create_room(
        participants=[participant(first), participant(second, ParticipantRole.PRESENTER)]
    )
    rooms.add_or_update_participants(
        room_id=room.id,
        participants=[
            participant(third, ParticipantRole.CONSUMER),
            participant(first, "Presenter"),
        ],
    )
    assert roster(rooms, room.id) == [
        (first, "Presenter"),
        (second, "Presenter"),
        (third, "Consumer"),
    ]
    rooms.remove_participants(
        room_id=room.id, participants=[participant(first), CommunicationUserIdentifier(third)]
    )
    assert roster(rooms, room.id) == [(second, "Presenter")]


def test_participants_come_back_as_communication_users(rooms: EitherClient) -> None:
    user = raw_id()
    room = rooms.create_room(participants=[participant(user, ParticipantRole.PRESENTER)])
    assert rooms.list_participants(room.id) == [participant(user, ParticipantRole.PRESENTER)]


def test_delete_ends_every_operation_on_the_room(rooms: EitherClient) -> None:
    room = rooms.create_room()
    assert rooms.delete_room(room.id) is None
    calls: list[Callable[[], Any]] = [
        lambda: rooms.get_room(room.id),
        lambda: rooms.update_room(room_id=room.id, pstn_dial_out_enabled=True),
        lambda: rooms.delete_room(room.id),
        lambda: rooms.list_participants(room.id),
        lambda: rooms.add_or_update_participants(
            room_id=room.id, participants=[participant(raw_id())]
        ),
        lambda: rooms.remove_participants(room_id=room.id, participants=[participant(raw_id())]),
    ]
    for call in calls:
        with pytest.raises(ResourceNotFoundError) as raised:
            call()
        assert raised.value.error is not None
        assert raised.value.error.code == "NotFound"


def test_list_pages_through_all_rooms_newest_first(
    rooms: EitherClient, many_rooms: list[str]
) -> None:
    newest = rooms.create_room()
    listed = rooms.list_rooms()
    ids = [room.id for room in listed]
    assert ids[0] == newest.id
    assert listed[0] == newest
    assert set(many_rooms) < set(ids)
    assert len(ids) == len(set(ids))
    created = [time(room.created_at) for room in listed]
    assert created == sorted(created, reverse=True)


@pytest.mark.thorough  # the rooms of all its pages are listed above each time
def test_list_follows_every_next_link(rooms: EitherClient, many_rooms: list[str]) -> None:
    answers: list[int] = []
    listed = rooms.list_rooms(
        raw_response_hook=lambda response: answers.append(response.http_response.status_code)
    )
    assert answers == [200] * len(answers)
    assert len(answers) >= len(listed) / 30 > 3


@pytest.mark.parametrize("version", ["2023-10-30-preview", "2024-04-15", "2025-03-13"])
def test_older_api_versions_are_spoken(
    open_client: Callable[..., EitherClient], version: str
) -> None:
    rooms = open_client(api_version=version)
    room = rooms.create_room(pstn_dial_out_enabled=True)
    assert rooms.get_room(room.id) == room
    assert room.pstn_dial_out_enabled is True


def test_an_invalid_time_is_a_bad_request_that_names_it(rooms: EitherClient) -> None:
    with pytest.raises(HttpResponseError) as raised:
        rooms.create_room(valid_until=datetime.now(UTC) - timedelta(days=1))
    error = raised.value.error
    assert (raised.value.status_code, error and error.code) == (400, "BadRequest")
    assert error is not None
    assert [(detail.code, detail.message, detail.target) for detail in error.details] == [
        ("BadArgument", "The time range end is in the past.", "ValidUntil")
    ]


def test_an_identifier_that_is_no_user_is_a_bad_request(rooms: EitherClient) -> None:
    phone = RoomParticipant(communication_identifier=PhoneNumberIdentifier("+14255550123"))
    room = rooms.create_room()
    with pytest.raises(HttpResponseError) as raised:
        rooms.add_or_update_participants(room_id=room.id, participants=[phone])
    assert raised.value.error is not None
    assert raised.value.error.message == "Communication identifier 4:+14255550123 is not supported."
    with pytest.raises(HttpResponseError) as raised:
        rooms.create_room(participants=[phone])
    assert raised.value.error is not None
    assert raised.value.error.message == "Invalid format for communication identifier."


def test_an_unknown_role_is_a_bad_request(rooms: EitherClient) -> None:
    room, user = rooms.create_room(), raw_id()
    with pytest.raises(HttpResponseError) as raised:
        rooms.add_or_update_participants(room_id=room.id, participants=[participant(user, "Kafka")])
    assert raised.value.error is not None
    assert raised.value.error.details[0].target == f"$.participants.{user}.role"


@pytest.mark.parametrize(
    ("room_id", "message"),
    [
        ("invalid_id", "Invalid room ID length."),
        ("with space&and#?", "Invalid room ID."),
        ("ünïcödé-room-id!", "Invalid room ID."),
    ],
)
def test_an_id_that_is_none_is_a_bad_request(
    rooms: EitherClient, room_id: str, message: str
) -> None:
    with pytest.raises(HttpResponseError) as raised:
        rooms.get_room(room_id)
    assert raised.value.error is not None
    assert (raised.value.status_code, raised.value.error.message) == (400, message)


def test_an_unknown_room_is_not_found(rooms: EitherClient) -> None:
    with pytest.raises(ResourceNotFoundError) as raised:
        rooms.get_room(UNKNOWN_ROOM)
    assert raised.value.error is not None
    assert raised.value.error.message == "The server cannot find the requested resource."


def test_a_wrong_key_is_an_authentication_error(open_client: Callable[..., EitherClient]) -> None:
    with pytest.raises(ClientAuthenticationError) as raised:
        open_client(new_key()).create_room()
    assert raised.value.error is not None
    assert (raised.value.status_code, raised.value.error.code) == (401, "Denied")


def test_a_read_key_reads_and_does_not_write(
    open_client: Callable[..., EitherClient], app: RunningApp, raw: Raw
) -> None:
    room = raw.new_room()
    reader = open_client(app.read_key)
    assert reader.get_room(room["id"]).id == room["id"]
    with pytest.raises(ClientAuthenticationError):
        reader.delete_room(room["id"])
    assert reader.get_room(room["id"]).id == room["id"]


def test_the_async_client_trusts_the_certificate_by_the_environment(app: RunningApp) -> None:
    """In a process of its own: aiohttp reads SSL_CERT_FILE when it is imported."""
    environment = {**os.environ, **app.trust, "CONNECTION_STRING": app.connection_string}
    command = [sys.executable, "-m", "tests.contract.session_async"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    created, listed = done.stdout.split()
    assert created == listed
