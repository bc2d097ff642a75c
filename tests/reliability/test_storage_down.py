"""A storage that is down, cuts connections or does not answer."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from testkit.events import live_meeting
from testkit.identifiers import raw_id
from testkit.insight import WEBHOOK
from testkit.raw import SUPPORTED, Raw, family_a
from testkit.raw_http import Answer
from testkit.running import RunningApp, running_app
from testkit.storage_proxy import Fault, StorageProxy
from testkit.waiting import until
from tests.effort import thorough

UNAVAILABLE = family_a(
    "ServiceUnavailable",
    "The storage of this service is not available at the moment. Please try again.",
)


@pytest.fixture(scope="module")
def app(
    storage_proxy: StorageProxy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApp]:
    settings = {"ROOMS_STORAGE": storage_proxy.connection_string, "ROOMS_TABLE": "down"}
    with running_app(tmp_path_factory.mktemp("down"), settings) as app:
        yield app


@pytest.fixture
def raw(app: RunningApp, proxy: StorageProxy) -> Raw:
    """Requests to the app, which asks its storage again after the faults of the test before."""
    raw = Raw(app.http, app.manage_key)
    until(lambda: raw.get("/rooms").status == 200)
    return raw


def test_health_says_whether_the_storage_answers(raw: Raw, proxy: StorageProxy) -> None:
    ready = raw.send("GET", "/health", {})
    assert (ready.status, ready.json()) == (200, {"status": "ready"})
    proxy.choose = lambda _number, _what: Fault.REFUSED
    down = raw.send("GET", "/health", {})
    assert (down.status, down.json()) == (503, {"status": "unavailable"})


@pytest.mark.parametrize(
    "fault", [Fault.CUT_AFTER, Fault.DELAYED, *thorough(Fault.REFUSED, Fault.CUT_BEFORE)]
)
def test_every_operation_is_answered_with_503_and_when_to_try_again(
    raw: Raw, proxy: StorageProxy, fault: Fault
) -> None:
    room = f"/rooms/{raw.new_room()['id']}"
    proxy.choose = lambda _number, _what: fault
    participants = {"participants": {raw_id(): {"role": "Presenter"}}}
    operations: list[Callable[[], Answer]] = [
        lambda: raw.post("/rooms", participants),
        lambda: raw.get("/rooms"),
        lambda: raw.get(room),
        lambda: raw.patch(room, {"pstnDialOutEnabled": True}),
        lambda: raw.get(f"{room}/participants"),
        lambda: raw.patch(f"{room}/participants", participants),
        lambda: raw.delete(room),
    ]
    with ThreadPoolExecutor(len(operations)) as pool:
        answers = list(pool.map(lambda operation: operation(), operations))
    proxy.forget()
    for answer in answers:
        assert answer.status == 503
        assert answer.json() == UNAVAILABLE
        assert answer.headers["retry-after"] == "1"
        assert answer.headers["x-ms-error-code"] == "ServiceUnavailable"
        assert answer.headers["api-supported-versions"] == SUPPORTED
    until(lambda: raw.get(room).status == 200)  # the app asks the storage again after a second


@pytest.mark.parametrize(
    "query", ["state=open", f"participant={raw_id(1)}"], ids=["state", "participant"]
)
def test_a_list_of_some_rooms_is_answered_with_503_and_when_to_try_again(
    raw: Raw, proxy: StorageProxy, query: str
) -> None:
    proxy.choose = lambda _number, _what: Fault.CUT_BEFORE
    answer = Raw(raw.endpoint, raw.key, version=None).get(f"/rooms?{query}")
    assert (answer.status, answer.json(), answer.headers["retry-after"]) == (503, UNAVAILABLE, "1")
    assert answer.headers["x-ms-error-code"] == "ServiceUnavailable"


def test_without_a_storage_the_log_says_what_to_set(tmp_path: Path) -> None:
    with running_app(tmp_path, {"ROOMS_STORAGE": "", "ROOMS_TABLE": "none"}) as app:
        answer = Raw(app.http, app.manage_key).get("/rooms")
        assert answer.status == 503
        assert "ROOMS_STORAGE" in app.log()
        assert "ROOMS_STORAGE" not in answer.body.decode()


@pytest.mark.thorough
@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.DELAYED])
def test_identities_are_answered_with_503_and_when_to_try_again(
    raw: Raw, proxy: StorageProxy, fault: Fault
) -> None:
    identity = Raw(raw.endpoint, raw.key, "2023-10-01")
    proxy.choose = lambda _number, _what: fault
    operations: list[Callable[[], Answer]] = [
        lambda: identity.post("/identities"),
        lambda: identity.post("/identities", {"createTokenWithScopes": ["voip"]}),
        lambda: identity.get("/.well-known/jwks.json"),
    ]
    with ThreadPoolExecutor(len(operations)) as pool:
        answers = list(pool.map(lambda operation: operation(), operations))
    proxy.forget()
    for answer in answers:
        assert (answer.status, answer.json()) == (503, UNAVAILABLE)
        assert answer.headers["retry-after"] == "1"
        assert answer.headers["x-ms-error-code"] == "ServiceUnavailable"


def test_a_throttled_storage_is_not_asked_again_and_its_retry_after_is_passed_on(
    raw: Raw, proxy: StorageProxy
) -> None:
    room_id = raw.new_room()["id"]
    room = f"/rooms/{room_id}"
    proxy.forget()
    proxy.retry_after = 3
    proxy.choose = lambda _number, what: Fault.THROTTLED if room_id in what else None
    answers = [raw.get(room) for _ in range(20)]
    assert len([what for what in proxy.seen if room_id in what]) == 1
    proxy.forget()
    for answer in answers:
        assert (answer.status, answer.json()) == (503, UNAVAILABLE)
        assert 1 <= int(answer.headers["retry-after"]) <= 3
    assert answers[0].headers["retry-after"] == "3"
    until(lambda: raw.get(room).status == 200)


@pytest.mark.parametrize("fault", [Fault.REFUSED, *thorough(Fault.CUT_BEFORE)])
def test_an_event_in_an_outage_is_refused_with_one_line_in_the_log(
    app: RunningApp, raw: Raw, proxy: StorageProxy, fault: Fault
) -> None:
    call = live_meeting(raw.new_room()["id"])
    headers = {"aeg-event-type": "Notification"}
    proxy.choose = lambda _number, _what: fault
    assert raw.send("POST", WEBHOOK, [call.started()], headers).status == 500
    for _ in range(3):
        before = len(app.log())
        assert raw.send("POST", WEBHOOK, [call.started()], headers).status == 500
        written = [line for line in app.log()[before:].splitlines() if " devhost " not in line]
        assert len([line for line in written if "circuit" not in line]) == 1
        assert "an event was not kept" in written[-1]
    proxy.forget()
    until(lambda: raw.send("POST", WEBHOOK, [call.started()], headers).status < 300)
