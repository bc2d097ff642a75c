"""For whom a backend asks, as its header On-Behalf-Of says."""

from collections.abc import Iterator
from typing import Any

import pytest

from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_invalid
from testkit.raw import Raw
from testkit.running import RunningApp, running_app

ALICE = raw_id(1)
HEADER = "On-Behalf-Of"


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """An app whose manage key may say for whom it asks, and which records who looks."""
    settings = {"ROOMS_ON_BEHALF_OF": "test", "ROOMS_ACCESS_LOG": "true"}
    with running_app(tmp_path_factory.mktemp("trusting"), settings) as app:
        yield app


@pytest.fixture(scope="module")
def backend(trusting: RunningApp) -> Insight:
    return Insight(trusting, trusting.manage_key)


def log(backend: Insight, room_id: str, query: str = "") -> list[dict[str, Any]]:
    return backend.all(f"/rooms/{room_id}/log{query}")


def speakers(records: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(each["kind"], each["actor"], each["onBehalfOf"]) for each in records]


def test_the_log_keeps_for_whom_a_change_a_decision_and_a_look_are(
    trusting: RunningApp, backend: Insight
) -> None:
    raw = Raw(trusting.http, trusting.manage_key)
    room_id = raw.post("/rooms", {}, {HEADER: "Dr. Khan"}).json()["id"]
    path = f"/rooms/{room_id}"
    assert raw.patch(path, {"pstnDialOutEnabled": True}, {HEADER: "A"}).status == 200
    people: Any = {"participants": {ALICE: {}}}
    assert raw.patch(f"{path}/participants", people, {HEADER: "B"}).status == 200
    assert backend.patch(f"{path}/details", {"title": "a"}, f"{HEADER}: C").status == 200
    asked = backend.send("POST", f"{path}/admission", {"rawId": ALICE}, f"{HEADER}: D")
    assert asked.status == 200
    assert backend.patch(f"{path}/details", {"title": "b"}).status == 200
    assert backend.send("GET", f"{path}/presence", None, f"{HEADER}: E").status == 200
    assert raw.send("DELETE", path, None, {HEADER: "F"}).status == 204
    assert speakers(log(backend, room_id)) == [
        ("RoomDeleted", "test", "F"),
        ("DetailsUpdated", "test", None),
        ("Admitted", "test", "D"),
        ("DetailsUpdated", "test", "C"),
        ("ParticipantsUpdated", "test", "B"),
        ("RoomUpdated", "test", "A"),
        ("RoomCreated", "test", "Dr. Khan"),
    ]
    looks = speakers(log(backend, room_id, "?kind=Accessed"))
    assert looks[-2:] == [("Accessed", "test", None), ("Accessed", "test", "E")]
    arrived = backend.json(f"{path}/log?since=beginning")["value"]
    assert speakers(arrived)[0] == ("RoomCreated", "test", "Dr. Khan")
    csv = backend.get(f"{path}/log?format=csv").body.decode("utf-8-sig")
    assert csv.splitlines()[-1].endswith(",Dr. Khan")


def test_a_name_that_is_not_ascii_is_percent_encoded(backend: Insight) -> None:
    room_id = Raw(backend.app.http, backend.key).new_room()["id"]
    for sent in ("Dr.%20M%C3%BCller", "100%25 Jos%c3%a9", "%F0%9F%99%82" * 256):
        path, title = f"/rooms/{room_id}/details", {"title": sent[:9]}
        assert backend.patch(path, title, f"{HEADER}: {sent}").status == 200
    kept = [each["onBehalfOf"] for each in log(backend, room_id)]
    assert kept == ["\U0001f642" * 256, "100% José", "Dr. Müller", None]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ("%20", "Must have 1 to 256 characters."),
        ("a" * 257, "Must have 1 to 256 characters."),
        ("a%0Ab", "Must not have control characters."),
        ("a%E2%80%AEb", "Must not have control characters."),
        ("a%FFb", "Must have percent-encoded characters in UTF-8."),
        ("é", "Must be ASCII: percent-encode other characters as UTF-8."),
    ],
)
def test_what_the_log_cannot_keep_is_refused_and_changes_nothing(
    backend: Insight, sent: str, message: str
) -> None:
    room_id = Raw(backend.app.http, backend.key).new_room()["id"]
    path = f"/rooms/{room_id}/details"
    assert assert_invalid(backend.patch(path, {"title": "a"}, f"{HEADER}: {sent}"), HEADER) == (
        message
    )
    assert backend.json(path)["title"] is None


def test_another_caller_may_not_say_it(trusting: RunningApp, insight: Insight) -> None:
    expected = "Must come from a caller that ROOMS_ON_BEHALF_OF names."
    reader = Insight(trusting, trusting.read_key)
    for caller in (reader, insight):
        answer = caller.send("GET", "/rooms?state=open", None, f"{HEADER}: Dr. Khan")
        assert assert_invalid(answer, HEADER) == expected


def test_routes_of_acs_refuse_it_as_they_refuse_other_headers(app: RunningApp) -> None:
    answer = Raw(app.http, app.manage_key).post("/rooms", {}, {HEADER: "Dr. Khan"})
    assert answer.status == 400
    assert answer.json()["error"]["target"] == HEADER
    assert "api-supported-versions" in answer.headers


def test_routes_of_identities_ignore_it(app: RunningApp) -> None:
    raw = Raw(app.http, app.manage_key, "2023-10-01")
    assert raw.post("/identities", {}, {HEADER: "Dr. Khan"}).status == 201
