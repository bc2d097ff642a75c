"""The calls that a check makes: rooms on the server whose names are no ids of rooms of ours."""

import secrets

_START = "anteroom check "

NO_ROOM = "anteroom check of a room that is not there"
"""The name of a room that is never there."""


def new_probe() -> str:
    """Returns the name of another one."""
    return f"{_START}{secrets.token_hex(8)}"


def is_probe(name: str) -> bool:
    """Returns whether the room with this name was made by a check."""
    return name.startswith(_START)
