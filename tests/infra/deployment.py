"""What Azure would be asked to make: all resources of a layer, for some parameters."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.infra.bicep import INFRA, Node, declarations, text_of
from tests.infra.evaluate import SUBSCRIPTION, File, Names

HOST = "contoso.communication.azure.com"

_LATER: dict[str, dict[str, Any]] = {
    "Microsoft.Communication/communicationServices": {"properties": {"hostName": HOST}},
    "Microsoft.EventGrid/systemTopics": {"identity": {"principalId": "the topic"}},
    "Microsoft.Insights/components": {"properties": {"ConnectionString": "InstrumentationKey=a"}},
    "Microsoft.KeyVault/vaults": {"properties": {"vaultUri": "https://kv.vault.azure.net/"}},
    "Microsoft.ManagedIdentity/userAssignedIdentities": {
        "properties": {"clientId": SUBSCRIPTION, "principalId": "the app"}
    },
    "Microsoft.Web/sites": {"properties": {"defaultHostName": "func.azurewebsites.net"}},
}
"""What only Azure knows of a resource, by its type."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource that is made. `body` has what Azure is sent, with the name of the resource
    alone."""

    kind: str
    version: str
    id: str
    body: dict[str, Any]

    @property
    def properties(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body["properties"]
        return found

    @property
    def group(self) -> str:
        """The resource group, or "" for what is in none."""
        form = re.match(r"/subscriptions/[^/]+/resourceGroups/([^/]+)/", self.id)
        return form[1] if form else ""


@dataclass
class Deployment(File):
    """A file that is deployed into a group, or, without one, into a subscription."""

    path: Path
    parameters: Names
    group: str = ""
    resources: list[Resource] = field(default_factory=list)
    """Those of its modules, too."""

    def __post_init__(self) -> None:
        File.__init__(self, self.path, self.parameters)
        self._deployed = declarations(self.path, "resource") | declarations(self.path, "module")
        for name in self._deployed:
            self.value(name, {})

    def of(self, kind: str) -> list[Resource]:
        """Returns the resources of a type."""
        return [each for each in self.resources if each.kind == kind]

    def value(self, name: str, local: Names) -> Any:
        if name not in local and name not in self._values and name in self._deployed:
            self._values[name] = self._made(self._deployed[name], self._deployed[name], local)
        return super().value(name, local)

    def _made(self, declaration: Node, node: Node, local: Names) -> Any:
        """Makes what a declaration says, if its condition holds, once or in a loop."""
        parts = [each for each in node.children if each.type != "comment"]
        match node.type:
            case "if_statement":
                test = next(each for each in parts if each.type == "parenthesized_expression")
                holds = self.evaluate(test, local)
                return self._made(declaration, parts[-1], local) if holds else None
            case "for_statement":
                name, source, body = (each for each in parts if each.is_named)
                return [
                    self._made(declaration, body, {**local, text_of(name): item})
                    for item in self.evaluate(source, local)
                ]
            case "object":
                is_module = declaration.type == "module_declaration"
                return (self._module if is_module else self._resource)(declaration, node, local)
        return self._made(declaration, parts[-1], local)

    def _module(self, declaration: Node, node: Node, local: Names) -> dict[str, Any]:
        body = self.evaluate(_without(node, ("dependsOn",)), local)
        group = body["scope"]["name"] if "scope" in body else self.group
        path = next(text_of(each) for each in declaration.children if each.type == "string")
        parameters = body.get("params", {})
        module = Deployment(self.path.parent / path.strip("'"), parameters, group)
        self.resources += module.resources
        return {"outputs": module.outputs}

    def _resource(self, declaration: Node, node: Node, local: Names) -> dict[str, Any]:
        typed = next(text_of(each) for each in declaration.children if each.type == "string")
        kind, _, version = typed.strip("'").partition("@")
        body = self.evaluate(_without(node, ("dependsOn",)), local)
        parent, scope = body.pop("parent", None), body.pop("scope", None)
        name = f"{parent['name']}/{body['name']}" if parent else body["name"]
        whole = self._id(kind, name, scope)
        if not any(each.type == "existing" for each in declaration.children):
            self.resources.append(Resource(kind, version, whole, body))
        later = _LATER.get(kind, {})
        known = {key: {**(body.get(key) or {}), **of} for key, of in later.items()}
        return {**body, **known, "id": whole, "name": name}

    def _id(self, kind: str, name: str, scope: dict[str, Any] | None) -> str:
        provider, *types = kind.split("/")
        path = "/".join(f"{a}/{b}" for a, b in zip(types, name.split("/"), strict=True))
        if kind == "Microsoft.Resources/resourceGroups":
            return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"
        within = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{self.group}"
        return f"{scope['id'] if scope else within}/providers/{provider}/{path}"


class _Properties:
    """An object without some of its properties."""

    type = "object"

    def __init__(self, children: list[Node]) -> None:
        self.children = children


def _without(node: Node, names: tuple[str, ...]) -> Any:
    return _Properties(
        [
            each
            for each in node.children
            if each.type != "object_property" or text_of(each.children[0]) not in names
        ]
    )


def app(**parameters: Any) -> Deployment:
    """Returns the first layer for some parameters."""
    required = {"environmentName": "prod", "location": "westeurope"}
    return Deployment(INFRA / "app" / "main.bicep", required | parameters)


def events(first: Deployment) -> Deployment:
    """Returns the second layer, as azd gives it the outputs of the first."""
    outputs = first.outputs
    values = json.loads((INFRA / "events" / "main.parameters.json").read_text())["parameters"]
    parameters = {name: outputs[each["value"].strip("${}")] for name, each in values.items()}
    return Deployment(INFRA / "events" / "main.bicep", parameters)
