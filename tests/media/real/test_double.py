"""The stand-in of a LiveKit server answers as the real one does, to one script of requests."""

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from rooms.media.signed_json import signed
from rooms.settings.media import ApiKey, read_media
from testkit.livekit_double import LiveKitDouble
from testkit.livekit_server import AppWithCalls

ROOM = {"name": "script", "emptyTimeout": 120, "departureTimeout": 20, "metadata": "of a test"}
ADMIN = {"roomAdmin": True, "room": "script"}
NOBODY = {"room": "script", "identity": "nobody#phone"}
JOIN = {"roomJoin": True, "room": "script"}

CALLS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("CreateRoom", ROOM, {"roomCreate": True}),
    ("CreateRoom", ROOM | {"emptyTimeout": 1, "metadata": "another"}, {"roomCreate": True}),
    ("ListRooms", {"names": ["script"]}, {"roomList": True}),
    ("ListRooms", {"names": ["nowhere"]}, {"roomList": True}),
    ("UpdateRoomMetadata", {"room": "script", "metadata": "a third"}, ADMIN),
    ("UpdateRoomMetadata", {"room": "nowhere"}, ADMIN | {"room": "nowhere"}),
    ("ListParticipants", {"room": "script"}, ADMIN),
    ("ListParticipants", {"room": "nowhere"}, ADMIN | {"room": "nowhere"}),
    ("ListParticipants", {"room": "script"}, ADMIN | {"room": "nowhere"}),
    ("ListParticipants", {"room": "script"}, {"roomList": True}),
    ("GetParticipant", NOBODY, ADMIN),
    ("RemoveParticipant", NOBODY, ADMIN),
    ("UpdateParticipant", NOBODY, ADMIN),
    ("CreateRoom", ROOM, ADMIN),
    ("ListRooms", {}, {"roomCreate": True}),
    ("DeleteRoom", {"room": "nowhere"}, {"roomCreate": True}),
    ("Nothing", {}, {"roomList": True}),
]

TOKENS: list[dict[str, Any]] = [
    {"sub": "a", "exp": 60, "video": JOIN},
    {"sub": "a", "exp": -30, "video": JOIN},
    {"sub": "a", "exp": -90, "video": JOIN},
    {"sub": "a", "nbf": 30, "exp": 600, "video": JOIN},
    {"sub": "a", "nbf": 90, "exp": 600, "video": JOIN},
    {"sub": "a", "video": JOIN},
    {"sub": "a", "exp": 60, "video": JOIN | {"room": "nowhere"}},
    {"exp": 60, "video": JOIN},
    {"sub": "a", "exp": 60, "video": {"roomJoin": True}},
    {"sub": "a", "exp": 60, "video": {"room": "script"}},
]


def test_the_stand_in_answers_as_the_server_does(app_with_calls: AppWithCalls) -> None:
    real = _played(app_with_calls.livekit.settings)
    with LiveKitDouble() as double:
        assert _played(double.settings) == real


type Answers = list[tuple[str, int, Any]]


def _played(settings: dict[str, str]) -> Answers:
    """Plays the script. Returns what was asked, and the status and the content of the answer."""
    server = read_media(settings)
    assert server
    script = _Script(server.api, server.keys[0])
    answers = [script.call(*each) for each in CALLS]
    answers += map(script.validate, TOKENS)
    for key in (ApiKey(script.key.name, b"x" * 40), ApiKey("stranger", b"x" * 40)):
        answers.append(_Script(server.api, key).call("ListRooms", {}, {"roomList": True}))
    answers.append(script.call("DeleteRoom", {"room": "script"}, {"roomCreate": True}))
    answers.append(script.validate(TOKENS[0]))
    return answers


@dataclass(frozen=True, slots=True)
class _Script:
    api: str
    key: ApiKey

    def call(self, method: str, body: Any, video: Any) -> tuple[str, int, Any]:
        token = signed(self.key, {"exp": int(time.time()) + 60, "video": video})
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        url = f"{self.api}/twirp/livekit.RoomService/{method}"
        return method, *_answer(Request(url, json.dumps(body).encode(), headers))

    def validate(self, claims: dict[str, Any]) -> tuple[str, int, Any]:
        """Asks whether a client with such a token may join. Its times count from now."""
        now = int(time.time())
        times = {name: now + claims[name] for name in ("nbf", "exp") if name in claims}
        token = signed(self.key, claims | times)
        url = f"{self.api}/rtc/validate?access_token={token}"
        return json.dumps(claims), *_answer(Request(url))


def _answer(request: Request) -> tuple[int, Any]:
    try:
        with urlopen(request) as answer:
            status, text = answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            status, text = error.code, error.read().decode()
    return status, _in_common(text)


def _in_common(text: str) -> Any:
    """Returns what an answer has each time: no ids, times and details of errors, and of what is in
    plain text only the first word."""
    if not text.startswith("{"):
        return text.partition(" ")[0]
    content = json.loads(text)
    match content:
        case {"code": code}:
            return code
        case {"rooms": rooms}:
            return list(map(_room, rooms))
        case {"sid": _}:
            return _room(content)
        case _:
            return content


def _room(room: dict[str, Any]) -> dict[str, Any]:
    own = ("sid", "creation_time", "creation_time_ms", "turn_password", "enabled_codecs")
    return {name: "..." if name in own and value else value for name, value in room.items()}
