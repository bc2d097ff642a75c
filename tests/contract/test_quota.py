"""A caller who asks more than their quota allows."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from testkit.raw import SUPPORTED, Raw, family_a
from testkit.raw_http import Answer
from testkit.running import RunningApp, running_app

TOO_MANY = family_a(
    "TooManyRequests", "You send more requests than this service allows. Please try again later."
)


@pytest.fixture(scope="module")
def bounded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """An app that answers a caller once, and then for long not again."""
    settings = {"ROOMS_KEY_RATE": "1", "ROOMS_KEY_BURST": "1"}
    with running_app(tmp_path_factory.mktemp("bounded"), settings) as app:
        yield app


def refused(send: Callable[[], Answer], *others: int) -> Answer:
    """One that is refused of many requests that are sent at once. The `others` are answered so."""
    with ThreadPoolExecutor(20) as pool:
        answers = [sent.result() for sent in [pool.submit(send) for _ in range(20)]]
    assert {answer.status for answer in answers} <= {429, *others}
    return next(answer for answer in answers if answer.status == 429)


@pytest.mark.parametrize(
    ("path", "version"),
    [("/rooms", "2025-03-13"), ("/rooms/99400000000000000", "2021-04-07"), ("/live", None)],
)
def test_each_family_of_routes_answers_429(
    bounded: RunningApp, path: str, version: str | None
) -> None:
    raw = Raw(bounded.http, bounded.read_key, version)
    answer = refused(lambda: raw.get(path), 200, 404)
    assert answer.json() == TOO_MANY
    assert answer.headers["x-ms-error-code"] == "TooManyRequests"
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["cache-control"] == "no-store"
    if version == "2025-03-13":
        assert answer.headers["api-supported-versions"] == SUPPORTED


def test_a_route_of_identities_answers_it_as_identities_do(bounded: RunningApp) -> None:
    raw = Raw(bounded.http, bounded.manage_key, "2023-10-01")
    request_id = {"x-ms-client-request-id": "abc"}
    answer = refused(lambda: raw.post("/identities", {}, request_id), 201)
    assert json.loads(answer.body) == TOO_MANY
    assert answer.headers["x-ms-client-request-id"] == "abc"
    assert answer.headers["retry-after"] == "1"


def test_who_is_not_known_has_no_quota_and_the_public_has_none(bounded: RunningApp) -> None:
    stranger = Raw(bounded.http, "A" * 64)
    assert {stranger.get("/rooms").status for _ in range(20)} == {401}
    assert {bounded.devhost.get("/health").status for _ in range(20)} == {200}


def test_the_log_says_who_and_why(bounded: RunningApp) -> None:
    raw = Raw(bounded.http, bounded.read_key)
    refused(lambda: raw.get("/rooms"), 200)
    assert "reader has sent more requests than ROOMS_KEY_RATE allows" in bounded.log()
