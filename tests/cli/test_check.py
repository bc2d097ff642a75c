"""`rooms check` as a user runs it, at a storage that is there, and at some that are not."""

import asyncio
import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from azure.data.tables import TableClient
from azure.data.tables.aio import TableClient as AsyncTableClient

from devhost import azurite as devhost_azurite
from devhost.azurite import PROJECT
from rooms.storage import keys
from rooms_cli import storage
from testkit.ports import free_port
from testkit.raw import Raw
from testkit.running import RunningApp
from tests.check.filled import Filling
from tests.cli.line import VARIABLE, Line, environment

SECRET = "c2VjcmV0LXNlY3JldA=="


@pytest.fixture(scope="module")
def table(azurite: str) -> str:
    """The name of a table with something in it."""
    name = f"t{uuid.uuid4().hex}"

    async def fill() -> None:
        async with AsyncTableClient.from_connection_string(azurite, name) as client:
            filling = Filling(client)
            await filling.a_room_of_everything()
            await filling.a_deleted_room()
            await filling.quarantine.put("broken", "why")

    asyncio.run(fill())
    return name


@pytest.fixture(scope="module")
def shell(azurite: str, table: str, tmp_path_factory: pytest.TempPathFactory) -> Line:
    """In which the settings of an app are set whose storage this is."""
    settings = {"ROOMS_STORAGE": azurite, "ROOMS_TABLE": table}
    return Line(tmp_path_factory.mktemp("elsewhere"), environment() | settings)


@pytest.fixture
def damaged(azurite: str, table: str) -> Iterator[str]:
    """The room whose title in the list is another, for the time of the test."""
    with TableClient.from_connection_string(azurite, table) as client:
        (index,) = client.query_entities("RowKey ge '.index:' and RowKey lt '.index;'")
        client.upsert_entity({**index, "title": "another \x1b[31m"})
        yield keys.listed_room_id(index["RowKey"])
        client.upsert_entity(index)


def address(azurite: str) -> str:
    return next(
        part.partition("=")[2] for part in azurite.split(";") if part.startswith("TableEndpoint=")
    )


def test_it_says_what_was_read_and_that_all_is_consistent(
    shell: Line, azurite: str, table: str
) -> None:
    ended = shell.process("check")
    read, nothing = ended.out.splitlines()
    assert (ended.code, ended.err) == (0, "")
    with TableClient.from_connection_string(azurite, table) as client:
        rows = len(list(client.list_entities()))
    counts = f"{rows} rows, 2 rooms, 1 event in quarantine"
    assert read.startswith(f"Read the table {table} at {address(azurite)}: {counts}, in ")
    assert nothing == "Found 0 inconsistencies."
    assert shell.out("check", "--json") == []


def test_it_shows_an_inconsistency(shell: Line, damaged: str) -> None:
    ended = shell.process("check")
    assert (ended.code, ended.err) == (1, "")
    heading, found, advice, _, _, total = ended.out.splitlines()
    assert heading.split() == ["room", "inconsistency", "row"]
    assert found.startswith(f"{damaged}  The list has another title than the details.  .index:")
    assert advice == (
        "The list has another title than the details. -> "
        "The next change of the room's details writes this row anew."
    )
    assert total == "Found 1 inconsistency."


def test_it_tells_scripts_an_object_on_each_line(shell: Line, damaged: str) -> None:
    ended = shell.run("check", "--json")
    (found,) = map(json.loads, ended.out.splitlines())
    assert (ended.code, ended.err) == (1, "")
    assert (found["room"], found["partition"], found["what"]) == (
        damaged,
        damaged[-1],
        "The list has another title than the details.",
    )
    assert found["rows"][1] == f"{damaged}:details"


def test_what_is_shown_is_bounded(shell: Line, azurite: str, table: str) -> None:
    with TableClient.from_connection_string(azurite, table) as client:
        strange = [{"PartitionKey": "x", "RowKey": str(number)} for number in range(5)]
        for row in strange:
            client.create_entity(row)
        ended, every = shell.run("check", "--limit", "2"), shell.run("check", "--json")
        for row in strange:
            client.delete_entity(row)
    lines = ended.out.splitlines()
    assert [line.split("  ")[0] for line in lines[1:3]] == ["(partition x)"] * 2
    assert "These are the first 2. --limit shows more, --json shows all." in lines
    assert lines[-1] == "Found 5 inconsistencies."
    assert len(every.out.splitlines()) == 5


# Where it is.


def test_on_a_laptop_it_needs_no_more_than_the_other_commands(
    line: Line, app: RunningApp, raw: Raw
) -> None:
    raw.new_room()
    for endpoint in app.http, app.https:
        ended = line.having(**{VARIABLE: f"endpoint={endpoint}/;accesskey={app.manage_key}"}).run(
            "check"
        )
        assert ended.out.startswith(
            f"Read the table rooms at http://127.0.0.1:{app.port + 2}/devstoreaccount1: "
        )
        assert (ended.code, ended.err) == (0, "")


def test_the_account_of_a_laptop_is_the_same_as_devhost_has() -> None:
    assert (storage._ACCOUNT, storage._KEY) == (devhost_azurite.ACCOUNT, devhost_azurite.KEY)


def test_a_service_elsewhere_does_not_say_where_its_storage_is(line: Line) -> None:
    said = line.having(
        **{VARIABLE: f"endpoint=https://x.azurewebsites.net/;accesskey={SECRET}"}
    ).failure("check")
    assert said.endswith(
        "Set ROOMS_STORAGE, or ROOMS_STORAGE__tableServiceUri, "
        "as the app at x.azurewebsites.net has it."
    )


def test_the_address_has_none_of_the_secrets_that_a_url_may_have() -> None:
    signature = f"SharedAccessSignature=sv=2019&sig={SECRET}"
    secret = {"ROOMS_STORAGE": f"TableEndpoint=https://user:{SECRET}@x.example/;{signature}"}
    assert storage.storage(secret, None).accounts[0].address == "https://x.example"


def test_an_option_names_another_table(shell: Line, table: str) -> None:
    assert shell.having(ROOMS_TABLE="missing").run("check", "--table", table).code == 0


# What can go wrong.


def test_there_is_no_such_table(shell: Line, azurite: str) -> None:
    said = shell.failure("check", "--table", "missing")
    assert said.startswith(f"There is no table missing at {address(azurite)}.")


def test_the_name_of_a_table_is_none(shell: Line) -> None:
    assert shell.failure("check", "--table", "a-b").startswith("--table: must have 3 to 63")
    assert (
        shell.having(ROOMS_TABLE="a-b")
        .failure("check")
        .startswith("ROOMS_TABLE: must have 3 to 63")
    )
    assert shell.run("check", "--table", "").code == 2
    assert shell.run("check", "rooms").code == 2


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (SECRET, "refuses to let you read the table"),
        ("not base64", "The AccountKey in ROOMS_STORAGE is not valid."),
    ],
)
def test_the_key_of_the_storage_is_wrong(
    shell: Line, azurite: str, key: str, expected: str
) -> None:
    wrong = ";".join(
        f"AccountKey={key}" if part.startswith("AccountKey=") else part
        for part in azurite.split(";")
    )
    said = shell.having(ROOMS_STORAGE=wrong).failure("check")
    assert expected in said
    assert key not in said


@pytest.mark.parametrize("text", ["x", "AccountName=a;AccountKey=", f"secret={SECRET}"])
def test_the_connection_string_cannot_be_used(shell: Line, text: str) -> None:
    said = shell.having(ROOMS_STORAGE=text).failure("check")
    assert said.startswith("ROOMS_STORAGE")
    assert SECRET not in said


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("ROOMS_STORAGE", f"AccountName=two..dots;AccountKey={SECRET}"),
        ("ROOMS_STORAGE__tableServiceUri", "https://"),
    ],
)
def test_the_address_is_none(line: Line, setting: str, value: str) -> None:
    said = line.having(**{setting: value}).failure("check")
    assert " is not a valid URL" in said
    assert setting in said
    assert SECRET not in said


def test_the_storage_cannot_be_reached(shell: Line, line: Line, azurite: str) -> None:
    port = urlsplit(address(azurite)).port
    said = shell.having(ROOMS_STORAGE=azurite.replace(str(port), str(free_port()))).failure("check")
    assert said.startswith("Cannot connect to ")
    assert said.endswith("or it does not answer in time. Check ROOMS_STORAGE.")
    said = line.having(
        **{VARIABLE: f"endpoint=http://localhost:{free_port()}/;accesskey={SECRET}"}
    ).failure("check")
    assert "Check that the service is running on this machine (`make start`)" in said


def test_something_else_answers(shell: Line, app: RunningApp, azurite: str) -> None:
    port = urlsplit(address(azurite)).port
    said = shell.having(ROOMS_STORAGE=azurite.replace(str(port), str(app.port))).failure("check")
    assert said.endswith("but not as Table Storage does. Check ROOMS_STORAGE.")


# What it takes.


def test_the_other_commands_do_not_load_what_it_needs(line: Line) -> None:
    needed = "{'rooms.domain.call', 'rooms.storage', 'azure.data.tables'}"
    command = f"import sys, rooms_cli.command; print(*{needed} & sys.modules.keys())"
    ended = subprocess.run(
        [sys.executable, "-c", command], cwd=line.folder, capture_output=True, text=True
    )
    assert (ended.stdout, ended.stderr) == ("\n", "")


def test_the_app_does_not_load_the_check() -> None:
    modules = [path for path in (PROJECT / "rooms").rglob("*.py") if path.parent.name != "check"]
    assert modules
    assert not [
        path
        for path in (*modules, PROJECT / "function_app.py")
        if "rooms_cli.check" in path.read_text()
    ]


# Making the table.


def test_init_makes_a_table_that_the_app_takes_and_says_so(shell: Line, azurite: str) -> None:
    table = f"t{uuid.uuid4().hex}"
    of = f"the table {table} at {address(azurite)}"
    assert shell.process("init", "--table", table).out == f"Made {of}.\n"
    assert shell.out("init", "--table", table) == [
        f"Nothing to do: {of} is there, and has its marker."
    ]
    assert shell.out("check", "--table", table)[-1] == "Found 0 inconsistencies."


def test_init_marks_the_table_of_an_older_version(shell: Line, azurite: str, table: str) -> None:
    assert shell.out("init") == [f"Marked the table {table} at {address(azurite)}. Its rows stay."]
    with TableClient.from_connection_string(azurite, table) as client:
        client.delete_entity(keys.IDENTITY_PARTITION, keys.MARKER_ROW)


def test_init_leaves_a_table_of_another_program(shell: Line, azurite: str) -> None:
    table = f"t{uuid.uuid4().hex}"
    with TableClient.from_connection_string(azurite, table) as client:
        client.create_table()
        client.create_entity({"PartitionKey": "orders", "RowKey": "1"})
        said = shell.failure("init", "--table", table)
        assert "has rows that are not of this service" in said
        assert len(list(client.list_entities())) == 1
        assert shell.run("init", "--table", table, "--adopt").code == 0
