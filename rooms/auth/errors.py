"""Why a caller is refused. `reason` is for the log only: no answer ever has it."""

from rooms.log_text import escaped


class AuthError(Exception):
    """Base of the errors of this package."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Denied(AuthError):
    """The caller has no credentials, or wrong ones."""


class TenantKeysUnavailable(AuthError):
    """A token cannot be checked now: the tenant's keys cannot be fetched."""


class TooManyRequests(AuthError):
    """The caller has sent more requests than their quota allows. They may send one again after
    `retry_after` whole seconds."""

    def __init__(self, name: str, retry_after: int) -> None:
        super().__init__(f"{escaped(name)} has sent more requests than ROOMS_KEY_RATE allows")
        self.retry_after = retry_after
