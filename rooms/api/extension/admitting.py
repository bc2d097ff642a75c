"""Decides whether people may join, writes the decisions down, and lets in who may."""

import logging
import secrets
from dataclasses import dataclass

from rooms.api.body import StrictBody, Text
from rooms.api.errors import CallWasEnded, RemovedFromThisCall
from rooms.app import App
from rooms.domain.admission import (
    UNOCCUPIED,
    Admitted,
    Reason,
    Refused,
    admission,
    needs_occupancy,
)
from rooms.domain.details import Details, names_in
from rooms.domain.limits import LIMITS
from rooms.domain.log_details import AdmittedDetail, Asker, RefusedDetail
from rooms.domain.log_details import Reason as LoggedReason
from rooms.domain.room import Room
from rooms.domain.roster import Role, Roster
from rooms.domain.time import SECOND, Ticks, format_time
from rooms.media.carrier import AcsToken, Joining, WayIn
from rooms.storage.changes import Origin
from rooms.storage.join_links import HeldLink

_log = logging.getLogger(__name__)


class LostConnection(StrictBody):
    """The connection that somebody lost and does not know why: the ids of the call and of their leg
    in it."""

    call_id: Text
    participant_id: Text


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks to join, with which device: None is another one each time. `lost` is the connection
    that this device had and lost. `link` is the id of the join link that they have. `media` is
    whether they want a way in; None: if they need one from us."""

    raw_id: str
    display_name: str | None
    device: str | None
    lost: LostConnection | None
    link: str | None = None
    media: bool | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A decision, what it is about, and when the log has it. `incomplete`: there may be people in
    the call who were not counted. `details` is empty if they were not read."""

    at: Ticks
    decision: Admitted | Refused
    incomplete: bool
    room: Room
    roster: Roster
    details: Details


async def judged(
    app: App, room_id: str, raw_id: str, at: Ticks | None = None, *, with_details: bool = False
) -> Judgement:
    """Decides whether somebody may join at `at`, or now, and changes nothing. One request to the
    storage, and those for the people in the call. Where rooms are changed at ACS, also those to
    pull a room that was not pulled just before.

    The room and the roster are always those of now. Now is what the clock says: a change by an
    instance whose clock is wrong must not close the room, only the log has the decision after it.
    """
    moving = app.settings.moving
    if app.pull is not None and moving is not None and moving.mode == "observe":
        await app.pull.fresh(room_id)
    as_of = app.clock()
    details: Details = {}
    if with_details:
        found, details = await app.rooms.with_details(room_id)
    else:
        found = await app.rooms.with_roster(room_id)
    capacity, occupancy = app.settings.call_capacity, UNOCCUPIED
    if needs_occupancy(found.room, found.roster, capacity):
        occupancy = await (
            app.admissions.occupancy(room_id)
            if at is None
            else app.admissions.occupancy_at(room_id, at, as_of)
        )
    logged = max(as_of, found.changed_at + 1)
    if at is None:
        at = logged if logged - as_of <= LIMITS.clock_skew_seconds * SECOND else as_of
    lacks = app.entry_to(found.room).lacks
    decision = admission(found.room, found.roster, raw_id, at, occupancy, capacity, lacks)
    return Judgement(logged, decision, occupancy.incomplete, found.room, found.roster, details)


async def carry_out(
    app: App,
    judgement: Judgement,
    asking: Asking,
    origin: Origin,
    binds: HeldLink | None = None,
) -> WayIn | AcsToken | None:
    """Writes a decision into the log, and returns the way in of who is admitted, if they want one.
    One request to the storage, and one more for who is admitted and has lost a connection.

    The way in comes before the record: where the log says Admitted, there was one.

    Args:
        binds: the join link of `asking` if no browser is known that it is bound to. Who is
            admitted binds it.

    Raises:
        CallWasEnded: somebody has just ended the call that was lost, for everybody.
        RemovedFromThisCall: somebody has just removed this device from it.
        OtherResource: ACS does not know the person.
        NoMediaPlane, CallsAtAcs: there is no way in from here.
        MediaError, AcsError: what carries the call does not answer, or refuses.
        JoinLinkUsed: another browser was faster.
        With all of these the log has nothing.
    """
    room_id, decision = judgement.room.id, judgement.decision
    way_in = None
    if isinstance(decision, Admitted):
        if asking.lost is not None:
            await _check_loss(app, room_id, asking.raw_id, asking.lost)
        way_in = await _way_in(app, judgement, asking, decision.role)
    kind, detail = type(decision).__name__, _logged(asking, judgement)
    bound = binds if isinstance(decision, Admitted) else None
    await app.admissions.record(room_id, judgement.at, kind, detail, origin, bound)
    _tell(room_id, decision)
    return way_in


def _tell(room_id: str, decision: Admitted | Refused) -> None:
    """Logs a decision for the monitoring, without the person."""
    match decision:
        case Admitted(role):
            _log.info("admission: room %s admits: %s", room_id, role)
        case Refused(reasons):
            codes = ", ".join(reason.code for reason in reasons)
            _log.info("admission: room %s refuses: %s", room_id, codes)


async def _way_in(
    app: App, judgement: Judgement, asking: Asking, role: Role
) -> WayIn | AcsToken | None:
    """Returns the way in of somebody who is admitted, if they want one."""
    entry = app.entry_to(judgement.room)
    if not (entry.lets_in if asking.media is None else asking.media):
        return None
    name = asking.display_name or names_in(judgement.details).get(asking.raw_id)
    device = asking.device or secrets.token_urlsafe(12)
    return await entry.way_in(judgement.room, Joining(asking.raw_id, device, role, name))


async def _check_loss(app: App, room_id: str, raw_id: str, lost: LostConnection) -> None:
    """Raises if the device was put out of the call: then it must not come back by mistake."""
    match await app.call_log.put_out(room_id, raw_id, lost.call_id, lost.participant_id):
        case "CallEndedForAll":
            raise CallWasEnded
        case "RemovedFromCall":
            raise RemovedFromThisCall


def logged_reason(reason: Reason) -> LoggedReason:
    """Returns a reason of a refusal, as answers and the log have it."""
    body: LoggedReason = {
        "code": reason.code,
        "subCode": reason.sub_code,
        "message": reason.message,
    }
    if reason.opens_at is not None:
        body["opensAt"] = format_time(reason.opens_at)
    return body


def _logged(asking: Asking, judgement: Judgement) -> AdmittedDetail | RefusedDetail:
    """Returns the detail of the log record of a decision."""
    who: Asker = {"rawId": asking.raw_id}
    if asking.display_name is not None:
        who["displayName"] = asking.display_name
    if judgement.incomplete:
        who["incomplete"] = True
    if asking.link is not None:
        who["link"] = asking.link
    match judgement.decision:
        case Admitted(role=role, guest=guest):
            return {**who, "role": role, "guest": guest}
        case Refused(reasons):
            return {**who, "reasons": [logged_reason(reason) for reason in reasons]}
