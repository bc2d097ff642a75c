"""azure-communication-rooms, unchanged, gets the same answers from a service in mode through as
from ACS itself: status, headers and body of each, but for ids and the time of day."""

import asyncio
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.communication.rooms import (
    CommunicationUserIdentifier,
    ParticipantRole,
    RoomParticipant,
    RoomsClient,
)
from azure.communication.rooms.aio import RoomsClient as AsyncRoomsClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError

from testkit.acs_instance import AcsInstance
from tests.contract.either_client import EitherClient
from tests.effort import thorough
from tests.moving.through.served import served_through
from tests.moving.through.sides import ALICE, BOB, CAROL, KEY

# The SDK's own use of datetime.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

START = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
END = START + timedelta(hours=1)
TOLD = (
    "content-type",
    "location",
    "repeatability-result",
    "x-ms-error-code",
    "api-supported-versions",
    "retry-after",
)
"""The headers that callers may look at."""
_ROOM_ID = re.compile(r"\b[0-9]{17}\b")
_TIME = re.compile(r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+(\+00:00|Z)")
_HOST = re.compile(r"http://127\.0\.0\.1:[0-9]+")
_TOKEN = re.compile(r"nextLink=[^&\"]+")

type Seen = list[tuple[str, int, dict[str, str], str]]


class Session:
    """A session, and what came over the wire."""

    def __init__(self, rooms: EitherClient) -> None:
        self.rooms = rooms
        self.seen: Seen = []
        self._ids: dict[str, str] = {}

    def ask(self, method: str, *args: Any, **options: Any) -> Any:
        """Calls a method of the client, which may be refused."""
        try:
            return getattr(self.rooms, method)(*args, **options, raw_response_hook=self._note)
        except HttpResponseError as error:
            return error.status_code

    def _note(self, response: Any) -> None:
        http = response.http_response
        headers = {name: self._plain(http.headers[name]) for name in TOLD if name in http.headers}
        text = b"" if http.status_code == 204 else http.body()
        request = f"{http.request.method} {self._plain(_path(http.request.url))}"
        self.seen.append((request, http.status_code, headers, self._plain(text.decode())))

    def _plain(self, text: str) -> str:
        """Returns a text with other words for ids, addresses and the time of day."""
        for found in _ROOM_ID.findall(text):
            self._ids.setdefault(found, f"room {len(self._ids)}")
        text = _ROOM_ID.sub(lambda found: self._ids[found[0]], text)
        given = (START.isoformat(), END.isoformat())
        text = _TIME.sub(lambda found: found[0] if found[0] in given else "a time", text)
        return _TOKEN.sub("nextLink=token", _HOST.sub("host", text))


def _path(url: str) -> str:
    return _HOST.sub("", url).partition("?")[0]


def use_all(rooms: EitherClient) -> Seen:
    """Calls every method of the client, also in ways that are refused."""
    session = Session(rooms)
    ask = session.ask
    alice = _participant(ALICE, ParticipantRole.PRESENTER)
    ask("create_room")
    made = ask(
        "create_room",
        valid_from=START,
        valid_until=END,
        pstn_dial_out_enabled=True,
        participants=[alice, _participant(BOB)],
    )
    ask("get_room", room_id=made.id)
    ask("update_room", room_id=made.id, valid_from=START, valid_until=END + timedelta(hours=1))
    ask("update_room", room_id=made.id, pstn_dial_out_enabled=False)
    ask("update_room", room_id=made.id)
    carol = _participant(CAROL, ParticipantRole.CONSUMER)
    ask("add_or_update_participants", room_id=made.id, participants=[carol, alice])
    ask("remove_participants", room_id=made.id, participants=[_user(BOB)])
    ask("list_participants", room_id=made.id)
    assert ask("create_room", valid_until=START - timedelta(days=9)) == 400
    assert ask("update_room", room_id=made.id, valid_from=END, valid_until=START) == 400
    strangers = [_participant("wrong")]
    assert ask("add_or_update_participants", room_id=made.id, participants=strangers) == 400
    ask("delete_room", room_id=made.id)
    assert ask("get_room", room_id=made.id) == 404
    assert ask("update_room", room_id=made.id, pstn_dial_out_enabled=True) == 404
    assert ask("remove_participants", room_id=made.id, participants=[_user(BOB)]) == 404
    assert ask("delete_room", room_id=made.id) == 404
    assert ask("get_room", room_id="99400000000000000") == 404
    return session.seen


def _participant(raw_id: str, role: ParticipantRole = ParticipantRole.ATTENDEE) -> RoomParticipant:
    return RoomParticipant(communication_identifier=_user(raw_id), role=role)


def _user(raw_id: str) -> CommunicationUserIdentifier:
    return CommunicationUserIdentifier(raw_id)


@pytest.fixture(scope="module")
def through(azurite: str, acs_instance: AcsInstance) -> Iterator[str]:
    """The address of a service in mode through."""
    with served_through(azurite, acs_instance) as address:
        yield address


@pytest.fixture(params=["async", *thorough("sync")])
def open_client(request: pytest.FixtureRequest) -> Iterator[Callable[[str, str], EitherClient]]:
    """Makes a client with the SDK's own options."""
    client = AsyncRoomsClient if request.param == "async" else RoomsClient
    opened: list[EitherClient] = []
    with asyncio.Runner() as runner:

        def open_client(address: str, key: str) -> EitherClient:
            opened.append(EitherClient(client(address, AzureKeyCredential(key)), runner))
            return opened[-1]

        yield open_client
        for each in opened:
            each.close()


def test_the_answers_are_those_of_acs(
    through: str, acs: AcsInstance, open_client: Callable[[str, str], EitherClient]
) -> None:
    at_acs = use_all(open_client(acs.direct, acs.key))
    assert acs.received == []
    assert use_all(open_client(through, KEY)) == at_acs
    asked = [f"{each.method} {_path(each.target)}" for each in acs.received]
    changes = [each for each in asked if not each.startswith("GET")]
    assert [each.partition(" ")[0] for each in changes].count("POST") == 2
    assert len(changes) == 2 + 3 + 2 + 1, "all that is valid and of a room that is there"


def test_pages_of_the_list_are_those_of_acs(
    through: str, acs: AcsInstance, open_client: Callable[[str, str], EitherClient]
) -> None:
    rooms = open_client(through, KEY)
    made = [rooms.create_room(valid_from=START, valid_until=END).id for _ in range(33)]
    here = [_shown(room) for room in rooms.list_rooms()[:33]]
    there = [_shown(room) for room in open_client(acs.direct, acs.key).list_rooms()[:33]]
    assert [room_id for room_id, *_ in here] == made[::-1]
    assert here == there


def _shown(room: Any) -> tuple[Any, ...]:
    return room.id, room.created_at, room.valid_from, room.valid_until, room.pstn_dial_out_enabled
