"""What caches and browsers are told by each route, whatever it answers."""

import pytest

from testkit.raw import Raw
from testkit.running import RunningApp
from tests.test_function_app import TRIGGERS

KEPT = {
    "/console": "no-cache",
    "/console/app.js": "no-cache",
    "/openapi.json": "no-cache",
    "/.well-known/jwks.json": "max-age=300",
}
"""Answers for anybody that may be kept, and how."""

ROUTES = [
    (method, f"/{trigger['route'].lstrip('/')}")
    for trigger in TRIGGERS
    for method in trigger["methods"]
    if f"/{trigger['route'].lstrip('/')}" not in KEPT
]


@pytest.mark.parametrize(("method", "route"), ROUTES, ids=lambda part: str(part))
def test_a_refusal_of_each_route_is_kept_by_nobody(raw: Raw, method: str, route: str) -> None:
    path = route.replace("{", "").replace("}", "")
    answer = raw.send(method, path, None, {"Authorization": "nonsense"})
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_what_is_for_callers_with_a_key_is_kept_by_nobody(app: RunningApp, raw: Raw) -> None:
    room_id = raw.new_room()["id"]
    for path in (
        "/rooms",
        f"/rooms/{room_id}",
        f"/rooms/{room_id}/participants",
        f"/rooms/{room_id}/presence",
        f"/rooms/{room_id}/attendance?format=csv",
        f"/rooms/{room_id}/log",
        "/live",
        "/quarantine",
    ):
        answer = raw.get(path)
        assert answer.status == 200, answer
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
    deleted = raw.delete(f"/rooms/{room_id}")
    assert (deleted.status, deleted.headers["cache-control"]) == (204, "no-store")
    assert raw.get("/health").headers["cache-control"] == "no-store"


def test_what_is_for_anybody_says_itself_how_long_it_may_be_kept(raw: Raw) -> None:
    made = Raw(raw.endpoint, raw.key, "2023-10-01").post("/identities")
    assert made.status == 201, made
    for path, kept in KEPT.items():
        answer = raw.get(path)
        assert (answer.status, answer.headers["cache-control"]) == (200, kept)
        assert answer.headers["x-content-type-options"] == "nosniff"
