"""Records who looks, before they are answered."""

from collections.abc import Mapping

from rooms.api.request import Request
from rooms.domain.events import SERVICE_LOG
from rooms.domain.log_details import Accessed, Looked
from rooms.domain.time import format_time

_TIMES: Mapping[Looked, tuple[str, ...]] = {
    "attendance": ("from", "until"),
    "log": ("from", "until"),
    "presence": ("at",),
}
"""The parameters that are times."""


async def record_access(
    request: Request,
    what: Looked,
    room_id: str | None,
    *,
    call: str | None = None,
    person: str | None = None,
) -> None:
    """Writes that the caller looks at that, if the setting says so: into the log of the room, or of
    the service if `room_id` is None. One request.

    Raises:
        StorageUnavailable: it is not written, so the caller must not see anything.
    """
    if not request.app.settings.access_log:
        return
    asked = {name: request.time(name) for name in _TIMES.get(what, ())}
    given = {
        **{name: None if at is None else format_time(at) for name, at in asked.items()},
        "kind": request.query("kind") if what == "log" else None,
        "call": call,
    }
    detail: Accessed = {
        "what": what,
        "query": {name: text for name, text in given.items() if text is not None},  # type: ignore[typeddict-item]
    }
    if person is not None:
        detail["person"] = person
    await request.app.accesses.record(room_id or SERVICE_LOG, detail, request.origin)
