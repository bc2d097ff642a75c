"""Why a caller is refused. `reason` is for the log only: no answer ever has it."""


class AuthError(Exception):
    """Base of the errors of this package."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Denied(AuthError):
    """The caller has no credentials, or wrong ones."""


class TenantKeysUnavailable(AuthError):
    """A token cannot be checked now: the tenant's keys cannot be fetched."""
