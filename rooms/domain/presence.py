"""Who is in a call at a moment, and from when until when people were there."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rooms.domain.call import Call, Leg
from rooms.domain.time import Ticks


@dataclass(frozen=True, slots=True)
class Stay:
    """From `start` until just before `end`; None: still there. A stay of no length is known of, but
    did not last."""

    start: Ticks
    end: Ticks | None

    def covers(self, at: Ticks) -> bool:
        """Returns whether `at` is in it."""
        return self.start <= at and (self.end is None or at < self.end)

    def until(self, now: Ticks) -> Ticks:
        """Returns its end, or `now` if there is none."""
        return now if self.end is None else self.end


class PersonInCall(
    NamedTuple
):  # not a dataclass: hundreds are made for one answer, and these take a third of the time
    """A person who is in a call: since when without a break, and with how many devices.

    `estimated`: the event for the coming or going of one of these devices is missing, or the
    person came back so often that they may have been away just then.
    """

    person: str
    raw_id: str
    """That of the leg joined last."""
    raw_ids: tuple[str, ...]
    """Those of all legs in the call so far, in the order of joining."""
    display_name: str | None
    role: str | None
    since: Ticks
    legs: int
    estimated: bool


def legs_by_person(legs: Iterable[Leg]) -> dict[str, list[Leg]]:
    """Returns the legs of each person, in the order in which they are given."""
    people: defaultdict[str, list[Leg]] = defaultdict(list)
    for leg in legs:
        people[leg.person].append(leg)
    return dict(people)


def raw_ids_of(legs: Sequence[Leg]) -> tuple[str, ...]:
    """Returns the raw ids of a person with these legs; of one without, the participant ids."""
    if len(legs) == 1:  # as most people have, of whom one answer may have hundreds
        return (own_id(legs[0]),)
    return tuple(dict.fromkeys(map(own_id, legs)))


def own_id(leg: Leg) -> str:
    """Returns the raw id of a leg, or the participant id if no event has a raw id."""
    return leg.raw_id or leg.participant_id or ""


def named_by(legs: Sequence[Leg]) -> Leg:
    """Returns the leg from which a person with these has name and role: the one joined last of
    which there is an event, or else the last."""
    for leg in reversed(legs):
        if not leg.is_concluded:
            return leg
    return legs[-1]


def merge_stays(stays: Iterable[Stay]) -> list[Stay]:
    """Returns the same time in as few stays as possible. Stays that touch become one."""
    merged: list[Stay] = []
    for stay in sorted(stays, key=lambda stay: stay.start):
        if merged and ((last := merged[-1]).end is None or stay.start <= last.end):
            ends = (last.end, stay.end)
            merged[-1] = Stay(
                last.start, None if ends[0] is None or ends[1] is None else max(ends[0], ends[1])
            )
        else:
            merged.append(stay)
    return merged


def call_at(calls: Iterable[Call], at: Ticks) -> Call | None:
    """Returns the call that goes on at `at`. If there are several, it is the one that started
    last."""
    going_on = [call for call in calls if Stay(call.started_at, call.ended_at).covers(at)]
    return max(going_on, key=lambda call: call.start_order, default=None)


def present_at(call: Call, at: Ticks) -> list[PersonInCall]:
    """Returns the people in a call at `at`. Who has been there longest comes first."""
    present = []
    for person, legs in legs_by_person(leg for leg in call.legs if leg.joined_at <= at).items():
        there = [leg for leg in legs if leg.covers(at)]
        if there:
            since = there[0].joined_at
            if len(legs) > 1:  # the stay may have begun on another device
                since = next(
                    stay.start
                    for stay in merge_stays(Stay(leg.joined_at, leg.left_at) for leg in legs)
                    if stay.covers(at)
                )
            last = named_by(legs)
            present.append(
                PersonInCall(
                    person,
                    own_id(last),
                    raw_ids_of(legs),
                    last.display_name,
                    last.role,
                    since,
                    len(there),
                    any(leg.estimated for leg in there)
                    or any(leg.away and leg.joined_at >= since for leg in legs),
                )
            )
    return sorted(present, key=lambda person: (person.since, person.person))
