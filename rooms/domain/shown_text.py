"""How texts are shown that people choose themselves: names, titles, external ids, phrases.

In a sentence such a text could pass for a part of the sentence: `Dr. Khan left; Mr. Doe`.
Characters of direction could turn round what follows.
"""

import re
import unicodedata

ISOLATE, END_ISOLATE = "\u2068", "\u2069"
"""What stands between them changes the direction of nothing else (FSI and PDI of Unicode)."""

ISOLATED = re.compile(f"{ISOLATE}([^\u2066-\u2069]*){END_ISOLATE}")
"""A text that is isolated."""

_REMOVED = {"Cc", "Cf", "Cs"}
"""The categories of controls, of invisible formats such as directions, and of surrogates."""

JOINERS = "\u200c\u200d"
"""Formats that Persian, Hindi and emoji need."""

_QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u301d\u301e\uff02", '"'))

_ID = re.compile(r"[A-Za-z0-9:._+@=/~-]+")


def cleaned(text: str) -> str:
    """Returns the text on one line, without invisible characters that change what is around it."""
    if text.isprintable():
        return text
    spaced = "".join(" " if letter.isspace() else letter for letter in text)
    return "".join(
        letter
        for letter in spaced
        if letter in JOINERS or unicodedata.category(letter) not in _REMOVED
    )


def quoted(text: str) -> str:
    """Returns the text cleaned, in quotes that cannot be in it, and isolated."""
    return f"\u201c{ISOLATE}{cleaned(text).translate(_QUOTES)}{END_ISOLATE}\u201d"


def is_id(text: str) -> bool:
    """Returns whether the text has only letters, digits and signs that ids have."""
    return _ID.fullmatch(text) is not None


def quoted_unless_id(text: str) -> str:
    """Returns an id as it is, and every other text quoted."""
    return text if is_id(text) else quoted(text)
