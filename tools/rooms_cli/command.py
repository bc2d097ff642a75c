"""The commands. Each sends requests to the service and shows the answers. `users.py` has those of
users."""

import os
from datetime import datetime
from typing import Annotated, Any

import typer

from rooms.domain.shown_text import quoted
from rooms_cli.archiving import export_log, verify_log
from rooms_cli.backing_up import backup, restore
from rooms_cli.client import Client, names_in
from rooms_cli.connection import ON_BEHALF_OF, connection
from rooms_cli.erasing import erase
from rooms_cli.examining import doctor
from rooms_cli.failures import Failure
from rooms_cli.following import follow, tail
from rooms_cli.in_call import end_call, kick, mute
from rooms_cli.init import init
from rooms_cli.inviting import invite_link
from rooms_cli.lists import newest
from rooms_cli.media import media
from rooms_cli.moving.compare_command import compare
from rooms_cli.moving.import_command import import_rooms
from rooms_cli.moving.move_command import move
from rooms_cli.moving.moving_command import moving
from rooms_cli.options import (
    MAX_TITLE,
    POLICIES,
    Json,
    OptionalRoom,
    Person,
    Policy,
    Room,
    State,
    Table,
    filled,
    time_option,
    title_of,
)
from rooms_cli.people import raw_id_of
from rooms_cli.person_table import show_person
from rooms_cli.redriving import redrive
from rooms_cli.screen import say, show_json
from rooms_cli.sentences import explained
from rooms_cli.spreading import spread
from rooms_cli.tables import show_attendance, show_presence, show_room, show_rooms
from rooms_cli.users import users
from rooms_cli.words import moment, name_or_raw_id, who_can_join

app = typer.Typer(
    help="Lists rooms, shows who is in them and who attended, and explains why somebody cannot "
    "join. Times are in UTC. COMMUNICATION_CONNECTION_STRING says where the service is: run the "
    "`source` line that `make start` prints.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(users, name="user")
app.add_typer(media, name="media")
app.command()(mute)
app.command()(kick)
app.command("end")(end_call)
app.command()(redrive)
app.command()(erase)
app.command()(doctor)
app.command()(invite_link)
app.command()(backup)
app.command()(export_log)
app.command()(verify_log)
app.command()(restore)
app.command("init")(init)
app.command()(spread)
app.command("import")(import_rooms)
app.command()(compare)
app.command()(move)
app.command()(moving)

TIME = "RFC 3339, for example 2026-05-04T10:00:00Z."

Invited = Annotated[
    list[str] | None,
    typer.Option(
        metavar="RAWID", parser=filled, help="Invite this person in that role. Repeatable."
    ),
]


@app.callback()
def for_whom(
    on_behalf_of: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            parser=filled,
            envvar=ON_BEHALF_OF,
            help="For whom you ask, as the log keeps it. ROOMS_ON_BEHALF_OF must name your key.",
        ),
    ] = None,
) -> None:
    """Keeps for whom every command asks where the connection is read."""
    if on_behalf_of is not None:
        os.environ[ON_BEHALF_OF] = on_behalf_of


@app.command("list")
def list_rooms(
    participant: Annotated[
        str | None,
        typer.Option(
            metavar="RAWID", parser=filled, help="Only rooms that this person is invited to."
        ),
    ] = None,
    external_id: Annotated[
        str | None,
        typer.Option(
            "--external-id",
            metavar="ID",
            parser=filled,
            help="Only rooms with this external id, or that invite somebody with it.",
        ),
    ] = None,
    state: Annotated[
        State | None,
        typer.Option(metavar="open|upcoming|expired", help="Only rooms in this state now."),
    ] = None,
    start: Annotated[
        str | None, time_option("--from", f"Only rooms open at or after this time, {TIME}")
    ] = None,
    end: Annotated[str | None, time_option("--until", "Only rooms open before this time.")] = None,
    title: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            parser=title_of,
            help="Only rooms with this text in their title. Case does not matter.",
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Maximum number of rooms.")] = 30,
    as_json: Json = False,
) -> None:
    """List rooms, newest first."""
    if participant is not None and external_id is not None:
        raise typer.BadParameter("--participant and --external-id exclude each other")
    query = {
        "participant": participant,
        "externalId": external_id,
        "state": state,
        "from": start,
        "until": end,
        "title": title,
    }
    rooms = newest(_client().rooms(query), limit, quiet=as_json)
    if not as_json:
        show_rooms(rooms)
        return
    for room in rooms:
        show_json(room)


@app.command()
def create(
    start: Annotated[str | None, time_option("--from", f"When the room opens, {TIME}")] = None,
    end: Annotated[str | None, time_option("--until", "When the room closes.")] = None,
    presenter: Invited = None,
    attendee: Invited = None,
    consumer: Invited = None,
    collaborator: Invited = None,
    pstn: Annotated[
        bool, typer.Option("--pstn", help="Allow participants to call telephones.")
    ] = False,
    title: Annotated[
        str | None,
        typer.Option(metavar="TEXT", parser=title_of, help=f"At most {MAX_TITLE} characters."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Create a room. Without times it opens now and closes in 180 days."""
    roster: dict[str, str] = {}
    for role, raw_ids in (
        ("Presenter", presenter),
        ("Attendee", attendee),
        ("Consumer", consumer),
        ("Collaborator", collaborator),
    ):
        for raw_id in raw_ids or []:
            if raw_id in roster:
                raise typer.BadParameter(f"{raw_id} is invited twice")
            roster[raw_id] = role
    client = _client()
    opens = None if start is None else datetime.fromisoformat(start)
    closes = None if end is None else datetime.fromisoformat(end)
    room = client.create(opens, closes, pstn, roster)
    if as_json:
        show_json(room)
    else:
        opens_at, closes_at = moment(room["validFrom"]), moment(room["validUntil"])
        say(f"Room {room['id']}, open from {opens_at} until {closes_at}")
    if title is not None:
        try:
            client.set_title(room["id"], title)
        except Failure as failure:
            raise Failure(
                f"The room was created, but its title may not be set: {failure} To set it, send "
                f"PATCH /rooms/{room['id']}/details. `rooms create` would make a second room."
            ) from failure


@app.command()
def show(room: Room, as_json: Json = False) -> None:
    """Show a room and who is invited. Deleted rooms too, while their records are kept."""
    overview = _client().get(room, "overview")
    if as_json:
        show_json(overview)
    else:
        show_room(overview)


@app.command()
def policy(
    room: Room,
    wanted: Annotated[
        Policy,
        typer.Argument(
            metavar="open|invite-only",
            help="open: every ACS user, as a guest if not invited. invite-only: the invited.",
        ),
    ],
    as_json: Json = False,
) -> None:
    """Set who can join a room, whether or not it has started."""
    answer = _client().set_join_policy(room, POLICIES[wanted])
    if as_json:
        show_json(answer)
    else:
        say(f"Who can join room {room}: {who_can_join(answer)}.")


@app.command()
def who(
    room: Room,
    at: Annotated[str | None, time_option("--at", f"Who was there at this time, {TIME}")] = None,
    as_json: Json = False,
) -> None:
    """Show who is in the room now, or was at a given time."""
    presence = _client().get(room, "presence", {"at": at})
    if as_json:
        show_json(presence)
    else:
        show_presence(presence, at)


@app.command()
def attendance(
    room: OptionalRoom = None,
    person: Annotated[
        str | None,
        typer.Option(
            metavar="PERSON",
            parser=filled,
            help="The attendance of this person in all their rooms, newest room first: a raw id or "
            "an external id.",
        ),
    ] = None,
    call: Annotated[
        str | None,
        typer.Option(metavar="ID", parser=filled, help="The attendance of this call."),
    ] = None,
    start: Annotated[
        str | None, time_option("--from", f"The attendance from this time, {TIME}")
    ] = None,
    end: Annotated[
        str | None, time_option("--until", "The attendance until just before this time.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show who was invited and who attended. Without options, during the scheduled time. Durations
    are m:ss; ~ marks an estimate. With --person, of one person in all rooms instead of ROOM."""
    if person is not None:
        if room is not None or call is not None:
            raise typer.BadParameter("--person goes with neither ROOM nor --call")
        _attendance_of(person, start, end, as_json)
        return
    if room is None:
        raise typer.BadParameter("ROOM is missing: give a room, or --person")
    answer = _client().get(room, "attendance", {"call": call, "from": start, "until": end})
    if as_json:
        show_json(answer)
    else:
        show_attendance(answer)


def _attendance_of(person: str, start: str | None, end: str | None, as_json: bool) -> None:
    pages = _client().pages("/attendance", {"person": person, "from": start, "until": end})
    rooms = [room for page in pages for room in page]
    if not as_json:
        show_person(rooms)
        return
    for room in rooms:
        show_json(room)


@app.command()
def log(
    room: Room,
    kind: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            parser=filled,
            help="Only records of this kind, for example CallStarted or Refused.",
        ),
    ] = None,
    actor: Annotated[
        str | None,
        typer.Option(
            metavar="ACTOR",
            parser=filled,
            help="Only records of this actor: the name of a key, or event-grid.",
        ),
    ] = None,
    start: Annotated[
        str | None, time_option("--from", f"Only records from this time on, {TIME}")
    ] = None,
    end: Annotated[str | None, time_option("--until", "Only records before this time.")] = None,
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="Maximum number of records; the newest.")
    ] = 100,
    following: Annotated[
        bool, typer.Option("--follow", "-f", help="Keep showing new records, until Ctrl-C.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show a room's log: who changed what, and what happened in its calls. The newest is last."""
    if following and end is not None:
        raise typer.BadParameter("--follow and --until exclude each other")
    client = _client()
    query = {"kind": kind, "actor": actor, "from": start, "until": end}
    read = follow if following else tail
    found = False
    for record in read(client, room, query, limit, as_json):
        found = True
        if as_json:
            show_json(record)
        else:
            say((f"{moment(record['time'])}  {_whose(record):<12}  ", "dim"), record["text"])
    if not (found or as_json):
        say("No records.")


def _whose(record: dict[str, Any]) -> str:
    """Returns the actor of a record, and for whom they asked."""
    speaks_for = record["onBehalfOf"]
    return record["actor"] if speaks_for is None else f"{record['actor']} for {quoted(speaks_for)}"


@app.command()
def explain(
    room: Room,
    person: Person,
    at: Annotated[
        str | None, time_option("--at", f"Whether they could join at this time, {TIME}")
    ] = None,
    as_json: Json = False,
) -> None:
    """Explain whether somebody can join the room, and if not, why not."""
    client = _client()
    details = client.details(room)
    raw_id = raw_id_of(person, details)
    admission = client.get(room, "admission", {"rawId": raw_id, "at": at})
    if as_json:
        show_json(admission)
    else:
        say(explained(admission, name_or_raw_id(raw_id, names_in(details)), at))


@app.command()
def check(
    table: Table = None,
    limit: Annotated[
        int,
        typer.Option(min=1, metavar="N", help="Maximum number of inconsistencies to show."),
    ] = 30,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="For scripts: every inconsistency, one JSON object a line."),
    ] = False,
) -> None:
    """Check that the stored data is consistent. Reads the service's whole table; changes nothing.

    Set ROOMS_STORAGE, or ROOMS_STORAGE__tableServiceUri, and ROOMS_RETENTION_DAYS as the app has
    them. Without them it reads the table of `make start` on this machine. Exits with 1 if it finds
    an inconsistency.
    """
    from rooms_cli.checking import check_table  # slow to import, and only needed here

    if not check_table(table, limit, as_json):
        raise typer.Exit(1)


def _client() -> Client:
    return Client(connection(os.environ))
