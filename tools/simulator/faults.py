"""Plans what happens to events on their way: loss, copies, delay and another order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults of the delivery."""

    shuffle: bool = False
    copies: int = 1
    """How many times each event is delivered."""
    drop: float = 0.0
    """The probability that an event is never delivered."""
    delay_seconds: float = 0.0
    """The maximum of the random delay of each delivery."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request with events of one schema."""

    after_seconds: float
    """Time of the first attempt, from the start."""
    places: tuple[int, ...]
    """Positions of its events among all."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The deliveries, and the events that are never delivered."""

    deliveries: tuple[Delivery, ...]
    dropped: frozenset[int]


def plan(
    elements: Sequence[Mapping[str, Any]],
    faults: Faults,
    seed: int,
    batch: int = 1,
    due_seconds: Sequence[float] | None = None,
) -> Plan:
    """Returns the deliveries of these events, by time.

    Args:
        batch: maximum number of events in one delivery.
        due_seconds: when each event happens. Default: all have happened.
    """
    random = Random(f"{seed}/faults")
    dropped = frozenset(place for place in range(len(elements)) if random.random() < faults.drop)
    copies = [
        place
        for _ in range(faults.copies)
        for place in range(len(elements))
        if place not in dropped
    ]
    if due_seconds is not None:
        copies.sort(key=due_seconds.__getitem__)
    if faults.shuffle:
        random.shuffle(copies)
    deliveries = []
    for cloud in (False, True):
        of_schema = [place for place in copies if ("specversion" in elements[place]) is cloud]
        for places in batched(of_schema, batch, strict=False):
            due = 0.0 if due_seconds is None else max(due_seconds[place] for place in places)
            deliveries.append(Delivery(due + random.random() * faults.delay_seconds, places))
    if faults.shuffle:
        random.shuffle(deliveries)
    deliveries.sort(key=lambda delivery: delivery.after_seconds)
    return Plan(tuple(deliveries), dropped)
