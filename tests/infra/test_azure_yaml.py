"""azure.yaml by the rules of azd's schema (Azure/azure-dev, schemas/v1.0/azure.yaml.json), and by
one that it lacks: it takes unknown keys of a service, as azd does, so misspelt ones have no effect.
"""

import copy
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from devhost.azurite import PROJECT
from tests.infra.bicep import INFRA, declarations

TOP = {"name", "metadata", "requiredVersions", "infra", "services", "workflows", "hooks"}

SERVICE = {"project", "host", "language", "dist", "remoteBuild", "hooks", "resourceName"}
"""What a service on a Function App may have: the schema forbids image, docker, k8s and others."""

COMMANDS = ("provision", "package", "deploy", "up", "down", "restore", "publish")

HOOKS = {
    "project": {f"{when}{command}" for when in ("pre", "post") for command in COMMANDS},
    "layer": {"preprovision", "postprovision"},
    "service": {
        f"{when}{command}"
        for when in ("pre", "post")
        for command in ("package", "deploy", "build", "restore", "publish")
    },
}

HOOK = {"shell", "kind", "dir", "run", "continueOnError", "interactive", "windows", "posix"}


def azure_yaml() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((PROJECT / "azure.yaml").read_text())
    return content


def problems(content: dict[str, Any]) -> list[str]:
    """Returns what is wrong with the content of an azure.yaml, in words."""
    return list(_problems(content))


def _problems(content: dict[str, Any]) -> Iterator[str]:
    yield from _unknown("the file", content, TOP)
    if not re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", str(content.get("name"))):
        yield "name"
    yield from _hooks("project", content.get("hooks", {}))
    infra = content["infra"]
    yield from _unknown("infra", infra, {"layers", "provider"})
    for layer in infra["layers"]:
        yield from _unknown("a layer", layer, {"name", "path", "module", "dependsOn", "hooks"})
        if not {"name", "path"} <= set(layer):
            yield "a layer needs name and path"
        elif not (PROJECT / layer["path"] / "main.bicep").is_file():
            yield f"no Bicep in {layer['path']}"
        yield from _hooks("layer", layer.get("hooks", {}))
    for service in content["services"].values():
        yield from _unknown("a service", service, SERVICE)
        if service.get("host") != "function":
            yield "host"
        if not isinstance(service.get("remoteBuild"), bool):
            yield "remoteBuild must be true or false"
        yield from _hooks("service", service.get("hooks", {}))
    for step in content["workflows"]["up"]["steps"]:
        yield from _step(step, {layer.get("name") for layer in infra["layers"]})


def _unknown(what: str, part: dict[str, Any], known: set[str]) -> Iterator[str]:
    if unknown := set(part) - known:
        yield f"{what} has {', '.join(sorted(unknown))}"


def _hooks(of: str, hooks: dict[str, Any]) -> Iterator[str]:
    yield from _unknown(f"hooks of the {of}", hooks, HOOKS[of])
    for hook in hooks.values():
        yield from _unknown("a hook", hook, HOOK)
        if hook.get("shell") not in ("sh", "pwsh") or not hook.get("run"):
            yield "a hook needs shell and run"


def _step(step: dict[str, Any], layers: set[str | None]) -> Iterator[str]:
    yield from _unknown("a step", step, {"azd"})
    command, *arguments = str(step.get("azd")).split()
    if command not in COMMANDS:
        yield f"no command {command}"
    if command == "provision" and not set(arguments) <= layers:
        yield f"no layer {arguments}"


def test_azd_takes_it() -> None:
    assert problems(azure_yaml()) == []


FAULTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a misspelt key": lambda it: it.update(workflow={}),
    "a name in capitals": lambda it: it.update(name="Anteroom"),
    "a path beside layers": lambda it: it["infra"].update(path="infra"),
    "a layer without a path": lambda it: it["infra"]["layers"][0].pop("path"),
    "a layer without Bicep": lambda it: it["infra"]["layers"][0].update(path="infra/apps"),
    "a hook of a layer that azd never runs": lambda it: it["infra"]["layers"][0]["hooks"].update(
        predeploy={"shell": "sh", "run": "true"}
    ),
    "a misspelt key of a service": lambda it: it["services"]["rooms"].update(remotebuild="maybe"),
    "text for true or false": lambda it: it["services"]["rooms"].update(remoteBuild="no"),
    "an image for a Function App": lambda it: it["services"]["rooms"].update(image="a"),
    "an unknown host": lambda it: it["services"]["rooms"].update(host="functions"),
    "a hook that runs nothing": lambda it: it["services"]["rooms"]["hooks"]["prepackage"].pop(
        "run"
    ),
    "a step for a layer that is not there": lambda it: it["workflows"]["up"]["steps"].append(
        {"azd": "provision event"}
    ),
    "an unknown command": lambda it: it["workflows"]["up"]["steps"].append({"azd": "publsh"}),
}


@pytest.mark.parametrize("plant", FAULTS.values(), ids=FAULTS)
def test_a_fault_in_it_is_found(plant: Callable[[dict[str, Any]], object]) -> None:
    content = copy.deepcopy(azure_yaml())
    plant(content)
    assert problems(content) != []


def test_what_make_package_builds_is_deployed_as_it_is() -> None:
    service = azure_yaml()["services"]["rooms"]
    assert (service["project"], service["dist"]) == (".", "build/azure")
    assert service["remoteBuild"] is False
    assert service["hooks"]["prepackage"]["run"] == "make package"


def test_the_function_is_there_before_event_grid_looks_for_it() -> None:
    steps = [step["azd"] for step in azure_yaml()["workflows"]["up"]["steps"]]
    assert steps == ["provision app", "deploy --all", "provision events"]


def test_the_scripts_of_layers_are_beside_them_and_can_be_run() -> None:
    for layer in azure_yaml()["infra"]["layers"]:
        for hook in layer["hooks"].values():
            script = PROJECT / layer["path"] / hook["run"]
            assert os.access(script, os.X_OK)
            assert script.read_text().startswith("#!/bin/sh\n")


def test_azd_is_new_enough_for_hooks_of_layers() -> None:
    (least,) = re.findall(r">= (\d+)\.(\d+)\.\d+", azure_yaml()["requiredVersions"]["azd"])
    assert tuple(map(int, least)) >= (1, 24)


def test_who_waits_for_the_table_sees_why() -> None:
    """azd shows what other hooks say for a moment, or not at all (Azure/azure-dev#6206, #9073)."""
    assert azure_yaml()["infra"]["layers"][0]["hooks"]["postprovision"]["interactive"] is True


def test_what_is_said_at_the_end_stays_on_the_screen() -> None:
    said = azure_yaml()["hooks"]["postup"]
    assert said["interactive"] is True
    variables = set(re.findall(r"\$(\w+)", said["run"]))
    assert variables == {"SERVICE_ROOMS_CONSOLE", "CONNECTION_STRING_COMMAND"}
    assert variables <= set(declarations(INFRA / "app" / "main.bicep", "output"))
