"""devhost as a command: what it says when it cannot start, how it stops, and what becomes of the
data."""

import re
import signal
import socket
import ssl
import threading
import urllib.request
from pathlib import Path

import pytest

from devhost import ports
from devhost.azurite import PROJECT, Azurite
from testkit.devhost import Devhost, running_devhost
from testkit.ports import answers, free_port
from testkit.raw_http import Answer
from testkit.waiting import HANG_SECONDS, until
from tests.devhost.apps import APP, failed_start, written_app
from tests.effort import thorough

KEPT = """
import os
from azure.data.tables import TableClient

@app.route("keep", methods=["GET"])
def keep(req: func.HttpRequest) -> str:
    with TableClient.from_connection_string(os.environ["APP_STORAGE"], "kept") as table:
        if req.params.get("make"):
            table.create_table()
            table.create_entity({"PartitionKey": "p", "RowKey": "r"})
        return ",".join(entity["RowKey"] for entity in table.list_entities())
"""
ON_AZURITE = {
    "APP_STORAGE": "UseDevelopmentStorage=true",
    "AzureWebJobsStorage": "UseDevelopmentStorage=true",
}


def test_ctrl_c_lets_a_running_invocation_end_and_takes_no_new_one(tmp_path: Path) -> None:
    began, release = tmp_path / "began", tmp_path / "release"
    replies: list[Answer] = []
    with running_devhost(APP, tmp_path) as devhost:
        waiting = threading.Thread(
            target=lambda: replies.append(devhost.get(f"/waits?started={began}&until={release}"))
        )
        waiting.start()
        until(began.exists)
        devhost.process.send_signal(signal.SIGINT)
        until(lambda: not answers(devhost.port))
        release.touch()
        waiting.join()
        assert devhost.process.wait(HANG_SECONDS) == 0
    assert [reply.body for reply in replies] == [b"waited"]
    assert "waits" not in devhost.printed()  # reads that went well are not told
    assert "Traceback" not in devhost.printed()
    assert "Warning" not in devhost.printed()


def test_sigterm_ends_it_as_ctrl_c_does(tmp_path: Path) -> None:
    with running_devhost(APP, tmp_path) as devhost:
        devhost.process.terminate()
        assert devhost.process.wait(HANG_SECONDS) == 0


def test_data_survives_ctrl_c(tmp_path: Path) -> None:
    app = written_app(tmp_path / "app", KEPT, ON_AZURITE)
    with running_devhost(app, tmp_path) as devhost:
        assert devhost.get("/api/keep?make=1").body == b"r"
        assert devhost.interrupt() == 0
    with running_devhost(app, tmp_path) as devhost:
        assert devhost.get("/api/keep").body == b"r"
        assert devhost.interrupt() == 0


def test_data_survives_sigkill_and_azurite_stops(tmp_path: Path) -> None:
    app = written_app(tmp_path / "app", KEPT, ON_AZURITE)
    with running_devhost(app, tmp_path) as devhost:
        assert devhost.get("/api/keep?make=1").body == b"r"
        devhost.process.kill()
        devhost.process.wait()
    until(lambda: not answers(devhost.port + 2))
    with running_devhost(app, tmp_path, port=devhost.port) as devhost:
        assert devhost.get("/api/keep").body == b"r"
        assert devhost.interrupt() == 0


@pytest.mark.thorough
def test_it_can_start_at_once_after_sigkill(tmp_path: Path) -> None:
    app = written_app(tmp_path / "app", KEPT, ON_AZURITE)
    with running_devhost(app, tmp_path) as devhost:
        devhost.process.kill()
        devhost.process.wait()
    with running_devhost(app, tmp_path, port=devhost.port) as devhost:
        assert devhost.interrupt() == 0


def test_azurite_is_not_started_for_the_hosts_storage_alone(tmp_path: Path) -> None:
    app = written_app(tmp_path / "app", "", {"AzureWebJobsStorage": "UseDevelopmentStorage=true"})
    with running_devhost(app, tmp_path) as devhost:
        assert not answers(devhost.port + 2)


def test_every_setting_on_development_storage_becomes_azurites(tmp_path: Path) -> None:
    source = (
        "import os\n@app.route('s')\ndef s(req: func.HttpRequest) -> str:\n"
        "    return ' '.join(os.environ[n] for n in ('A', 'AzureWebJobsStorage'))"
    )
    app = written_app(tmp_path / "app", source, {"A": ON_AZURITE["APP_STORAGE"], **ON_AZURITE})
    with running_devhost(app, tmp_path) as devhost:
        connection_string = Azurite(tmp_path, devhost.port + 2).connection_string
        assert devhost.get("/api/s").body.decode() == f"{connection_string} {connection_string}"


@pytest.mark.parametrize("offset", [0, *thorough(1), 2])
def test_a_port_in_use_is_named_with_a_free_one(tmp_path: Path, offset: int) -> None:
    app = written_app(tmp_path / "app", KEPT, ON_AZURITE)
    port = free_port(3)
    with socket.create_server(("127.0.0.1", port + offset)):
        said = failed_start(app, tmp_path, port)
    refusal = re.fullmatch(r"devhost: Port (\d+) is in use. Try: make start PORT=(\d+)\n", said)
    assert refusal
    assert int(refusal[1]) == port + offset
    ports.check(int(refusal[2]))


def test_a_folder_that_takes_no_data_is_named_with_the_variable(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    said = failed_start(written_app(tmp_path / "app", KEPT, ON_AZURITE), tmp_path)
    assert f"No data can be written to {tmp_path / 'data'}" in said
    assert "make start DATA=" in said


def test_data_in_use_is_named_with_the_variable(tmp_path: Path) -> None:
    with Azurite(tmp_path, free_port()), pytest.MonkeyPatch.context() as patch:
        patch.setattr("devhost.azurite.STOP_SECONDS", 0)
        with pytest.raises(Exception, match=r"Another devhost uses the data in .* DATA="):
            Azurite(tmp_path, free_port()).__enter__()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import no_such_module", "line 3: ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise ValueError('a setting\\nis wrong')", "line 3: ValueError: a setting is wrong"),
        ("def", "function_app.py, line 3: invalid syntax"),
        (
            "del app",
            "ValueError: Could not find top level function app instances in function_app.py.",
        ),
        ("@app.route('x')\ndef f(other: func.HttpRequest) -> str:\n    return ''", "the function"),
        (
            "@app.route('x/{*rest}')\ndef f(req: func.HttpRequest) -> str:\n    return ''",
            "Function f: the route 'x/{*rest}' has more than plain parameters",
        ),
        (
            "@app.timer_trigger('t', schedule='now')\ndef f(t: func.TimerRequest) -> None: ...",
            "Function f: the schedule 'now' is not valid",
        ),
    ],
)
def test_an_app_that_does_not_load_is_told_in_one_line(
    tmp_path: Path, source: str, said: str
) -> None:
    printed = failed_start(written_app(tmp_path / "app", source), tmp_path)
    assert said in printed
    assert printed.splitlines()[-1].startswith("devhost: ")
    assert "Traceback" not in printed


def test_a_folder_without_an_app_is_told(tmp_path: Path) -> None:
    assert "There is no function_app.py in" in failed_start(tmp_path, tmp_path)


def test_settings_that_are_no_json_are_told(tmp_path: Path) -> None:
    app = written_app(tmp_path / "app", "")
    (app / "local.settings.json").write_text("{")
    assert "local.settings.json is not JSON" in failed_start(app, tmp_path)


def test_origins_that_no_browser_sends_are_told(tmp_path: Path) -> None:
    app = written_app(tmp_path / "app", "")
    (app / "local.settings.json").write_text('{"Host": {"CORS": "localhost:3000"}}')
    assert "Host.CORS: 'localhost:3000' is not an origin" in failed_start(app, tmp_path)


def test_without_an_access_key_the_banner_says_so(devhost: Devhost) -> None:
    assert "No key that may change rooms is set. Set ROOMS_MANAGE_KEY__<name>" in devhost.printed()


def test_the_banner_has_the_connection_string(tmp_path: Path) -> None:
    with running_devhost(
        written_app(tmp_path / "app", ""), tmp_path, {"ROOMS_MANAGE_KEY__test": "c2VjcmV0"}
    ) as devhost:
        assert (
            f"endpoint=https://localhost:{devhost.port + 1}/;accesskey=c2VjcmV0\n"
            in devhost.printed()
        )


def test_the_banner_names_the_console_of_an_app_that_has_one(
    tmp_path: Path, devhost: Devhost
) -> None:
    app = written_app(
        tmp_path / "app",
        "@app.route('console')\ndef page(req: func.HttpRequest) -> str:\n    return 'page'",
    )
    (app / "host.json").write_text('{"extensions": {"http": {"routePrefix": ""}}}')
    with running_devhost(app, tmp_path, {"ROOMS_MANAGE_KEY__test": "c2VjcmV+/w=="}) as other:
        link = f"http://localhost:{other.port}/console#key=c2VjcmV%2B%2Fw%3D%3D"
        assert f"\nConsole:\n  {link}\n" in other.printed()
        assert other.get("/console").body == b"page"
    assert "Console:" not in devhost.printed()


@pytest.mark.parametrize("file", ["ca.pem", "ca-bundle.pem"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_https_is_trusted_with_the_authority(devhost: Devhost, host: str, file: str) -> None:
    context = ssl.create_default_context(cafile=str(PROJECT / ".devhost" / file))
    with urllib.request.urlopen(
        f"https://{host}:{devhost.port + 1}/echo/1/2", context=context
    ) as reply:
        assert f'"url": "https://{host}:{devhost.port + 1}/echo/1/2"' in reply.read().decode()
