"""Raw ids of users that exist nowhere."""

from uuid import uuid4


def raw_id(number: int | None = None) -> str:
    """Returns a well-formed ACS user id: the `number`th of a fixed series, or a new one."""
    user = str(uuid4()) if number is None else f"00000000-0000-4000-8000-{number:012x}"
    return f"8:acs:5ab1e000-0000-4000-8000-000000000000_{user}"
