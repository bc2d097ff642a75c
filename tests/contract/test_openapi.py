"""The OpenAPI document, fetched."""

from rooms.api.openapi import FILE
from testkit.raw import JSON
from testkit.running import RunningApp


def test_anyone_gets_it(app: RunningApp) -> None:
    answer = app.devhost.get("/openapi.json")
    assert (answer.status, answer.headers["content-type"]) == (200, JSON)
    assert answer.body == FILE.read_bytes()
