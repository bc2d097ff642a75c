"""Writes the script of a day in a clinic: a pure function of seed and time.

Twelve appointments around now: five are over, three are going on, four come later. In one that is
over the patient did not come, and in one that is going on the patient is missing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from simulator.meeting import Call, Leg, Meeting, Person
from simulator.people import guid, invited
from simulator.script import CLIENTS

_STAFF = (
    ("Dr. ", "Presenter"),
    ("Dr. ", "Presenter"),
    ("Dr. ", "Presenter"),
    ("Dr. ", "Presenter"),
    ("Dr. ", "Presenter"),
    ("Nurse ", "Collaborator"),
    ("", "Collaborator"),
)
"""What stands before each name, and the role."""
_NURSE, _INTERPRETER = 5, 6
"""Places in it. The others are doctors."""


@dataclass(frozen=True, slots=True)
class _Stay:
    """One device in the call, in minutes after the scheduled start."""

    who: int
    """The place among the people of the appointment: the staff, then the patients."""
    joined: float
    left: float | None = None
    """None means the end of the call."""


@dataclass(frozen=True, slots=True)
class _Appointment:
    """Times are in minutes: `begins` after now, and `ended` after that."""

    title: str
    begins: int
    minutes: int
    staff: tuple[int, ...]
    patients: int = 1
    stays: tuple[_Stay, ...] = ()
    ended: float | None = None
    """None: the call has not ended, if there is one."""


_CLASS = (0.4, 1.1, -2.3, 0.8, 3.6, -0.5)
"""When the patients of a class join."""

_APPOINTMENTS = (
    _Appointment("Intake", -240, 30, (0,), 1, (_Stay(0, -1.6), _Stay(1, 0.7)), 28.3),
    _Appointment("Follow-up", -195, 20, (1,), 1, (_Stay(0, -0.8), _Stay(1, 6.4)), 24.1),
    _Appointment(
        "Diabetes class",
        -180,
        45,
        (2, _NURSE),
        len(_CLASS),
        (
            _Stay(0, -4.2),
            _Stay(1, -3.1, 31.5),
            *(_Stay(2 + place, joined) for place, joined in enumerate(_CLASS)),
        ),
        46.8,
    ),
    _Appointment(
        "Blood pressure review",
        -125,
        20,
        (3,),
        1,
        (_Stay(0, -0.4), _Stay(1, -1.2, 7.6), _Stay(1, 9.9)),
        18.7,
    ),
    _Appointment("Physiotherapy", -80, 30, (1,), 1, (_Stay(0, -0.9),), 12.2),
    _Appointment(
        "Case conference",
        -25,
        50,
        (0, 2, _NURSE),
        2,
        (
            _Stay(0, -3.7),
            _Stay(1, -0.2),
            _Stay(2, 1.4, 12.5),
            _Stay(2, 14.1),
            _Stay(3, 0.6),
            _Stay(4, 5.3),
        ),
    ),
    _Appointment(
        "Consultation",
        -10,
        30,
        (1, _INTERPRETER),
        1,
        (_Stay(0, -0.6), _Stay(1, 2.8), _Stay(2, 1.3)),
    ),
    _Appointment("Medication review", -5, 20, (3,), 1, (_Stay(0, -1.1),)),
    _Appointment("Follow-up", 10, 20, (4,)),
    _Appointment("Travel advice", 25, 30, (2,)),
    _Appointment("Wound check", 120, 20, (3, _NURSE)),
    _Appointment("Therapy", 210, 50, (1,)),
)


def day(seed: int, now: datetime) -> tuple[Meeting, ...]:
    """Returns the appointments by time. The people of a seed are always the same.

    What happens after `now` is written, too: as it would go on.
    """
    staff, patients = _people(Random(f"{seed}/clinic"))
    coming = iter(patients)
    start = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0)
    of_today = Random(f"{seed}/{now}")
    return tuple(
        _meeting(
            appointment,
            (
                *(staff[place] for place in appointment.staff),
                *(next(coming) for _ in range(appointment.patients)),
            ),
            start + timedelta(minutes=appointment.begins),
            of_today,
        )
        for appointment in _APPOINTMENTS
    )


def _people(random: Random) -> tuple[list[Person], list[Person]]:
    """Returns the staff, and the patients in the order of their appointments."""
    patients = sum(appointment.patients for appointment in _APPOINTMENTS)
    people = invited(random, len(_STAFF) + patients)
    return [
        _employed(person, *each, f"S-{number}")
        for number, (person, each) in enumerate(zip(people, _STAFF, strict=False), 101)
    ], [
        replace(person, external_id=f"P-{number}")
        for number, person in enumerate(people[len(_STAFF) :], 2001)
    ]


def _employed(person: Person, before: str, role: str, external_id: str) -> Person:
    name = f"{before}{person.name}"
    return replace(person, name=name, display_name=name, role=role, external_id=external_id)


def _meeting(
    appointment: _Appointment, people: tuple[Person, ...], start: datetime, random: Random
) -> Meeting:
    of_one = f", {people[-1].name}" if appointment.patients == 1 else ""
    end = start + timedelta(minutes=appointment.minutes)
    return Meeting(
        title=f"{appointment.title}{of_one}",
        people=people,
        calls=(_call(appointment, people, start, random),) if appointment.stays else (),
        role_changes=(),
        scheduled_start=start,
        scheduled_end=end,
    )


def _call(
    appointment: _Appointment, people: tuple[Person, ...], start: datetime, random: Random
) -> Call:
    def at(minutes: float) -> datetime:
        return start + timedelta(minutes=minutes)

    ended = at(appointment.minutes if appointment.ended is None else appointment.ended)
    legs = []
    for stay in appointment.stays:
        person, left = people[stay.who], ended if stay.left is None else at(stay.left)
        client = random.choice(CLIENTS)
        legs.append(
            Leg(person, person.role, guid(random), client, at(stay.joined), left, removed=left)
        )
    return Call(
        id=guid(random),
        server_id=guid(random).replace("-", ""),
        started=min(leg.joined for leg in legs),
        ended=ended,
        started_by=people[0],
        ended_by=people[0],
        legs=tuple(legs),
    )
