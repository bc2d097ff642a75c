"""What README.md shows."""

import re

from devhost.azurite import PROJECT

MOVING = re.compile(r'"(?:[^"]*\d\d:\d\d:\d\d[^"]*|994\d{14}|8:acs:[^"]*)"')
"""Texts with times, rooms and raw ids, which README.md shortens."""


def shown_json(heading: str) -> list[str]:
    """The JSON of the section with that heading and of those in it, without blanks."""
    text = (PROJECT / "README.md").read_text()
    level = heading.split(" ")[0]
    _, _, section = text.partition(f"\n{heading}\n")
    section = re.split(rf"^#{{1,{len(level)}}} ", section, maxsplit=1, flags=re.MULTILINE)[0]
    return [
        re.sub(r"\n\s*", "", block)
        for block in re.findall(r"```json\n(.*?)```", section, re.DOTALL)
    ]


def fixed(text: str) -> str:
    """What is the same whenever it is asked for."""
    return MOVING.sub('"..."', text)
