"""The check of the media server over HTTP. A stand-in is the media server."""

from collections.abc import Iterator
from typing import Any

import pytest

from testkit.insight import Insight, assert_refused, json_of
from testkit.livekit_double import ApiFault, LiveKitDouble
from testkit.livekit_state import Json
from testkit.livekit_webhooks import WebhookFault
from testkit.running import RunningApp
from testkit.waiting import until

NOT_NEEDED = "room_started"


@pytest.fixture
def well(media_server: LiveKitDouble, media_app: RunningApp) -> Iterator[LiveKitDouble]:
    """The stand-in as it should be: its events come, and only those that are needed."""

    def filtered(event: Json) -> WebhookFault | None:
        return WebhookFault.LOST if event["event"] == NOT_NEEDED else None

    media_server.webhooks.url = f"{media_app.http}/media/livekit"
    media_server.webhooks.choose = filtered
    yield media_server
    media_server.webhooks.url = None
    media_server.api = lambda _: None


def found(app: RunningApp) -> dict[str, str]:
    """The status of each check, by its name."""
    answer = Insight(app, app.manage_key).send("POST", "/media/check", b"")
    checks: list[dict[str, Any]] = json_of(answer)["value"]
    return {check["name"]: check["status"] for check in checks}


def test_a_server_as_it_should_be_is_well_but_for_a_key_that_it_does_not_have(
    media_app: RunningApp, well: LiveKitDouble
) -> None:
    expected = {
        "media server": "ok",
        "API keys": "warning",
        "room creation": "ok",
        "webhooks": "ok",
        "webhook filter": "ok",
    }
    until(lambda: found(media_app) == expected)  # an event may be late on a slow machine


def test_the_call_that_is_made_for_it_is_gone_and_in_no_log(
    media_app: RunningApp, well: LiveKitDouble
) -> None:
    insight = Insight(media_app, media_app.manage_key)

    quarantined = insight.all("/quarantine")
    rooms, cursor = list(well.rooms), insight.json("/log?since=now")["cursor"]
    found(media_app)
    well.settle()
    assert insight.json(f"/log?since={cursor}")["value"] == []
    assert (list(well.rooms), insight.all("/quarantine")) == (rooms, quarantined)


def test_a_server_without_a_filter_is_told(media_app: RunningApp, well: LiveKitDouble) -> None:
    well.webhooks.choose = lambda _: None
    until(lambda: found(media_app).get("webhook filter") == "warning")


def test_events_that_are_not_verified_are_told(media_app: RunningApp, well: LiveKitDouble) -> None:
    well.webhooks.choose = lambda _: WebhookFault.WRONG_KEY
    checks = found(media_app)
    assert (checks["webhooks"], "webhook filter" in checks) == ("failed", False)


@pytest.mark.parametrize("fault", [ApiFault.DOWN, ApiFault.REFUSES])
def test_a_server_that_cannot_be_asked_is_told_here_and_by_the_doctor(
    media_app: RunningApp, well: LiveKitDouble, fault: ApiFault
) -> None:
    well.api = lambda _: fault
    assert found(media_app) == {"media server": "failed"}
    checks = Insight(media_app, media_app.read_key).json("/doctor")["value"]
    assert {each["name"]: each["status"] for each in checks}["media server"] == "failed"


def test_a_read_key_may_not(media_app: RunningApp, well: LiveKitDouble) -> None:
    answer = Insight(media_app, media_app.read_key).send("POST", "/media/check", b"")
    assert_refused(answer, 401, "Denied")


def test_a_service_without_a_media_plane_says_so(app: RunningApp) -> None:
    answer = Insight(app, app.manage_key).send("POST", "/media/check", b"")
    assert_refused(answer, 501, "NotImplemented")
