"""Why ACS did not answer a request that went on to it. The API gives each a status and a text
(`rooms/api/errors.py`)."""


class ForwardingError(Exception):
    """Base of the errors of this package."""


class AcsUnavailable(ForwardingError):
    """ACS did not answer. It is not known whether it carried out the request."""


class AcsRefusesUs(ForwardingError):
    """ACS refuses the key or the identity of this service."""


class NoAnswerOfAcs(ForwardingError):
    """What answered is not ACS: it redirects."""
