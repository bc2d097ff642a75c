import json
from pathlib import Path

import pytest

from simulator.arguments import Arguments, parse
from simulator.delivery import Manner
from simulator.faults import Faults
from simulator.play import Performance


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An app with settings of its own."""
    settings = {"Values": {"ROOMS_READ_KEY__reader": "no", "ROOMS_MANAGE_KEY__development": "the app's"}}
    (tmp_path / "local.settings.json").write_text(json.dumps(settings))
    return tmp_path


def parsed(project: Path, *line: str) -> Arguments:
    return parse(list(line), project, {})


def test_the_key_is_that_of_the_command_line_the_environment_or_the_app(project: Path) -> None:
    of_shell = {"ROOMS_MANAGE_KEY__development": "the shell's"}
    assert parse(["--key", "given"], project, of_shell).address.key == "given"
    assert parse([], project, of_shell).address.key == "the shell's"
    assert parse([], project, {}).address.key == "the app's"


def test_without_a_key_nothing_is_played(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse([], tmp_path, {})
    assert ended.value.code == 2
    assert "a key is needed" in capsys.readouterr().err


def test_the_webhook_is_the_hosts_unless_another_is_given(project: Path) -> None:
    url = "http://some.host/runtime/webhooks/EventGrid?functionName=call_events"
    assert parsed(project, "--endpoint", "http://some.host/").address.webhook == url
    assert parsed(project, "--webhook", f"{url}&code=secret").address.webhook == f"{url}&code=secret"


def test_each_room_has_a_seed_and_faults_of_its_own(project: Path) -> None:
    performances = parsed(
        project, "--seed", "7", "--shuffle", "--duplicate", "2", "--drop", "0", "0.1", "--rooms", "3"
    ).performances
    assert [performance.seed for performance in performances] == [7, 8, 9]
    assert [performance.faults for performance in performances] == [
        Faults(shuffle=True, copies=2, drop=0.0),
        Faults(shuffle=True, copies=2, drop=0.1),
        Faults(shuffle=True, copies=2, drop=0.1),
    ]


def test_a_live_meeting_is_delivered_event_by_event(project: Path) -> None:
    arguments = parsed(project, "--seed", "7", "--live", "--speed", "30")
    assert arguments.speed == 30
    assert arguments.performances == (Performance(7, Faults(), Manner(batch=1), live=True),)


@pytest.mark.parametrize("line", ["--people 1", "--speed 1000 --live", "--drop 2", "--duplicate 0", "--schema xml"])
def test_what_cannot_be_played_is_refused(project: Path, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed(project, *line.split())
    assert line.split()[0] in capsys.readouterr().err
