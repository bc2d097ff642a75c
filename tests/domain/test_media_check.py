"""What a check of the media server says."""

import pytest

from rooms.domain.media_check import HeardEvents, Reach, ServerState, server_checks, webhook_checks

URL = "https://rooms.example.com/media/livekit"


@pytest.mark.parametrize("reach", ["refuses", "silent"])
def test_of_a_server_that_cannot_be_asked_nothing_else_is_said(reach: Reach) -> None:
    (check,) = server_checks(ServerState(reach))
    assert (check.name, check.status, bool(check.advice)) == ("media server", "failed", True)


def test_a_server_as_it_should_be_needs_nothing() -> None:
    found = server_checks(ServerState("answers", (), False))
    assert [(check.status, check.advice) for check in found] == [("ok", "")] * 3


@pytest.mark.parametrize(("makes_rooms", "status"), [(True, "failed"), (None, "warning")])
def test_a_server_that_opens_calls_by_itself_or_may_is_told(
    makes_rooms: bool | None, status: str
) -> None:
    *_, creation = server_checks(ServerState("answers", (), makes_rooms))
    assert (creation.name, creation.status) == ("room creation", status)
    assert "auto_create: false" in creation.advice


def test_keys_that_the_server_does_not_take_are_named() -> None:
    _, keys, _ = server_checks(ServerState("answers", ("old", "older"), False))
    assert (keys.status, keys.text) == ("warning", "The media server does not take old, older.")


def test_where_events_should_come_is_said_if_none_came() -> None:
    (check,) = webhook_checks(HeardEvents(started=True, finished=False), URL)
    assert (check.name, check.status) == ("webhooks", "failed")
    assert f"`webhook.urls` of the server to {URL}," in check.advice


@pytest.mark.parametrize(("started", "status"), [(True, "warning"), (False, "ok")])
def test_an_event_that_is_not_needed_tells_that_there_is_no_filter(
    started: bool, status: str
) -> None:
    webhooks, events = webhook_checks(HeardEvents(started, finished=True), URL)
    assert (webhooks.status, events.name, events.status) == ("ok", "webhook filter", status)
