"""The key that a checkout makes for itself."""

import base64
import json
import stat
from pathlib import Path

import pytest

from devhost.azurite import PROJECT
from devhost.development_key import NAME, published, with_development_key
from testkit.devhost import running_devhost
from testkit.running import new_key
from tests.devhost.apps import written_app

PUBLISHED = base64.b64encode(
    b"This key is public: it opens nothing but an Anteroom on a laptop."
).decode()


def test_each_checkout_has_a_key_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    first, other = tmp_path / "first", tmp_path / "other"
    made = with_development_key({NAME: "", "A": "a"}, first)
    assert len(base64.b64decode(made[NAME], validate=True)) == 48
    assert made["A"] == "a"
    assert with_development_key({NAME: ""}, first)[NAME] == made[NAME]
    assert with_development_key({NAME: ""}, other)[NAME] != made[NAME]


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    with_development_key({NAME: ""}, tmp_path)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "settings",
    [
        {NAME: "", "ROOMS_MANAGE_KEY__mine": "of my own"},
        {NAME: "of my own"},
        {"ROOMS_READ_KEY__reader": "of my own"},
        {},
    ],
)
def test_no_key_is_made_beside_one_that_is_set_or_where_none_is_asked_for(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    assert with_development_key(settings, tmp_path) == settings
    assert list(tmp_path.iterdir()) == []


def test_the_sample_asks_for_a_key_and_has_none() -> None:
    values = json.loads((PROJECT / "local.settings.sample.json").read_text())["Values"]
    assert {name: value for name, value in values.items() if "KEY" in name} == {NAME: ""}


def test_a_key_that_everybody_knows_is_recognized() -> None:
    assert published({NAME: PUBLISHED, "ROOMS_MANAGE_KEY__mine": new_key()}) == [NAME]


def test_with_a_key_that_everybody_knows_the_app_runs_and_one_line_says_what_to_do(
    tmp_path: Path,
) -> None:
    app = written_app(tmp_path / "app", "", {NAME: PUBLISHED})
    with running_devhost(app, tmp_path) as devhost:
        lines = [line for line in devhost.printed().splitlines() if "everybody knows" in line]
        assert f";accesskey={PUBLISHED}\n" in devhost.printed()
    assert len(lines) == 1
    assert f"{NAME} is a key that everybody knows. Set it to an empty text in" in lines[0]
