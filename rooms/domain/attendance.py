"""Compares who was invited to a room with who came, for a time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rooms.domain.call import Call, Leg
from rooms.domain.events import PHONE_PREFIX
from rooms.domain.limits import LIMITS
from rooms.domain.people import NOBODY_NAMED, People, identified
from rooms.domain.presence import Stay, named_by, own_id
from rooms.domain.roster import Invited
from rooms.domain.stays import LegInTime, Stays, stays_of
from rooms.domain.time import Ticks
from rooms.domain.time_window import TimeWindow, start_in

type Status = Literal["attended", "expected", "absent", "uninvited", "cancelled"]
"""Invited people came, may still come, or did not come; `cancelled`: the room was deleted before.
`uninvited` people came to a room for the invited only; who came to an open room is a guest, and
`attended`."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a report is about: a time, and what is known of the room beside its rosters."""

    window: TimeWindow
    people: People = NOBODY_NAMED
    scheduled_start: Ticks | None = None
    cancelled: bool = False
    """Whether the room was deleted before that time."""
    may_call_phones: bool = False
    """Whether people in the room may call telephones. Events may say nothing of these."""


@dataclass(frozen=True, slots=True)
class Attendee:
    """The attendance of one person. Lengths are in ticks. None: not known, or not known yet."""

    person: str
    """The key of the person among the people of the room."""
    raw_ids: tuple[str, ...]
    """Those on a roster of the time, in its order, then others that came, in theirs."""
    display_name: str | None
    role: str | None
    status: Status
    guest: bool = False
    """Came to an open room without an invitation."""
    removed_at: Ticks | None = None
    """When they were removed, of who is not on the roster at the end of the time."""
    stays: tuple[Stay, ...] = ()
    duration: Ticks = 0
    alone: Ticks = 0
    """The part of `duration` with nobody else there."""
    alone_estimated: bool = False
    """Whether others may have been there of whom no event tells."""
    joins: int = 0
    """How often they joined, over all devices."""
    late: Ticks | None = None
    left_early: Ticks | None = None
    estimated: bool = False
    """Whether an event of one of these times is missing. Of who did not come: whether any event is,
    so that they may have come."""
    merged: bool = False
    """Whether there are breaks in the stays, as there were too many. `duration` leaves these out:
    it is exact if the stays lie wholly in the time."""


def attendance(
    occasion: Occasion, calls: Iterable[Call], invited: Invited, now: Ticks
) -> list[Attendee]:
    """Returns everyone who was invited, in their order, and then the others who came, in theirs.

    Leaves out who did not come and had been removed when it began.
    """
    window, people = occasion.window, occasion.people
    known = [identified(call, people) for call in calls]
    going_on = [call for call in known if is_in(call, window, now)]
    has_gaps = any(call.has_gaps for call in going_on)
    incomplete = any(call.incomplete for call in going_on)
    came, stays = _came(known, window, now)
    alone = _alone(stays, now)
    alone_estimated = (
        has_gaps
        or occasion.may_call_phones
        or any(map(_has_phone, going_on))
        or any(each.merged for each in stays.values())
    )
    roster = people.by_key(invited.roster)
    others = sorted(
        came.keys() - roster.keys(), key=lambda person: (stays[person].stays[0].start, person)
    )
    began = _beginning(occasion, going_on, now)
    missing = _status_of_missing(occasion, now)
    attendees = []
    for person in [*roster, *others]:
        raw_ids = roster.get(person, [])
        role, removed_at = _invited_as(raw_ids, invited)
        if (legs := came.get(person)) is None:
            if removed_at is None or removed_at > began:
                attendees.append(
                    Attendee(
                        person=person,
                        raw_ids=tuple(raw_ids),
                        display_name=None,
                        role=role,
                        status=missing,
                        removed_at=removed_at,
                        estimated=has_gaps,
                    )
                )
            continue
        guest = invited.open and not raw_ids
        own, named = stays[person], named_by(legs)
        attendees.append(
            Attendee(
                person=person,
                raw_ids=tuple(dict.fromkeys((*raw_ids, *map(own_id, legs)))),
                display_name=named.display_name,
                role=named.role or role,
                status="attended" if raw_ids or guest else "uninvited",
                guest=guest,
                removed_at=removed_at,
                stays=own.stays,
                duration=own.duration,
                alone=min(alone[person], own.duration),
                alone_estimated=alone_estimated,
                joins=sum(leg.joins for leg in legs),
                late=own.stays[0].start - window.start,
                left_early=_left_early(own.stays[-1], window, now),
                estimated=window.estimated or incomplete or any(leg.estimated for leg in legs),
                merged=own.merged,
            )
        )
    return attendees


def is_in(call: Call, window: TimeWindow, now: Ticks) -> bool:
    """Returns whether a part of the call lies in this time."""
    return window.cut(Stay(call.started_at, call.ended_at), now) is not None


def _has_phone(call: Call) -> bool:
    return any((leg.raw_id or "").startswith(PHONE_PREFIX) for leg in call.legs)


def _came(
    calls: Iterable[Call], window: TimeWindow, now: Ticks
) -> tuple[dict[str, list[Leg]], dict[str, Stays]]:
    """Returns the legs of each person that lie in the time, by when they were joined, and the
    person's stays there."""
    cuts = [
        LegInTime(call.id, leg, stay)
        for call in calls
        for leg in call.legs
        if (stay := window.cut(Stay(leg.joined_at, leg.left_at), now)) is not None
    ]
    people: defaultdict[str, list[LegInTime]] = defaultdict(list)
    for cut in sorted(cuts, key=lambda cut: cut.leg.joined_at):
        people[cut.leg.person].append(cut)
    legs = {person: [cut.leg for cut in own] for person, own in people.items()}
    return legs, {person: stays_of(own, now, LIMITS.legs) for person, own in people.items()}


def _beginning(occasion: Occasion, calls: Iterable[Call], now: Ticks) -> Ticks:
    """Returns when it began: who had been removed by then was not to come."""
    window = occasion.window
    if (planned := start_in(window, occasion.scheduled_start)) is not None:
        return planned
    end = now if window.end is None else window.end
    return min((max(call.started_at, window.start) for call in calls), default=min(end, now))


def _status_of_missing(occasion: Occasion, now: Ticks) -> Status:
    if occasion.cancelled:
        return "cancelled"
    return "absent" if occasion.window.is_over(now) else "expected"


def _invited_as(raw_ids: Sequence[str], invited: Invited) -> tuple[str | None, Ticks | None]:
    """Returns the role of a person, that of the first raw id that was not removed, and when the
    last one was, if all were."""
    for raw_id in raw_ids:
        if raw_id not in invited.removed:
            return invited.roster[raw_id], None
    if not raw_ids:
        return None, None
    return invited.roster[raw_ids[0]], max(invited.removed[raw_id] for raw_id in raw_ids)


def _left_early(last: Stay, window: TimeWindow, now: Ticks) -> Ticks | None:
    if window.end is None or not window.is_over(now):
        return None
    return window.end - last.until(now)


def _alone(stays: Mapping[str, Stays], now: Ticks) -> dict[str, Ticks]:
    """Returns how long each person was there with nobody else, breaks in their stays aside."""
    changes = sorted(
        change
        for person, some in stays.items()
        for stay in some.stays
        if stay.start != stay.end
        for change in ((stay.start, True, person), (stay.until(now), False, person))
    )
    there: set[str] = set()
    since: Ticks = 0
    alone = dict.fromkeys(stays, 0)
    for at, comes, person in changes:
        if len(there) == 1:
            alone[next(iter(there))] += at - since
        since = at
        if comes:
            there.add(person)
        else:
            there.discard(person)
    return alone
