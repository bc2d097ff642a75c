"""The log of the app has no value of a query or a body that was refused."""

import json
from urllib.parse import quote

import pytest

from devhost.azurite import PROJECT
from testkit.identifiers import raw_id
from testkit.raw import Raw
from testkit.running import RunningApp, new_key
from tests.effort import THOROUGH
from tests.test_function_app import TRIGGERS

SECRET = "8:acs:Mrs Sanders-zq7v.x"
NUMBER = 424242424
ROUTES = [
    (method, f"/{trigger['route'].lstrip('/')}")
    for trigger in TRIGGERS
    for method in trigger["methods"]
]
KEYLESS = (
    *("/", "/.well-known/jwks.json", "/console", "/console/{file}", "/health", "/openapi.json"),
    *("/join/static/{file}", "/join/{roomId}"),
    *("/rooms/{roomId}/join", "/media/livekit"),
)
"""Routes that ask for no key: for anybody, for who holds a join link, or for a media server."""

NAMES = (
    *("at", "call", "externalId", "format", "from", "kind", "nextLink", "participant", "person"),
    *("rawId", "role", "since", "state", "title", "until"),
)


DOCUMENTED = json.loads((PROJECT / "rooms" / "api" / "openapi.json").read_text())["paths"]


def names_of(route: str) -> list[str]:
    """Parameters of a GET to try: those that it has, and all if THOROUGH=1."""
    if THOROUGH:
        return [*NAMES]
    parameters = DOCUMENTED.get(route, {}).get("get", {}).get("parameters", [])
    return [each["name"] for each in parameters if each["in"] == "query"]


def bodies_for(method: str, route: str) -> list[object]:
    """Bodies to try: few where none is read, and all of them if THOROUGH=1."""
    reads_one = "requestBody" in DOCUMENTED.get(route, {}).get(method.lower(), {"requestBody": {}})
    return bodies(SECRET) if reads_one or THOROUGH else bodies(SECRET)[:3]


def bodies(secret: str) -> list[object]:
    """Bodies that have a text in each place."""
    return [
        secret,
        secret.encode() + b"{",
        [secret],
        {secret: secret},
        {"validFrom": secret},
        {"validUntil": secret, "validFrom": secret},
        {"pstnDialOutEnabled": secret},
        {"participants": secret},
        {"participants": {secret: {"role": "Presenter"}}},
        {"participants": {secret: {"role": secret}}},
        {"participants": {raw_id(1): {"role": secret}}},
        {"participants": {raw_id(1): {secret: secret}}},
        {"participants": {raw_id(1): {"name": secret * 99, "externalId": secret * 99}}},
        {"participants": {secret: {"name": secret * 99}}},
        {"participants": [{"communicationIdentifier": {"rawId": secret}, "role": secret}]},
        {"title": secret * 99},
        {"joinPolicy": secret},
        {"rawId": secret * 99},
        {"rawId": raw_id(1), "at": secret},
        {"token": secret, "appId": secret, "userId": ""},
        {"scopes": [secret], "expiresInMinutes": 60},
        {"createTokenWithScopes": [secret]},
        {"scopes": ["voip"], "expiresInMinutes": NUMBER},
        {"createTokenWithScopes": ["voip"], "expiresInMinutes": NUMBER},
    ]


@pytest.mark.parametrize(("method", "route"), ROUTES, ids=str)
def test_no_value_that_was_refused_is_in_it(
    app: RunningApp, raw: Raw, method: str, route: str
) -> None:
    before = len(app.log())
    path = route.replace("{roomId}", "99400000000000000").replace("{id}", raw_id(1))
    path = quote(path.replace("{", "").replace("}", ""), safe="/:")
    value = quote(SECRET, safe="")
    for name in names_of(route) if method == "GET" else ():
        raw.get(f"{path}?{name}={value}")
    if method == "GET":
        raw.get(f"{path}?{'&'.join(f'{name}={value}' for name in NAMES)}")
    raw.send(method, f"{path}?api-version={value}")
    Raw(raw.endpoint, new_key(), None).send(method, f"{path}?title={value}&{value}=1")
    version = "2023-10-01" if "dentities" in route or "teamsUser" in route else raw.version
    for body in bodies_for(method, route) if method != "GET" else ():
        content = body if isinstance(body, bytes) else json.dumps(body)
        Raw(raw.endpoint, raw.key, version).send(method, path, content)
    said = app.log()[before:]
    assert (" rooms.auth " in said) == (route not in KEYLESS)
    for secret in ("Sanders", "zq7v", str(NUMBER)):
        assert secret not in said
