"""Why the media plane does not do what it is asked. The API gives each a status and a text
(`rooms/api/errors.py`)."""


class MediaError(Exception):
    """Base of the errors of this package."""


class MediaUnavailable(MediaError):
    """The media server does not answer, or fails. It may have carried out the request."""


class MediaRefusesUs(MediaError):
    """The media server refuses the API key of this service."""


class InvalidJoinLink(MediaError):
    """A join link that this service did not make, for another room, or that has expired."""


class WebhookNotVerified(MediaError):
    """None of the API keys signed an event of the media server, or not this body, or not now."""


class NoMediaPlane(MediaError):
    """This service has no media plane."""
