"""What nobody should send in a retired api-version: answered with a 4xx that says what is wrong,
never with a 5xx, and nothing is changed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testkit.identifiers import raw_id
from testkit.raw import Raw
from testkit.running import RunningApp
from tests.contract.pairs import paired
from tests.contract.test_hostile import (
    ABSURD_IDS,
    JSON_VALUES,
    MEGABYTES_10,
    UNKNOWN_ROOM,
    assert_says_what_is_wrong,
    generated,
    hostile_participants,
    nested,
)


def participant(identifier: object, **more: object) -> dict[str, Any]:
    return {"communicationIdentifier": identifier, **more}


ALICE = {"communicationUser": {"id": raw_id(1)}}


@pytest.fixture(scope="module")
def of_2022(app: RunningApp) -> Raw:
    return Raw(app.http, app.manage_key, "2022-02-01")


@pytest.fixture(scope="module")
def of_2021(app: RunningApp) -> Raw:
    return Raw(app.http, app.manage_key, "2021-04-07")


@pytest.fixture(scope="module")
def room_id(of_2022: Raw) -> str:
    """The room that the requests are aimed at."""
    room_id: str = of_2022.post("/rooms", {"participants": [participant(ALICE)]}).json()["id"]
    return room_id


@pytest.fixture(scope="module", autouse=True)
def nothing_changes(raw: Raw, of_2022: Raw, room_id: str) -> Iterator[None]:
    """Asserts that all these tests leave the same rooms, and the room as it was."""

    def seen() -> object:
        return raw.get("/rooms").json()["value"], of_2022.get(f"/rooms/{room_id}").json()

    before = seen()
    yield
    assert seen() == before


def paths(room_id: str) -> dict[str, tuple[str, str]]:
    return {
        "create": ("POST", "/rooms"),
        "change": ("PATCH", f"/rooms/{room_id}"),
        **{
            what: ("POST", f"/rooms/{room_id}/participants:{what}")
            for what in ("add", "update", "remove")
        },
    }


def hostile_lists() -> dict[str, bytes]:
    """Bodies whose lists of participants are wrong."""
    user = json.dumps(ALICE)
    values = {
        "10 MB identifier": json.dumps([participant({"rawId": "x" * MEGABYTES_10})]),
        "long identifier": json.dumps([participant({"rawId": "8:acs:" + "0" * 100_000})]),
        "deep": nested(100_000),
        "deep participant": f"[{nested(1000)}]",
        "deep identifier": f'[{{"communicationIdentifier":{nested(1000)}}}]',
        "deep objects": '[{"communicationIdentifier":' * 50_000,
        "map": f'{{"{raw_id(1)}":{{}}}}',
        "text": '"x"',
        "number": "9" * 5000,
        "text as participant": f'["{raw_id(1)}"]',
        "null as participant": "[null]",
        "no identifier": '[{"role":"Presenter"}]',
        "empty identifier": '[{"communicationIdentifier":{}}]',
        "text as identifier": f'[{{"communicationIdentifier":"{raw_id(1)}"}}]',
        "number as raw id": '[{"communicationIdentifier":{"rawId":1e400}}]',
        "text as user": f'[{{"communicationIdentifier":{{"communicationUser":"{raw_id(1)}"}}}}]',
        "number as user": '[{"communicationIdentifier":{"communicationUser":{"id":7}}}]',
        "telephone": '[{"communicationIdentifier":{"phoneNumber":{"value":"+14255550123"}}}]',
        "Teams user": '[{"communicationIdentifier":{"microsoftTeamsUser":{"userId":"x"}}}]',
        "key of a table": '[{"communicationIdentifier":{"rawId":"../../rooms"}}]',
        "line break": '[{"communicationIdentifier":{"rawId":"8:acs:\\r\\nSet-Cookie: a=b"}}]',
        "escaped NUL": '[{"communicationIdentifier":{"rawId":"\\u0000"}}]',
        "raw NUL": '[{"communicationIdentifier":{"rawId":"\0"}}]',
        "surrogate": '[{"communicationIdentifier":{"rawId":"\\ud800"}}]',
        "NUL in a role": f'[{{"communicationIdentifier":{user},"role":"Attendee\\u0000"}}]',
        "number as role": f'[{{"communicationIdentifier":{user},"role":1e400}}]',
        "deep role": f'[{{"communicationIdentifier":{user},"role":{nested(1000)}}}]',
        "10 MB role": f'[{{"communicationIdentifier":{user},"role":"{"x" * MEGABYTES_10}"}}]',
        "too many": json.dumps([participant({"rawId": raw_id(n)}) for n in range(20_000)]),
    }
    bodies = {name: f'{{"participants":{value}}}'.encode() for name, value in values.items()}
    return bodies | {
        "invalid UTF-8": b'{"participants":[{"communicationIdentifier":{"rawId":"\xff"}}]}',
        "UTF-16": '{"participants":[]}'.encode("utf-16"),
    }


@paired("operation", list(paths(UNKNOWN_ROOM)), "body", hostile_lists())
def test_participants_of_2022(of_2022: Raw, room_id: str, operation: str, body: bytes) -> None:
    assert_says_what_is_wrong(of_2022.send(*paths(room_id)[operation], body))


NO_POLICIES = [
    '"Everyone"',
    '"inviteonly"',
    '"InviteOnly\\u0000"',
    '"\\ud800"',
    '""',
    "1e400",
    "9" * 5000,
    "NaN",
    "true",
    '["InviteOnly"]',
    "{}",
    nested(100_000),
    f'"{"x" * MEGABYTES_10}"',
]


@paired("operation", ["create", "change"], "value", {each[:20]: each for each in NO_POLICIES})
def test_policies_of_2022(of_2022: Raw, room_id: str, operation: str, value: str) -> None:
    body = f'{{"roomJoinPolicy":{value}}}'
    assert_says_what_is_wrong(of_2022.send(*paths(room_id)[operation], body))


WITHOUT_ROLES = {name: body for name, body in hostile_participants().items() if "role" not in name}
"""2021-04-07 knows no roles, and reads none."""


@paired("operation", ["create", "change"], "body", WITHOUT_ROLES)
def test_participants_of_2021(of_2021: Raw, room_id: str, operation: str, body: bytes) -> None:
    assert_says_what_is_wrong(of_2021.send(*paths(room_id)[operation], body))


@paired("what", ["add", "update", "remove"], "absurd", ABSURD_IDS)
def test_absurd_ids(of_2022: Raw, what: str, absurd: str) -> None:
    answer = of_2022.post(f"/rooms/{absurd}/participants:{what}", {"participants": []})
    assert 400 <= answer.status < 500, answer
    if answer.headers.get("content-type", "").startswith("application/json"):
        assert_says_what_is_wrong(answer)


IDENTIFIERS = JSON_VALUES | st.dictionaries(
    st.sampled_from(["rawId", "kind", "communicationUser", "phoneNumber"]) | st.text(),
    JSON_VALUES | st.just({"id": raw_id(1)}),
    max_size=3,
)
PARTICIPANTS = JSON_VALUES | st.fixed_dictionaries(
    {"communicationIdentifier": IDENTIFIERS}, optional={"role": JSON_VALUES}
)
BODIES = JSON_VALUES | st.dictionaries(
    st.sampled_from(["validFrom", "validUntil", "roomJoinPolicy", "participants"]) | st.text(),
    JSON_VALUES | st.lists(PARTICIPANTS, max_size=3),
    max_size=4,
)


@generated
@given(body=BODIES, operation=st.sampled_from(list(paths(UNKNOWN_ROOM))))
def test_generated_bodies_of_2022(of_2022: Raw, body: object, operation: str) -> None:
    answer = of_2022.send(*paths(UNKNOWN_ROOM)[operation], json.dumps(body))
    if answer.status == 201:
        assert of_2022.delete(f"/rooms/{answer.json()['id']}").status == 204
    else:
        assert_says_what_is_wrong(answer)


@generated
@given(
    body=st.binary(min_size=1, max_size=200),
    operation=st.sampled_from(["change", "add", "update", "remove"]),
)
def test_generated_bytes_of_2022(of_2022: Raw, body: bytes, operation: str) -> None:
    assert_says_what_is_wrong(of_2022.send(*paths(UNKNOWN_ROOM)[operation], body))
