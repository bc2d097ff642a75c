"""What can be asked about a meeting."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

SCHEDULE = "schedule"
"""The slot of attendance that is no call's."""

FOREVER = datetime.max.replace(tzinfo=UTC)

FLAGS = frozenset(
    {"startEstimated", "endEstimated", "joinEstimated", "leaveEstimated", "estimated"}
)
"""Fields that mark others as taken for want of better ones."""


class About(StrEnum):
    """Kinds of things that are asked about."""

    CALL = "call"
    LEG = "leg"
    PERSON = "person"
    """Their attendance in a slot."""
    SUMMARY = "summary"
    """How many attended a slot, and how many did not."""
    PRESENCE = "presence"
    """The call at a moment."""
    PRESENT = "present"
    """A person who is there at a moment."""


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """One thing that is asked about."""

    about: About
    where: str
    """A call's id; the slot, likewise or SCHEDULE; or the moment."""
    who: str = ""
    """A participantId or raw id."""


type Fields = Mapping[str, Any]
type Sheet = dict[Subject, Fields]
