"""The types that infra/ uses and that are not beside the project, as far as it uses them.

Names are those of Microsoft's documentation of the resources
(learn.microsoft.com/azure/templates), in these versions.
"""

from typing import Any

_TEXT = "text"

_REQUIRED, _READ_ONLY = 1, 2

_DNS: dict[str, Any] = {
    "privateDnsZones": {"location": _TEXT, "tags": {}, "properties": {}},
    "privateDnsZones/virtualNetworkLinks": {
        "location": _TEXT,
        "tags": {},
        "properties": {
            "registrationEnabled": bool,
            "resolutionPolicy": _TEXT,
            "virtualNetwork": {"id": _TEXT},
        },
    },
}

_NETWORK: dict[str, Any] = {
    "virtualNetworks": {
        "location": _TEXT,
        "tags": {},
        "properties": {
            "addressSpace": {"addressPrefixes": [_TEXT]},
            "subnets": [
                {
                    "name": _TEXT,
                    "properties": {
                        "addressPrefix": _TEXT,
                        "delegations": [{"name": _TEXT, "properties": {"serviceName": _TEXT}}],
                        "privateEndpointNetworkPolicies": (
                            "Disabled",
                            "Enabled",
                            "NetworkSecurityGroupEnabled",
                            "RouteTableEnabled",
                        ),
                    },
                }
            ],
        },
    },
    "privateEndpoints": {
        "location": _TEXT,
        "tags": {},
        "properties": {
            "subnet": {"id": _TEXT},
            "privateLinkServiceConnections": [
                {
                    "name": _TEXT,
                    "properties": {"privateLinkServiceId": _TEXT, "groupIds": [_TEXT]},
                }
            ],
        },
    },
    "privateEndpoints/privateDnsZoneGroups": {
        "properties": {
            "privateDnsZoneConfigs": [
                {"name": _TEXT, "properties": {"privateDnsZoneId": _TEXT}},
            ]
        }
    },
}


_INSIGHTS: dict[str, Any] = {
    "workbooks": {
        "location": _TEXT,
        "tags": {},
        "kind": _TEXT,
        "properties": {
            "displayName": _TEXT,
            "category": _TEXT,
            "description": _TEXT,
            "serializedData": _TEXT,
            "sourceId": _TEXT,
            "version": _TEXT,
        },
    },
}


def _types(provider: str, version: str, shapes: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns shapes in the form of types.json: a list whose elements refer to each other."""
    types: list[dict[str, Any]] = []

    def added(type_: dict[str, Any]) -> dict[str, str]:
        types.append(type_)
        return {"$ref": f"#/{len(types) - 1}"}

    def type_of(name: str, shape: Any) -> dict[str, str]:
        match shape:
            case dict():
                properties = {
                    key: {"type": type_of(f"{name}.{key}", of), "flags": 0}
                    for key, of in shape.items()
                }
                anything = {} if shape else {"additionalProperties": added({"$type": "AnyType"})}
                return added(
                    {"$type": "ObjectType", "name": name, "properties": properties} | anything
                )
            case [item]:
                return added({"$type": "ArrayType", "itemType": type_of(name, item)})
            case tuple():
                literals = [added({"$type": "StringLiteralType", "value": one}) for one in shape]
                return added({"$type": "UnionType", "elements": literals})
            case _ if shape is bool:
                return added({"$type": "BooleanType"})
        return added({"$type": "StringType"})

    for kind, shape in shapes.items():
        name = f"{provider}/{kind}"
        body = type_of(name, {"id": _TEXT, "name": _TEXT} | shape)
        properties = types[-1]["properties"]
        properties["id"]["flags"] = _READ_ONLY
        properties["name"]["flags"] = _REQUIRED
        added({"$type": "ResourceType", "name": f"{name}@{version}", "body": body})
    return types


TYPES = {
    (provider.lower(), version): _types(provider, version, shapes)
    for provider, version, shapes in (
        ("Microsoft.Network", "2024-05-01", _NETWORK),
        ("Microsoft.Network", "2024-06-01", _DNS),
        ("Microsoft.Insights", "2023-06-01", _INSIGHTS),
    )
}
"""By provider, in lower case, and version."""
