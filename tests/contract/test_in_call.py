"""What is done to others in the call of a room, by keys and by those in it. A stand-in is the media
server.
"""

import base64
import json
import time
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import pytest

from rooms.domain.log import MEDIA_ACTOR
from rooms.domain.log_kinds import kinds_from
from rooms.domain.roster import Role
from rooms.media.signed_json import signed
from rooms.settings.media import ApiKey
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_refused
from testkit.livekit_double import ApiFault, LiveKitDouble
from testkit.livekit_state import Participant
from testkit.raw import Raw
from testkit.raw_http import Answer
from testkit.running import RunningApp
from tests.effort import THOROUGH

ANN, BOB, CARL, DORA, STRANGER = (raw_id(number) for number in range(5))
ROSTER: dict[str, Role] = {
    ANN: "Presenter",
    BOB: "Attendee",
    CARL: "Consumer",
    DORA: "Collaborator",
}
REFUSED = (403, "NotAllowedInCall")


@dataclass
class Call:
    """The call of a room. `say` sends a request as somebody, with a token of theirs."""

    app: RunningApp
    server: LiveKitDouble
    room_id: str

    def token(self, who: str, device: str = "phone") -> str:
        """Admits somebody, who must be one to let in."""
        path, asked = f"/rooms/{self.room_id}/admission", {"rawId": who, "device": device}
        answer = Insight(self.app, self.app.manage_key).send("POST", path, asked)
        assert answer.status == 200, answer
        token: str = answer.json()["media"]["token"]
        return token

    def join(self, who: str, device: str = "phone") -> tuple[str, Participant]:
        token = self.token(who, device)
        return token, self.server.join(token)

    def inside(self) -> list[str]:
        """Who is in, with their devices."""
        room = self.server.rooms.get(self.room_id)
        return [] if room is None else sorted(room.people)

    def say(self, token: str, method: str, rest: str = "", scheme: str = "Bearer") -> Answer:
        path = f"/rooms/{self.room_id}/call{rest}"
        return self.app.devhost.request(method, path, f"Authorization: {scheme} {token}", body=b"")

    def manage(self, method: str, rest: str = "", key: str | None = None) -> Answer:
        path = f"/rooms/{self.room_id}/call{rest}"
        return Insight(self.app, key or self.app.manage_key).send(method, path, b"")

    def log(self) -> list[dict[str, Any]]:
        """What somebody did in the call, as the log tells it."""
        records = Insight(self.app, self.app.manage_key).all(f"/rooms/{self.room_id}/log")
        done = [record for record in reversed(records) if record["kind"] in kinds_from("call")]
        return [record for record in done if record["actor"] != MEDIA_ACTOR]


@pytest.fixture
def call(media_server: LiveKitDouble, media_app: RunningApp) -> Call:
    """The call of an open room; nobody is in it yet."""
    invited = {who: {"role": role} for who, role in ROSTER.items()}
    room = Raw(media_app.http, media_app.manage_key).new_room({"participants": invited})
    return Call(media_app, media_server, room["id"])


def device(who: str, name: str = "phone") -> str:
    return f"{who}#{name}"


def of(participant: str) -> str:
    return f"/participants/{quote(participant, safe='')}"


def patch(call: Call, participants: dict[str, Any]) -> None:
    path = f"/rooms/{call.room_id}/participants"
    answer = Raw(call.app.http, call.app.manage_key).patch(path, {"participants": participants})
    assert answer.status == 200, answer


# Keys.


def test_a_key_mutes_all_microphones_of_a_person(call: Call) -> None:
    call.join(BOB)
    tracks = [
        call.server.publish(call.room_id, device(BOB), source)
        for source in ("MICROPHONE", "CAMERA")
    ]
    assert call.manage("POST", f"{of(BOB)}/mute").status == 204
    assert [track.muted for track in tracks] == [True, False]


def test_a_key_removes_all_devices_of_a_person(call: Call) -> None:
    call.join(ANN)
    call.join(BOB)
    call.join(BOB, "laptop")
    assert call.manage("DELETE", of(BOB)).status == 204
    assert call.inside() == [device(ANN)]


def test_a_key_removes_one_device_by_its_participant_id(call: Call) -> None:
    call.join(BOB)
    _, laptop = call.join(BOB, "laptop")
    assert call.manage("DELETE", of(laptop.sid)).status == 204
    assert call.inside() == [device(BOB)]


def test_a_key_ends_the_call_also_if_nobody_is_in_it(call: Call) -> None:
    call.token(ANN)
    assert call.manage("DELETE").status == 204
    assert call.room_id not in call.server.rooms


def test_the_log_has_each_act_of_a_key(call: Call) -> None:
    _, bob = call.join(BOB)
    sid = call.server.rooms[call.room_id].sid
    call.manage("POST", f"{of(BOB)}/mute")
    call.manage("DELETE", of(BOB))
    call.manage("DELETE")
    about_bob = {"rawId": BOB, "participantId": bob.sid}
    assert [(each["kind"], each["actor"], each["detail"]) for each in call.log()] == [
        ("MutedInCall", "test", about_bob),
        ("RemovedFromCall", "test", about_bob),
        ("CallEndedForAll", "test", {"callId": sid}),
    ]


def test_who_is_not_in_the_call_is_not_found(call: Call) -> None:
    call.join(ANN)
    for rest in (of(BOB), of("PA_unknown"), of("x" * 3_000), of("\r\n"), of("é")):
        assert_refused(call.manage("DELETE", rest), 404, "ParticipantNotInCall")
        assert_refused(call.manage("POST", f"{rest}/mute"), 404, "ParticipantNotInCall")
    assert call.log() == []


def test_a_call_that_is_not_there_is_not_found(call: Call) -> None:
    assert_refused(call.manage("DELETE"), 404, "NoCallNow")
    assert call.log() == []


def test_nothing_is_done_in_the_call_of_another_deployment(call: Call) -> None:
    token, _ = call.join(ANN)
    call.server.rooms[call.room_id].metadata = "anteroom:another"
    assert_refused(call.manage("DELETE", of(ANN)), 404, "ParticipantNotInCall")
    assert_refused(call.say(token, "DELETE"), *REFUSED)
    assert_refused(call.manage("DELETE"), 404, "NoCallNow")
    assert (call.inside(), call.log()) == ([device(ANN)], [])


@pytest.mark.parametrize(
    ("room_id", "status", "code"),
    [("99400000000000000", 404, "NotFound"), ("x" * 65, 400, "BadRequest")],
)
def test_a_room_that_is_not_there(call: Call, room_id: str, status: int, code: str) -> None:
    nowhere = replace(call, room_id=room_id)
    assert_refused(nowhere.manage("DELETE", of(BOB)), status, code)
    assert_refused(nowhere.manage("DELETE"), status, code)


def test_a_read_key_may_do_nothing_in_a_call(call: Call) -> None:
    call.join(BOB)
    for method, rest in (("POST", f"{of(BOB)}/mute"), ("DELETE", of(BOB)), ("DELETE", "")):
        assert_refused(call.manage(method, rest, call.app.read_key), 401, "Denied")
    assert (call.inside(), call.log()) == ([device(BOB)], [])


def test_a_media_server_that_does_not_answer_is_said(call: Call) -> None:
    call.join(BOB)
    call.server.api = lambda _: ApiFault.DOWN
    try:
        answer = call.manage("DELETE", of(BOB))
    finally:
        call.server.api = lambda _: None
    assert_refused(answer, 503, "MediaUnavailable")
    assert (call.inside(), call.log()) == ([device(BOB)], [])


def test_a_service_without_a_media_plane_says_so(app: RunningApp, raw: Raw) -> None:
    room_id = raw.new_room()["id"]
    answer = Insight(app, app.manage_key).send("DELETE", f"/rooms/{room_id}/call")
    assert_refused(answer, 501, "NotImplemented")


# Those in the call.


def test_a_presenter_in_the_call_mutes_removes_and_ends(call: Call) -> None:
    token, _ = call.join(ANN)
    _, bob = call.join(BOB)
    track = call.server.publish(call.room_id, device(BOB), "MICROPHONE")
    assert call.say(token, "POST", f"{of(bob.sid)}/mute").status == 204
    assert track.muted
    assert call.say(token, "DELETE", of(BOB)).status == 204
    assert call.inside() == [device(ANN)]
    assert call.say(token, "DELETE").status == 204
    assert call.room_id not in call.server.rooms


def test_the_log_says_who_in_the_call_did_it(call: Call) -> None:
    token, _ = call.join(ANN)
    call.join(BOB)
    call.say(token, "POST", f"{of(BOB)}/mute")
    call.say(token, "DELETE", of(BOB))
    call.say(token, "DELETE")
    records = call.log()
    assert [(each["actor"], each["detail"]["by"]) for each in records] == [("participant", ANN)] * 3
    assert [each["text"].partition(" ")[2].split()[0] for each in records] == [
        "muted",
        "removed",
        "ended",
    ]


def test_the_token_may_have_expired_as_who_is_in_has_a_later_one(call: Call) -> None:
    _, ann = call.join(ANN)
    call.join(BOB)
    token = forged(call, ann.identity, exp=int(time.time()) - 86_400)
    assert call.say(token, "DELETE", of(BOB)).status == 204


@pytest.mark.parametrize("who", [BOB, CARL, DORA])
def test_no_other_role_may(call: Call, who: str) -> None:
    token, _ = call.join(who)
    call.join(ANN)
    assert_changes_nothing(call, token, *REFUSED)


def test_a_role_in_the_token_that_is_not_on_the_roster_is_not_believed(call: Call) -> None:
    call.join(ANN)
    token = forged(call, device(BOB), attributes={"role": "Presenter"})
    call.server.join(token)
    assert_changes_nothing(call, token, *REFUSED)


def test_who_is_a_presenter_no_more_may_not(call: Call) -> None:
    token, _ = call.join(ANN)
    patch(call, {ANN: {"role": "Attendee"}})
    token_of_now = forged(call, device(ANN))
    call.server.join(token_of_now)
    assert_changes_nothing(call, token, *REFUSED)


def test_who_was_removed_from_the_roster_may_not_while_still_in_the_call(call: Call) -> None:
    token, ann = call.join(ANN)
    call.join(BOB)
    patch(call, {ANN: None})
    call.server.rooms[call.room_id].people.setdefault(ann.identity, ann)
    assert_changes_nothing(call, token, *REFUSED)


def test_a_guest_of_an_open_room_may_not(call: Call) -> None:
    Insight(call.app, call.app.manage_key).set_join_policy(
        call.room_id, "CommunicationServiceUsers"
    )
    call.join(BOB)
    token = call.token(STRANGER)
    call.server.join(token)
    assert_changes_nothing(call, token, *REFUSED)


def test_who_is_not_in_the_call_may_not(call: Call) -> None:
    call.join(BOB)
    assert_changes_nothing(call, call.token(ANN), *REFUSED)


def test_who_is_in_with_another_device_may_not_use_a_token_of_this_one(call: Call) -> None:
    call.join(ANN, "laptop")
    assert_changes_nothing(call, call.token(ANN), *REFUSED)


def test_a_token_is_good_for_one_room(call: Call, media_app: RunningApp) -> None:
    token, _ = call.join(ANN)
    invited = {"participants": {ANN: {"role": "Presenter"}}}
    room = Raw(media_app.http, media_app.manage_key).new_room(invited)
    other = replace(call, room_id=room["id"])
    other.join(ANN)
    assert_changes_nothing(other, token, *REFUSED)


def forged(call: Call, identity: str, key: ApiKey | None = None, **claims: Any) -> str:
    """A token with what was not in it when it was made."""
    video = {"roomJoin": True, "room": call.room_id}
    return signed(key or call.server.key, {"sub": identity, "video": video} | claims)


def unsigned(token: str, header: dict[str, str], signature: str = "") -> str:
    text = json.dumps(header, separators=(",", ":")).encode()
    head = base64.urlsafe_b64encode(text).rstrip(b"=").decode()
    return f"{head}.{token.split('.')[1]}.{signature}"


def test_what_the_keys_of_the_media_server_did_not_sign_is_denied(call: Call) -> None:
    token, ann = call.join(ANN)
    head, claims, signature = token.split(".")
    stolen = ApiKey(call.server.key.name, b"x" * 32)
    forgeries = (
        unsigned(token, {"alg": "none", "typ": "JWT"}),
        unsigned(token, {"alg": "none", "typ": "JWT"}, signature),
        unsigned(token, {"alg": "RS256", "typ": "JWT"}, signature),
        forged(call, ann.identity, stolen),
        forged(call, ann.identity, ApiKey("other", call.server.key.secret)),
        f"{head}.{claims}.",
        f"{head}.{claims}.{signature[:-2]}",
        f"{head}.{claims[:-2]}.{signature}",
        f"{token}.",
        f"{token}.{signature}",
        "x" * 9_000,
        "...",
        "é",
    )
    for number, forgery in enumerate(forgeries):
        assert_changes_nothing(call, forgery, 401, "Denied", number % 4)


def test_what_the_keys_of_the_media_server_signed_for_something_else_is_denied(call: Call) -> None:
    _, ann = call.join(ANN)
    room = {"room": call.room_id}
    all_claims: tuple[dict[str, Any], ...] = (
        {"video": room | {"roomAdmin": True}},
        {"video": room | {"roomJoin": "yes"}},
        {"video": {"roomJoin": True}},
        {"video": {"roomJoin": True, "room": 1}},
        {"video": [call.room_id]},
        {"video": None},
        {"sub": ANN},
        {"sub": None},
        {"sub": [ann.identity]},
        {"sub": f"{ANN}#a device with spaces"},
    )
    for number, claims in enumerate(all_claims):
        token = forged(call, ann.identity, **claims)
        assert_changes_nothing(call, token, 401, "Denied", number % 4)


def test_a_join_link_is_no_token_of_the_call(call: Call) -> None:
    call.join(ANN)
    made = Insight(call.app, call.app.manage_key).send(
        "POST", f"/rooms/{call.room_id}/joinLinks", {"rawId": ANN}
    )
    link = made.json()["url"].partition("#")[2]
    assert_changes_nothing(call, link, 401, "Denied")


def test_a_token_of_the_call_is_none_for_other_routes(call: Call) -> None:
    token, _ = call.join(ANN)
    bearer = f"Authorization: Bearer {token}"
    for method, path in (
        ("GET", f"/rooms/{call.room_id}/log"),
        ("DELETE", f"/rooms/{call.room_id}"),
    ):
        assert_refused(call.app.devhost.request(method, path, bearer), 401, "Denied")


def test_nobody_in_the_call_asks_for_somebody_else(call: Call) -> None:
    token, _ = call.join(ANN)
    call.join(BOB)
    answer = call.app.devhost.request(
        "DELETE",
        f"/rooms/{call.room_id}/call{of(BOB)}",
        f"Authorization: Bearer {token}",
        "On-Behalf-Of: Dr. Khan",
    )
    assert_refused(answer, 400, "InvalidParameter", "On-Behalf-Of")
    assert device(BOB) in call.inside()


def assert_changes_nothing(
    call: Call, token: str, status: int, code: str, only: int | None = None
) -> None:
    """Asserts that whoever has this token can do nothing to anybody.

    Args:
        only: the one of the four acts that is tried, unless THOROUGH=1.
    """
    before = call.inside()
    acts = (
        ("POST", f"{of(BOB)}/mute"),
        ("DELETE", of(BOB)),
        ("DELETE", of(ANN)),
        ("DELETE", ""),
    )
    for method, rest in acts if THOROUGH or only is None else acts[only : only + 1]:
        assert_refused(call.say(token, method, rest), status, code)
    assert (call.inside(), call.log()) == (before, [])
