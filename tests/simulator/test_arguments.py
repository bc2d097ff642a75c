import json
import re
from pathlib import Path

import pytest

from simulator.arguments import Arguments, fault, parse
from simulator.delivery import Manner
from simulator.faults import Faults
from simulator.play import Performance


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Returns the folder of an app with its own settings."""
    settings = {
        "Values": {"ROOMS_READ_KEY__reader": "none", "ROOMS_MANAGE_KEY__development": "ofTheApp"}
    }
    (tmp_path / "local.settings.json").write_text(json.dumps(settings))
    return tmp_path


def parsed(project: Path, *line: str) -> Arguments:
    return parse(list(line), project, {})


def test_the_key_is_that_of_the_command_line_the_environment_or_the_app(project: Path) -> None:
    of_shell = {"ROOMS_MANAGE_KEY__development": "ofTheShell=="}
    assert parse(["--key", "givenOne"], project, of_shell).address.key == "givenOne"
    assert parse([], project, of_shell).address.key == "ofTheShell=="
    assert (
        parse([], project, {"ROOMS_MANAGE_KEY__zz": "ofAnotherOne"}).address.key == "ofAnotherOne"
    )
    assert parse([], project, {}).address.key == "ofTheApp"


def test_without_another_the_key_is_that_of_the_checkout(tmp_path: Path) -> None:
    settings = {"Values": {"ROOMS_MANAGE_KEY__development": ""}}
    (tmp_path / "local.settings.json").write_text(json.dumps(settings))
    key = parse([], tmp_path, {}).address.key
    assert (tmp_path / ".devhost" / "key").read_text() == f"{key}\n"


def test_without_a_key_nothing_is_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse([], tmp_path, {})
    assert ended.value.code == 2
    assert "A key is required" in capsys.readouterr().err


def test_rooms_are_made_at_the_app_unless_another_stands_for_acs(project: Path) -> None:
    line = ("--endpoint", "http://some.host")
    assert parsed(project, *line).address.acs == "http://some.host"
    assert parsed(project, *line, "--acs", "http://acs.host").address.acs == "http://acs.host"


def test_the_webhook_is_the_hosts_unless_another_is_given(project: Path) -> None:
    url = "http://some.host/runtime/webhooks/EventGrid?functionName=call_events"
    assert parsed(project, "--endpoint", "http://some.host/").address.webhook == url
    assert (
        parsed(project, "--webhook", f"{url}&code=secret").address.webhook == f"{url}&code=secret"
    )


@pytest.mark.parametrize(
    ("line", "sign_in"),
    [
        (["--endpoint", "http://localhost:7099"], "key=ofTheApp&view="),
        (["--endpoint", "http://localhost:7099", "--key", "givenOne"], ""),
        (["--endpoint", "http://some.host"], ""),
    ],
    ids=["here", "a given key", "elsewhere"],
)
def test_a_link_to_the_console_signs_in_on_this_machine_only(
    project: Path, line: list[str], sign_in: str
) -> None:
    link = parsed(project, *line).address.console("/room/1")
    assert link == f"{line[1]}/console#{sign_in}/room/1"


def test_help_says_how_fast_a_live_meeting_may_be(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parsed(project, "--help")
    assert "in one real minute: 1 to 120 (default 60)" in " ".join(capsys.readouterr().out.split())


def test_each_room_has_a_seed_and_faults_of_its_own(project: Path) -> None:
    performances = parsed(
        project,
        "--seed",
        "7",
        "--shuffle",
        "--duplicate",
        "2",
        "--drop",
        "0",
        "0.1",
        "--rooms",
        "3",
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


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("--people 1", "must be a whole number from 2 to 5000"),
        ("--people abc", "must be a whole number from 2 to 5000"),
        ("--live --speed 1000", "must be a whole number from 1 to 120"),
        ("--drop 2", "must be a probability from 0 to 1"),
        ("--drop abc", "must be a probability from 0 to 1"),
        ("--delay -1", "must be a number of seconds from 0 to 86400"),
        ("--delay nan", "must be a number of seconds from 0 to 86400"),
        ("--schema xml", "invalid choice"),
        ("--endpoint http://localhost:abc", "must be http://<host>:<port>"),
        ("--endpoint http://localhost:99999", "with a port from 1 to 65535"),
        ("--webhook localhost:7071", "must be http://<host>:<port>"),
        ("--key abc", "must be base64. `make start` prints a key after accesskey="),
    ],
)
def test_what_cannot_be_played_is_refused(
    project: Path, line: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parsed(project, *line.split())
    assert ended.value.code == 2
    option = line.split()[-2]
    assert re.search(
        rf"error: (argument )?{option}: .*{re.escape(expected)}", capsys.readouterr().err
    )


def test_fault_returns_the_first_invalid_option() -> None:
    assert fault(["--json", "--people=3", "--drop=0.5"]) is None
    assert fault(["--json", "--people=1"]) == (
        "--people",
        "must be a whole number from 2 to 5000",
    )
