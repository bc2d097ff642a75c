"""Writes the script of a meeting: a pure function of seed, number of people, start and speed.

Times are whole milliseconds, so that what is said of them can be compared exactly.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from simulator.meeting import Call, Leg, Meeting, Person, RoleChange
from simulator.parts import MINUTE, SECOND, Spell, Stage, change_role, deal, stay
from simulator.people import cast, guid

LONGEST = timedelta(hours=3)
"""The maximum length of a script, at speed 1."""

MAX_SPEED = 120
"""At this speed a call still takes at least ten seconds."""

MIN_PEOPLE = 2

_ABSENT = 1 / 12
_MISSES_A_CALL = 0.1

_TITLES = (
    "Consultation",
    "Hearing",
    "Seminar",
    "Town hall",
    "Lesson",
    "Review",
    "Workshop",
    "Interview",
)
CLIENTS = (
    "azsdk-js-communication-calling/1.34.1 (browser=chrome; os=windows; deviceType=Desktop)",
    "azsdk-js-communication-calling/1.34.1 (browser=safari; os=macOS; deviceType=Desktop)",
    "azsdk-android-communication-calling/2.13.0 (os=android; deviceType=Phone)",
    "azsdk-ios-communication-calling/2.15.1 (os=iOS; deviceType=Phone)",
)


def write(seed: int, people: int, start: datetime, speed: float = 1) -> Meeting:
    """Returns the meeting of that seed.

    Args:
        people: how many are invited or come, at least 2.
        start: when the first call starts.
        speed: how many seconds of the script pass in one second, at most MAX_SPEED.
    """
    random = Random(f"{seed}/{people}")
    cast_ = cast(random, people)
    return _Writer(random, cast_, start, speed).meeting()


@dataclass(slots=True)
class _Writer:
    random: Random
    people: tuple[Person, ...]
    start: datetime
    speed: float

    def meeting(self) -> Meeting:
        stages = self._stages()
        host, *others = self.people
        absent = self.random.sample(
            [person for person in others if person.invited], self._absences()
        )
        coming = [person for person in others if person not in absent]
        roles = {person: person.role for person in self.people}
        changes: list[RoleChange] = []
        calls = []
        for number, stage in enumerate(stages):
            who = self._attending(coming, number, len(stages))
            calls.append(self._call(stage, host, who, roles, changes))
        return Meeting(
            title=f"{self.random.choice(_TITLES)} {self.random.randint(100, 999)}",
            people=self.people,
            calls=tuple(calls),
            role_changes=tuple(changes),
            scheduled_start=self._at(stages[0].start + MINUTE),
            scheduled_end=self._at(stages[-1].end - MINUTE),
        )

    def _at(self, milliseconds: int) -> datetime:
        return self.start + timedelta(milliseconds=round(milliseconds / self.speed))

    def _stages(self) -> list[Stage]:
        """Returns two or three calls, some minutes apart."""
        stages, start = [], 0
        for _ in range(self.random.choice((2, 2, 3))):
            end = start + self.random.randint(20 * MINUTE, 45 * MINUTE)
            stages.append(Stage(start, end))
            start = end + self.random.randint(6 * MINUTE, 12 * MINUTE)
        return stages

    def _absences(self) -> int:
        """Returns how many never come: one in twelve, and at least one of four or more."""
        return max(len(self.people) >= 4, round(len(self.people) * _ABSENT))

    def _attending(self, coming: list[Person], number: int, calls: int) -> list[Person]:
        """Returns the people in this call. Everyone who comes is in at least one."""
        return [
            person
            for place, person in enumerate(coming)
            if place % calls == number or self.random.random() >= _MISSES_A_CALL
        ]

    def _call(
        self,
        stage: Stage,
        host: Person,
        others: list[Person],
        roles: dict[Person, str],
        changes: list[RoleChange],
    ) -> Call:
        host_ends_it = self.random.random() < 0.5
        legs = self._legs(
            host,
            [Spell(stage.start + self.random.randint(50, 600), None)],
            stage,
            roles,
            changes,
            host_ends_it,
        )
        for person, part in zip(others, deal(self.random, len(others)), strict=True):
            # Only the invited have a role on the roster, and no role changes twice.
            may_change = person.invited and person.role == roles[person]
            played = part if part is not change_role or may_change else stay
            legs += self._legs(
                person, played(self.random, stage), stage, roles, changes, host_ends_it
            )
        end = self._at(stage.end)
        return Call(
            id=guid(self.random),
            server_id=guid(self.random).replace("-", ""),
            started=self._at(stage.start),
            ended=end,
            started_by=host,
            ended_by=host,
            legs=tuple(replace(leg, left=min(leg.removed, end)) for leg in legs),
        )

    def _legs(
        self,
        person: Person,
        spells: Iterable[Spell],
        stage: Stage,
        roles: dict[Person, str],
        changes: list[RoleChange],
        host_ends_it: bool,
    ) -> list[Leg]:
        legs = []
        for spell in spells:
            if spell.role_changed:
                roles[person] = "Presenter" if roles[person] != "Presenter" else "Attendee"
                changes.append(
                    RoleChange(self._at(spell.joined - 5 * SECOND), person, roles[person])
                )
            removed = self._at(self._end(stage, host_ends_it) if spell.left is None else spell.left)
            legs.append(
                Leg(
                    person,
                    roles[person],
                    guid(self.random),
                    self.random.choice(CLIENTS),
                    self._at(spell.joined),
                    removed,
                    removed,
                )
            )
        return legs

    def _end(self, stage: Stage, host_ends_it: bool) -> int:
        """Returns when a person who stays to the end is removed: before the end or, if a host ends
        the call, up to two minutes after."""
        if not host_ends_it:
            return stage.end - self.random.randint(SECOND // 2, MINUTE)
        choice = self.random.random()
        if choice < 0.3:
            return stage.end - self.random.randint(0, 20 * SECOND)
        if choice < 0.95:
            return stage.end + self.random.randint(0, SECOND)
        return stage.end + self.random.randint(SECOND, 110 * SECOND)
