"""If-Match: a change of a room as it was read, asked over HTTP. Which changes give a room another
version: tests/storage/test_versions.py."""

from datetime import UTC, datetime, timedelta

import pytest

from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_invalid, assert_refused
from testkit.raw import JSON, Raw
from testkit.raw_http import Answer

ALICE, BOB = raw_id(1), raw_id(2)
CHANGED = "The room has changed since it was read. Read it again, and send the change once more."
TIMES = {
    name: (datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)).isoformat()
    for name, days in (("validFrom", 1), ("validUntil", 2))
}

type Change = tuple[str, str, object]

OF_ACS: dict[str, Change] = {
    "room": ("PATCH", "", TIMES),
    "participants": ("PATCH", "/participants", {"participants": {BOB: {}}}),
    "deletion": ("DELETE", "", None),
}
OF_OURS: dict[str, Change] = {
    "details": ("PATCH", "/details", {"title": "Tea"}),
    "invitees": ("PATCH", "/invitees", {"participants": {BOB: {"name": "Bob"}}}),
    "policy": ("PUT", "/joinPolicy", {"roomJoinPolicy": "CommunicationServiceUsers"}),
}
CHANGES = OF_ACS | OF_OURS
LISTED = ["participants:add", "participants:update", "participants:remove"]
"""The changes of a roster in api-version 2022-02-01."""

MALFORMED = ("2026-05-04T10:00:00Z", '"a', "'a'", '"a" "b"', '"a",', 'w/"a"', '*,"a"', '"\xfc"')


@pytest.fixture
def room_id(raw: Raw) -> str:
    room_id: str = raw.new_room({"participants": {ALICE: {}}})["id"]
    return room_id


def etag(insight: Insight, room_id: str) -> str:
    return insight.get(f"/rooms/{room_id}/overview").headers["etag"]


def change(raw: Raw, room_id: str, what: Change, if_match: str) -> Answer:
    """Sends a change, signed, in the newest api-version."""
    method, path, body = what
    return raw.send(method, f"/rooms/{room_id}{path}", body, {"If-Match": if_match})


def test_the_etag_stays_as_long_as_nothing_changes(
    raw: Raw, insight: Insight, room_id: str
) -> None:
    before = etag(insight, room_id)
    raw.patch(f"/rooms/{room_id}/participants", {"participants": {ALICE: {}}})
    insight.get(f"/rooms/{room_id}/admission?rawId={ALICE}")
    assert etag(insight, room_id) == before


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_the_room_as_it_was_read_is_made(
    raw: Raw, insight: Insight, room_id: str, name: str
) -> None:
    before = etag(insight, room_id)
    assert change(raw, room_id, CHANGES[name], before).status in (200, 204)
    assert etag(insight, room_id) != before


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_another_version_is_refused_and_changes_nothing(
    raw: Raw, insight: Insight, room_id: str, name: str
) -> None:
    read = etag(insight, room_id)
    insight.patch(f"/rooms/{room_id}/details", {"externalId": "meanwhile"})
    before = insight.get(f"/rooms/{room_id}/overview")
    answer = change(raw, room_id, CHANGES[name], read)
    assert assert_refused(answer, 412, "RoomChanged") == CHANGED
    after = insight.get(f"/rooms/{room_id}/overview")
    assert (after.body, after.headers["etag"]) == (before.body, before.headers["etag"])


@pytest.mark.parametrize("route", LISTED)
def test_so_it_is_in_an_older_api_version(raw: Raw, room_id: str, route: str) -> None:
    older = Raw(raw.endpoint, raw.key, "2022-02-01")
    who = ALICE if route.endswith("remove") else BOB
    body = {"participants": [{"communicationIdentifier": {"rawId": who}, "role": "Consumer"}]}
    answer = older.send("POST", f"/rooms/{room_id}/{route}", body, {"If-Match": '"another"'})
    assert assert_refused(answer, 412, "RoomChanged") == CHANGED


def test_a_change_that_was_made_already_may_be_sent_again(
    raw: Raw, insight: Insight, room_id: str
) -> None:
    read = etag(insight, room_id)
    answers = [change(raw, room_id, OF_OURS["details"], read) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]


def test_a_deletion_that_is_sent_again_finds_it_done(
    raw: Raw, insight: Insight, room_id: str
) -> None:
    headers = {"If-Match": etag(insight, room_id), "x-ms-client-request-id": "delete-1"}
    answers = [raw.send("DELETE", f"/rooms/{room_id}", None, headers) for _ in range(2)]
    assert [answer.status for answer in answers] == [204, 204]


def test_several_etags_weak_ones_and_a_star(raw: Raw, insight: Insight, room_id: str) -> None:
    for number, form in enumerate(("{}", "W/{}", '"another", {}', 'W/"another" ,{}', "*")):
        what = ("PATCH", "/details", {"title": f"Tea {number}"})
        answer = change(raw, room_id, what, form.format(etag(insight, room_id)))
        assert answer.status == 200, form


def test_a_room_that_does_not_exist_has_no_version(raw: Raw, room_id: str) -> None:
    gone = f"9940000000000{room_id[-4:]}"
    for name in CHANGES:
        assert change(raw, gone, CHANGES[name], '"another"').status == 404, name


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_no_etag(raw: Raw, insight: Insight, room_id: str, text: str) -> None:
    before = etag(insight, room_id)
    for what in OF_OURS.values():
        message = assert_invalid(change(raw, room_id, what, text), "If-Match")
        assert message == "Must be the ETag of an overview, or `*`."
    for what in OF_ACS.values():
        answer = change(raw, room_id, what, text)
        (fault,) = answer.json()["error"]["details"]
        assert (answer.status, answer.headers["content-type"]) == (400, JSON)
        assert fault["target"] == "If-Match"
    assert etag(insight, room_id) == before
