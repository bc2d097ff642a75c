"""What the app is asked about a room under load, valid and not, and how often."""

from collections.abc import Callable

from faults.caller import Caller, Guested
from faults.client import Request, delivery, listed, mapped, new_id, of_user, send_until_answered
from rooms.domain.time import DAY, HOUR, format_time, now
from testkit.identifiers import raw_id
from testkit.raw import Raw


def change_room(caller: Caller, room: Guested) -> None:
    caller.send(200, "PATCH", f"/rooms/{room.id}", open_for_a_day())


def change_roster(caller: Caller, room: Guested) -> None:
    who, role = (
        raw_id(caller.random.randrange(10_000)),
        caller.random.choice(({"role": "Presenter"}, None)),
    )
    caller.send(200, "PATCH", f"/rooms/{room.id}/participants", {"participants": {who: role}})


def change_as_in_2022(caller: Caller, room: Guested) -> None:
    """Invites and removes somebody, on routes that only 2022-02-01 has."""
    who = raw_id(caller.random.randrange(10_000))
    for action, body in ("add", listed(who)), ("remove", listed(who, role=None)):
        path = f"/rooms/{room.id}/participants:{action}"
        caller.sent(200, Request("POST", path, body, version="2022-02-01"))
    caller.sent(200, Request("GET", f"/rooms/{room.id}", version="2022-02-01"))


def change_as_in_2021(caller: Caller, room: Guested) -> None:
    """Changes the room and its roster at once."""
    body = {**open_for_a_day(), **mapped(raw_id(caller.random.randrange(10_000)))}
    caller.sent(200, Request("PATCH", f"/rooms/{room.id}", body, version="2021-04-07"))


def use_a_token(caller: Caller, _: Guested) -> None:
    """The life of a user."""
    made = caller.sent(201, of_user("POST", "", {"createTokenWithScopes": ["voip"]})).json()
    path = f"/{made['identity']['id']}"
    issue = of_user("POST", f"{path}/:issueAccessToken", {"scopes": ["voip"]})
    token = caller.sent(200, issue).json()
    _check(caller, made["accessToken"]["token"], True)
    caller.sent(204, of_user("POST", f"{path}/:revokeAccessTokens"))
    _check(caller, token["token"], False)
    caller.sent(204, of_user("DELETE", path))


def _check(caller: Caller, token: str, valid: bool) -> None:
    answer = caller.send(200, "POST", "/identities/:checkAccessToken", {"token": token})
    assert answer.json()["valid"] == valid, answer


def name(caller: Caller, room: Guested) -> None:
    names = {room.people[0]: {"name": f"Person {caller.random.randrange(100)}"}}
    caller.send(
        200,
        "PATCH",
        f"/rooms/{room.id}/details",
        {"title": f"Tea {caller.random.random()}", "participants": names},
    )


def invite_with_names(caller: Caller, room: Guested) -> None:
    who = room.people[0]
    person = {"name": f"Person {caller.random.randrange(100)}", "externalId": f"E-{who}"}
    caller.send(200, "PATCH", f"/rooms/{room.id}/invitees", {"participants": {who: person}})


def happen(caller: Caller, room: Guested) -> None:
    """Some events: somebody comes, and goes."""
    who, at, call = caller.random.choice(room.people), room.events, room.call
    events = [call.started()] if not room.events else call.stay(at, at + 1, who)
    room.events += 2
    caller.sent(202, delivery(*events))


def misunderstand(caller: Caller, room: Guested) -> None:
    """An event that is not understood, and is dropped."""
    caller.sent(202, delivery({**room.call.started(), "eventTime": new_id(caller.random)}))
    for event in caller.send(200, "GET", "/quarantine").json()["value"]:
        raw = Raw(caller.raw.endpoint, caller.raw.key, None)
        answer = send_until_answered(
            raw, Request("DELETE", f"/quarantine/{event['id']}"), caller.in_flight
        ).answer
        assert answer.status in (204, 404), answer  # another client was faster


def admit(caller: Caller, room: Guested) -> None:
    invited = caller.random.random() < 0.5
    who = {"rawId": room.people[0] if invited else raw_id(20_000)}
    roster = [
        each["rawId"]
        for each in caller.send(200, "GET", f"/rooms/{room.id}/participants").json()["value"]
    ]
    caller.send(200 if who["rawId"] in roster else 403, "POST", f"/rooms/{room.id}/admission", who)


def without_a_key(caller: Caller, room: Guested) -> None:
    caller.sent(401, Request("GET", f"/rooms/{room.id}"), caller.unsigned)


def _get(
    weight: int, path: str, expected: int = 200
) -> tuple[int, Callable[[Caller, Guested], None]]:
    """A GET of a path with the room, somebody of it, and its call."""

    def get(caller: Caller, room: Guested) -> None:
        caller.send(
            expected, "GET", path.format(room=room.id, who=room.people[0], call=room.call.id)
        )

    return weight, get


ASKED: list[tuple[int, Callable[[Caller, Guested], None]]] = [
    (20, happen),
    (8, admit),
    (6, change_roster),
    (3, change_room),
    (1, change_as_in_2022),
    (1, change_as_in_2021),
    (1, use_a_token),
    (3, name),
    (2, invite_with_names),
    (1, misunderstand),
    (2, without_a_key),
    _get(8, "/rooms/{room}"),
    _get(4, "/rooms/{room}/participants"),
    _get(10, "/rooms/{room}/presence"),
    _get(3, "/rooms/{room}/calls"),
    _get(3, "/rooms/{room}/attendance"),
    _get(1, "/rooms/{room}/attendance?format=csv"),
    _get(3, "/rooms/{room}/log"),
    _get(1, "/rooms/{room}/log?format=ndjson"),
    _get(4, "/rooms/{room}/admission?rawId={who}"),
    _get(2, "/rooms/{room}/overview"),
    _get(2, "/rooms/{room}/details"),
    _get(1, "/rooms"),
    _get(1, "/rooms?state=open"),
    _get(1, "/rooms?title=tea"),
    _get(1, "/rooms?name=a&include=lastCall"),
    _get(1, "/people?name=a"),
    _get(1, "/rooms?participant={who}"),
    _get(1, "/rooms?externalId=E-{who}"),
    _get(1, "/attendance?person={who}"),
    _get(1, "/attendance?person=E-{who}&format=csv"),
    _get(1, "/noShows?from=2020-01-01T00:00:00Z"),
    _get(1, "/calls"),
    _get(1, "/live"),
    _get(1, "/roles"),
    _get(1, "/.well-known/jwks.json"),
    _get(1, "/console"),
    _get(2, "/console/app.js"),
    _get(2, "/console/room.js"),
    _get(1, "/rooms/99400000000000000", 404),
    _get(1, "/rooms/abc", 400),
    _get(1, "/rooms/{room}/calls/none", 404),
    _get(1, "/rooms/{room}/presence?at=yesterday", 400),
]
"""What is asked, and how often among each other."""


def open_for_a_day() -> dict[str, str]:
    return {"validFrom": format_time(now() - HOUR), "validUntil": format_time(now() + DAY)}
