"""Names the things that one can ask about a meeting."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

SCHEDULE = "schedule"
"""The attendance slot of the scheduled time. The other slots are calls."""

FOREVER = datetime.max.replace(tzinfo=UTC)

MARKS = frozenset(
    {"startEstimated", "endEstimated", "joinEstimated", "leaveEstimated", "estimated"}
)
"""Fields that mark all others of their subject as estimated."""

FLAGS = MARKS | {"peakEstimated", "aloneEstimated"}
"""Fields that mark others as estimated."""


class About(StrEnum):
    """Kinds of subjects."""

    CALL = "call"
    LEG = "leg"
    PERSON = "person"
    """A person's attendance in a slot."""
    SUMMARY = "summary"
    """The numbers of people who attended a slot, and who did not."""
    PRESENCE = "presence"
    """The call at a moment."""
    PRESENT = "present"
    """A person in the call at a moment."""


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """One thing to ask about."""

    about: About
    where: str
    """The id of a call, SCHEDULE, or a moment."""
    who: str = ""
    """A participantId or raw id."""


type Fields = Mapping[str, Any]
type Sheet = dict[Subject, Fields]
