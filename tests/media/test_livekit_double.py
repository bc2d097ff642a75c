"""The stand-in of a LiveKit server, seen by the carrier of this service."""

from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import pytest_asyncio

from rooms.domain.roster import Role
from rooms.domain.time import now
from rooms.media.carrier import Joining
from rooms.media.errors import MediaRefusesUs, MediaUnavailable
from rooms.media.livekit.carrier import LiveKit
from rooms.media.signed_json import claims_of
from rooms.settings.media import read_media
from testkit.livekit_double import ApiFault, LiveKitDouble, NotLetIn
from testkit.livekit_webhooks import Delivery, WebhookFault

ROOM = "99400000000000007"
ANN = "8:acs:ann"

NOT_SENT = (WebhookFault.LOST, WebhookFault.LATE)
SENT_TWICE = (WebhookFault.TWICE, WebhookFault.REPLAYED)


@pytest_asyncio.fixture
async def carrier(livekit_double: LiveKitDouble) -> AsyncIterator[LiveKit]:
    """The service's side, with a room provisioned."""
    server = read_media(livekit_double.settings)
    assert server
    carrier = LiveKit(server, "test", now)
    await carrier.provision(ROOM)
    yield carrier
    await carrier.close()


class Receiver(ThreadingHTTPServer):
    """Takes webhooks, with these statuses and then 200."""

    daemon_threads = True

    def __init__(self, *statuses: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = list(statuses)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def receive(livekit_double: LiveKitDouble) -> Iterator[Callable[..., None]]:
    """Lets a receiver take its webhooks, with these statuses and then 200."""
    receivers: list[Receiver] = []

    def start(*statuses: int) -> None:
        receiver = Receiver(*statuses)
        receivers.append(receiver)
        Thread(target=receiver.serve_forever, daemon=True).start()
        livekit_double.webhooks.url = f"http://127.0.0.1:{receiver.server_port}/"

    yield start
    for receiver in receivers:
        receiver.shutdown()
        receiver.server_close()


def way_in(carrier: LiveKit, role: Role = "Attendee", device: str = "phone") -> str:
    return carrier.sign(ROOM, Joining(ANN, device, role, "Ann")).token


def told(double: LiveKitDouble) -> list[tuple[str, str | None]]:
    """The webhooks that it made, with the reasons in them."""
    return [
        (made.event["event"], made.event.get("participant", {}).get("disconnectReason"))
        for made in double.webhooks.made
    ]


def statuses(deliveries: list[Delivery]) -> list[tuple[str, int | None]]:
    return [(each.webhook.event["event"], each.status) for each in deliveries]


async def test_who_has_the_token_of_the_carrier_is_in_the_call(
    livekit_double: LiveKitDouble, carrier: LiveKit
) -> None:
    joined = livekit_double.join(way_in(carrier))
    (connection,) = await carrier.connections(ROOM)
    assert (connection.participant_id, connection.raw_id) == (joined.sid, ANN)
    assert (connection.display_name, connection.role) == ("Ann", "Attendee")


async def test_the_same_device_again_is_in_once(
    livekit_double: LiveKitDouble, carrier: LiveKit
) -> None:
    for _ in range(2):
        livekit_double.join(way_in(carrier))
    assert len(await carrier.connections(ROOM)) == 1
    assert ("participant_left", "DUPLICATE_IDENTITY") in told(livekit_double)


async def test_a_removed_device_joins_again_with_its_token(
    livekit_double: LiveKitDouble, carrier: LiveKit
) -> None:
    token = way_in(carrier)
    await carrier.remove(ROOM, livekit_double.join(token).identity)
    assert await carrier.connections(ROOM) == []
    assert told(livekit_double)[-1] == ("participant_left", "PARTICIPANT_REMOVED")
    livekit_double.join(token)
    assert len(await carrier.connections(ROOM)) == 1


async def test_a_role_replaces_all_that_a_device_may_do(
    livekit_double: LiveKitDouble, carrier: LiveKit
) -> None:
    identity = livekit_double.join(way_in(carrier, "Presenter")).identity
    livekit_double.publish(ROOM, identity, "CAMERA")
    await carrier.set_role(ROOM, identity, "Consumer")
    assert livekit_double.rooms[ROOM].people[identity].tracks == []
    with pytest.raises(PermissionError):
        livekit_double.publish(ROOM, identity, "CAMERA")
    (connection,) = await carrier.connections(ROOM)
    assert connection.role == "Consumer"


async def test_microphones_are_muted_and_cameras_are_not(
    livekit_double: LiveKitDouble, carrier: LiveKit
) -> None:
    identity = livekit_double.join(way_in(carrier)).identity
    tracks = [livekit_double.publish(ROOM, identity, name) for name in ("MICROPHONE", "CAMERA")]
    await carrier.mute(ROOM, identity)
    assert [track.muted for track in tracks] == [True, False]


async def test_nobody_joins_a_room_that_was_ended(
    livekit_double: LiveKitDouble, carrier: LiveKit
) -> None:
    token = way_in(carrier)
    livekit_double.join(token)
    await carrier.end(ROOM)
    assert told(livekit_double)[-2:] == [
        ("participant_left", "ROOM_DELETED"),
        ("room_finished", None),
    ]
    with pytest.raises(NotLetIn) as refused:
        livekit_double.join(token)
    assert refused.value.status == 404
    assert await carrier.calls() == []


async def test_provisioning_again_leaves_the_call_as_it_is(
    livekit_double: LiveKitDouble, carrier: LiveKit
) -> None:
    before = await carrier.calls()
    await carrier.provision(ROOM)
    assert await carrier.calls() == before
    assert told(livekit_double) == [("room_started", None)]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (ApiFault.DOWN, MediaUnavailable),
        (ApiFault.FAILS, MediaUnavailable),
        (ApiFault.REFUSES, MediaRefusesUs),
    ],
)
async def test_a_fault_of_the_api_is_an_error_of_the_carrier(
    livekit_double: LiveKitDouble, carrier: LiveKit, fault: ApiFault, error: type[Exception]
) -> None:
    livekit_double.api = lambda _method: fault
    with pytest.raises(error):
        await carrier.calls()


async def test_a_slow_request_is_carried_out(
    livekit_double: LiveKitDouble, carrier: LiveKit
) -> None:
    livekit_double.api = lambda _method: ApiFault.SLOW
    with pytest.raises(MediaUnavailable):
        await carrier.end(ROOM)
    assert livekit_double.rooms == {}


async def test_what_is_answered_with_503_is_sent_again_and_in_order(
    livekit_double: LiveKitDouble, carrier: LiveKit, receive: Callable[..., None]
) -> None:
    receive(503, 503, 401)
    livekit_double.abort(way_in(carrier))
    livekit_double.join(way_in(carrier))
    livekit_double.settle()
    assert statuses(livekit_double.webhooks.deliveries) == [
        ("participant_connection_aborted", 503),
        ("participant_connection_aborted", 503),
        ("participant_connection_aborted", 401),
        ("participant_joined", 200),
    ]


async def test_what_nobody_takes_five_times_is_lost(
    livekit_double: LiveKitDouble, carrier: LiveKit, receive: Callable[..., None]
) -> None:
    receive(*[500] * 5)
    livekit_double.join(way_in(carrier))
    livekit_double.settle()
    (lost,) = livekit_double.webhooks.lost
    assert lost.event["event"] == "participant_joined"


@pytest.mark.parametrize("fault", WebhookFault)
async def test_a_faulty_webhook_is_sent_as_often_as_its_fault_says(
    livekit_double: LiveKitDouble,
    carrier: LiveKit,
    receive: Callable[..., None],
    fault: WebhookFault,
) -> None:
    receive()
    livekit_double.webhooks.choose = lambda _event: fault
    livekit_double.join(way_in(carrier))
    livekit_double.settle()
    sent = [each.webhook for each in livekit_double.webhooks.deliveries]
    never, twice = dict.fromkeys(NOT_SENT, 0), dict.fromkeys(SENT_TWICE, 2)
    assert len(sent) == (never | twice).get(fault, 1)
    livekit_double.release()
    livekit_double.settle()
    assert len(livekit_double.webhooks.deliveries) == len(sent) + (fault is WebhookFault.LATE)


async def test_a_killed_server_tells_nobody(
    livekit_double: LiveKitDouble, carrier: LiveKit
) -> None:
    livekit_double.join(way_in(carrier))
    before = told(livekit_double)
    livekit_double.kill()
    assert told(livekit_double) == before
    assert await carrier.calls() == []
    (stay,) = livekit_double.stays
    assert stay.left_ms is not None


async def test_a_webhook_is_signed_and_names_no_tracks(
    livekit_double: LiveKitDouble, carrier: LiveKit
) -> None:
    livekit_double.join(way_in(carrier))
    made = livekit_double.webhooks.made[-1]
    claims: dict[str, Any] = claims_of(made.authorization, (livekit_double.key,))
    assert {"iss", "iat", "nbf", "exp", "sha256"} == claims.keys()
    assert made.event["participant"]["permission"] == {
        "canSubscribe": True,
        "canPublish": True,
        "canPublishData": True,
        "canPublishSources": ["CAMERA", "MICROPHONE"],
    }
