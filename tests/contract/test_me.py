"""Who calls, asked over HTTP. Who may ask: test_insight_access.py; whom tokens name: tests/auth."""

from testkit.insight import Insight, assert_is, assert_refused, json_of
from testkit.raw import Raw
from testkit.running import RunningApp, new_key


def test_a_key_that_may_do_everything_says_so(insight: Insight) -> None:
    assert_is(insight.json("/me"), {"actor": "test", "may": "manage"})


def test_a_key_that_may_only_read_says_so(app: RunningApp) -> None:
    assert_is(Insight(app, app.read_key).json("/me"), {"actor": "reader", "may": "read"})


def test_a_signature_says_the_same_as_the_key(app: RunningApp, insight: Insight) -> None:
    assert_is(json_of(Raw(app.http, app.manage_key, None).get("/me")), insight.json("/me"))


def test_the_actor_is_the_one_of_the_log(insight: Insight, raw: Raw) -> None:
    (record,) = insight.all(f"/rooms/{raw.new_room()['id']}/log")
    assert insight.json("/me")["actor"] == record["actor"]


def test_a_wrong_key_is_told_nothing(app: RunningApp) -> None:
    assert_refused(Insight(app, new_key()).get("/me"), 401, "Denied")
