"""Every api-version, also the retired ones: what is theirs alone, and all pairs of them on the
same rooms."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from rooms.api.acs.versions.table import API_VERSIONS
from rooms.domain.limits import LIMITS
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw, family_a
from testkit.raw_http import Answer
from testkit.running import RunningApp
from tests.contract.pairs import paired
from tests.contract.versions import (
    Client,
    ClientOf2021,
    ClientOf2022,
    client_of,
    participant,
    raw_id_in,
)

ALICE, BOB, CAROL = (raw_id(number) for number in range(701, 704))
UNKNOWN_ROOM = "99400000000000000"
NAMES = list(API_VERSIONS)
RETIRED = [name for name in NAMES if name < "2023-06"]
BEFORE_LISTS = [name for name in NAMES if name < "2023"]
DAYS = [
    (datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)).isoformat()
    for days in range(1, 4)
]


@pytest.fixture(scope="module")
def clients(app: RunningApp) -> dict[str, Client]:
    return {name: client_of(name, app.http, app.manage_key) for name in NAMES}


@pytest.fixture(scope="module")
def of_2022(clients: dict[str, Client]) -> ClientOf2022:
    client = clients["2022-02-01"]
    assert isinstance(client, ClientOf2022)
    return client


@pytest.fixture(scope="module")
def of_2021(clients: dict[str, Client]) -> ClientOf2021:
    client = clients["2021-04-07"]
    assert isinstance(client, ClientOf2021)
    return client


def refused(answer: Answer, status: int, code: str) -> dict[str, Any]:
    assert (answer.status, answer.json()["error"]["code"]) == (status, code), answer.body
    error: dict[str, Any] = answer.json()["error"]
    return error


@pytest.mark.parametrize(
    ("maker", "user"),
    [
        # Each with the next one stands for all pairs: so each makes and each uses one.
        pytest.param(
            maker,
            user,
            marks=[] if user == NAMES[place - len(NAMES) + 1] else pytest.mark.thorough,
        )
        for place, maker in enumerate(NAMES)
        for user in NAMES
    ],
)
def test_a_room_of_one_version_is_read_changed_and_deleted_in_another(
    clients: dict[str, Client], maker: str, user: str
) -> None:
    made, used = clients[maker], clients[user]
    room = made.create({ALICE: "Presenter", BOB: "Consumer"})
    same = ("validFrom", "validUntil")
    assert [made.room(room)[name] for name in same] == [used.room(room)[name] for name in same]
    roles = {ALICE: "Presenter", BOB: "Consumer"}
    if maker == "2021-04-07":
        roles = dict.fromkeys(roles, "Attendee")
    if user == "2021-04-07":
        assert used.roster(room) == [(ALICE, None), (BOB, None)]
    else:
        assert used.roster(room) == list(roles.items())
    used.extend(room, DAYS[0], DAYS[1])
    assert [made.room(room)[name] for name in same] == DAYS[:2]
    used.invite(room, CAROL)
    used.remove(room, BOB)
    # What a version does not know it leaves as it was: roles, here.
    assert clients["2025-03-13"].roster(room) == [(ALICE, roles[ALICE]), (CAROL, "Attendee")]
    assert [who for who, _ in made.roster(room)] == [ALICE, CAROL]
    assert used.delete(room) == 204
    assert made.raw.get(f"/rooms/{room}").status == 404


@pytest.mark.parametrize("name", NAMES)
def test_a_deleted_room_is_deleted_again_only_as_recorded(
    clients: dict[str, Client], name: str
) -> None:
    client = clients[name]
    room = client.create({})
    assert client.delete(room) == 204
    again = 204 if name in ("2023-03-31-preview", "2023-06-14") else 404
    assert client.delete(room) == again
    assert client.delete(UNKNOWN_ROOM) == 404


@paired(
    "name",
    NAMES,
    "first_sent",
    ["2026-11-29T04:21:19.134861Z", "Mon, 04 May 2026 10:00:00 GMT"],
)
def test_a_create_may_be_repeated_with_either_form_of_its_date(
    clients: dict[str, Client], name: str, first_sent: str
) -> None:
    client = clients[name]
    headers = {"Repeatability-Request-ID": f"{name} {first_sent}"}
    headers["Repeatability-First-Sent"] = first_sent
    first, second = (client.raw.post("/rooms", {}, headers) for _ in range(2))
    assert (first.status, first.body) == (second.status, second.body)
    assert first.status == 201
    assert second.headers["repeatability-result"] == "accepted"


@pytest.mark.parametrize("first_sent", ["", "yesterday", "2026-11-29", "2026-11-29T04:21:19"])
def test_what_is_no_date_is_refused(raw: Raw, first_sent: str) -> None:
    headers = {"Repeatability-Request-ID": "no date", "Repeatability-First-Sent": first_sent}
    error = refused(raw.post("/rooms", {}, headers), 400, "BadRequest")
    assert error["details"][0]["target"] == "Repeatability-First-Sent"


def test_a_room_of_2022_as_recorded(of_2022: ClientOf2022) -> None:
    body = {
        "validFrom": DAYS[0],
        "validUntil": DAYS[1],
        "roomJoinPolicy": "CommunicationServiceUsers",
        "participants": [participant(ALICE, "Presenter")],
    }
    answer = of_2022.raw.post("/rooms", body, of_2022.repeatability())
    room = answer.json()
    assert list(room) == [
        "id",
        "createdDateTime",
        "validFrom",
        "validUntil",
        "roomJoinPolicy",
        "participants",
    ]
    assert room["roomJoinPolicy"] == "CommunicationServiceUsers"
    assert room["participants"] == [
        {
            "communicationIdentifier": {"rawId": ALICE, "communicationUser": {"id": ALICE}},
            "role": "Presenter",
        }
    ]
    assert answer.headers["location"] == room["id"]
    assert answer.headers["repeatability-result"] == "accepted"
    assert answer.headers["api-supported-versions"] == "2021-04-07, 2022-02-01"
    assert of_2022.room(room["id"]) == room
    participants = of_2022.raw.get(f"/rooms/{room['id']}/participants")
    assert participants.headers["api-supported-versions"] == "2022-02-01"
    gone = of_2022.raw.delete(f"/rooms/{room['id']}")
    assert gone.headers["api-supported-versions"] == "2021-04-07, 2022-02-01"
    assert gone.body == b""


def test_participants_of_2022_are_added_updated_and_removed(of_2022: ClientOf2022) -> None:
    room = of_2022.create({ALICE: "Presenter"})

    def post(what: str, *participants: dict[str, Any]) -> list[tuple[str, str]]:
        path = f"/rooms/{room}/participants:{what}"
        answer = of_2022.raw.post(path, {"participants": list(participants)})
        assert answer.headers["api-supported-versions"] == "2022-02-01"
        listed = of_2022.ok(answer)["participants"]
        return [(raw_id_in(each), each["role"]) for each in listed]

    with_raw_id = {"communicationIdentifier": {"rawId": CAROL}}
    assert post("add", participant(BOB, "Consumer"), with_raw_id) == [
        (ALICE, "Presenter"),
        (BOB, "Consumer"),
        (CAROL, "Attendee"),
    ]
    assert post("update", participant(BOB, "Presenter"), participant(ALICE, "Attendee")) == [
        (ALICE, "Attendee"),
        (BOB, "Presenter"),
        (CAROL, "Attendee"),
    ]
    assert post("remove", participant(BOB), participant(raw_id(799))) == [
        (ALICE, "Attendee"),
        (CAROL, "Attendee"),
    ]
    assert post("add") == [(ALICE, "Attendee"), (CAROL, "Attendee")]


def test_an_update_of_2022_changes_the_room_and_its_roster_at_once(
    of_2022: ClientOf2022, insight: Insight
) -> None:
    room = of_2022.create({ALICE: "Presenter"})
    body = {
        "validFrom": DAYS[0],
        "validUntil": DAYS[2],
        "roomJoinPolicy": "CommunicationServiceUsers",
        "participants": [participant(ALICE, "Attendee"), participant(BOB, "Attendee")],
    }
    headers = {"Content-Type": "application/json"}
    answer = of_2022.raw.patch(f"/rooms/{room}", body, headers)
    after = of_2022.ok(answer)
    assert [after[name] for name in ("validFrom", "validUntil")] == [DAYS[0], DAYS[2]]
    assert after["roomJoinPolicy"] == "CommunicationServiceUsers"
    assert of_2022.roster(room) == [(ALICE, "Attendee"), (BOB, "Attendee")]
    log = insight.json(f"/rooms/{room}/log")["value"]
    assert [record["kind"] for record in log] == [
        "ParticipantsUpdated",
        "RoomUpdated",
        "RoomCreated",
    ]


def test_in_2022_the_policy_does_not_change_once_the_room_has_opened(
    of_2022: ClientOf2022,
) -> None:
    room = of_2022.create({})
    opened = {"roomJoinPolicy": "CommunicationServiceUsers"}
    answer = of_2022.raw.patch(f"/rooms/{room}", opened)
    assert answer.status == 400
    assert answer.json() == family_a(
        "BadRequest", "Room join policy cannot be updated after room start time has elapsed"
    )
    assert of_2022.room(room)["roomJoinPolicy"] == "InviteOnly"
    ahead = opened | {"validFrom": DAYS[0], "validUntil": DAYS[1]}
    after = of_2022.ok(of_2022.raw.patch(f"/rooms/{room}", ahead))
    assert after["roomJoinPolicy"] == "CommunicationServiceUsers"


def test_an_open_room_stays_open_when_newer_versions_change_it(
    of_2022: ClientOf2022, raw: Raw
) -> None:
    room = of_2022.create({}, {"roomJoinPolicy": "CommunicationServiceUsers"})
    assert raw.patch(f"/rooms/{room}", {"pstnDialOutEnabled": True}).status == 200
    assert of_2022.room(room)["roomJoinPolicy"] == "CommunicationServiceUsers"


def test_a_collaborator_is_one_in_2022_too(of_2022: ClientOf2022, raw: Raw) -> None:
    room = raw.new_room({"participants": {ALICE: {"role": "Collaborator"}}})["id"]
    assert of_2022.roster(room) == [(ALICE, "Collaborator")]


def test_a_room_of_2021_as_recorded(of_2021: ClientOf2021) -> None:
    answer = of_2021.raw.post("/rooms", {"validFrom": DAYS[0], "validUntil": DAYS[1]})
    room = answer.json()["room"]
    assert list(room) == ["id", "createdDateTime", "validFrom", "validUntil"]
    assert answer.headers["api-supported-versions"] == "2021-04-07"
    assert "repeatability-result" not in answer.headers
    after = of_2021.changed(
        of_2021.raw.patch(f"/rooms/{room['id']}", {"participants": {ALICE: {}, BOB: {}}})
    )
    assert after == {**room, "participants": {ALICE: {}, BOB: {}}}
    assert of_2021.room(room["id"]) == after


def test_2021_leaves_the_roles_of_a_newer_version(of_2021: ClientOf2021, raw: Raw) -> None:
    room = raw.new_room({"participants": {ALICE: {"role": "Presenter"}}})["id"]
    of_2021.invite(room, ALICE)
    assert raw.roster(room) == [(ALICE, "Presenter")]


@pytest.mark.parametrize(
    ("method", "path", "names"),
    [
        ("GET", "/rooms", BEFORE_LISTS),
        ("GET", f"/rooms/{UNKNOWN_ROOM}/participants", ["2021-04-07"]),
        ("PATCH", f"/rooms/{UNKNOWN_ROOM}/participants", BEFORE_LISTS),
        *(
            ("POST", f"/rooms/{UNKNOWN_ROOM}/participants:{what}", NAMES)
            for what in ("add", "update", "remove")
        ),
    ],
)
def test_a_route_that_a_version_never_had_says_so(
    clients: dict[str, Client], method: str, path: str, names: list[str]
) -> None:
    for name in names:
        if path.endswith(("add", "update", "remove")) and name == "2022-02-01":
            continue
        raw = clients[name].raw
        error = refused(raw.send(method, path, None), 400, "UnsupportedApiVersion")
        assert error["message"] == (
            f"The HTTP resource that matches the request URI '{raw.endpoint}{path}' "
            f"does not support the API version '{name}'."
        )


@pytest.mark.parametrize("name", RETIRED)
def test_unknown_rooms_and_bad_ids_in_retired_versions(
    clients: dict[str, Client], name: str
) -> None:
    raw = clients[name].raw
    refused(raw.get(f"/rooms/{UNKNOWN_ROOM}"), 404, "NotFound")
    refused(raw.patch(f"/rooms/{UNKNOWN_ROOM}", {}), 404, "NotFound")
    refused(raw.get("/rooms/1"), 400, "BadRequest")
    answer = raw.get(f"/rooms/{UNKNOWN_ROOM}")
    assert answer.headers["api-supported-versions"] == API_VERSIONS[name].supported


@paired("name", BEFORE_LISTS, "who", ["8:acs:john", "4:+14255550123", "", "8:orgid:1"])
def test_who_is_no_acs_user_is_refused_in_retired_versions(
    clients: dict[str, Client], name: str, who: str
) -> None:
    client = clients[name]
    room = client.create({ALICE: "Attendee"})
    body = client.roster_of({ALICE: "Attendee", who: "Attendee"})
    refused(client.raw.post("/rooms", body), 400, "BadRequest")
    refused(client.raw.patch(f"/rooms/{room}", body), 400, "BadRequest")
    if name == "2022-02-01":
        for what in ("add", "update", "remove"):
            path = f"/rooms/{room}/participants:{what}"
            refused(client.raw.post(path, body), 400, "BadRequest")
    assert [each for each, _ in client.roster(room)] == [ALICE]


@paired(
    "name",
    RETIRED,
    "times",
    [
        {"validFrom": DAYS[0]},
        {"validUntil": DAYS[0]},
        {"validFrom": DAYS[1], "validUntil": DAYS[0]},
    ],
)
def test_times_are_checked_in_retired_versions(
    clients: dict[str, Client], name: str, times: dict[str, str]
) -> None:
    client = clients[name]
    room = client.create({})
    refused(client.raw.patch(f"/rooms/{room}", times), 400, "BadRequest")


@paired(
    "what",
    ["add", "update", "remove"],
    "body,target",
    [
        ({}, "$.participants"),
        ({"participants": None}, "$.participants"),
        ({"participants": {}}, "$.participants"),
        ({"participants": "x"}, "$.participants"),
        ({"participants": [None]}, "$.participants.0"),
        ({"participants": [{}]}, "$.participants.0.communicationIdentifier"),
        (
            {"participants": [{"communicationIdentifier": {"rawId": 7}}]},
            "$.participants.0.communicationIdentifier.rawId",
        ),
        (
            {"participants": [{"communicationIdentifier": {"communicationUser": {}}}]},
            "$.participants.0.communicationIdentifier.communicationUser.id",
        ),
        (
            {"participants": [participant(ALICE, "Kafka")]},
            "$.participants.0.role",
        ),
        ("[", "$"),
        ("[]", "$"),
        ("", ""),
    ],
)
def test_hostile_bodies_of_2022_name_the_field(
    of_2022: ClientOf2022, what: str, body: object, target: str
) -> None:
    path = f"/rooms/{UNKNOWN_ROOM}/participants:{what}"
    error = refused(of_2022.raw.post(path, body), 400, "BadRequest")
    assert error["details"][0]["target"] == target


def test_more_people_than_a_room_holds_are_refused_in_retired_versions(
    clients: dict[str, Client],
) -> None:
    crowd = dict.fromkeys((raw_id(number) for number in range(10_000, 15_001)), "Attendee")
    for name in BEFORE_LISTS:
        client = clients[name]
        room = client.create({})
        body = client.roster_of(crowd)
        for answer in (client.raw.post("/rooms", body), client.raw.patch(f"/rooms/{room}", body)):
            error = refused(answer, 400, "BadRequest")
            assert error["details"][0]["message"] == "A room has at most 5,000 participants."


def test_all_people_that_a_room_holds_are_replaced_at_once_with_times_and_policy(
    of_2022: ClientOf2022,
) -> None:
    before, after = (
        {f"8:acs:{uuid4()}_{uuid4()}": "Presenter" for _ in range(LIMITS.participants)}
        for _ in range(2)
    )
    room = of_2022.create(before, {"validFrom": DAYS[0], "validUntil": DAYS[1]})
    body = {
        "validFrom": DAYS[1],
        "validUntil": DAYS[2],
        "roomJoinPolicy": "CommunicationServiceUsers",
        **of_2022.roster_of(after),
    }
    of_2022.ok(of_2022.raw.patch(f"/rooms/{room}", body))
    assert of_2022.roster(room) == list(after.items())
