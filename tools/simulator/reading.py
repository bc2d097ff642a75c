"""Reads all that the app knows about a meeting."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from simulator.answers import attendance_answered, call_answered, presence_answered
from simulator.app import App, AppFailed
from simulator.subjects import SCHEDULE, Sheet
from simulator.together import together


async def read(app: App, room_id: str, moments: Iterable[datetime]) -> Sheet:
    """Returns the app's answers as a sheet.

    Raises:
        AppFailed: it refuses a request, or an answer is not what it should be.
    """
    try:
        _, listed = await app.get_all(f"/rooms/{room_id}/calls")
        call_ids = [call["id"] for call in listed]
        sheets = await together(
            *(_call(app, room_id, listed_call) for listed_call in listed),
            *(_attendance(app, room_id, call_id, call=call_id) for call_id in call_ids),
            _attendance(app, room_id, SCHEDULE),
            *(_presence(app, room_id, moment) for moment in moments),
        )
    except (KeyError, TypeError) as problem:
        raise AppFailed(f"An answer of the app cannot be read: {problem!r}") from problem
    return {subject: fields for sheet in sheets for subject, fields in sheet.items()}


async def _call(app: App, room_id: str, listed: dict[str, Any]) -> Sheet:
    call = await app.get(f"/rooms/{room_id}/calls/{listed['id']}")
    if not listed.items() <= call.items():
        raise AppFailed(f"Call {listed['id']} is listed as {listed}, but is itself {call}.")
    return call_answered(call)


async def _attendance(app: App, room_id: str, where: str, **slot: str) -> Sheet:
    return attendance_answered(where, *await app.get_all(f"/rooms/{room_id}/attendance", **slot))


async def _presence(app: App, room_id: str, moment: datetime) -> Sheet:
    return presence_answered(
        moment, await app.get(f"/rooms/{room_id}/presence", at=moment.isoformat())
    )
