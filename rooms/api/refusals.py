"""Why a request was refused, for the log of the app: with the names of fields and parameters, and
without their values, which may be of people, or secret."""

import re

from rooms.api.errors import Answer
from rooms.auth.errors import TooManyRequests
from rooms.log_text import name_or_star

_OF_PEOPLE = re.compile(r"((?:^|\.)participants)\..*", re.IGNORECASE | re.DOTALL)
"""A field whose own fields are named by raw ids."""


def why(error: Exception, answer: Answer) -> str:
    """Returns the reason of an error that is answered so."""
    target: str | None = getattr(error, "target", None)
    if target is not None:
        return f"{answer.code} {field_named(target)}"
    if isinstance(error, TooManyRequests):
        return f"{answer.code}: {error.reason}"
    # The text of an error may have a value. What its class says has none.
    has_own_text = answer.message is None
    text = (error.__doc__ or "").partition("\n")[0] if has_own_text else answer.text(error)
    return f"{answer.code}: {text}"


def field_named(target: str) -> str:
    """Returns the path of a field without keys that people choose: `$.participants.*`."""
    steps = _OF_PEOPLE.sub(r"\1.*", target).split(".")
    return ".".join(map(name_or_star, steps))
