"""Defines what people do in a call. A part is a list of spells, in milliseconds of the script."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

SECOND = 1_000
MINUTE = 60 * SECOND


@dataclass(frozen=True, slots=True)
class Spell:
    """The time that one device is in the call, as a participant of its own."""

    joined: int
    left: int | None
    """None means the end of the call."""
    role_changed: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """The start and end of the call."""

    start: int
    end: int

    def at(self, random: Random, earliest: float, latest: float) -> int:
        """Returns a random time between these fractions of the call."""
        return self.start + round((self.end - self.start) * random.uniform(earliest, latest))


type Part = Callable[[Random, Stage], list[Spell]]


def stay(random: Random, stage: Stage) -> list[Spell]:
    """Comes on time and stays to the end."""
    return [Spell(_soon(random, stage), None)]


def come_late(random: Random, stage: Stage) -> list[Spell]:
    """Misses the beginning."""
    return [Spell(stage.at(random, 0.15, 0.45), None)]


def leave_early(random: Random, stage: Stage) -> list[Spell]:
    """Misses the end."""
    return [Spell(_soon(random, stage), stage.at(random, 0.5, 0.85))]


def rejoin(random: Random, stage: Stage) -> list[Spell]:
    """Leaves, and joins again some time later."""
    left = stage.at(random, 0.3, 0.6)
    return [
        Spell(_soon(random, stage), left),
        Spell(left + random.randint(30 * SECOND, 4 * MINUTE), None),
    ]


def bring_a_second_device(random: Random, stage: Stage) -> list[Spell]:
    """Is in the call with two devices for a while."""
    return [
        Spell(_soon(random, stage), None),
        Spell(stage.at(random, 0.2, 0.4), stage.at(random, 0.5, 0.8)),
    ]


def hand_over(random: Random, stage: Stage) -> list[Spell]:
    """Joins from another device, then leaves with the first."""
    return [
        Spell(_soon(random, stage), stage.at(random, 0.5, 0.6)),
        Spell(stage.at(random, 0.3, 0.45), None),
    ]


def move(random: Random, stage: Stage) -> list[Spell]:
    """Changes the device without a gap."""
    moved = stage.at(random, 0.3, 0.7)
    return [Spell(_soon(random, stage), moved), Spell(moved, None)]


def change_role(random: Random, stage: Stage) -> list[Spell]:
    """Is removed because of a new role on the roster, and joins again with it."""
    removed = stage.at(random, 0.3, 0.7)
    rejoined = removed + random.randint(1_500, 4 * SECOND)
    return [Spell(_soon(random, stage), removed), Spell(rejoined, None, role_changed=True)]


SHARES: dict[Part, float] = {
    come_late: 0.12,
    leave_early: 0.08,
    rejoin: 0.06,
    bring_a_second_device: 0.04,
    hand_over: 0.02,
    move: 0.02,
    change_role: 0.02,
}
"""The share of people for each part. The others stay."""


def deal(random: Random, count: int) -> list[Part]:
    """Returns that number of parts. Each part occurs if there are enough people. At least a quarter
    of many people just stays."""
    parts: list[Part] = [
        part for part, share in SHARES.items() for _ in range(max(1, round(share * count)))
    ]
    random.shuffle(parts)
    parts = parts[: max(count * 3 // 4, min(count, len(SHARES)))]
    parts += [stay] * (count - len(parts))
    random.shuffle(parts)
    return parts


def _soon(random: Random, stage: Stage) -> int:
    return stage.start + random.randint(SECOND, 2 * MINUTE)
