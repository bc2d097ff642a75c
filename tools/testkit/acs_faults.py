"""What can become of a request to ACS."""

from enum import Enum, auto

from testkit.acs_double import Received


class AcsFault(Enum):
    """What becomes of a request."""

    THROTTLED = auto()
    """429, with `retry_after`; not carried out."""
    FAILS = auto()
    """503, not carried out."""
    FAILS_AFTER = auto()
    """Carried out, and answered with 500."""
    CUT_BEFORE = auto()
    """The connection is cut; not carried out."""
    CUT_AFTER = auto()
    """Carried out, and the connection is cut before the answer."""
    LATE = auto()
    """Carried out, and not answered as long as anybody waits."""
    HELD = auto()
    """Not answered as long as anybody waits, and carried out only at `release`."""


UNANSWERED = (AcsFault.CUT_BEFORE, AcsFault.CUT_AFTER, AcsFault.LATE, AcsFault.HELD)
"""Faults after which nobody has an answer."""


def fits(request: Received, method: str, path: str) -> bool:
    """Returns whether a request is one of that method, whose path ends with `path`."""
    return request.method == method and request.target.partition("?")[0].endswith(path)
