"""What clients of the retired api-versions do, as operations: their bodies, answers and routes."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from faults.changes import ALICE, BOB, CAROL, VALIDITY, create, crowd, room
from faults.client import (
    FOR_EVERY_USER,
    Body,
    Request,
    invited,
    listed,
    mapped,
    repeatable,
    request_id,
    send,
)
from faults.lane import Lane
from faults.operation import Operation, Trial, asked, nothing, room_is
from rooms.domain.time import DAY, format_time, now

LATER = {"validFrom": format_time(now() + 10 * DAY), "validUntil": format_time(now() + 20 * DAY)}
"""A validity that has not begun: the policy of a room may change with it in 2022-02-01."""


def _create(lane: Lane, version: str, body: Body, repeats: bool) -> Trial:
    headers = repeatable(lane.random, iso=version == "2022-02-01") if repeats else {}
    return create(lane, Request("POST", "/rooms", {**VALIDITY, **body}, headers, version))


def _change(lane: Lane, version: str, method: str, path: str, body: Body) -> Trial:
    room_id = room(lane, ALICE, BOB)
    headers = request_id(lane.random)
    request = Request(method, f"/rooms/{room_id}{path}", body, headers, version)
    return asked(lane, request, room_is(lane, room_id), room_id)


def _delete(lane: Lane, version: str, again: bool) -> Trial:
    room_id = room(lane, ALICE)
    first, second = (
        Request("DELETE", f"/rooms/{room_id}", None, request_id(lane.random), version)
        for _ in range(2)
    )
    if again:
        send(lane.raw, first)
    return asked(lane, second, room_is(lane, room_id), room_id)


def _get(lane: Lane, version: str, path: str) -> Trial:
    room_id = room(lane, ALICE, BOB)
    return asked(lane, Request("GET", f"/rooms/{room_id}{path}", version=version), nothing, room_id)


def _of(version: str, create: Body, update: Body, repeats: bool, again: int) -> Iterator[Operation]:
    """What all versions have. `again` is the answer to the delete of a deleted room."""

    def operation(
        what: str, function: str, prepare: Callable[..., Trial], refused: bool = False, **given: Any
    ) -> Operation:
        return Operation(
            f"{what} in {version}", (function,), partial(prepare, version=version, **given), refused
        )

    yield operation("create", "create_room", _create, body=create, repeats=repeats)
    yield operation("change", "update_room", _change, method="PATCH", path="", body=update)
    yield operation("get a room", "get_room", _get, path="")
    yield operation("delete", "delete_room", _delete, again=False)
    yield operation("delete again", "delete_room", _delete, again == 404, again=True)


def _of_participants(function: str, path: str, body: Body) -> Operation:
    """A change of the roster on a route that only 2022-02-01 has."""
    prepare = partial(_change, version="2022-02-01", method="POST", path=path, body=body)
    return Operation(path.removeprefix("/"), (function,), prepare)


RETIRED = [
    *_of(
        "2021-04-07",
        create=mapped(ALICE, BOB),
        update={**LATER, "participants": {ALICE: None, CAROL: {}}},
        repeats=False,
        again=404,
    ),
    *_of(
        "2022-02-01",
        create={**FOR_EVERY_USER, **listed(ALICE, BOB)},
        update={**LATER, **FOR_EVERY_USER, **listed(BOB, CAROL, role="Presenter")},
        repeats=True,
        again=404,
    ),
    *_of("2023-03-31-preview", create=invited(ALICE, BOB), update=LATER, repeats=True, again=204),
    Operation(
        "replace a roster in 2022-02-01 by 250",
        ("update_room",),
        partial(
            _change,
            version="2022-02-01",
            method="PATCH",
            path="",
            body={**LATER, **FOR_EVERY_USER, **listed(*crowd(250))},
        ),
    ),
    _of_participants("add_participants", "/participants:add", listed(BOB, CAROL)),
    _of_participants("change_participants", "/participants:update", listed(BOB, role="Presenter")),
    _of_participants("remove_participants", "/participants:remove", listed(ALICE, role=None)),
    Operation(
        "participants in 2022-02-01",
        ("list_participants",),
        partial(_get, version="2022-02-01", path="/participants"),
    ),
]
"""Each operation of each retired version, and the routes that only one of them has."""
