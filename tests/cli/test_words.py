"""How durations and raw ids are written."""

import pytest

from rooms_cli.words import duration, short
from testkit.identifiers import raw_id


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (0, "0:00"),
        (59.999, "0:59"),
        (60, "1:00"),
        (3599, "59:59"),
        (3600, "1:00:00"),
        (90061.5, "25:01:01"),
    ],
)
def test_a_duration(seconds: float | None, said: str) -> None:
    assert duration(seconds) == said


def test_a_long_raw_id_keeps_its_beginning_and_its_end() -> None:
    assert short(raw_id(0xABC)) == "8:acs:5ab1e000…-000000000abc"
    assert short("4:+4930123456") == "4:+4930123456"
