"""What errors of the Azure SDK say of a request."""

from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.data.tables import TableErrorCode, TableTransactionError


def _code(error: AzureError) -> str | None:
    return getattr(error, "error_code", None)


def lacks_table(error: AzureError) -> bool:
    """Returns whether the table is missing. For a row that is inserted alone, the SDK has only the
    status: 404, and only then."""
    return _code(error) == TableErrorCode.TABLE_NOT_FOUND or (
        _code(error) is None and isinstance(error, ResourceNotFoundError)
    )


def is_conflict(error: AzureError) -> bool:
    """Returns whether a row exists, is missing, or has changed."""
    if _code(error) in (TableErrorCode.ENTITY_NOT_FOUND, TableErrorCode.RESOURCE_NOT_FOUND):
        return True
    return isinstance(error, HttpResponseError) and error.status_code in (409, 412)


def lacks_row(error: AzureError, operation: int) -> bool:
    """Returns whether this operation of a transaction needs a row that is missing."""
    return (
        isinstance(error, TableTransactionError)
        and error.index == operation
        and _code(error) in (TableErrorCode.ENTITY_NOT_FOUND, TableErrorCode.RESOURCE_NOT_FOUND)
    )


def is_final(error: AzureError) -> bool:
    """Returns whether the storage will never carry out this transaction."""
    status = error.status_code if isinstance(error, HttpResponseError) else None
    return status is not None and status < 500 and status not in (408, 429)


def refusal(error: AzureError) -> int | None:
    """Returns the seconds that the storage asks to wait, as it has too many requests; None if it
    did not refuse this one for that. It is not carried out then."""
    if not isinstance(error, HttpResponseError) or error.status_code not in (429, 503):
        return None
    asked = getattr(error.response, "headers", {}).get("Retry-After", "")
    if asked.isdecimal() and len(asked) < 10:
        return max(int(asked), 1)
    return 1 if error.status_code == 429 or _code(error) == TableErrorCode.SERVER_BUSY else None


def is_failure(error: AzureError) -> bool:
    """Returns whether the storage did not answer, or failed."""
    known = isinstance(error, ResourceNotFoundError | ResourceExistsError)
    return not known and not is_final(error)


def is_failing_status(error: AzureError) -> bool:
    """Returns whether the storage answered that it failed, and did not ask to wait. (The SDK tries
    again itself if there is no answer.)"""
    status = error.status_code if isinstance(error, HttpResponseError) else None
    return status in (408, 500, 502, 503, 504) and refusal(error) is None


def refuses_content(error: AzureError) -> bool:
    """Returns whether the storage will never take what was to be written."""
    return isinstance(error, HttpResponseError) and error.status_code in (400, 413)


def code_of(error: AzureError) -> str:
    """Returns the code of the storage, or its status, in a word."""
    code = _code(error) or getattr(error, "status_code", None) or ""
    return str(getattr(code, "value", code))


def summary(error: AzureError) -> str:
    """Returns the error for a log line: its type, code and first line."""
    code = _code(error)
    name = getattr(code, "value", code) or ""
    return f"{type(error).__name__} {name} {error.message.partition('\n')[0]}"
