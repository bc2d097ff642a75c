"""Erasures over HTTP: who may ask for one, and what is refused."""

from typing import Any

import pytest

from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.running import RunningApp


def test_an_erasure_is_answered_with_what_was_found(insight: Insight) -> None:
    answer = insight.send("POST", "/persons/erase", {"rawId": raw_id()})
    body = answer.json()
    assert answer.status == 202
    assert list(body) == [
        "id",
        "status",
        "pseudonym",
        "found",
        "rows",
        "roomsAtAcs",
        "startedAt",
        "finishedAt",
    ]
    while body["status"] == "running":
        body = insight.send("POST", f"/persons/erasures/{body['id']}/continue").json()
    assert insight.json(f"/persons/erasures/{body['id']}") == body
    assert body["pseudonym"].startswith("8:erased:")
    log = insight.all("/rooms/_service/log?kind=PersonErased")
    (receipt,) = [each for each in log if each["detail"]["erasure"] == body["id"]]
    assert (receipt["actor"], receipt["text"]) == (
        "test",
        "erased a person, who was found in no room",
    )


@pytest.mark.parametrize(
    ("body", "message", "target"),
    [
        ({}, "Must have one of rawId and externalId.", "$"),
        ({"rawId": "8:a", "externalId": "a"}, "Must have one of rawId and externalId.", "$"),
        ({"rawId": ""}, "Must be text of 1 to 256 characters.", "$.rawId"),
        ({"rawId": "x" * 257}, "Must be text of 1 to 256 characters.", "$.rawId"),
        ({"externalId": 7}, "Must be text.", "$.externalId"),
        ({"name": "Jane"}, "Unknown field.", "$.name"),
    ],
)
def test_a_wrong_body_is_refused_with_its_field(
    insight: Insight, body: Any, message: str, target: str
) -> None:
    answer = insight.send("POST", "/persons/erase", body)
    error = answer.json()["error"]
    assert (answer.status, error["message"], error["target"]) == (400, message, target)


@pytest.mark.parametrize("erasure", ["0" * 32, "x", "'", "%27%20or%20true", "a" * 2000, "%00x"])
def test_an_unknown_erasure_is_not_found(insight: Insight, erasure: str) -> None:
    assert insight.get(f"/persons/erasures/{erasure}").status in (400, 404)
    assert insight.send("POST", f"/persons/erasures/{erasure}/continue").status in (400, 404)


def test_a_read_key_may_not_erase(app: RunningApp) -> None:
    reader = Insight(app, app.read_key)
    assert reader.send("POST", "/persons/erase", {"rawId": raw_id()}).status == 401
    assert reader.send("POST", f"/persons/erasures/{'0' * 32}/continue").status == 401
    assert reader.get(f"/persons/erasures/{'0' * 32}").status == 404
