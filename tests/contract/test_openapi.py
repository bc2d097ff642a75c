"""The OpenAPI document, fetched."""

import gzip

from rooms.api.openapi import FILE
from testkit.raw import JSON
from testkit.running import RunningApp


def test_anyone_gets_it(app: RunningApp) -> None:
    answer = app.devhost.get("/openapi.json")
    assert (answer.status, answer.headers["content-type"]) == (200, JSON)
    assert answer.body == FILE.read_bytes()


def test_it_is_sent_compressed_to_those_who_take_it(app: RunningApp) -> None:
    answer = app.devhost.get("/openapi.json", "Accept-Encoding: gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == FILE.read_bytes()
