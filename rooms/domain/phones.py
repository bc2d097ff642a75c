"""The legs of telephones in a call, from what is told of them."""

from collections.abc import Iterator
from dataclasses import replace

from rooms.domain.call import Leg, untold_leg
from rooms.domain.events import CallEvent
from rooms.domain.rejoins import merge_legs
from rooms.domain.time import Ticks

PHONE = "phone"
"""The type of the endpoint of a leg of a telephone."""


class Phones:
    """The telephones in a call, each from the event that first lists it until the next one that
    does not. A telephone has at most `most` legs."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._since: dict[str, Ticks] = {}
        self._over: dict[str, tuple[Leg, ...]] = {}

    def copy(self) -> "Phones":
        """Returns the same, to go on apart."""
        other = Phones(self._most)
        other._since, other._over = dict(self._since), dict(self._over)
        return other

    def legs(self) -> Iterator[Leg]:
        """Yields the legs by now."""
        for legs in self._over.values():
            yield from legs
        for phone, joined_at in self._since.items():
            yield _phone_leg(phone, joined_at, None)

    def add(self, event: CallEvent) -> None:
        """Adds what is told of the telephones."""
        for phone in self._since.keys() - set(event.phones):
            over = [*self._over.get(phone, ()), _phone_leg(phone, self._since.pop(phone), event.at)]
            self._over[phone] = tuple(merge_legs(over, [], self._most - 1))
        for phone in event.phones:
            self._since.setdefault(phone, event.at)


def _phone_leg(phone: str, joined_at: Ticks, left_at: Ticks | None) -> Leg:
    return replace(untold_leg(phone, joined_at, left_at), endpoint_type=PHONE)
