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

CLIENTS = [
    pytest.param(
        Client(release, source),
        marks=[] if release.in_each_run else [pytest.mark.thorough],
        id=f"{release.language}-{release.number}-{source}",
    )
    for release in OLDER_RELEASES
    for source in ("connection_string", "endpoint")
]


@pytest.fixture(scope="module", params=CLIENTS)
def session(
    request: pytest.FixtureRequest,
    app: RunningApp,
    pytestconfig: pytest.Config,
    many_rooms: list[str],
) -> Session:
    """What a release saw."""
    return run_session(request.param, app, pytestconfig.cache.mkdir("releases"))


def test_a_room_has_the_fields_of_its_api_version(session: Session) -> None:
    release, seen = session.release, session.seen
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


def test_an_update_changes_the_times(session: Session) -> None:
    seen = session.seen
    _, _, later = seen["sent"]
    assert seen["updated"] == seen["room"] | {"valid_until": later}


def test_participants_are_added_updated_and_removed(session: Session) -> None:
    assert session.seen["rosters"] == {
        "at first": [[ANN, "Presenter"], [BEN, "Attendee"]],
        "added and updated": [[ANN, "Presenter"], [BEN, "Consumer"], [CEM, "Attendee"]],
        "removed": [[BEN, "Consumer"]],
    }


def test_a_list_of_several_pages_is_read_to_its_end(
    session: Session, many_rooms: list[str]
) -> None:
    release, seen = session.release, session.seen
    pages = seen["pages"]
    listed = [room for page in pages for room in page]
    assert listed[:2] == [seen["room"]["id"], seen["defaults"]["id"]]
    assert set(many_rooms) < set(listed)
    assert len(listed) == len(set(listed))
    assert len(pages) > 3
    first, *others = seen["asked"]
    assert first == release.api_version
    assert len(others) == len(pages) - 1
    # On Python 3.12 and later the SDK names its version so.
    enumerated = f"ApiVersion.V{release.api_version.replace('-', '_').upper()}"
    assert set(others) == {enumerated if release.language == "Python" else release.api_version}


def test_refusals_have_status_and_code(session: Session) -> None:
    assert session.seen["refusals"] == {
        "past": [400, "BadRequest"],
        "one time": [400, "BadRequest"],
        "no raw id": [400, "BadRequest"],
        "unknown room": [404, "NotFound"],
        "deleted room": [404, "NotFound"],
        "roster of a deleted room": [404, "NotFound"],
        "deleted again": [404, "NotFound"],
    }


def assert_valid_180_days(room: dict[str, Any]) -> None:
    start, end = (datetime.fromisoformat(room[name]) for name in ("valid_from", "valid_until"))
    assert end - start == timedelta(days=180)
