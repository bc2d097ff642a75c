"""The rules of the wire that no SDK would reach: one test a rule, over plain HTTP."""

import contextlib
import http.client
import json
import re
import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from typing import Any
from uuid import uuid4

import pytest

from testkit.identifiers import raw_id
from testkit.raw import JSON, NEWEST, SUPPORTED, VERSIONS, Raw, family_a, family_b, signed
from testkit.raw_http import Answer
from testkit.running import RunningApp
from tests.contract.pairs import paired
from tests.effort import THOROUGH, thorough

UNKNOWN_ROOM = "99400000000000000"
NOT_FOUND = family_a("NotFound", "The server cannot find the requested resource.")
INVALID_LENGTH = family_a("BadRequest", "Invalid room ID length.")
INVALID_ID = family_a("BadRequest", "Invalid room ID.")

END_IN_PAST = ("The time range end is in the past.", "ValidUntil")
BAD_RANGE = ("The time range is incorrect, or larger than 180 days.", "ValidUntil")
STARTS_TOO_LATE = ("Value is incorrect or more than 180 days in the future.", "ValidFrom")
ONLY_ONE_TIME = ("validFrom and validUntil should be set together.", "")
BAD_ROLE = (
    "Invalid participant role. The valid roles are: Presenter, Attendee, Consumer, Collaborator."
)

TIME_OUT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,6}[1-9])?\+00:00")


def time_in(**delta: float) -> str:
    """A whole second, that long from now, as a request has it."""
    return (datetime.now(UTC) + timedelta(**delta)).strftime("%Y-%m-%dT%H:%M:%SZ")


def operations(room_id: str) -> dict[str, tuple[str, str, object]]:
    """Every operation on one room: method, path and a body that is in order."""
    return {
        "get": ("GET", f"/rooms/{room_id}", None),
        "update": ("PATCH", f"/rooms/{room_id}", {"pstnDialOutEnabled": True}),
        "delete": ("DELETE", f"/rooms/{room_id}", None),
        "list_participants": ("GET", f"/rooms/{room_id}/participants", None),
        "update_participants": (
            "PATCH",
            f"/rooms/{room_id}/participants",
            {"participants": {raw_id(1): None}},
        ),
    }


OPERATIONS = list(operations(""))
CHANGES = {
    "create": ("POST", "/rooms"),
    "update": ("PATCH", f"/rooms/{UNKNOWN_ROOM}"),
    "update_participants": ("PATCH", f"/rooms/{UNKNOWN_ROOM}/participants"),
}
by_change = pytest.mark.parametrize(("method", "path"), CHANGES.values(), ids=CHANGES)
by_operation = pytest.mark.parametrize("operation", OPERATIONS)
by_version = pytest.mark.parametrize("version", VERSIONS)


def is_family_a(answer: Answer, status: int, body: dict[str, Any]) -> bool:
    expected = (status, body, body["error"]["code"], SUPPORTED, JSON)
    names = ("x-ms-error-code", "api-supported-versions", "content-type")
    return (answer.status, answer.json(), *(answer.headers.get(name) for name in names)) == expected


def is_family_b(answer: Answer, *details: tuple[str, str]) -> bool:
    names = ("x-ms-error-code", "api-supported-versions", "content-type")
    headers = tuple(answer.headers.get(name) for name in names)
    return (answer.status, answer.json(), headers) == (400, family_b(*details), (None, None, JSON))


def targets(answer: Answer) -> list[str]:
    """What an error of family B, whose sentence is ours, names."""
    assert answer.status == 400, answer
    assert "x-ms-error-code" not in answer.headers
    error = answer.json()["error"]
    assert all(detail["message"] for detail in error["details"])
    assert (
        error
        == family_b(*((detail["message"], detail["target"]) for detail in error["details"]))[
            "error"
        ]
    )
    return [detail["target"] for detail in error["details"]]


# api-version


@by_version
def test_each_version_answers_with_its_room(raw: Raw, app: RunningApp, version: str) -> None:
    client = Raw(app.http, app.manage_key, version)
    keys = ["id", "createdAt", "validFrom", "validUntil"]
    if version != "2023-06-14":
        keys.append("pstnDialOutEnabled")
    created = client.new_room()
    listed = client.get("/rooms").json()["value"][0]
    updated = client.patch(f"/rooms/{created['id']}", {}).json()
    for room in (created, client.get(f"/rooms/{created['id']}").json(), updated, listed):
        assert list(room) == keys


@by_version
def test_each_version_takes_every_role(app: RunningApp, version: str) -> None:
    client = Raw(app.http, app.manage_key, version)
    roles = ["Presenter", "Attendee", "Consumer", "Collaborator"]
    room = client.new_room(
        {"participants": {raw_id(n): {"role": role} for n, role in enumerate(roles)}}
    )
    assert client.roster(room["id"]) == [(raw_id(n), role) for n, role in enumerate(roles)]


def test_2023_06_14_does_not_know_pstn_dial_out(app: RunningApp, raw: Raw) -> None:
    older = Raw(app.http, app.manage_key, "2023-06-14")
    room = older.new_room({"pstnDialOutEnabled": True})
    assert raw.get(f"/rooms/{room['id']}").json()["pstnDialOutEnabled"] is False
    assert (
        older.patch(f"/rooms/{room['id']}", {"pstnDialOutEnabled": "not looked at"}).status == 200
    )
    assert raw.get(f"/rooms/{room['id']}").json()["pstnDialOutEnabled"] is False


def test_2023_06_14_keeps_the_pstn_dial_out_of_a_newer_version(app: RunningApp, raw: Raw) -> None:
    room = raw.new_room({"pstnDialOutEnabled": True})
    older = Raw(app.http, app.manage_key, "2023-06-14")
    assert (
        older.patch(
            f"/rooms/{room['id']}", {"validFrom": time_in(), "validUntil": time_in(hours=1)}
        ).status
        == 200
    )
    assert raw.get(f"/rooms/{room['id']}").json()["pstnDialOutEnabled"] is True


@pytest.mark.parametrize("query", ["", "?api-version=", "?version=2025-03-13"])
def test_a_missing_api_version(app: RunningApp, query: str) -> None:
    answer = Raw(app.http, app.manage_key, version=None).get(f"/rooms{query}")
    message = "An API version is required, but was not specified."
    assert is_family_a(answer, 400, family_a("ApiVersionUnspecified", message))


@pytest.mark.parametrize(
    "version", ["2021-04-08", "2022-02-01-beta", "2023-06-15", "2025-03-14", "newest"]
)
def test_an_unknown_api_version(app: RunningApp, version: str) -> None:
    answer = Raw(app.http, app.manage_key, version).get(f"/rooms/{UNKNOWN_ROOM}")
    uri = f"{app.http}/rooms/{UNKNOWN_ROOM}"
    message = (
        f"The HTTP resource that matches the request URI '{uri}'"
        f" does not support the API version '{version}'."
    )
    assert is_family_a(answer, 400, family_a("UnsupportedApiVersion", message))


@pytest.mark.parametrize(
    ("spelling", "version"),
    [
        ("ApiVersion.V2023_06_14", "2023-06-14"),
        ("ApiVersion.V2023_10_30_PREVIEW", "2023-10-30-preview"),
        ("ApiVersion.V2024_04_15", "2024-04-15"),
        ("ApiVersion.V2025_03_13", "2025-03-13"),
    ],
)
def test_the_python_sdks_spelling_of_the_version_is_understood(
    app: RunningApp, many_rooms: list[str], spelling: str, version: str
) -> None:
    """From Python 3.12 on the SDK's every release asks so for the second and later pages of the
    list."""
    plain, spelled = (
        Raw(app.http, app.manage_key, text).get("/rooms") for text in (version, spelling)
    )
    assert (spelled.status, spelled.json()) == (200, plain.json())


# Answers and headers


def test_a_created_room(raw: Raw) -> None:
    answer = raw.post("/rooms", {})
    room = answer.json()
    assert answer.status == 201
    assert re.fullmatch(r"994\d{13,14}", room["id"])
    assert answer.headers["location"] == room["id"]
    assert "repeatability-result" not in answer.headers, "only if the headers were sent"


def test_a_success_says_its_versions_and_type_and_has_no_etag(raw: Raw) -> None:
    room = raw.new_room()
    for method, path, body in operations(room["id"]).values():
        answer = raw.send(method, path, body)
        assert answer.status in (200, 204)
        assert answer.headers["api-supported-versions"] == SUPPORTED
        assert answer.headers.get("content-type") == (JSON if answer.status == 200 else None)
        assert not {"etag", "x-ms-error-code", "x-ms-client-request-id"} & answer.headers.keys()
        if method == "DELETE":
            break


def test_a_client_request_id_is_not_echoed(raw: Raw) -> None:
    answer = raw.get(
        "/rooms", {"x-ms-client-request-id": "abc", "x-ms-return-client-request-id": "true"}
    )
    assert "x-ms-client-request-id" not in answer.headers


def test_a_delete_answers_with_nothing_at_all(raw: Raw) -> None:
    answer = raw.delete(f"/rooms/{raw.new_room()['id']}")
    assert (answer.status, answer.body) == (204, b"")
    assert not {"content-type", "content-length", "transfer-encoding"} & answer.headers.keys()


def test_a_roster_change_answers_with_an_empty_object(raw: Raw) -> None:
    answer = raw.patch(
        f"/rooms/{raw.new_room()['id']}/participants", {"participants": {raw_id(1): {}}}
    )
    assert (answer.status, answer.json()) == (200, {})


def test_a_failed_create_has_neither_location_nor_repeatability_result(raw: Raw) -> None:
    headers = {
        "Repeatability-Request-ID": str(uuid4()),
        "Repeatability-First-Sent": formatdate(usegmt=True),
    }
    bodies: list[object] = [{"validUntil": time_in(days=-1)}, {"participants": {"nobody": {}}}]
    for body in bodies:
        answer = raw.post("/rooms", body, headers)
        assert answer.status == 400
        assert not {"location", "repeatability-result"} & answer.headers.keys()


# Create: defaults and times


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"validFrom": None, "validUntil": None, "pstnDialOutEnabled": None, "participants": None},
        {"participants": {}},
        {"unknown": [1], "id": "99400000000000001", "createdAt": "2020-01-01T00:00:00Z"},
    ],
)
def test_create_takes_the_defaults(raw: Raw, body: dict[str, object]) -> None:
    before = datetime.now(UTC)
    room = raw.new_room(body)
    created, start, end = (
        datetime.fromisoformat(room[name]) for name in ("createdAt", "validFrom", "validUntil")
    )
    assert before <= start <= created <= datetime.now(UTC)
    assert end - start == timedelta(days=180)
    assert room["validFrom"][19:-6] == room["validUntil"][19:-6], (
        "exactly 180 days, to the last digit"
    )
    assert room["pstnDialOutEnabled"] is False
    assert raw.roster(room["id"]) == []


@pytest.mark.parametrize("days", [-1000, -1, 10, 179])
def test_only_valid_from_opens_until_180_days_from_now(raw: Raw, days: int) -> None:
    before, start = datetime.now(UTC), time_in(days=days)
    room = raw.new_room({"validFrom": start})
    assert room["validFrom"] == start.replace("Z", "+00:00")
    assert (
        before
        <= datetime.fromisoformat(room["validUntil"]) - timedelta(days=180)
        <= datetime.now(UTC)
    )


def test_only_valid_until_opens_from_now(raw: Raw) -> None:
    before, end = datetime.now(UTC), time_in(days=10)
    room = raw.new_room({"validUntil": end})
    assert room["validUntil"] == end.replace("Z", "+00:00")
    assert (
        before
        <= datetime.fromisoformat(room["validFrom"])
        <= datetime.fromisoformat(room["createdAt"])
    )


def test_a_range_of_exactly_180_days_passes(raw: Raw) -> None:
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=7)
    room = raw.new_room(
        {"validFrom": start.isoformat(), "validUntil": (start + timedelta(days=180)).isoformat()}
    )
    assert datetime.fromisoformat(room["validUntil"]) == start + timedelta(days=180)


def test_a_range_of_a_moment_more_than_180_days_does_not(raw: Raw) -> None:
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=7)
    end = (start + timedelta(days=180)).strftime("%Y-%m-%dT%H:%M:%S.0000001Z")
    assert is_family_b(
        raw.post("/rooms", {"validFrom": start.isoformat(), "validUntil": end}), BAD_RANGE
    )


TIMES = {
    "": "",
    ".0": "",
    ".000": "",
    ".1": ".1",
    ".120": ".12",
    ".123456": ".123456",
    ".1234567": ".1234567",
    ".12345678": ".1234567",
    ".123456789": ".1234567",
    ".999999999": ".9999999",
    ".00000009": "",
    ".870300": ".8703",
}


@paired("fraction_in,fraction_out", list(TIMES.items()), "zone", ["Z", "+00:00", "-00:00"])
def test_times_are_cut_to_seven_digits_and_trimmed(
    raw: Raw, fraction_in: str, fraction_out: str, zone: str
) -> None:
    start, end = (time_in(days=days)[:-1] for days in (1, 2))
    room = raw.new_room(
        {"validFrom": start + fraction_in + zone, "validUntil": end + fraction_in + zone}
    )
    expected = (f"{start}{fraction_out}+00:00", f"{end}{fraction_out}+00:00")
    assert (room["validFrom"], room["validUntil"]) == expected
    changed = raw.patch(
        f"/rooms/{room['id']}",
        {"validFrom": start + fraction_in + zone, "validUntil": end + fraction_in + zone},
    ).json()
    assert (changed["validFrom"], changed["validUntil"]) == expected


@pytest.mark.parametrize(
    ("offset", "minutes"), [("+02:00", 120), ("-08:00", -480), ("+05:45", 345), ("-00:30", -30)]
)
def test_other_offsets_are_converted(raw: Raw, offset: str, minutes: int) -> None:
    local = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0, tzinfo=None)
    room = raw.new_room({"validFrom": f"{local.isoformat()}.5{offset}"})
    assert room["validFrom"] == f"{(local - timedelta(minutes=minutes)).isoformat()}.5+00:00"


def test_times_out_have_at_most_seven_digits_without_trailing_zeros(raw: Raw) -> None:
    for _ in range(20 if THOROUGH else 8):
        room = raw.new_room()
        assert all(
            TIME_OUT.fullmatch(room[name]) for name in ("createdAt", "validFrom", "validUntil")
        ), room


NO_TIMES: list[object] = [
    "tomorrow",
    "",
    "2030-01-01",
    "2030-01-01T00:00:00",
    "2030-01-01 00:00:00Z",
    "2030-13-01T00:00:00Z",
    "2030-02-30T00:00:00Z",
    "2030-01-01T25:00:00Z",
    "2030-01-01T00:00:00.1234567890Z",
    "2030-01-01T00:00:00+25:00",
    "0000-01-01T00:00:00Z",
    "٢٠٣٠-01-01T00:00:00Z",
    1893456000,
    1.5,
    True,
    [],
    {},
]


@paired("name", ["validFrom", "validUntil"], "time", NO_TIMES)
def test_what_is_no_time_is_named(raw: Raw, name: str, time: object) -> None:
    assert targets(raw.post("/rooms", {name: time})) == [f"$.{name}"]


# Create and update: errors of the times


def test_an_end_in_the_past(raw: Raw) -> None:
    assert is_family_b(raw.post("/rooms", {"validUntil": time_in(seconds=-1)}), END_IN_PAST)


def test_an_end_in_the_past_is_told_alone(raw: Raw) -> None:
    body = {"validFrom": time_in(days=200), "validUntil": time_in(days=-2)}
    assert is_family_b(raw.post("/rooms", body), END_IN_PAST)


def test_an_end_before_the_start(raw: Raw) -> None:
    assert is_family_b(
        raw.post("/rooms", {"validFrom": time_in(days=2), "validUntil": time_in(days=1)}), BAD_RANGE
    )


def test_a_range_longer_than_180_days(raw: Raw) -> None:
    body = {"validFrom": time_in(days=1), "validUntil": time_in(days=182)}
    assert is_family_b(raw.post("/rooms", body), BAD_RANGE)


def test_a_range_from_the_past_counts_from_there(raw: Raw) -> None:
    body = {"validFrom": time_in(days=-170), "validUntil": time_in(days=11)}
    assert is_family_b(raw.post("/rooms", body), BAD_RANGE)


def test_only_an_end_more_than_180_days_ahead(raw: Raw) -> None:
    assert is_family_b(raw.post("/rooms", {"validUntil": time_in(days=181)}), BAD_RANGE)


def test_a_start_more_than_180_days_ahead(raw: Raw) -> None:
    assert is_family_b(raw.post("/rooms", {"validFrom": time_in(days=181)}), STARTS_TOO_LATE)


def test_a_start_too_far_ahead_with_a_good_range(raw: Raw) -> None:
    body = {"validFrom": time_in(days=181), "validUntil": time_in(days=182)}
    assert is_family_b(raw.post("/rooms", body), STARTS_TOO_LATE)


def test_a_start_too_far_ahead_and_a_bad_range_are_both_told(raw: Raw) -> None:
    body = {"validFrom": time_in(days=181), "validUntil": time_in(days=362)}
    assert is_family_b(raw.post("/rooms", body), STARTS_TOO_LATE, BAD_RANGE)


@pytest.mark.parametrize(
    ("times", "details"),
    [
        (({"days": -3}, {"days": -7}), [END_IN_PAST]),
        (({"days": 1}, {"days": 182}), [BAD_RANGE]),
        (({"days": 2}, {"days": 1}), [BAD_RANGE]),
        (({"days": 181}, {"days": 182}), [STARTS_TOO_LATE]),
        (({"days": 181}, {"days": 362}), [STARTS_TOO_LATE, BAD_RANGE]),
    ],
)
def test_update_checks_times_as_create_does(
    raw: Raw, times: tuple[dict[str, float], dict[str, float]], details: list[tuple[str, str]]
) -> None:
    room = raw.new_room()
    body = {"validFrom": time_in(**times[0]), "validUntil": time_in(**times[1])}
    assert is_family_b(raw.patch(f"/rooms/{room['id']}", body), *details)
    assert raw.get(f"/rooms/{room['id']}").json() == room


@pytest.mark.parametrize("other", [{}, {"null": None}])
@pytest.mark.parametrize("name", ["validFrom", "validUntil"])
def test_update_of_only_one_of_the_two_times(raw: Raw, name: str, other: dict[str, None]) -> None:
    room = raw.new_room()
    missing = {"validFrom": "validUntil", "validUntil": "validFrom"}[name]
    body = {name: time_in(days=1)} | ({missing: None} if other else {})
    assert is_family_b(raw.patch(f"/rooms/{room['id']}", body), ONLY_ONE_TIME)
    assert raw.get(f"/rooms/{room['id']}").json() == room


# Update


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"validFrom": None, "validUntil": None, "pstnDialOutEnabled": None},
        {"participants": 7, "id": "x"},
    ],
)
def test_an_update_of_nothing_answers_with_the_room(raw: Raw, body: dict[str, object]) -> None:
    room = raw.new_room({"pstnDialOutEnabled": True, "validFrom": time_in(days=1)})
    answer = raw.patch(f"/rooms/{room['id']}", body)
    assert (answer.status, answer.json()) == (200, room)


def test_an_update_takes_application_json_too(raw: Raw) -> None:
    room = raw.new_room()
    answer = raw.patch(
        f"/rooms/{room['id']}", {"pstnDialOutEnabled": True}, {"Content-Type": "application/json"}
    )
    assert answer.json() == room | {"pstnDialOutEnabled": True}


def test_created_at_never_changes(raw: Raw) -> None:
    room = raw.new_room()
    body = {
        "validFrom": time_in(days=-5),
        "validUntil": time_in(days=5),
        "createdAt": time_in(days=1),
    }
    assert raw.patch(f"/rooms/{room['id']}", body).json()["createdAt"] == room["createdAt"]


# Roster


def test_the_roster_keeps_the_order_of_insertion(raw: Raw) -> None:
    users = [raw_id(n) for n in (5, 1, 9, 3)]
    room = raw.new_room({"participants": {user: {} for user in users[:3]}})
    raw.patch(
        f"/rooms/{room['id']}/participants",
        {"participants": {users[3]: {}, users[1]: {"role": "Presenter"}}},
    )
    assert raw.roster(room["id"]) == [
        (users[0], "Attendee"),
        (users[1], "Presenter"),
        (users[2], "Attendee"),
        (users[3], "Attendee"),
    ]


def test_the_list_of_participants_has_no_next_link(raw: Raw) -> None:
    room = raw.new_room({"participants": {raw_id(n): {} for n in range(100)}})
    body = raw.get(f"/rooms/{room['id']}/participants").json()
    assert list(body) == ["value"]
    assert all(list(participant) == ["rawId", "role"] for participant in body["value"])


def test_who_is_removed_and_added_again_is_last(raw: Raw) -> None:
    room = raw.new_room({"participants": {raw_id(1): {}, raw_id(2): {}}})
    path = f"/rooms/{room['id']}/participants"
    raw.patch(path, {"participants": {raw_id(1): None}})
    raw.patch(path, {"participants": {raw_id(1): {}}})
    assert [user for user, _ in raw.roster(room["id"])] == [raw_id(2), raw_id(1)]


@pytest.mark.parametrize("participant", [{}, {"role": None}, {"unknown": 1}])
def test_a_participant_without_a_role_is_an_attendee(
    raw: Raw, participant: dict[str, object]
) -> None:
    room = raw.new_room({"participants": {raw_id(1): participant}})
    raw.patch(f"/rooms/{room['id']}/participants", {"participants": {raw_id(2): participant}})
    assert raw.roster(room["id"]) == [(raw_id(1), "Attendee"), (raw_id(2), "Attendee")]


def test_a_role_that_is_left_out_makes_a_presenter_an_attendee(raw: Raw) -> None:
    room = raw.new_room({"participants": {raw_id(1): {"role": "Presenter"}}})
    raw.patch(f"/rooms/{room['id']}/participants", {"participants": {raw_id(1): {}}})
    assert raw.roster(room["id"]) == [(raw_id(1), "Attendee")]


def test_a_null_participant_in_create_is_nobody(raw: Raw) -> None:
    room = raw.new_room({"participants": {raw_id(1): None, raw_id(2): {}}})
    assert raw.roster(room["id"]) == [(raw_id(2), "Attendee")]


def test_removing_who_is_not_there_is_fine(raw: Raw) -> None:
    room = raw.new_room({"participants": {raw_id(1): {}}})
    assert (
        raw.patch(f"/rooms/{room['id']}/participants", {"participants": {raw_id(2): None}}).status
        == 200
    )
    assert raw.roster(room["id"]) == [(raw_id(1), "Attendee")]


@pytest.mark.parametrize("body", [{}, {"participants": {}}, {"participants": None}])
def test_a_roster_change_of_nothing(raw: Raw, body: dict[str, object]) -> None:
    room = raw.new_room({"participants": {raw_id(1): {}}})
    answer = raw.patch(f"/rooms/{room['id']}/participants", body)
    assert (answer.status, answer.json()) == (200, {})
    assert raw.roster(room["id"]) == [(raw_id(1), "Attendee")]


def test_a_roster_change_is_all_or_nothing(raw: Raw) -> None:
    room = raw.new_room({"participants": {raw_id(1): {}}})
    body: object = {"participants": {raw_id(2): {}, raw_id(1): None, "4:+14255550123": {}}}
    assert raw.patch(f"/rooms/{room['id']}/participants", body).status == 400
    assert raw.roster(room["id"]) == [(raw_id(1), "Attendee")]


def test_a_roster_of_a_thousand_comes_back_whole(raw: Raw) -> None:
    users = [raw_id(n) for n in range(1000)]
    room = raw.new_room({"participants": {user: {} for user in users}})
    assert [user for user, _ in raw.roster(room["id"])] == users


# Identifiers and roles

BAD_IDENTIFIERS = [
    "",
    "wrong_mri",
    "8:acs:nonExistentParticipant",
    "4:+14255550123",
    "8:orgid:8e4b5f0c-0000-4000-8000-000000000001",
    "28:acs:5ab1e000-0000-4000-8000-000000000000_00000000-0000-4000-8000-000000000001",
    raw_id(1) + "0",
    raw_id(1)[:-1],
    raw_id(1) + "\n",
    " " + raw_id(1),
    raw_id(1).replace("-", ""),
    raw_id(1).replace("_", "-"),
    "8:ACS:" + raw_id(1).removeprefix("8:acs:"),
    raw_id(1).replace("a", "а"),  # noqa: RUF001
    raw_id(1).replace("1", "١"),  # noqa: RUF001
]


# A change of the roster is sent all of them each time.
@pytest.mark.parametrize("identifier", [*BAD_IDENTIFIERS[:4], *thorough(*BAD_IDENTIFIERS[4:])])
def test_a_bad_identifier_in_create(raw: Raw, identifier: str) -> None:
    answer = raw.post(
        "/rooms", {"participants": {raw_id(2): {}, identifier: {"role": "Presenter"}}}
    )
    assert is_family_a(
        answer, 400, family_a("BadRequest", "Invalid format for communication identifier.")
    )


@paired("identifier", BAD_IDENTIFIERS, "value", [{"role": "Attendee"}, None])
def test_a_bad_identifier_in_a_roster_change(raw: Raw, identifier: str, value: object) -> None:
    room = raw.new_room()
    body = {"participants": {raw_id(2): {}, identifier: value}}
    message = f"Communication identifier {identifier} is not supported."
    assert is_family_a(
        raw.patch(f"/rooms/{room['id']}/participants", body), 400, family_a("BadRequest", message)
    )
    assert raw.roster(room["id"]) == []


def test_the_first_bad_identifier_in_the_order_of_the_body_is_named(raw: Raw) -> None:
    room = raw.new_room()
    body: object = {"participants": {"zzz": None, "aaa": {}}}
    message = "Communication identifier zzz is not supported."
    assert raw.patch(f"/rooms/{room['id']}/participants", body).json() == family_a(
        "BadRequest", message
    )


def test_upper_case_hex_digits_are_good(raw: Raw) -> None:
    user = "8:acs:" + raw_id(1).removeprefix("8:acs:").upper()
    assert raw.roster(raw.new_room({"participants": {user: {}}})["id"]) == [(user, "Attendee")]


@pytest.mark.parametrize(
    "role", ["Kafka", "presenter", "PRESENTER", "", "Presenter ", "Attendee\u0000"]
)
def test_an_unknown_role(raw: Raw, role: str) -> None:
    body = {"participants": {raw_id(1): {"role": role}}}
    room = raw.new_room()
    detail = (BAD_ROLE, f"$.participants.{raw_id(1)}.role")
    assert is_family_b(raw.patch(f"/rooms/{room['id']}/participants", body), detail)
    assert is_family_b(raw.post("/rooms", body), detail)
    assert raw.roster(room["id"]) == []


# Room ids


@paired(
    "operation",
    OPERATIONS,
    "room_id",
    ["1", "123", "invalid_id", "1" * 13, "1" * 14, "1" * 15, "1" * 19, "1" * 200, "x" * 300],
)
def test_an_id_of_a_length_that_no_id_has(raw: Raw, room_id: str, operation: str) -> None:
    assert is_family_a(raw.send(*operations(room_id)[operation]), 400, INVALID_LENGTH)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    "room_id",
    [
        "non-existingroomId",
        "1" * 18,
        "9940000000000000x",
        "x" * 16,
        "1" * 15 + "%20",
        "-994000000000000",
    ],
)
def test_an_id_of_the_right_length_that_is_none(raw: Raw, room_id: str, operation: str) -> None:
    assert is_family_a(raw.send(*operations(room_id)[operation]), 400, INVALID_ID)


@paired(
    "operation",
    OPERATIONS,
    "room_id",
    [UNKNOWN_ROOM, "78469124725336262", "0" * 16, "9" * 16],
)
def test_an_unknown_room(raw: Raw, room_id: str, operation: str) -> None:
    assert is_family_a(raw.send(*operations(room_id)[operation]), 404, NOT_FOUND)


@by_operation
def test_a_deleted_room(raw: Raw, operation: str) -> None:
    room = raw.new_room()
    assert raw.delete(f"/rooms/{room['id']}").status == 204
    assert is_family_a(raw.send(*operations(room["id"])[operation]), 404, NOT_FOUND)
    assert room["id"] not in raw.newest_ids()


def test_an_expired_room_stays_readable_and_listed(raw: Raw, app: RunningApp) -> None:
    room = raw.new_room({"validFrom": time_in(days=-2), "validUntil": _soon()})
    _wait_until(room["validUntil"])
    assert raw.get(f"/rooms/{room['id']}").json() == room
    assert room["id"] in raw.newest_ids()


def _soon() -> str:
    return (datetime.now(UTC) + timedelta(milliseconds=200)).isoformat()


def _wait_until(time: str) -> None:
    while datetime.now(UTC) <= datetime.fromisoformat(time):
        pass


# The order of the checks


@by_change
def test_credentials_come_before_everything(
    app: RunningApp, raw: Raw, method: str, path: str
) -> None:
    unversioned = Raw(app.http, app.manage_key, version=None)
    answer = unversioned.send(
        method, path.replace(UNKNOWN_ROOM, "1"), b"{", {"Authorization": "none"}
    )
    assert answer.status == 401


@by_change
def test_the_api_version_comes_before_the_body(app: RunningApp, method: str, path: str) -> None:
    answer = Raw(app.http, app.manage_key, "2020-01-01").send(
        method, path.replace(UNKNOWN_ROOM, "1"), b"{"
    )
    assert answer.json()["error"]["code"] == "UnsupportedApiVersion"


@pytest.mark.parametrize("room_id", ["123", "non-existingroomId", UNKNOWN_ROOM])
def test_validation_comes_before_the_room_id_and_existence(raw: Raw, room_id: str) -> None:
    past = {"validFrom": time_in(days=-3), "validUntil": time_in(days=-2)}
    assert is_family_b(raw.patch(f"/rooms/{room_id}", past), END_IN_PAST)
    assert is_family_b(
        raw.patch(f"/rooms/{room_id}", {"validUntil": time_in(days=1)}), ONLY_ONE_TIME
    )
    role = raw.patch(
        f"/rooms/{room_id}/participants", {"participants": {"chris": {"role": "kafka"}}}
    )
    assert is_family_b(role, (BAD_ROLE, "$.participants.chris.role"))


def test_validation_comes_before_identifiers_in_a_roster_change(raw: Raw) -> None:
    room = raw.new_room()
    body = {"participants": {"wrong_mri": {}, raw_id(1): {"role": "Kafka"}}}
    answer = raw.patch(f"/rooms/{room['id']}/participants", body)
    assert is_family_b(answer, (BAD_ROLE, f"$.participants.{raw_id(1)}.role"))


def test_validation_comes_before_identifiers_in_create(raw: Raw) -> None:
    role = {"participants": {"wrong_mri": {"role": "Kafka"}}}
    assert is_family_b(raw.post("/rooms", role), (BAD_ROLE, "$.participants.wrong_mri.role"))
    times = {"participants": {"wrong_mri": {}}, "validUntil": time_in(days=-1)}
    assert is_family_b(raw.post("/rooms", times), END_IN_PAST)


# Bodies


@by_change
def test_an_empty_body(raw: Raw, method: str, path: str) -> None:
    assert len(targets(raw.send(method, path, b""))) == 1


@paired("method,path", CHANGES, "body", ["null", "[]", "1", '"text"', "true"])
def test_a_body_that_is_no_object(raw: Raw, method: str, path: str, body: str) -> None:
    assert targets(raw.send(method, path, body)) == ["$"]


@paired(
    "method,path",
    CHANGES,
    "body",
    ["{", "}", "{}{}", "{'a': 1}", '{"a": 1,}', "\ufeff", "undefined", '{"a"}', "{} trailing"],
)
def test_a_body_that_is_no_json(raw: Raw, method: str, path: str, body: str) -> None:
    assert targets(raw.send(method, path, body)) == ["$"]


@pytest.mark.parametrize("value", ["true", 1, 0, "", [], {}])
def test_pstn_dial_out_of_a_wrong_type(raw: Raw, value: object) -> None:
    assert targets(raw.post("/rooms", {"pstnDialOutEnabled": value})) == ["$.pstnDialOutEnabled"]
    assert targets(raw.patch(f"/rooms/{UNKNOWN_ROOM}", {"pstnDialOutEnabled": value})) == [
        "$.pstnDialOutEnabled"
    ]


PARTICIPANTS_OF_WRONG_TYPES: list[tuple[object, str]] = [
    ([], "$.participants"),
    ("text", "$.participants"),
    (1, "$.participants"),
    ([{"rawId": raw_id(1), "role": "Presenter"}], "$.participants"),
    ({raw_id(1): "Presenter"}, f"$.participants.{raw_id(1)}"),
    ({raw_id(1): []}, f"$.participants.{raw_id(1)}"),
    ({raw_id(1): {"role": 1}}, f"$.participants.{raw_id(1)}.role"),
    ({raw_id(1): {"role": ["Presenter"]}}, f"$.participants.{raw_id(1)}.role"),
    ({raw_id(1): {"role": {}}}, f"$.participants.{raw_id(1)}.role"),
]


@pytest.mark.parametrize(("value", "target"), PARTICIPANTS_OF_WRONG_TYPES)
def test_participants_of_a_wrong_type(raw: Raw, value: object, target: str) -> None:
    assert targets(raw.post("/rooms", {"participants": value})) == [target]
    assert targets(raw.patch(f"/rooms/{UNKNOWN_ROOM}/participants", {"participants": value})) == [
        target
    ]


@paired(
    "method,path",
    CHANGES,
    "media_type",
    ["text/plain", "application/xml", "application/x-www-form-urlencoded", "", "json"],
)
def test_another_content_type_than_json(raw: Raw, method: str, path: str, media_type: str) -> None:
    answer = raw.send(method, path, {}, {"Content-Type": media_type})
    assert answer.status == 415
    assert (
        answer.json()["error"]["code"]
        == answer.headers["x-ms-error-code"]
        == "UnsupportedMediaType"
    )


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json;charset=UTF-8",
        "application/merge-patch+json",
    ],
)
def test_content_types_of_json(raw: Raw, media_type: str) -> None:
    assert raw.post("/rooms", {}, {"Content-Type": media_type}).status == 201


@by_change
def test_a_chunked_body(raw: Raw, method: str, path: str) -> None:
    before = raw.get("/rooms").json()["value"]
    lines = [
        f"{method} {raw.target(path)} HTTP/1.1",
        f"Host: {raw.host}",
        "Content-Type: application/json",
        "Transfer-Encoding: chunked",
    ]
    answer = raw.send_bytes(("\r\n".join(lines) + "\r\n\r\n2\r\n{}\r\n0\r\n\r\n").encode())
    assert answer.status == 411
    assert answer.json()["error"]["code"] == answer.headers["x-ms-error-code"] == "LengthRequired"
    assert raw.get("/rooms").json()["value"] == before


# The list


def test_pages_have_at_most_thirty_rooms_newest_first_and_none_twice(
    raw: Raw, many_rooms: list[str]
) -> None:
    pages = raw.pages()
    rooms = [room for page in pages for room in page]
    assert all(len(page) <= 30 for page in pages)
    assert len({room["id"] for room in rooms}) == len(rooms)
    assert {room["id"] for room in rooms} >= set(many_rooms)
    created = [datetime.fromisoformat(room["createdAt"]) for room in rooms]
    assert created == sorted(created, reverse=True)


@pytest.mark.thorough  # what asks for all pages, as above, ends by that
def test_the_last_page_has_no_next_link(raw: Raw, many_rooms: list[str]) -> None:
    page = raw.get("/rooms").json()
    while "nextLink" in page:
        assert list(page) == ["value", "nextLink"]
        page = (
            Raw(raw.endpoint, raw.key, version=None)
            .get(page["nextLink"].removeprefix(raw.endpoint))
            .json()
        )
    assert list(page) == ["value"]


@by_version
def test_next_link_is_absolute_and_of_letters_that_need_no_quoting(
    app: RunningApp, many_rooms: list[str], version: str
) -> None:
    link = Raw(app.http, app.manage_key, version).get("/rooms").json()["nextLink"]
    assert re.fullmatch(
        re.escape(app.http) + rf"/rooms\?nextLink=[A-Za-z0-9_-]+&api-version={version}", link
    )


def test_next_link_has_the_host_of_the_request(app: RunningApp, many_rooms: list[str]) -> None:
    port = app.http.rpartition(":")[2]
    link = Raw(f"http://127.0.0.1:{port}", app.manage_key).get("/rooms").json()["nextLink"]
    assert link.startswith(f"http://127.0.0.1:{port}/rooms?nextLink=")


def test_the_next_link_can_be_followed_by_who_leaves_the_port_out_of_host(
    app: RunningApp, many_rooms: list[str]
) -> None:
    """As the Java SDK does, which signs its Host so."""
    target = f"/rooms?api-version={NEWEST}"
    headers = {"Host": "localhost", **signed(app.manage_key, "GET", target, "localhost", b"")}
    link = Raw(app.http, app.manage_key).get("/rooms", headers).json()["nextLink"]
    assert link.startswith(f"{app.http}/rooms?nextLink=")


def test_next_link_has_the_scheme_of_the_request(app: RunningApp, many_rooms: list[str]) -> None:
    secure = Raw(app.https, app.manage_key)
    host, target = secure.host, secure.target("/rooms")
    trust = ssl.create_default_context(cafile=str(app.ca))
    with contextlib.closing(http.client.HTTPSConnection(host, context=trust)) as connection:
        connection.request("GET", target, headers=signed(app.manage_key, "GET", target, host, b""))
        link = json.load(connection.getresponse())["nextLink"]
    assert link.startswith(f"{app.https}/rooms?nextLink=")


def test_a_forwarded_host_is_not_believed(raw: Raw, many_rooms: list[str]) -> None:
    headers = {"X-Forwarded-Host": "evil.example.com", "X-Forwarded-Proto": "ftp"}
    assert raw.get("/rooms", headers).json()["nextLink"].startswith(raw.endpoint)


def test_rooms_made_while_paging_do_not_repeat_or_hide_others(
    raw: Raw, many_rooms: list[str]
) -> None:
    before = raw.room_ids()
    first = raw.get("/rooms").json()
    raw.new_room()
    listed, link = [room["id"] for room in first["value"]], first.get("nextLink")
    while link:
        page = Raw(raw.endpoint, raw.key, version=None).get(link.removeprefix(raw.endpoint)).json()
        listed += [room["id"] for room in page["value"]]
        link = page.get("nextLink")
    assert listed == before


@pytest.mark.parametrize(
    "token",
    [
        "AAAA",
        "W3sidG9rZW4iOiIrUklEOn5OM1VKQU5WeFl3ekdycWtB",
        "%ff",
        "'%20or%201%20eq%201",
        *thorough("x", "A" * 3000, "%20", "..%2F..%2Fetc", "%00", "a,b", "%2B"),
    ],
)
def test_a_foreign_token(raw: Raw, token: str) -> None:
    assert targets(raw.get(f"/rooms?nextLink={token}")) == ["nextLink"]


# Requests that are sent again


def repeatability(request_id: str) -> dict[str, str]:
    return {
        "Repeatability-Request-ID": request_id,
        "Repeatability-First-Sent": formatdate(usegmt=True),
    }


def test_a_repeated_create_answers_with_the_same_room(raw: Raw) -> None:
    headers, body = (
        repeatability(str(uuid4())),
        {"participants": {raw_id(1): {}}, "pstnDialOutEnabled": True},
    )
    first = raw.post("/rooms", body, headers)
    again = [raw.post("/rooms", body, headers) for _ in range(2)]
    for answer in (first, *again):
        assert (answer.status, answer.body) == (201, first.body)
        assert answer.headers["location"] == first.json()["id"]
        assert answer.headers["repeatability-result"] == "accepted"
    newest = raw.newest_ids()
    assert newest.count(first.json()["id"]) == 1
    assert newest[1] != first.json()["id"]


def test_a_create_that_is_repeated_at_the_same_time_makes_one_room(raw: Raw) -> None:
    headers, before = repeatability(str(uuid4())), raw.newest_ids()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: raw.post("/rooms", {}, headers), range(8)))
    assert [answer.status for answer in answers] == [201] * 8
    assert len({answer.body for answer in answers}) == 1
    assert raw.newest_ids() == [answers[0].json()["id"], *before][:30]


def test_another_create_makes_another_room(raw: Raw) -> None:
    rooms = {raw.post("/rooms", {}, repeatability(str(uuid4()))).json()["id"] for _ in range(3)}
    assert len(rooms) == 3


def test_the_same_repeatability_id_with_another_body(raw: Raw) -> None:
    headers = repeatability(str(uuid4()))
    room = raw.post("/rooms", {}, headers).json()
    before = raw.newest_ids()
    assert targets(raw.post("/rooms", {"pstnDialOutEnabled": True}, headers)) == [
        "Repeatability-Request-ID"
    ]
    assert raw.newest_ids() == before
    assert raw.get(f"/rooms/{room['id']}").json() == room


@pytest.mark.parametrize("first_sent", [None, "", "yesterday"])
def test_a_repeatability_id_without_the_time_when_first_sent(
    raw: Raw, first_sent: str | None
) -> None:
    before = raw.newest_ids()
    headers = {"Repeatability-Request-ID": str(uuid4())}
    if first_sent is not None:
        headers["Repeatability-First-Sent"] = first_sent
    assert targets(raw.post("/rooms", {}, headers)) == ["Repeatability-First-Sent"]
    assert raw.newest_ids() == before


def test_a_repeated_delete_is_the_same_delete(raw: Raw) -> None:
    room, headers = raw.new_room(), {"x-ms-client-request-id": str(uuid4())}
    assert [raw.delete(f"/rooms/{room['id']}", headers).status for _ in range(3)] == [204, 204, 204]


def test_another_delete_finds_no_room(raw: Raw) -> None:
    room = raw.new_room()
    assert (
        raw.delete(f"/rooms/{room['id']}", {"x-ms-client-request-id": str(uuid4())}).status == 204
    )
    for headers in ({"x-ms-client-request-id": str(uuid4())}, {}, {"x-ms-client-request-id": ""}):
        assert is_family_a(raw.delete(f"/rooms/{room['id']}", headers), 404, NOT_FOUND)


def test_a_delete_without_a_request_id_is_not_repeatable(raw: Raw) -> None:
    room = raw.new_room()
    assert [raw.delete(f"/rooms/{room['id']}").status for _ in range(2)] == [204, 404]
