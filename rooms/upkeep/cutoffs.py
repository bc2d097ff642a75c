"""From when on things are kept."""

from dataclasses import dataclass

from rooms.domain.time import HOUR, Ticks


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """What goes: rooms that could last be joined before `expired`, what is older than `kept`, marks
    of changes at ACS from before `marks_kept`, and rooms that ACS did not know before
    `unknown_kept`.

    If `reads_acs`, a deleted room stays until its end is older than `kept`, too: ACS may still have
    it, and would bring it back.
    """

    expired: Ticks
    kept: Ticks
    marks_kept: Ticks
    unknown_kept: Ticks
    reads_acs: bool = False

    @property
    def kept_calls(self) -> Ticks:
        """The hour in which the retention begins: calls with an event since then stay whole."""
        return self.kept - self.kept % HOUR
