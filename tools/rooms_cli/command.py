"""The commands: each asks the service and shows what it says."""

import os
from datetime import datetime
from typing import Annotated

import typer

from rooms_cli.client import Client, names_in
from rooms_cli.connection import connection
from rooms_cli.failures import Failure
from rooms_cli.following import follow, tail
from rooms_cli.lists import newest
from rooms_cli.options import (
    KINDS,
    MAX_TITLE,
    Json,
    Kind,
    Room,
    State,
    filled,
    person_of,
    time_option,
    title_of,
)
from rooms_cli.people import raw_id_of
from rooms_cli.screen import say, show_json
from rooms_cli.sentences import explained
from rooms_cli.tables import show_attendance, show_presence, show_room, show_rooms
from rooms_cli.words import called, moment

app = typer.Typer(
    help="Rooms, who is in them, who came, and why somebody cannot come in. Times are UTC. "
    "COMMUNICATION_CONNECTION_STRING says where the service is, as `make start` prints it.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

TIME = "RFC 3339, like 2026-05-04T10:00:00Z."

Invited = Annotated[
    list[str] | None,
    typer.Option(
        metavar="RAWID", parser=filled, help="Who is invited in that role; may be repeated."
    ),
]


@app.command("list")
def list_rooms(
    participant: Annotated[
        str | None,
        typer.Option(
            metavar="RAWID", parser=filled, help="Only rooms to which this person is invited."
        ),
    ] = None,
    state: Annotated[
        State | None,
        typer.Option(metavar="open|upcoming|expired", help="Only rooms that are so now."),
    ] = None,
    start: Annotated[
        str | None, time_option("--from", f"Open at some moment from then, {TIME}")
    ] = None,
    end: Annotated[str | None, time_option("--until", "Open at some moment before then.")] = None,
    title: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            parser=title_of,
            help="Only rooms with this in their title, in whatever case.",
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="So many rooms at most.")] = 30,
    as_json: Json = False,
) -> None:
    """Rooms, newest first. With --from and --until those that are open at some moment between."""
    query = {
        "participant": participant,
        "state": state,
        "from": start,
        "until": end,
        "title": title,
    }
    rooms = newest(_client().pages("/rooms", query), limit, quiet=as_json)
    if not as_json:
        show_rooms(rooms)
        return
    for room in rooms:
        show_json(room)


@app.command()
def create(
    start: Annotated[str | None, time_option("--from", f"Open from then, {TIME}")] = None,
    end: Annotated[str | None, time_option("--until", "Open until just before then.")] = None,
    presenter: Invited = None,
    attendee: Invited = None,
    consumer: Invited = None,
    collaborator: Invited = None,
    pstn: Annotated[
        bool, typer.Option("--pstn", help="People in the room may call telephones.")
    ] = False,
    title: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", parser=title_of, help=f"For reports; at most {MAX_TITLE} characters."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a room. Without times it is open from now on, for 180 days."""
    invited = {
        "Presenter": presenter,
        "Attendee": attendee,
        "Consumer": consumer,
        "Collaborator": collaborator,
    }
    people = [(who, role) for role, some in invited.items() for who in some or []]
    roster = dict(people)
    if len(roster) < len(people):
        raise typer.BadParameter("somebody is invited twice")
    client = _client()
    opens, closes = (
        None if time is None else datetime.fromisoformat(time) for time in (start, end)
    )
    room = client.create(opens, closes, pstn, roster)
    if as_json:
        show_json(room)
    else:
        say(
            f"Room {room['id']}, open from {moment(room['validFrom'])} until {moment(room['validUntil'])}"
        )
    if title is not None:
        try:
            client.set_title(room["id"], title)
        except Failure as failure:
            later = f"PATCH /rooms/{room['id']}/details with it, or do without; `rooms create` would make another room."
            raise Failure(
                f"The room is made, but may have no title: {failure} {later}"
            ) from failure


@app.command()
def show(room: Room, as_json: Json = False) -> None:
    """A room, and who is invited. A deleted one, too, as long as anything of it is kept."""
    overview = _client().of_room(room, "overview")
    if as_json:
        show_json(overview)
    else:
        show_room(overview)


@app.command()
def who(
    room: Room,
    at: Annotated[str | None, time_option("--at", f"Who was there then, {TIME}")] = None,
    as_json: Json = False,
) -> None:
    """Who is in the room now, or was at some time."""
    presence = _client().of_room(room, "presence", {"at": at})
    if as_json:
        show_json(presence)
    else:
        show_presence(presence, at)


@app.command()
def attendance(
    room: Room,
    call: Annotated[
        str | None, typer.Option(metavar="ID", parser=filled, help="In that call.")
    ] = None,
    start: Annotated[str | None, time_option("--from", f"Who was there from then, {TIME}")] = None,
    end: Annotated[
        str | None, time_option("--until", "Who was there until just before then.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Who was invited and who came. In a call, or a time, or else as scheduled. Lengths are m:ss; ~
    marks what is estimated."""
    answer = _client().of_room(room, "attendance", {"call": call, "from": start, "until": end})
    if as_json:
        show_json(answer)
    else:
        show_attendance(answer)


@app.command()
def log(
    room: Room,
    kind: Annotated[
        Kind | None, typer.Option(metavar="KIND", help=f"Only such records: {', '.join(KINDS)}.")
    ] = None,
    actor: Annotated[
        str | None,
        typer.Option(
            metavar="ACTOR", parser=filled, help="Only what that key did, or event-grid told."
        ),
    ] = None,
    start: Annotated[str | None, time_option("--from", f"What happened from then, {TIME}")] = None,
    end: Annotated[
        str | None, time_option("--until", "What happened until just before then.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="So many of the newest records.")
    ] = 100,
    following: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what happens, until Ctrl-C.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Who changed what, and what happened, the newest last."""
    if following and end is not None:
        raise typer.BadParameter("--follow has no end, so it goes without --until")
    client = _client()
    query = {"kind": kind, "actor": actor, "from": start, "until": end}
    read = follow if following else tail
    found = False
    for record in read(client, room, query, limit, as_json):
        found = True
        if as_json:
            show_json(record)
        else:
            say((f"{moment(record['time'])}  {record['actor']:<12}  ", "dim"), record["text"])
    if not (found or as_json):
        say("No records.")


@app.command()
def explain(
    room: Room,
    person: Annotated[
        str,
        typer.Argument(
            metavar="PERSON",
            parser=person_of,
            help="A raw id, or a name or external id of the room's details.",
        ),
    ],
    at: Annotated[
        str | None, time_option("--at", f"Whether they could come in then, {TIME}")
    ] = None,
    as_json: Json = False,
) -> None:
    """Whether somebody can come in, and if not, why not."""
    client = _client()
    details = client.details(room)
    raw_id = raw_id_of(person, details)
    admission = client.of_room(room, "admission", {"rawId": raw_id, "at": at})
    if as_json:
        show_json(admission)
    else:
        say(explained(admission, called(raw_id, names_in(details)), at))


@app.command()
def check(
    table: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            parser=filled,
            help="The table; else ROOMS_TABLE names it, else it is `rooms`.",
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="Show so much of what disagrees at most.")
    ] = 30,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="For scripts: all that disagrees, an object on each line."),
    ] = False,
) -> None:
    """Whether all that is stored agrees. Reads the whole table behind the service, and changes
    nothing.

    The app's settings say where it is: ROOMS_STORAGE, or ROOMS_STORAGE__tableServiceUri, and
    ROOMS_RETENTION_DAYS. Without them, it is what `make start` has on this machine. Ends with 1 if
    something disagrees.
    """
    from rooms_cli.checking import check_table  # it loads as much as all the rest

    if not check_table(table, limit, as_json):
        raise typer.Exit(1)


def _client() -> Client:
    return Client(connection(os.environ))
