"""What a command says when the service cannot be asked."""

import pytest

from tests.cli.line import VARIABLE, Line
from tests.ports import free_port
from tests.running import RunningApp

KEY = "c2VjcmV0LXNlY3JldA=="


def pointing(line: Line, endpoint: str, key: str = KEY) -> Line:
    return line.having(**{VARIABLE: f"endpoint={endpoint}/;accesskey={key}"})


def test_the_connection_string_is_missing(line: Line) -> None:
    said = line.having(**{VARIABLE: None}).failure("list")
    assert said == f"Set {VARIABLE}: export {VARIABLE}='<the connection string that `make start` prints>'."


@pytest.mark.parametrize("command", [["list"], ["who", "a"]])
def test_the_key_is_wrong(line: Line, app: RunningApp, command: list[str]) -> None:
    said = pointing(line, app.http).failure(*command)
    assert said.startswith(f"{app.http} does not take the key in {VARIABLE}")
    assert KEY not in said


def test_a_key_that_may_only_read_shows_but_does_not_create(line: Line, app: RunningApp) -> None:
    reading = pointing(line, app.http, app.read_key)
    assert reading.out("list", "--limit", "1")
    assert "only a manage key may create" in reading.failure("create")


@pytest.mark.parametrize("command", [["list"], ["who", "a"]])
def test_nobody_answers(line: Line, command: list[str]) -> None:
    endpoint = f"http://localhost:{free_port()}"
    said = pointing(line, endpoint).failure(*command)
    assert said.startswith(f"{endpoint} cannot be reached. Is the service running there (`make start`)?")


def test_the_certificate_is_not_trusted_until_it_is(line: Line, app: RunningApp) -> None:
    secure = line.having(**{VARIABLE: app.connection_string})
    for command in ["list"], ["who", "a"]:
        assert "paste the line `export REQUESTS_CA_BUNDLE=...`" in secure.failure(*command)
    assert secure.having(**app.trust).out("list", "--limit", "1")


def test_the_bundle_of_certificates_is_not_there(line: Line, app: RunningApp) -> None:
    secure = line.having(**{VARIABLE: app.connection_string, "REQUESTS_CA_BUNDLE": "missing.pem"})
    assert secure.failure("list").startswith("The file that REQUESTS_CA_BUNDLE names is not there.")


def test_the_port_is_of_the_other_protocol(line: Line, app: RunningApp) -> None:
    assert "begins with http://" in pointing(line, app.https.replace(str(app.port + 1), str(app.port))).failure("list")
    assert "begins with https://" in pointing(line, app.http.replace(str(app.port), str(app.port + 1))).failure("who", "a")


def test_something_else_answers(line: Line, app: RunningApp) -> None:
    said = pointing(line, f"{app.http}/other").failure("who", "a")
    assert said == f"{app.http}/other answered 404, which Anteroom does not. Is that its endpoint, and is it up to date?"
