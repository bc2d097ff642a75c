"""Whatever stands in a query, the answer is 200, or a 4xx that says what is wrong."""

from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rooms.domain.time import MAX_TIME, format_time
from rooms.storage.cursors import to_cursor
from testkit.events import Meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import READS, ROOM_READS, Insight
from testkit.running import RunningApp
from tests.contract.stored import store
from tests.effort import THOROUGH

ROUTES = (*(f"/rooms/ROOM/{read}".replace("calls/x", "calls/CALL") for read in ROOM_READS), *READS)
NAMES = st.sampled_from(
    [
        "at",
        "from",
        "until",
        "kind",
        "actor",
        "format",
        "call",
        "participant",
        "person",
        "externalId",
        "since",
        "nextLink",
        "NEXTLINK",
        "api-version",
    ]
)
DIGITS = st.text("0123456789", min_size=17, max_size=20)

EDGES = [
    "2025-03-03 10:00:30Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.9999999Z",
    "2025-03-03T10:00:00-23:59",
    "2025-03-03T10",
]
times = st.integers(0, MAX_TIME).map(format_time) | st.sampled_from(EDGES)
words = st.sampled_from(
    [
        "csv",
        "json",
        "ndjson",
        "CSV",
        "CallStarted",
        "RoomCreated",
        "event-grid",
        "'",
        "x' or 1 eq 1 or '",
    ]
)
tokens = st.one_of(
    st.builds("{}:{}".format, DIGITS, st.sampled_from(["a" * 64, "0" * 32])),
    st.builds(
        "{} room:calls:{:08d}:{}".format, DIGITS, st.integers(0, 99_999_999), st.just("f" * 64)
    ),
    st.builds(
        "{} .calls:{:08d}:{}:{}".format,
        DIGITS,
        st.integers(0, 99_999_999),
        st.sampled_from(["a", "b-c"]),
        st.just("f" * 64),
    ),
    st.builds("{} .index:{}:{}".format, DIGITS, DIGITS, st.just("9" * 17)),
    st.builds(".quarantine:{}".format, st.text("0123456789abcdef", min_size=63, max_size=64)),
    st.text(),
).map(to_cursor)
values = st.one_of(times, words, tokens, st.text()).map(
    lambda text: text.encode(errors="replace")
) | st.binary(max_size=20)
generated = settings(
    max_examples=6 if THOROUGH else 2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def call(app: RunningApp) -> Meeting:
    """More than one page of a log and of calls."""
    room_id = room_of_another_service()
    call = Meeting(room_id)
    store(app, call.started(), *(call.added(number, raw_id(number)) for number in range(120)))
    store(
        app, *(Meeting(room_id, call.start - number * 10**9).started() for number in range(1, 40))
    )
    return call


@pytest.mark.parametrize("route", ROUTES)
@generated
@given(query=st.lists(st.tuples(NAMES, values), max_size=4))
def test_any_query_is_answered(
    insight: Insight, call: Meeting, route: str, query: list[tuple[str, bytes]]
) -> None:
    path = route.replace("ROOM", call.room_id).replace("CALL", call.id)
    joined = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in query)
    answer = insight.get(f"{path}{'&' if '?' in path else '?'}{joined}")
    assert answer.status in (200, 400, 404), answer
    if answer.status != 200:
        error = answer.json()["error"]
        assert error["message"]
        assert answer.headers["x-ms-error-code"] == error["code"]


ENDS = ("0", "9", "5")


@pytest.mark.thorough
@pytest.mark.parametrize("as_of", ["0" * 18, "9" * 18, "0" * 19, "9" * 19, "638765928600000000"])
@pytest.mark.parametrize("digit", ENDS)
def test_a_forged_token_of_the_right_form_is_one_of_an_empty_or_another_page(
    insight: Insight, call: Meeting, as_of: str, digit: str
) -> None:
    hour, key = digit * 8, digit * 64
    for route, row in (
        (f"/rooms/{call.room_id}/log", f"{digit * 19}:{key}"),
        (f"/rooms/{call.room_id}/calls", f"{as_of} {call.room_id}:calls:{hour}:{key}"),
        ("/calls", f"{as_of} .calls:{hour}:{call.room_id}:{key}"),
        (
            "/calls?from=2025-03-03T10:00:00Z&until=9999-01-01T00:00:00Z",
            f"{as_of} .calls:{hour}:{'-' * 64}:{key}",
        ),
        ("/live", f"{as_of} .calls:{hour}:a:{key}"),
        ("/quarantine", f".quarantine:{key}"),
    ):
        token = to_cursor(row)
        answer = insight.get(f"{route}{'&' if '?' in route else '?'}nextLink={token}")
        assert answer.status == 200, (route, row, answer)


@generated
@given(
    others=st.dictionaries(
        st.binary(min_size=1, max_size=8), st.binary(min_size=1, max_size=20), max_size=4
    )
)
def test_the_next_page_is_found_whatever_else_was_asked(
    insight: Insight, call: Meeting, others: dict[bytes, bytes]
) -> None:
    query = "&".join(
        f"{quote_from_bytes(b'x' + name)}={quote_from_bytes(value)}"
        for name, value in others.items()
    )
    for route, pages in ((f"/rooms/{call.room_id}/log", 2), (f"/rooms/{call.room_id}/calls", 2)):
        assert len(list(insight.pages(f"{route}?{query}"))) == pages
