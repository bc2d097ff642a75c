"""What the documentation shows."""

import re
from datetime import UTC, datetime

from devhost.azurite import PROJECT

DOCS = PROJECT / "docs"

_MOVING = re.compile(r'"(?:[^"]*\d\d:\d\d:\d\d[^"]*|994\d{14}|[0-9a-f]{64}|8:acs:[^"]*)"')
"""Texts with times, rooms, hashes and raw ids. Pages shorten some of them."""


def shown_json(page: str) -> list[str]:
    """Returns the JSON of a page, each block without line breaks."""
    text = (DOCS / page).read_text()
    return [
        re.sub(r"\n\s*", "", block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    ]


def fixed(text: str) -> str:
    """Returns a text without what differs each time."""
    return _MOVING.sub('"..."', text)


def is_as_shown(answer: str, shown: str) -> bool:
    """Returns whether an answer is the shown one, where ", ..." stands for anything."""
    pattern = re.escape(fixed(shown)).replace(re.escape(", ..."), ".*")
    return re.fullmatch(pattern, fixed(answer)) is not None


def time_of(text: str) -> datetime:
    """Returns a time of an answer."""
    return datetime.fromisoformat(text).astimezone(UTC)
