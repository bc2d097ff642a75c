"""The methods of a LiveKit server's API, on the rooms that it has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from testkit.livekit_state import Json, Participant, Room, set_whole


class ApiError(Exception):
    """An error of the API, in its form."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text


def refusal_of(claims: Json, rooms: Mapping[str, Room]) -> tuple[int, str] | None:
    """Returns with which status and text somebody with these claims is not let in, or None."""
    video = claims.get("video", {})
    if not video.get("roomJoin"):
        return 401, "permissions denied"
    if not claims.get("sub"):
        return 400, "identity cannot be empty"
    if not video.get("room"):
        return 400, "no room name"
    if video["room"] not in rooms:
        return 404, "requested room does not exist"
    return None


@dataclass(frozen=True, slots=True)
class LiveKitMethods:
    """The methods. `tell`, `leave` and `end` are what the server does then."""

    rooms: dict[str, Room]
    clock: Callable[[], float]
    tell: Callable[[Room, str], None]
    leave: Callable[[Room, str, str], None]
    end: Callable[[str], None]

    def call(self, method: str, body: Json, video: Json) -> Json:
        """Carries out a method for a token that allows `video`. Raises ApiError."""
        match method:
            case "CreateRoom":
                _need(video.get("roomCreate"))
                return self._create_room(body)
            case "DeleteRoom":
                _need(video.get("roomCreate"))
                return self._delete_room(body["room"])
            case "ListRooms":
                _need(video.get("roomList"))
                return self._list_rooms(body.get("names", ()))
            case "UpdateRoomMetadata":
                _need_admin(video, body)
                return self._mark(body)
            case "ListParticipants":
                _need_admin(video, body)
                return {"participants": [each.in_json() for each in self._people(body).values()]}
            case "GetParticipant":
                _need_admin(video, body)
                return self._participant(body).in_json()
            case "RemoveParticipant":
                _need_admin(video, body)
                participant = self._participant(body)
                self.leave(self.rooms[body["room"]], participant.identity, "PARTICIPANT_REMOVED")
                return {}
            case "UpdateParticipant":
                _need_admin(video, body)
                return self._update(self._participant(body), body).in_json()
            case "MutePublishedTrack":
                _need_admin(video, body)
                return self._mute(body)
            case _:
                raise ApiError(404, "bad_route", f"no handler for {method}")

    def _create_room(self, body: Json) -> Json:
        room = self.rooms.get(body["name"])
        if room is None:
            room = self.rooms[body["name"]] = Room(
                name=body["name"],
                empty_timeout=body.get("empty_timeout", 300),
                departure_timeout=body.get("departure_timeout", 20),
                metadata=body.get("metadata", ""),
                created_ms=int(self.clock() * 1000),
            )
            self.tell(room, "room_started")
        return room.in_json()

    def _delete_room(self, name: str) -> Json:
        if name not in self.rooms:
            raise _not_found("requested room does not exist")
        self.end(name)
        return {}

    def _mark(self, body: Json) -> Json:
        room = self.rooms.get(body["room"])
        if room is None:
            raise _not_found("requested room does not exist")
        room.metadata = body["metadata"]
        return room.in_json()

    def _list_rooms(self, names: tuple[str, ...]) -> Json:
        chosen = [room for room in self.rooms.values() if not names or room.name in names]
        return {"rooms": [room.in_json() for room in chosen]}

    def _people(self, body: Json) -> dict[str, Participant]:
        room = self.rooms.get(body["room"])
        return {} if room is None else room.people

    def _participant(self, body: Json) -> Participant:
        participant = self._people(body).get(body["identity"])
        if participant is None:
            raise _not_found("participant does not exist")
        return participant

    def _update(self, participant: Participant, body: Json) -> Participant:
        if "permission" in body:
            participant.permission = set_whole(body["permission"])
            participant.tracks = [
                track for track in participant.tracks if participant.permission.allows(track.source)
            ]
        merged = participant.attributes | body.get("attributes", {})
        participant.attributes = {name: value for name, value in merged.items() if value}
        participant.name = body.get("name") or participant.name
        return participant

    def _mute(self, body: Json) -> Json:
        participant = self._people(body).get(body["identity"])
        if participant is None:  # after 3 s there
            raise ApiError(503, "unavailable", "twirp error unknown: no response from servers")
        for track in participant.tracks:
            if track.sid == body["track_sid"]:
                if track.muted and not body.get("muted"):
                    text = "twirp error unknown: remote unmute not enabled"
                    raise ApiError(412, "failed_precondition", text)
                track.muted = bool(body.get("muted"))
                return {"track": track.in_json()}
        return {"track": None}


def _need(granted: Any) -> None:
    if not granted:
        raise ApiError(401, "unauthenticated", "permissions denied")


def _need_admin(video: Json, body: Json) -> None:
    _need(video.get("roomAdmin") and video.get("room") == body.get("room"))


def _not_found(text: str) -> ApiError:
    return ApiError(404, "not_found", f"twirp error unknown: {text}")
