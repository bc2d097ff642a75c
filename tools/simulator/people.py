"""Invents the people of a meeting."""

from random import Random
from uuid import UUID

from simulator.meeting import Person

RESOURCE = "5ab1e000-0000-4000-8000-000000000000"
"""The ACS resource of all people."""

# fmt: off
_FIRST = (
    "Amara", "Ana", "Anders", "Aoife", "Bao", "Beatriz", "Cem", "Chidi", "Clara", "Daniel",
    "Deepa", "Elif", "Emeka", "Farah", "Felix", "Grace", "Hana", "Hugo", "Ines", "Ivan",
    "Jamal", "Jun", "Kaia", "Kofi", "Lena", "Leo", "Mai", "Marta", "Mateo", "Mina",
    "Nadia", "Nils", "Noor", "Olga", "Omar", "Pia", "Priya", "Rafael", "Salma", "Tomás",
)
_LAST = (
    "Abe", "Adeyemi", "Ali", "Andersen", "Bauer", "Becker", "Castro", "Chen", "Cohen", "Costa",
    "Diallo", "Díaz", "Eriksen", "Fischer", "García", "Haddad", "Hansen", "Ito", "Jensen", "Kaya",
    "Khan", "Kim", "Kowalski", "Lopez", "Mbeki", "Meyer", "Moreau", "Nguyen", "Novak", "Okafor",
    "Park", "Patel", "Rossi", "Santos", "Sato", "Silva", "Singh", "Tanaka", "Weber", "Zhang",
)
# fmt: on

_WITHOUT_DISPLAY_NAME = 0.05
_CONSUMERS = 0.1
_A_PRESENTER_FOR = 40


def cast(random: Random, count: int) -> tuple[Person, ...]:
    """Returns that number of people: the host, then the invited, then the uninvited.

    One in thirty is uninvited, and at least one of six or more people.
    """
    uninvited = max(count >= 6, round(count / 30))
    numbers = random.sample(range(max(count, len(_FIRST) * len(_LAST))), count)
    return tuple(
        _person(random, place, number, place < count - uninvited)
        for place, number in enumerate(numbers)
    )


def invited(random: Random, count: int) -> tuple[Person, ...]:
    """Returns that number of invited attendees, at most 40. No two share a first or a last name."""
    names = zip(random.sample(_FIRST, count), random.sample(_LAST, count), strict=True)
    return tuple(
        Person(_raw_id(random), name, name, "Attendee", invited=True)
        for name in (f"{first} {last}" for first, last in names)
    )


def guid(random: Random) -> str:
    """Returns the next GUID."""
    return str(UUID(int=random.getrandbits(128), version=4))


def _person(random: Random, place: int, number: int, invited: bool) -> Person:
    row, first = divmod(number, len(_FIRST))
    again, last = divmod(row, len(_LAST))
    name = f"{_FIRST[first]} {_LAST[last]}" + (f" {again + 1}" if again else "")
    display_name = (
        None
        if random.random() < _WITHOUT_DISPLAY_NAME
        else name.split()[0]
        if random.random() < 0.2
        else name
    )
    return Person(_raw_id(random), name, display_name, _role(random, place), invited)


def _raw_id(random: Random) -> str:
    return f"8:acs:{RESOURCE}_{guid(random)}"


def _role(random: Random, place: int) -> str:
    if place % _A_PRESENTER_FOR == 0:
        return "Presenter"
    if place % _A_PRESENTER_FOR == 3:
        return "Collaborator"
    return "Consumer" if random.random() < _CONSUMERS else "Attendee"
