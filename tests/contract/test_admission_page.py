"""The answers that docs/admission.md shows are real."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw
from testkit.raw_http import Answer
from tests.docs.shown import is_as_shown, shown_json

PRESENTER, STRANGER = raw_id(1), raw_id(2)
OPENS = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def admission(raw: Raw) -> str:
    """To a room that opens later."""
    roster = {PRESENTER: {"role": "Presenter"}}
    closes = OPENS + timedelta(hours=1)
    room = raw.new_room(
        {"validFrom": OPENS.isoformat(), "validUntil": closes.isoformat(), "participants": roster}
    )
    return f"/rooms/{room['id']}/admission"


def _text(answer: Answer) -> str:
    return json.dumps(answer.json(), separators=(",", ":"))


def test_the_answers_shown_are_real(insight: Insight, admission: str) -> None:
    # tests/media and tests/moving have the first two.
    _, _, admitted, refused, roles = shown_json("admission.md")
    at = quote(OPENS.isoformat())
    assert is_as_shown(_text(insight.get(f"{admission}?rawId={PRESENTER}&at={at}")), admitted)
    assert is_as_shown(_text(insight.send("POST", admission, {"rawId": STRANGER})), refused)
    assert is_as_shown(_text(insight.get("/roles")), roles)
