"""What each role may do, asked over HTTP. Who may ask: test_insight_access.py."""

from typing import Any

import pytest

from rooms.domain.capabilities import CAPABILITIES, Capability
from rooms.domain.roster import Role
from testkit.insight import Insight, assert_is, assert_refused
from testkit.raw import Raw
from testkit.running import RunningApp, new_key

ROLES: tuple[Role, ...] = ("Presenter", "Attendee", "Consumer", "Collaborator")


@pytest.fixture(scope="module")
def rows(insight: Insight) -> list[dict[str, Any]]:
    body = insight.json("/roles")
    assert list(body) == ["value"]
    value: list[dict[str, Any]] = body["value"]
    return value


@pytest.mark.parametrize("number", range(len(CAPABILITIES)), ids=[row.name for row in CAPABILITIES])
def test_each_row_of_the_table(rows: list[dict[str, Any]], number: int) -> None:
    row: Capability = CAPABILITIES[number]
    needs = {"needs": "pstnDialOutEnabled"} if row.name == "dialOutToPstn" else {}
    roles = {role: row.grants[role] for role in ROLES}
    assert_is(
        rows[number],
        {
            "name": row.name,
            "group": row.group,
            "description": row.description,
            "roles": roles,
            **needs,
        },
    )


def test_no_other_rows(rows: list[dict[str, Any]]) -> None:
    assert len(rows) == len(CAPABILITIES) == 33


def test_some_rows_to_the_letter(rows: list[dict[str, Any]]) -> None:
    assert_is(
        [
            row
            for row in rows
            if row["name"] in ("shareScreen", "renderVideoInSeveralPlaces", "dialOutToPstn")
        ],
        [
            {
                "name": "shareScreen",
                "group": "screen sharing",
                "description": "Share the whole screen",
                "roles": {
                    "Presenter": "web",
                    "Attendee": "no",
                    "Consumer": "no",
                    "Collaborator": "web",
                },
            },
            {
                "name": "renderVideoInSeveralPlaces",
                "group": "video rendering",
                "description": "Show one video in several places",
                "roles": {
                    "Presenter": "yes",
                    "Attendee": "yes",
                    "Consumer": "remote",
                    "Collaborator": "yes",
                },
            },
            {
                "name": "dialOutToPstn",
                "group": "PSTN",
                "description": "Call a telephone number into the call",
                "roles": {
                    "Presenter": "yes",
                    "Attendee": "no",
                    "Consumer": "no",
                    "Collaborator": "no",
                },
                "needs": "pstnDialOutEnabled",
            },
        ],
    )


def test_whoever_may_read_gets_the_same(app: RunningApp, insight: Insight) -> None:
    answers = [
        insight.get("/roles"),
        Insight(app, app.read_key).get("/roles"),
        Raw(app.http, app.manage_key, None).get("/roles"),
        Raw(app.http, app.read_key).get("/roles"),
    ]
    assert {(answer.status, answer.body) for answer in answers} == {
        (200, insight.get("/roles").body)
    }


def test_a_wrong_key_and_none(app: RunningApp) -> None:
    wrong = new_key()
    for answer in (
        Insight(app, wrong).get("/roles"),
        Raw(app.http, wrong).get("/roles"),
        app.devhost.get("/roles"),
    ):
        assert_refused(answer, 401, "Denied")


def test_it_has_no_api_versions(insight: Insight) -> None:
    answer = insight.get("/roles?api-version=1999-01-01")
    assert (answer.status, "api-supported-versions" in answer.headers) == (200, False)
