"""The legs of a call, from joins and leaves.

docs/design/fold.md has the rules. Events come one by one, in their order. What is kept of a person
is bounded.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Self

from rooms.domain.call import Leg
from rooms.domain.events import CallEvent
from rooms.domain.rejoins import merge_legs
from rooms.domain.time import MAX_TIME, SECOND, Ticks

CLOCK_SKEW: Ticks = 2 * SECOND
"""A leave may have a time this much before its join: the clocks of the calling service differ."""


class Moves:
    """The joins and leaves of people in a call. A person has at most `most` legs, at least 3."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._owner = object()
        self._people: dict[str, _Person] = {}
        self._raw_ids: dict[str, str | None] = {}
        """By participant id: the first that an event of it has."""

    def copy(self) -> "Moves":
        """Returns the same, to go on apart. A person is copied when an event of them comes."""
        other = Moves(self._most)
        other._people, other._raw_ids = dict(self._people), dict(self._raw_ids)
        self._owner = object()
        return other

    def legs(self) -> Iterator[Leg]:
        """Yields the legs by now. Those with an estimated join last from the start of the call."""
        for person in self._people.values():
            yield from person.legs(self._most)

    def add(self, event: CallEvent, first_at: Ticks) -> None:
        """Adds a join or leave, of a call whose first event was at `first_at`."""
        device = event.participant_id or None
        raw_id = self._raw_id(device, event.raw_id)
        person = self._person(raw_id or device or "")
        if event.kind == "ParticipantAdded":
            person.join(device, _leg(event, raw_id, event.at), CLOCK_SKEW)
        else:
            person.leave(device, event, lambda: _left(event, raw_id, first_at))
        if (forgotten := person.limit(self._most, event.at)) is not None:
            self._raw_ids.pop(forgotten, None)

    def _raw_id(self, device: str | None, raw_id: str | None) -> str | None:
        """Returns the raw id of a device: the first that one of its events has."""
        if device is None:
            return raw_id or None
        if (known := self._raw_ids.get(device)) is not None:
            return known
        if raw_id and device in self._raw_ids:
            self._person(device).give(device, raw_id, self._person(raw_id))
        self._raw_ids[device] = raw_id or None
        return raw_id or None

    def _person(self, who: str) -> "_Person":
        """Returns a person, to be changed."""
        person = self._people.get(who)
        if person is None:
            person = self._people[who] = _Person(self._owner)
        elif person.owner is not self._owner:
            person = self._people[who] = person.copy(self._owner)
        return person


@dataclass(slots=True)
class _Person:
    """The legs of one person. Devices are by participant id; None stands for events without one."""

    owner: object
    """What may change this. Others copy it first."""
    last: dict[str | None, Leg] = field(default_factory=dict)
    """The leg of each device that is there, or that has a leg which the next event may change:
    clocks may be skewed, or nobody told of its leave."""
    gone: dict[str | None, None] = field(default_factory=dict)
    """The other devices. Who left last is last."""
    forgot: bool = False
    """Whether some of these are not known any more."""
    over: list[Leg] = field(default_factory=list)
    unsure: Leg | None = None
    """That of a first leave without a participant id."""
    joined_at: Ticks = MAX_TIME
    """The first join with a participant id and a raw id. A leave without a participant id says
    nothing new from then on."""

    def copy(self, owner: object) -> Self:
        return replace(
            self, owner=owner, last=dict(self.last), gone=dict(self.gone), over=list(self.over)
        )

    def legs(self, most: int) -> Iterator[Leg]:
        """Yields at most so many legs, those that are over first."""
        others = list(self.last.values())
        if self.unsure is not None:
            others.insert(0, self.unsure)
        yield from merge_legs(self.over, others, max(1, most - len(others)))
        yield from (leg for leg in others if self._is_new(leg))

    def join(self, device: str | None, joined: Leg, skew: Ticks) -> None:
        """Adds a join that makes this leg, unless the device is there already."""
        leg = self.last.get(device)
        if leg is not None and leg.left_at is None:
            self.last[device] = _renamed(leg, joined)
            return
        if device is not None and joined.raw_id:
            self.joined_at = min(self.joined_at, joined.joined_at)
        if leg is not None:
            if leg.join_estimated and joined.joined_at - (leg.left_at or 0) <= skew:
                joined = replace(joined, left_at=joined.joined_at, leave_estimated=True)
            else:
                self._end(device, leg)
        self.gone.pop(device, None)
        self.last[device] = joined

    def leave(self, device: str | None, event: CallEvent, first: Callable[[], Leg]) -> None:
        """Adds a leave. If nothing was known of its device, it makes the `first` leg.

        One that nobody told of, which is estimated, counts until another event of the device.
        """
        if device in self.gone:
            return
        leg = self.last.pop(device, None)
        is_first = leg is None
        if leg is None:
            leg = None if self.forgot else first()
        elif leg.left_at is None or (leg.leave_estimated and not event.estimated):
            leg = replace(leg, left_at=event.at, leave_estimated=event.estimated)
        if leg is not None and (leg.leave_estimated or (is_first and leg.join_estimated)):
            self.last[device] = leg
            return
        if leg is not None:
            self._end(device, leg)
        self.gone[device] = None

    def limit(self, most: int, at: Ticks) -> str | None:
        """Merges legs if there are a quarter too many: it costs less than to do so each time.

        Returns a participant id that is not known any more.
        """
        while len(self.last) > most - 2:
            self._end_oldest(at)
        if len(self.over) + len(self.last) > most + most // 4:
            self.over = merge_legs(self.over, [*self.last.values()], most - len(self.last))
        if len(self.gone) <= most:
            return None
        oldest = next(iter(self.gone))
        del self.gone[oldest]
        self.forgot = True
        return oldest

    def give(self, device: str, raw_id: str, other: "_Person") -> None:
        """Gives a device with its legs to the person with this raw id."""
        legs = [_with_raw_id(leg, raw_id) for leg in self.over if leg.participant_id == device]
        self.over = [leg for leg in self.over if leg.participant_id != device]
        other.over += legs
        if (last := self.last.pop(device, None)) is not None:
            other.last[device] = _with_raw_id(last, raw_id)
            legs.append(last)
        if device in self.gone:
            other.gone[device] = self.gone.pop(device)
        joined = [leg.joined_at for leg in legs if not leg.join_estimated]
        other.joined_at = min((other.joined_at, *joined))

    def _is_new(self, leg: Leg) -> bool:
        """Returns whether a leg says something that no other device of the person says."""
        told = leg.participant_id or not leg.join_estimated
        return bool(told) or (leg.left_at or 0) < self.joined_at

    def _end(self, device: str | None, leg: Leg) -> None:
        if device is None and leg.join_estimated:
            self.unsure = leg
        else:
            self.over.append(leg)

    def _end_oldest(self, at: Ticks) -> None:
        """Ends the leg of the device that has been there longest: so many cannot be there."""
        device, leg = next(iter(self.last.items()))
        del self.last[device]
        self._end(
            device, replace(leg, left_at=at, leave_estimated=True) if leg.left_at is None else leg
        )
        self.gone[device] = None


def _leg(event: CallEvent, raw_id: str | None, joined_at: Ticks) -> Leg:
    """Returns the leg that a join or leave tells of."""
    return Leg(
        participant_id=event.participant_id,
        raw_id=raw_id,
        display_name=event.display_name or None,
        role=event.role or None,
        endpoint_type=event.endpoint_type or None,
        joined_at=joined_at,
        join_estimated=False,
        left_at=None,
        leave_estimated=False,
        person=raw_id or event.participant_id or "",
    )


def _left(event: CallEvent, raw_id: str | None, first_at: Ticks) -> Leg:
    """Returns the leg that a leave tells of by itself: since the join, if it says how long ago that
    was, or since the first event of the call."""
    told = event.told_start
    return replace(
        _leg(event, raw_id, first_at if told is None else told),
        join_estimated=told is None,
        left_at=event.at,
        leave_estimated=event.estimated,
    )


def _renamed(leg: Leg, told: Leg) -> Leg:
    """Returns a leg with what another join of the same stay tells."""
    return replace(
        leg,
        display_name=told.display_name or leg.display_name,
        role=told.role or leg.role,
        endpoint_type=told.endpoint_type or leg.endpoint_type,
    )


def _with_raw_id(leg: Leg, raw_id: str) -> Leg:
    return replace(leg, raw_id=raw_id, person=raw_id)


def leg_order(leg: Leg) -> tuple[Ticks, str, str, Ticks]:
    """Returns a key by which the legs of a call are in order: by the time of joining."""
    return leg.joined_at, leg.person, leg.participant_id or "", leg.left_at or MAX_TIME
