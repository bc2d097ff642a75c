"""Older releases of the SDKs, unchanged, against the running app: every operation, and a list of
several pages. Each runs from a connection string and from an endpoint; of Python the first is the
sync client, the second the async one."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from testkit.running import RunningApp
from tests.contract.releases.running import Client, Session, run_session
from tests.contract.releases.table import OLDER_RELEASES
from tests.contract.releases.users import ANN, BEN, CEM


def clients(generation: str) -> list[Any]:
    """Returns the clients of a generation of releases."""
    return [
        pytest.param(
            Client(release, source),
            marks=[] if release.in_each_run == source else [pytest.mark.thorough],
            id=f"{release.language}-{release.number}-{source}",
        )
        for release in OLDER_RELEASES
        if release.generation == generation
        for source in ("connection_string", "endpoint")
    ]


@pytest.fixture(scope="module", params=clients("2022"))
def session_of_2022(
    request: pytest.FixtureRequest, app: RunningApp, pytestconfig: pytest.Config
) -> Session:
    """What a release of 2022 saw."""
    return run_session(request.param, app, pytestconfig.cache.mkdir("releases"))


@pytest.fixture(scope="module", params=clients("2023"))
def session_of_2023(
    request: pytest.FixtureRequest,
    app: RunningApp,
    pytestconfig: pytest.Config,
    many_rooms: list[str],
) -> Session:
    """What a release of 2023 or later saw."""
    return run_session(request.param, app, pytestconfig.cache.mkdir("releases"))


def test_a_room_of_2022_has_its_policy_and_its_participants(session_of_2022: Session) -> None:
    seen = session_of_2022.seen
    start, end, _ = seen["sent"]
    room = seen["room"]
    assert room == {
        "id": room["id"],
        "created_on": room["created_on"],
        "valid_from": start,
        "valid_until": end,
        "room_join_policy": "CommunicationServiceUsers",
        "participants": [[ANN, "Presenter"], [BEN, "Attendee"]],
    }
    assert seen["read"] == room


def test_a_room_of_2022_is_invite_only_and_empty_unless_asked_for_more(
    session_of_2022: Session,
) -> None:
    room = session_of_2022.seen["defaults"]
    assert (room["room_join_policy"], room["participants"]) == ("InviteOnly", [])
    assert_valid_180_days(room)


def test_an_update_of_2022_changes_times_and_policy_or_replaces_the_participants(
    session_of_2022: Session,
) -> None:
    seen = session_of_2022.seen
    _, _, later = seen["sent"]
    expected = seen["room"] | {"valid_until": later, "room_join_policy": "InviteOnly"}
    assert seen["updated"] == expected
    roster = [[ANN, "Consumer"], [CEM, "Attendee"]]
    assert seen["replaced"] == expected | {"participants": roster}
    assert seen["rosters"]["replaced"] == roster


def test_participants_of_2022_are_added_updated_and_removed(session_of_2022: Session) -> None:
    rosters = session_of_2022.seen["rosters"]
    assert rosters["at first"] == [[ANN, "Presenter"], [BEN, "Attendee"]]
    assert rosters["added"] == [[ANN, "Consumer"], [CEM, "Attendee"], [BEN, "Presenter"]]
    assert rosters["updated"] == [[ANN, "Consumer"], [CEM, "Consumer"], [BEN, "Presenter"]]
    assert rosters["removed"] == [[CEM, "Consumer"]]


def test_refusals_of_2022_have_status_and_code(session_of_2022: Session) -> None:
    # The JavaScript SDK refuses a role that it does not know itself.
    by_the_service = session_of_2022.release.language == "Python"
    assert session_of_2022.seen["refusals"] == {
        "one time": [400, "BadRequest"],
        "policy of a room that has begun": [400, "BadRequest"],
        "unknown role": [400, "BadRequest"] if by_the_service else [None, None],
        "no raw id": [400, "BadRequest"],
        "unknown room": [404, "NotFound"],
        "deleted room": [404, "NotFound"],
        "update of a deleted room": [404, "NotFound"],
        "roster of a deleted room": [404, "NotFound"],
        "deleted again": [404, "NotFound"],
    }


def test_a_room_has_the_fields_of_its_api_version(session_of_2023: Session) -> None:
    release, seen = session_of_2023.release, session_of_2023.seen
    start, end, _ = seen["sent"]
    room = seen["room"]
    expected = {
        "id": room["id"],
        "created_at": room["created_at"],
        "valid_from": start,
        "valid_until": end,
    }
    if release.api_version > "2023-06-14":
        expected["pstn_dial_out_enabled"] = False
    assert room == expected
    assert seen["read"] == room
    assert_valid_180_days(seen["defaults"])


def test_an_update_changes_the_times(session_of_2023: Session) -> None:
    seen = session_of_2023.seen
    _, _, later = seen["sent"]
    assert seen["updated"] == seen["room"] | {"valid_until": later}


def test_participants_are_added_updated_and_removed(session_of_2023: Session) -> None:
    assert session_of_2023.seen["rosters"] == {
        "at first": [[ANN, "Presenter"], [BEN, "Attendee"]],
        "added and updated": [[ANN, "Presenter"], [BEN, "Consumer"], [CEM, "Attendee"]],
        "removed": [[BEN, "Consumer"]],
    }


def test_a_list_of_several_pages_is_read_to_its_end(
    session_of_2023: Session, many_rooms: list[str]
) -> None:
    release, seen = session_of_2023.release, session_of_2023.seen
    pages = seen["pages"]
    listed = [room for page in pages for room in page]
    assert listed[:2] == [seen["room"]["id"], seen["defaults"]["id"]]
    assert set(many_rooms) < set(listed)
    assert len(listed) == len(set(listed))
    assert len(pages) > 3
    first, *others = seen["asked"]
    assert first == release.api_version
    assert len(others) == len(pages) - 1
    # The Python SDK names its version so from the second page on.
    enumerated = f"ApiVersion.V{release.api_version.replace('-', '_').upper()}"
    assert set(others) == {enumerated if release.language == "Python" else release.api_version}


def test_refusals_have_status_and_code(session_of_2023: Session) -> None:
    assert session_of_2023.seen["refusals"] == {
        "past": [400, "BadRequest"],
        "one time": [400, "BadRequest"],
        "no raw id": [400, "BadRequest"],
        "unknown room": [404, "NotFound"],
        "deleted room": [404, "NotFound"],
        "roster of a deleted room": [404, "NotFound"],
        "deleted again": None
        if session_of_2023.release.api_version <= "2023-06-14"
        else [404, "NotFound"],
    }


def assert_valid_180_days(room: dict[str, Any]) -> None:
    start, end = (datetime.fromisoformat(room[name]) for name in ("valid_from", "valid_until"))
    assert end - start == timedelta(days=180)
