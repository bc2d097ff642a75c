"""How one person is taken out of what is stored: their ids become a pseudonym, their names a word.

Different ids of the person become different pseudonyms, which begin alike. So nothing that is
counted or told apart by ids changes: rosters, calls, attendance.
"""

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rooms.domain.details import details_difference
from rooms.domain.roster import ACS_USER

ERASED_NAME = "erased"
"""What stands for each name."""

PSEUDONYM_PREFIX = "8:erased:"
"""How a pseudonym begins. 32 random hex digits follow."""

_PERSON_FIELDS = ("rawId", "participantId", "raw_id", "participant_id")
_PARTICIPANT_FIELDS = ("participantId", "participant_id")
_EXTERNAL_FIELDS = ("externalId", "person")
_NAME_FIELDS = ("name", "displayName", "display_name")
_LEFT_FIELDS = ("title", "message", "phrase", "role", "kind", "call", "callId")
"""Fields that hold no id of a person, whatever they say. Details and lists have the title twice."""

_SHORTEST = 6
"""Characters of the shortest part of an id that is looked for within texts."""


@dataclass(frozen=True)
class Person:
    """Who is erased: the ids of the person, and what stands for them.

    `asked_external_id` is the person's wherever it stands, the other external ids only beside their
    raw ids. `participants` has digests of participant ids.
    """

    pseudonym: str
    secret: str = field(repr=False)
    raw_ids: frozenset[str] = field(repr=False)
    external_ids: frozenset[str] = field(repr=False)
    asked_external_id: str | None = field(default=None, repr=False)
    participants: frozenset[str] = field(default=frozenset(), repr=False)

    def is_raw_id(self, text: Any) -> bool:
        """Returns whether it is a raw id of the person, in any case."""
        return isinstance(text, str) and (
            text in self.raw_ids or text.casefold() in self._folded_raw_ids
        )

    def is_external_id(self, text: Any) -> bool:
        """Returns whether it is an external id of the person, wherever it stands."""
        return text is not None and text == self.asked_external_id

    def is_participant(self, text: Any) -> bool:
        """Returns whether it is the id of a participant of a call that was this person."""
        return (
            bool(self.participants)
            and isinstance(text, str)
            and self.digest(text) in self.participants
        )

    def raw_alias(self, raw_id: str) -> str:
        """Returns what stands for a raw id of the person."""
        return self._alias(raw_id, min(self.raw_ids, default=""))

    def external_alias(self, external_id: str) -> str:
        """Returns what stands for an external id of the person."""
        first = min(self.external_ids, default="")
        return self._alias(external_id, self.asked_external_id or first)

    def participant_alias(self, participant_id: str) -> str:
        """Returns what stands for the id of a participant."""
        return f"erased:{self._mac(participant_id)[:32]}"

    def digest(self, participant_id: str) -> str:
        """Returns 16 hex digits that stand for the id of a participant, during the erasure."""
        return self._mac(f"participant {participant_id}")[:16]

    def in_id(self, text: str, participant_id: str | None = None) -> str:
        """Returns the id of an event or of a request, or an actor, without ids of the person in it.
        Only raw ids with a colon are looked for: no name of a key has one."""
        for raw_id in self.raw_ids:
            if ":" in raw_id and raw_id in text:
                text = _found(raw_id, raw_id).sub(self.raw_alias(raw_id), text)
        if participant_id and len(participant_id) >= _SHORTEST and participant_id in text:
            text = text.replace(participant_id, self.participant_alias(participant_id))
        return text

    def is_in(self, text: str) -> bool:
        """Returns whether a text of an event names the person by a raw id, or a part of it."""
        folded = text.casefold()
        if any(part.search(folded) for part in self._parts):
            return True
        if "\\" not in folded and not self._short:
            return False
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return any(f'"{short}"' in folded for short in self._short)
        plain = json.dumps(value, ensure_ascii=False).casefold()
        return any(part.search(plain) for part in self._parts) or any(
            f'"{short}"' in plain for short in self._short
        )

    def erased(self, value: Any) -> Any:
        """Returns a value of JSON in which the pseudonym stands for the person."""
        return self._erased(value, own=False)

    def _erased(self, value: Any, own: bool) -> Any:
        match value:
            case str():
                return self.raw_alias(value) if self.is_raw_id(value) else value
            case list():
                return [self._erased(each, own) for each in value]
            case dict():
                own = own or any(self._is_id(value.get(name)) for name in _PERSON_FIELDS)
                return dict(self._field(name, each, own) for name, each in value.items())
            case _:
                return value

    def _field(self, name: str, value: Any, own: bool) -> tuple[str, Any]:
        if self.is_raw_id(name):
            return self.raw_alias(name), self._erased(value, own=True)
        if name in _LEFT_FIELDS:
            return name, value
        if isinstance(value, str) and name in _PARTICIPANT_FIELDS:
            return name, self.participant_alias(value) if own else value
        if isinstance(value, str) and own and name in _NAME_FIELDS:
            return name, ERASED_NAME
        if name == "externalId" and own and isinstance(value, str):
            return name, self.external_alias(value)
        if name in _EXTERNAL_FIELDS and self.is_external_id(value):
            return name, self.external_alias(value)
        return name, self._erased(value, own)

    def _is_id(self, text: Any) -> bool:
        return self.is_raw_id(text) or self.is_participant(text)

    def _alias(self, text: str, first: str) -> str:
        return self.pseudonym if text == first else f"{self.pseudonym}_{self._mac(text)[:8]}"

    def _mac(self, text: str) -> str:
        return hmac.digest(self.secret.encode(), text.encode(errors="replace"), "sha256").hex()

    @cached_property
    def _folded_raw_ids(self) -> frozenset[str]:
        return frozenset(raw_id.casefold() for raw_id in self.raw_ids)

    @cached_property
    def _parts(self) -> tuple[re.Pattern[str], ...]:
        """What is looked for within texts: raw ids without what tells their kind, as events may
        have it apart."""
        parts = ((raw_id, raw_id.rpartition(":")[2].casefold()) for raw_id in self.raw_ids)
        return tuple(_found(raw_id, part) for raw_id, part in parts if len(part) >= _SHORTEST)

    @cached_property
    def _short(self) -> tuple[str, ...]:
        """Raw ids that are too short to be looked for within texts."""
        return tuple(
            raw_id.casefold()
            for raw_id in self.raw_ids
            if len(raw_id.rpartition(":")[2]) < _SHORTEST
        )


def _found(raw_id: str, part: str) -> re.Pattern[str]:
    """Returns what finds a part of a raw id in a text. One that is not whole, as it was cut when it
    was copied, begins the ids of others: it is not found in those."""
    end = "" if ACS_USER.fullmatch(raw_id) else "(?![0-9A-Za-z_])"
    return re.compile(re.escape(part) + end)


def erased_detail(person: Person, kind: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the detail of a log record without the person. A name that became another one is no
    change any more."""
    erased: dict[str, Any] = person.erased(detail)
    if kind == "DetailsUpdated" and erased != detail:
        before, after = details_difference(erased["before"], erased["after"])
        return {**erased, "before": before, "after": after}
    return erased


def erased_event(person: Person, event: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a stored event without the person."""
    erased: dict[str, Any] = person.erased(event)
    erased["id"] = person.in_id(event["id"], own_participant(person, event))
    return erased


def raw_id_in(fields: Mapping[str, Any]) -> str | None:
    """Returns the raw id in an event, or in the detail of its log record."""
    raw_id: str | None = fields.get("rawId", fields.get("raw_id"))
    return raw_id


def participant_id_in(fields: Mapping[str, Any]) -> str | None:
    """Returns the participant id in an event, or in the detail of its log record."""
    participant_id: str | None = fields.get("participantId", fields.get("participant_id"))
    return participant_id


def own_participant(person: Person, fields: Mapping[str, Any]) -> str | None:
    """Returns the participant id in an event, or in the detail of its log record, if it is the
    person's."""
    participant_id = participant_id_in(fields)
    own = person.is_raw_id(raw_id_in(fields)) or person.is_participant(participant_id)
    return participant_id if own else None


def found_in_details(person: Person, details: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Returns the raw ids and the external ids of the person that details tell, or a part of them:
    if an external id was asked for, the raw ids that have it."""
    raw_ids: set[str] = set()
    external_ids: set[str] = set()
    for raw_id, named in details.get("participants", {}).items():
        external_id = named.get("externalId")
        if person.is_raw_id(raw_id) or person.is_external_id(external_id):
            raw_ids.add(raw_id)
            external_ids |= {external_id} - {None}
    return raw_ids, external_ids
