"""What the log of the app says of events that are left."""

import json
import logging
from typing import Any, cast

import pytest

from rooms.domain.time import parse_time
from rooms.intake.envelope import read_event
from rooms.intake.outcome import IgnoredEvent
from rooms.intake.recording import Intake
from rooms.storage.call_log import CallLog
from rooms.storage.calls import Calls
from rooms.storage.quarantine import Quarantine

# What is left is not kept.
NO_CALLS = cast(Calls, None)
NO_LOG = cast(CallLog, None)
NO_QUARANTINE = cast(Quarantine, None)


async def logged(element: Any, caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    intake = Intake(
        "acs",
        read_event,
        NO_CALLS,
        NO_LOG,
        NO_QUARANTINE,
        lambda: parse_time("2026-05-04T10:00:00Z"),
    )
    with caplog.at_level(logging.INFO):
        assert isinstance(await intake.take(json.dumps(element)), IgnoredEvent)
    return [(record.levelno, record.getMessage()) for record in caplog.records]


async def test_an_unknown_type_of_the_calling_service_is_a_warning_with_type_and_room(
    caplog: pytest.LogCaptureFixture,
) -> None:
    element = {
        "eventType": "Microsoft.Communication.CallMoved\n",
        "data": {"room": {"id": "r\u202e1"}},
    }
    told = (
        r"an event was left: of the type Microsoft.Communication.CallMoved\n of calls, which is "
        r"not known; room r\u202e1"
    )
    assert await logged(element, caplog) == [(logging.WARNING, told)]


async def test_another_event_of_the_resource_is_none(caplog: pytest.LogCaptureFixture) -> None:
    element = {"eventType": "Microsoft.Communication.SMSReceived", "data": {}}
    assert await logged(element, caplog) == [(logging.INFO, "an event was left: of another type")]
