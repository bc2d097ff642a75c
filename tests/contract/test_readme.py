"""The answers of admissions that README.md shows are real."""

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw
from testkit.raw_http import Answer
from tests.readme import fixed, shown_json

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


def is_as_shown(answer: Answer, shown: str) -> bool:
    """Whether it is, but for what is left out as \", ...\"."""
    text = fixed(json.dumps(answer.json(), separators=(",", ":")))
    return re.fullmatch(re.escape(fixed(shown)).replace(re.escape(", ..."), ".*"), text) is not None


def test_the_answers_shown_are_real(insight: Insight, admission: str) -> None:
    admitted, refused, roles = shown_json("## Admission")
    assert is_as_shown(
        insight.get(f"{admission}?rawId={PRESENTER}&at={quote(OPENS.isoformat())}"), admitted
    )
    assert is_as_shown(insight.send("POST", admission, {"rawId": STRANGER}), refused)
    assert is_as_shown(insight.get("/roles"), roles)
