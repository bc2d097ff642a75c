"""Compares who was invited to a room with who came, for a time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rooms.domain.call import Call, Leg
from rooms.domain.presence import Stay, merge_stays
from rooms.domain.roster import Invited
from rooms.domain.time import Ticks

type Status = Literal["attended", "expected", "absent", "uninvited"]
"""Invited people came, may still come, or did not come. `uninvited` people came to a room
for the invited only; who came to an open room is a guest, and `attended`."""


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """The time of a report. `end` is None while its call is live. `estimated`: an end is."""

    start: Ticks
    end: Ticks | None
    estimated: bool = False

    def is_over(self, now: Ticks) -> bool:
        """Returns whether nobody can come any more."""
        return self.end is not None and self.end <= now


@dataclass(frozen=True, slots=True)
class Attendee:
    """The attendance of one person. Lengths are in ticks. None: not known, or not known yet."""

    person: str
    display_name: str | None
    role: str | None
    status: Status
    guest: bool = False
    """Came to an open room without an invitation."""
    stays: tuple[Stay, ...] = ()
    duration: Ticks = 0
    alone: Ticks = 0
    """The part of `duration` with nobody else there."""
    joins: int = 0
    """The number of legs, over all devices."""
    late: Ticks | None = None
    left_early: Ticks | None = None
    estimated: bool = False


def attendance(
    slot: TimeWindow, calls: Iterable[Call], invited: Invited, now: Ticks
) -> list[Attendee]:
    """Returns everyone who was invited, in their order, and then the others who came, in theirs."""
    cuts = [
        (leg, stay)
        for call in calls
        for leg in call.legs
        if (stay := _cut(leg, slot, now)) is not None
    ]
    came: defaultdict[str, list[tuple[Leg, Stay]]] = defaultdict(list)
    for leg, stay in sorted(cuts, key=lambda cut: cut[0].joined_at):
        came[leg.person].append((leg, stay))
    stays = {person: merge_stays(stay for _, stay in some) for person, some in came.items()}
    alone = _alone(stays, now)
    others = sorted(
        came.keys() - invited.roster.keys(), key=lambda person: (stays[person][0].start, person)
    )
    attendees = []
    for person in [*invited.roster, *others]:
        if person in came:
            legs = [leg for leg, _ in came[person]]
            guest = invited.has_as_guest(person)
            status: Status = "attended" if guest or person in invited.roster else "uninvited"
            attendee = _attendee(person, legs, stays[person], slot, status, now)
            role = attendee.role or invited.roster.get(person)
            attendees.append(replace(attendee, role=role, guest=guest, alone=alone[person]))
        else:
            status = "absent" if slot.is_over(now) else "expected"
            attendees.append(Attendee(person, None, invited.roster[person], status))
    return attendees


def _attendee(
    person: str,
    legs: Sequence[Leg],
    stays: Sequence[Stay],
    slot: TimeWindow,
    status: Status,
    now: Ticks,
) -> Attendee:
    """Returns the attendance of somebody who came, without the time alone."""
    estimated = any(leg.join_estimated or leg.leave_estimated for leg in legs)
    left_early = None
    if slot.end is not None and slot.is_over(now):
        left_early = slot.end - _end(stays[-1], now)
    return Attendee(
        person=person,
        display_name=legs[-1].display_name,
        role=legs[-1].role,
        status=status,
        stays=tuple(stays),
        duration=sum(_end(stay, now) - stay.start for stay in stays),
        joins=len(legs),
        late=stays[0].start - slot.start,
        left_early=left_early,
        estimated=slot.estimated or estimated,
    )


def _cut(leg: Leg, slot: TimeWindow, now: Ticks) -> Stay | None:
    """Returns the part of a leg that lies in the slot.

    A leg of no length at an end of the slot lies in it, too.
    """
    start = max(leg.joined_at, slot.start)
    over = slot.end if slot.is_over(now) else None
    if leg.joined_at == leg.left_at:
        is_in = start == leg.joined_at and (over is None or start <= over)
        return Stay(start, start) if is_in else None
    if leg.left_at is None:
        end = over
    elif slot.end is None:
        end = leg.left_at
    else:
        end = min(leg.left_at, slot.end)
    latest = now + 1 if end is None else end
    return Stay(start, end) if start < latest else None


def _end(stay: Stay, now: Ticks) -> Ticks:
    return now if stay.end is None else stay.end


def _alone(stays: Mapping[str, Sequence[Stay]], now: Ticks) -> dict[str, Ticks]:
    """Returns how long each person was there with nobody else."""
    changes = sorted(
        change
        for person, some in stays.items()
        for stay in some
        if stay.start != stay.end
        for change in ((stay.start, True, person), (_end(stay, now), False, person))
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
