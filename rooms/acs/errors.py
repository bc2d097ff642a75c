"""Why ACS did not do what it was asked. The API gives each a status and a text
(`rooms/api/errors.py`); what ACS answers itself goes to the caller as it came.

AcsError
├── AcsUnavailable   no answer came: it is not known whether ACS carried out the request
├── AcsRefusesUs     ACS refuses the key or the identity of this service
├── NoAnswerOfAcs    what answered is not ACS
└── Refused          ACS's own answer to a request that it did not carry out, or failed at
"""

from rooms.acs.answer import AcsAnswer

_LONGEST_PAUSE = 3600


class AcsError(Exception):
    """Base of the errors of this package."""


class AcsUnavailable(AcsError):
    """ACS did not answer. It is not known whether it carried out the request."""


class AcsRefusesUs(AcsError):
    """ACS refuses the key or the identity of this service."""


class NoAnswerOfAcs(AcsError):
    """What answered is not ACS: it redirects, or answers what ACS does not."""


class Refused(AcsError):
    """ACS answered with an error: a refusal (4xx), or a failure (5xx) after which it is not known
    whether it carried out the request."""

    def __init__(self, answer: AcsAnswer) -> None:
        super().__init__(f"ACS answered {answer.status}")
        self.answer = answer

    @property
    def in_doubt(self) -> bool:
        """Returns whether ACS may have carried out the request."""
        return self.answer.status >= 500

    @property
    def retry_after(self) -> int | None:
        """Returns the seconds after which ACS wants to be asked again, if it throttles: 1 if it
        names none, and an hour at most. None if it does not throttle."""
        if self.answer.status != 429:
            return None
        text = self.answer.headers.get("retry-after", "")
        if not (text.isascii() and text.isdigit()):
            return 1
        return min(max(int(text[:9]), 1), _LONGEST_PAUSE)
