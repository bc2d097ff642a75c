"""Users and their tokens, as operations. After each the tokens are checked: one that was revoked is
never valid again, and a user who was deleted never comes back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from faults.client import (
    IDENTITY_VERSION,
    Body,
    Request,
    of_user,
    send,
)
from faults.first_user import first_user
from faults.lane import Lane
from faults.operation import Operation, Outcome, Trial, asked, nothing, outcome
from rooms.domain.identity import parts_of
from rooms.domain.time import DAY, now
from rooms.storage import keys
from rooms.storage.entities import stored_time
from rooms.storage.table import Table

VOIP: Body = {"scopes": ["voip"]}
WITH_TOKEN: Body = {"createTokenWithScopes": ["voip"]}


@dataclass(frozen=True, slots=True)
class User:
    """A user who was made before, with a token."""

    raw_id: str
    token: str

    @property
    def row(self) -> dict[str, str]:
        """The keys of their row."""
        parts = parts_of(self.raw_id)
        assert parts
        return {"PartitionKey": keys.IDENTITY_PARTITION, "RowKey": keys.user_row(parts[1])}


def new_user(lane: Lane) -> User:
    """Makes a user."""
    body = send(lane.raw, of_user("POST", "", WITH_TOKEN)).answer.json()
    return User(body["identity"]["id"], body["accessToken"]["token"])


def revoked(lane: Lane) -> User:
    """Makes a user whose token is revoked."""
    return _done(lane, "POST", "/:revokeAccessTokens", "Revoked")


def deleted(lane: Lane) -> User:
    """Makes a user and deletes them."""
    return _done(lane, "DELETE", "", "UserDeleted")


def unused(lane: Lane) -> User:
    """Makes a user whose last token is two days old."""
    user = new_user(lane)
    lane.directly(_age, user)
    return user


async def _age(table: Table, user: User) -> None:
    await table.merge(user.row | {"usedAt": stored_time(now() - 2 * DAY)})


def _done(lane: Lane, method: str, path: str, reason: str) -> User:
    user = new_user(lane)
    assert send(lane.raw, of_user(method, f"/{user.raw_id}{path}")).answer.status == 204
    lane.invalid[user.token] = reason
    return user


def checked(lane: Lane, token: str) -> str:
    """What the app says of a token: whose it is, or why it is not valid."""
    body = lane.send("POST", "/identities/:checkAccessToken", {"token": token}).answer.json()
    return str(body["rawId"] if body["valid"] else body["reason"])


def _create(lane: Lane, body: Body) -> Trial:
    """Each try may make a user of whom nobody was told: no row is half, and there are no more."""
    before = _users(lane)

    def look(result: Outcome) -> object:
        made = _users(lane) - before
        assert 1 <= made <= result.tries, f"{made} users after {result.tries} tries"
        (answer,) = answers
        identity = answer["identity"]["id"]
        token = answer.get("accessToken", {}).get("token")
        if token is None:
            issued = send(lane.raw, of_user("POST", f"/{identity}/:issueAccessToken", VOIP))
            token = issued.answer.json()["token"]
        return checked(lane, token) == identity

    answers: list[Any] = []

    def carry_out() -> Outcome:
        sent = send(lane.raw, of_user("POST", "", body))
        answers.append(answer := sent.answer.json())
        return outcome(sent, answer["identity"]["id"])

    return Trial(carry_out, look)


def _create_and_delete(lane: Lane) -> Trial:
    tokens: list[str] = []

    def carry_out() -> Outcome:
        made = send(lane.raw, of_user("POST", "", WITH_TOKEN)).answer.json()
        tokens.append(made["accessToken"]["token"])
        return outcome(send(lane.raw, of_user("DELETE", f"/{made['identity']['id']}")))

    def look(_: Outcome) -> object:
        lane.invalid[tokens[-1]] = "UserDeleted"
        return checked(lane, tokens[-1])

    return Trial(carry_out, look)


def _users(lane: Lane) -> int:
    rows = lane.stored_table.rows(
        f"PartitionKey eq '{keys.IDENTITY_PARTITION}' and RowKey ge '{keys.USERS_START}' "
        f"and RowKey lt '{keys.USERS_END}'"
    )
    return len(rows)


def _of_user(
    lane: Lane,
    make: Callable[[Lane], User],
    requests: Sequence[tuple[str, str, Body | None]],
    then: str | None,
) -> Trial:
    """Requests about a user, one after the other. The last answer counts. `then` is why the token
    of before is not valid any more, if it is not; a token that the last one issued is."""
    user, issued = make(lane), list[str]()

    def carry_out() -> Outcome:
        for method, path, body in requests:
            sent = send(lane.raw, of_user(method, f"/{user.raw_id}{path}", body))
        if sent.answer.status == 200:
            issued.append(sent.answer.json()["token"])
        return outcome(sent, user.raw_id)

    def look(_: Outcome) -> object:
        if then is not None:
            lane.invalid[user.token] = then
        told = [checked(lane, token) for token in (user.token, *issued)]
        return [each.replace(user.raw_id, "theirs") for each in told]

    return Trial(carry_out, look)


def _check(lane: Lane, make: Callable[[Lane], User]) -> Trial:
    user = make(lane)
    body = {"token": user.token}
    return asked(lane, Request("POST", "/identities/:checkAccessToken", body), nothing, user.raw_id)


_CREATE, _ISSUE, _REVOKE, _DELETE, _CHECK = (
    ("create_identity",),
    ("issue_access_token",),
    ("revoke_access_tokens",),
    ("delete_identity",),
    ("check_access_token",),
)
_ISSUING = ("POST", "/:issueAccessToken", VOIP)
_REVOKING = ("POST", "/:revokeAccessTokens", None)
_DELETING = ("DELETE", "", None)


def _operation(
    name: str,
    functions: tuple[str, ...],
    make: Callable[[Lane], User],
    *requests: tuple[str, str, Body | None],
    then: str | None = None,
    refused: bool = False,
) -> Operation:
    prepare = partial(_of_user, make=make, requests=requests, then=then)
    return Operation(name, functions, prepare, refused)


IDENTITIES = [
    Operation("make the first user", _CREATE, first_user),
    Operation("make a user", _CREATE, partial(_create, body={})),
    Operation("make a user with a token", _CREATE, partial(_create, body=WITH_TOKEN)),
    _operation("issue a token", _ISSUE, new_user, _ISSUING),
    _operation("issue a token after days", _ISSUE, unused, _ISSUING),
    _operation("issue a token of who is gone", _ISSUE, deleted, _ISSUING, refused=True),
    _operation("revoke", _REVOKE, new_user, _REVOKING, then="Revoked"),
    _operation("revoke again", _REVOKE, revoked, _REVOKING),
    _operation("revoke, and issue", _REVOKE, unused, _REVOKING, _ISSUING, then="Revoked"),
    _operation("revoke from who is gone", _REVOKE, deleted, _REVOKING),
    Operation("make a user, and delete them", _DELETE, _create_and_delete),
    _operation("delete a user", _DELETE, new_user, _DELETING, then="UserDeleted"),
    _operation("delete a user again", _DELETE, deleted, _DELETING),
    _operation("revoke, and delete", _DELETE, new_user, _REVOKING, _DELETING, then="UserDeleted"),
    Operation("check a token", _CHECK, partial(_check, make=new_user)),
    Operation("check a revoked token", _CHECK, partial(_check, make=revoked)),
    Operation("check a token of who is gone", _CHECK, partial(_check, make=deleted)),
    Operation(
        "the key of tokens",
        ("get_token_keys",),
        lambda lane: asked(lane, Request("GET", "/.well-known/jwks.json"), nothing),
    ),
    Operation(
        "a token of a Teams user",
        ("exchange_teams_token",),
        lambda lane: asked(
            lane,
            Request(
                "POST",
                "/teamsUser/:exchangeAccessToken",
                {"token": "x", "appId": "x", "userId": "x"},
                version=IDENTITY_VERSION,
            ),
            nothing,
        ),
        refused=True,
    ),
]
"""Everything about users and tokens."""
