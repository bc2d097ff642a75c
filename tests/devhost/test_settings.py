"""Settings, as Core Tools reads them."""

import json
from pathlib import Path

from devhost.settings import on_development_storage, read_settings


def write(file: Path, **values: object) -> None:
    file.write_text(json.dumps({"Values": values}))


def test_local_settings_are_taken_instead_of_the_sample(tmp_path: Path) -> None:
    write(tmp_path / "local.settings.sample.json", A="sample", B="sample")
    write(tmp_path / "local.settings.json", A="local")
    assert read_settings(tmp_path, {}) == {"A": "local"}


def test_the_environment_wins(tmp_path: Path) -> None:
    write(tmp_path / "local.settings.json", A="local", B="local")
    assert read_settings(tmp_path, {"A": "environment"}) == {"A": "environment", "B": "local"}


def test_values_that_are_no_text_become_text(tmp_path: Path) -> None:
    write(tmp_path / "local.settings.json", A=True, B=5)
    assert read_settings(tmp_path, {}) == {"A": "true", "B": "5"}


def test_an_app_needs_no_settings(tmp_path: Path) -> None:
    assert read_settings(tmp_path, {"A": "environment"}) == {"A": "environment"}


def test_the_hosts_own_storage_alone_asks_for_no_azurite() -> None:
    development = "UseDevelopmentStorage=true"
    assert on_development_storage({"AzureWebJobsStorage": development}) == []
    assert on_development_storage({"AzureWebJobsStorage": development, "A": "x"}) == []
    assert on_development_storage({"AzureWebJobsStorage": development, "A": development}) == [
        "AzureWebJobsStorage",
        "A",
    ]
