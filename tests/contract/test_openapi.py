"""The OpenAPI document, fetched."""

import json

from openapi.document import document
from testkit.raw import JSON
from testkit.running import RunningApp


def test_anyone_gets_it(app: RunningApp) -> None:
    answer = app.devhost.get("/openapi.json")
    assert (answer.status, answer.headers["content-type"]) == (200, JSON)
    assert answer.json() == json.loads(json.dumps(document()))
