"""Answers as CSV: their description and their header."""

from openapi.operation import Header

CSV = (
    "One line for each item of `value`, with a byte order mark. An apostrophe keeps spreadsheets "
    "from reading a cell as a formula."
)
ATTACHMENT = Header(
    "The file name of a CSV answer.",
    {"type": "string", "pattern": '^attachment; filename="[a-z]+(-[A-Za-z0-9_-]+)?[.]csv"$'},
    False,
)
