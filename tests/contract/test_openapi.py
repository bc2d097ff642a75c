"""The OpenAPI document, fetched."""

import json

from rooms.openapi.document import document
from tests.contract.raw import JSON
from tests.running import RunningApp


def test_anyone_gets_it(app: RunningApp) -> None:
    answer = app.devhost.get("/openapi.json")
    assert (answer.status, answer.headers["content-type"]) == (200, JSON)
    assert answer.json() == json.loads(json.dumps(document()))
