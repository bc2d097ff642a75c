"""`rooms doctor`."""

from testkit.ports import free_port
from testkit.running import RunningApp, new_key
from tests.cli.line import VARIABLE, Line

CHECKS = [
    "storage",
    "table",
    "rights",
    "clock",
    "throttling",
    "media server",
    "last event",
    "quarantine",
    "upkeep",
]


def test_each_check_has_a_line_and_below_it_what_to_do(line: Line, meeting: str) -> None:
    ended = line.run("doctor")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "ok       storage       The storage answers."
    assert lines[1].startswith("ok       table         The table ")
    checks = line.json_lines("doctor")
    assert [check["name"] for check in checks] == CHECKS
    advice = [check["advice"] for check in checks if check["advice"]]
    assert [text.strip() for text in lines if text.startswith(" ")] == advice


def test_a_read_key_is_enough(line: Line, app: RunningApp) -> None:
    reading = line.having(**{VARIABLE: f"endpoint={app.http}/;accesskey={app.read_key}"})
    assert [check["name"] for check in reading.json_lines("doctor")] == CHECKS


def test_a_key_that_is_wrong_is_told_from_a_service_that_is_away(
    line: Line, app: RunningApp
) -> None:
    wrong = line.having(**{VARIABLE: f"endpoint={app.http}/;accesskey={new_key()}"})
    assert "does not accept the key" in wrong.failure("doctor")
    nowhere = f"endpoint=http://localhost:{free_port()}/;accesskey={new_key()}"
    assert "Cannot connect to" in line.having(**{VARIABLE: nowhere}).failure("doctor")
