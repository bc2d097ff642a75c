"""Events of another resource, as Event Grid delivers them, where the setting names ours."""

from collections.abc import Iterator

import pytest

from testkit.events import in_cloud_events, live_meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.running import RunningApp, running_app

OURS = "/subscriptions/5d7f/providers/Microsoft.Communication/communicationServices/contoso"


@pytest.fixture(scope="module")
def choosy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """An app that takes events of one resource."""
    settings = {"ROOMS_EVENT_SOURCE": OURS}
    with running_app(tmp_path_factory.mktemp("choosy"), settings) as app:
        yield app


def test_an_event_of_another_resource_is_in_quarantine_and_not_in_the_call(
    choosy: RunningApp,
) -> None:
    insight = Insight(choosy, choosy.manage_key)
    call = live_meeting(room_of_another_service())
    ours = call.added(1, raw_id(1)) | {"topic": OURS.upper()}
    theirs = call.added(2, raw_id(2)) | {"topic": f"{OURS}2"}
    insight.deliver(call.started(0) | {"topic": OURS}, ours, theirs)
    insight.deliver(in_cloud_events(call.added(3, raw_id(3)) | {"topic": "/subscriptions/x"}))
    present = insight.json(f"/rooms/{call.room_id}/presence")
    assert [person["rawId"] for person in present["call"]["participants"]] == [raw_id(1)]
    reasons = sorted(event["reason"] for event in insight.json("/quarantine")["value"])
    assert reasons == [
        "source: must be a resource that ROOMS_EVENT_SOURCE has",
        "topic: must be a resource that ROOMS_EVENT_SOURCE has",
    ]
    redriven = insight.json("/quarantine")["value"][0]["id"]
    assert insight.send("POST", f"/quarantine/{redriven}/redrive").status == 409
