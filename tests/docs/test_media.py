"""docs/media.md and examples/livekit.yaml agree with the code, and with livekit-server."""

import re
import subprocess
from pathlib import Path

from devhost.azurite import PROJECT
from devhost.child import status_of
from devhost.livekit import EVENTS, WEBHOOK, configuration
from rooms.domain.capabilities import CAPABILITIES
from rooms.media.livekit.grants import LACKS
from testkit.ports import free_port
from testkit.waiting import until
from tests.docs.shown import DOCS

SAMPLE = (PROJECT / "examples" / "livekit.yaml").read_text()


def test_each_capability_is_in_one_row_and_those_that_are_not_there_in_theirs() -> None:
    section = (DOCS / "media.md").read_text().partition("## Which capabilities are enforced")[2]
    rows = [line for line in section.partition("\n*")[0].splitlines() if line.startswith("| ")]
    names = {row.split("|")[1].strip(): re.findall(r"`(\w+)`", row) for row in rows}
    listed = [name for row in names.values() for name in row]
    assert sorted(listed) == sorted(each.name for each in CAPABILITIES)
    assert set(names["not there, so nobody has them"]) == LACKS


def test_the_sample_has_what_make_start_configures() -> None:
    assert re.findall(r"^ +- (\w+)$", SAMPLE, re.MULTILINE) == list(EVENTS)
    assert f"azurewebsites.net{WEBHOOK}\n" in SAMPLE
    ours = configuration(1, "", "")
    notifier = ours["webhook"]["resource_url_notifier"]
    assert (ours["room"], "auto_create: false" in SAMPLE) == ({"auto_create": False}, True)
    for name, value in notifier.items():
        assert f"    {name}: {value}\n" in SAMPLE


def test_livekit_server_starts_with_the_sample(livekit_program: Path, tmp_path: Path) -> None:
    port = free_port(3)
    text = SAMPLE.replace("use_external_ip: true", "use_external_ip: false")
    text = text.replace("<its secret, at least 32 characters>", "s" * 32)
    text = text.replace("<API key>", "key").replace("<app>", "app")
    for offset in range(3):
        text = text.replace(str(7880 + offset), str(port + offset))
    file = tmp_path / "livekit.yaml"
    file.write_text(text)
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(
            [livekit_program, "--config", file, "--bind", "127.0.0.1"], stdout=log, stderr=log
        ) as server,
    ):
        until(lambda: status_of(port, "/") == 200 or server.poll() is not None)
        running = server.poll() is None
        server.kill()
    assert running, (tmp_path / "log").read_text()
