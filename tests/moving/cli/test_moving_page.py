"""The commands of a move print what docs/cli.md shows."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

from rooms.domain.time import DAY, format_time, now, parse_time
from testkit.acs_instance import AcsInstance
from testkit.events import Element, Meeting
from testkit.identifiers import raw_id
from tests.cli.line import Line
from tests.cli.test_cli_page import MOVING, ROOM, fixed, shown
from tests.moving.pull.observing import deliver

ALICE, BOB = raw_id(1), raw_id(2)
CHANGED, NEW, ALIKE = "99445653749945729", "99445520160651207", "99445520160651300"
"""The rooms of the page."""


def examples() -> Iterator[tuple[str, list[str]]]:
    """Yields the commands of a move on the page, and what they print."""
    for command, lines in shown():
        if command.split()[0] in MOVING:
            yield command, lines


def same(line: str) -> str:
    """Returns what is the same in each play."""
    line = re.sub(r"8:acs:\S+…\S+:", "<person>:", fixed(line))
    return re.sub(r"127\.0\.0\.1:\d+", "<acs>", re.sub(r"in \d:\d\d\.", "in <time>.", line))


def test_what_is_shown_is_printed(line: Line, far: AcsInstance, observing: AcsInstance) -> None:
    people = {"participants": {ALICE: {"role": "Presenter"}}}
    alike, changed = (far.raw.new_room(people) for _ in range(2))
    line.out("import")
    patch(far, f"/rooms/{changed['id']}/participants", {"participants": {BOB: {}}})
    new = far.raw.new_room(people)
    ids = {NEW: new["id"], CHANGED: changed["id"], ALIKE: alike["id"]}
    earlier = format_time(parse_time(changed["validUntil"]) - DAY)

    def happens_before(name: str) -> None:
        """Does what has happened when the page shows a command."""
        if name == "compare":
            far.raw.delete(f"/rooms/{new['id']}")
            patch(far, f"/rooms/{changed['id']}", changed | {"validUntil": earlier})
        elif name == "move":
            observing.run(deliver(observing.app, *call(alike["id"])))

    names = set()
    for command, lines in examples():
        name, *_ = command.split()
        names.add(name)
        happens_before(name)
        ended = line.run(*shlex.split(ROOM.sub(lambda found: ids[found[0]], command)))
        assert (name, ended.err) == (name, "")
        assert [same(text) for text in ended.out.splitlines()] == [same(text) for text in lines]
    assert names == MOVING


def patch(far: AcsInstance, path: str, body: dict[str, Any]) -> None:
    """Changes something at ACS."""
    fields = {name: value for name, value in body.items() if name not in ("id", "createdAt")}
    answer = far.raw.patch(path, fields)
    assert answer.status == 200, answer


def call(room: str) -> list[Element]:
    """The events of a call that goes on."""
    meeting = Meeting(room, now())
    return [meeting.started(), meeting.added(1, ALICE)]
