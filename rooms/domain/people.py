"""Which raw ids are one person, and what the details call them.

Apps often make a new user for each visit of a person. The customer's own id of the person, the
external id in the details, tells that they are the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from rooms.domain.call import Call, Leg
from rooms.domain.details import Details
from rooms.domain.peak import with_peak


@dataclass(frozen=True, slots=True)
class People:
    """The people whom the details of a room name. Raw ids with the same external id are one
    person."""

    named: Mapping[str, Mapping[str, str]]
    """What the details say of each raw id: `name` and `externalId`, if they have them."""
    same: Mapping[str, tuple[str, ...]]
    """All raw ids of a person, for each raw id that shares its external id with others."""

    def key(self, raw_id: str) -> str:
        """Returns the first raw id in the details with the external id of this one, or this one."""
        return self.same[raw_id][0] if raw_id in self.same else raw_id

    def by_key(self, raw_ids: Iterable[str]) -> dict[str, list[str]]:
        """Returns the raw ids of each person, in the order in which they are given."""
        if not self.same:  # as in most rooms, of which some have thousands of people
            return {raw_id: [raw_id] for raw_id in raw_ids}
        people: dict[str, list[str]] = {}
        for raw_id in raw_ids:
            people.setdefault(self.key(raw_id), []).append(raw_id)
        return people

    def name(self, raw_id: str) -> str | None:
        """Returns the name of a person: that of the raw id, or else of any other of theirs."""
        if (own := self.named.get(raw_id)) and "name" in own:
            return own["name"]
        others = (self.named[other].get("name") for other in self.same.get(raw_id, ()))
        return next(filter(None, others), None)

    def external_id(self, raw_id: str) -> str | None:
        """Returns the external id of a person."""
        return self.named.get(raw_id, {}).get("externalId")


NOBODY_NAMED = People({}, {})


def people_in(details: Details) -> People:
    """Returns the people whom the details name."""
    named: Mapping[str, Mapping[str, str]] = details.get("participants", {})
    by_external_id: defaultdict[str, list[str]] = defaultdict(list)
    for raw_id, person in named.items():
        if external_id := person.get("externalId"):
            by_external_id[external_id].append(raw_id)
    same = {
        raw_id: tuple(raw_ids)
        for raw_ids in by_external_id.values()
        if len(raw_ids) > 1
        for raw_id in raw_ids
    }
    return People(named, same)


def identified(call: Call, people: People) -> Call:
    """Returns the call with each leg's person told by `people`, and the peak of these people."""
    if not any(leg.person in people.same for leg in call.legs):
        return call
    legs = tuple(_identified(leg, people.key(leg.person)) for leg in call.legs)
    return with_peak(replace(call, legs=legs))


def _identified(leg: Leg, person: str) -> Leg:
    return leg if leg.person == person else replace(leg, person=person)
