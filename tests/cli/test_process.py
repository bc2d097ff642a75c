"""Each command in a process of its own: with --json, when the service cannot be asked, and when
nobody reads on."""

import json
import os
import subprocess
from typing import Any

import pytest

from testkit.insight import Insight
from testkit.ports import free_port
from testkit.raw import Raw
from testkit.running import RunningApp
from testkit.waiting import HANG_SECONDS
from tests.cli.line import ROOMS, VARIABLE, Line


def documents(line: Line, *arguments: str) -> list[Any]:
    ended = line.process(*arguments, "--json")
    assert (ended.code, ended.err) == (0, "")
    return [json.loads(text) for text in ended.out.splitlines()]


def test_each_command_answers_scripts_as_the_service_does(
    line: Line, raw: Raw, insight: Insight, meeting: str
) -> None:
    room = raw.get(f"/rooms/{meeting}").json()
    assert documents(line, "list", "--limit", "1000") == insight.all("/rooms")
    (shown,) = documents(line, "show", meeting)
    assert shown == insight.json(f"/rooms/{meeting}/overview")
    (presence,) = documents(line, "who", meeting)
    assert presence == {**insight.json(f"/rooms/{meeting}/presence"), "asOf": presence["asOf"]}
    assert documents(line, "attendance", meeting) == [insight.json(f"/rooms/{meeting}/attendance")]
    assert documents(line, "log", meeting) == insight.json(f"/rooms/{meeting}/log")["value"][::-1]
    raw_id = shown["participants"][0]["rawId"]
    assert documents(line, "explain", meeting, raw_id) == [
        insight.json(f"/rooms/{meeting}/admission?rawId={raw_id}")
    ]
    (made,) = documents(line, "create")
    assert list(made) == list(room)


def test_the_key_is_wrong(line: Line, app: RunningApp) -> None:
    ended = line.having(
        **{VARIABLE: f"endpoint={app.http}/;accesskey=c2VjcmV0LXNlY3JldA=="}
    ).process("list")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"rooms: {app.http} does not accept the key in {VARIABLE}")


def test_nobody_answers(line: Line) -> None:
    endpoint = f"http://localhost:{free_port()}"
    ended = line.having(**{VARIABLE: f"endpoint={endpoint}/;accesskey=YQ=="}).process("list")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"rooms: Cannot connect to {endpoint}.")


def test_the_command_line_is_wrong(line: Line) -> None:
    ended = line.process("show")
    assert (ended.code, ended.out) == (2, "")
    assert "Missing argument 'ROOM'" in ended.err


@pytest.mark.thorough
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_an_output_that_is_closed_is_no_error(line: Line, meeting: str, options: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [str(ROOMS), "log", meeting, *options]
    ended = subprocess.run(
        command,
        cwd=line.folder,
        env=line.environment,
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=HANG_SECONDS,
    )
    os.close(writer)
    assert ended.stderr == b""
