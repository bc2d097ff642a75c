"""Every limit of the service, with its unit and its reason.

What is larger is refused, cut or put on the next page: docs/limits.md says which.
"""

from dataclasses import dataclass

from rooms.domain.time import DAY, Ticks


@dataclass(frozen=True)
class Limits:
    """The limits. The app uses the defaults; tests give its parts smaller ones."""

    participants: int = 5_000
    """People on a roster, and in one change of it. A roster fits one entity, whatever the ids."""

    names: int = 5_000
    """People whose names the details of one room have: as many as a roster has."""

    text: int = 256
    """Characters of a title, a name, an external id, a raw id that asks for admission, and the ids
    of a call that was lost."""

    details_bytes: int = 448 * 1024
    """Compressed bytes of details. A log record has them twice: before a change, and after it."""

    listed_names: int = 8 * 1024
    """Characters of the names of people, with quotes and commas, that the list of rooms has of a
    room: a search reads those of thousands of rooms. Of a room with more, it reads the details."""

    call_capacity: int = 350
    """People in a call, unless a setting says otherwise: what calls of ACS hold."""

    accounts: int = 5
    """Storage accounts that have the table: a cursor of the feed of all rooms has a place for each
    partition of each, and must fit into a URL."""

    body_bytes: int = 2 * 1024 * 1024
    """Bytes of a request's body. The largest change of a roster needs about a third of it."""

    request_id: int = 256
    """Characters of x-ms-client-request-id that the log has. The rest is cut."""

    on_behalf_of: int = 256
    """Characters of the text that says on whose behalf a request is made."""

    repeatability_id: int = 256
    """Characters of a Repeatability-Request-ID. A string property holds 32K characters."""

    request_seconds: float = 10.0
    """Seconds for one request. Clients do not wait longer gladly."""

    spread_seconds: float = 5.0
    """Seconds for which a process takes what it has read of the spread of rooms over storage
    accounts as it is."""

    settle_seconds: float = 35.0
    """Seconds after a change of the spread after which nothing in any process is under way that
    began before it: what the host lets a function run, and `spread_seconds`."""

    media_seconds: float = 2.0
    """Seconds for a request to the media server. A change of a room waits no longer for it."""

    sweep_seconds: float = 25.0
    """Seconds of a look at all calls of the media server. The host ends a function after 30."""

    probe_seconds: float = 5.0
    """Seconds in which an event of a check of the media server must come. It is a part of those of
    a request."""

    acs_seconds: float = 4.0
    """Seconds for a request that goes on to ACS. It is a part of those above."""

    mark_seconds: float = 60.0
    """Seconds from the beginning of a change at ACS after which no request works on it any more,
    and who finds its mark may settle it: six times as long as a request takes."""

    mark_kept: Ticks = DAY
    """Ticks after which the mark of a change at ACS is removed, whatever became of it."""

    quiet_seconds: float = 10.0
    """Seconds after a change of a room here in which what ACS has is not believed: it may be read
    late."""

    pull_seconds: float = 5.0
    """Seconds that an event or an admission waits for a room to be pulled from ACS."""

    fresh_seconds: float = 30.0
    """Seconds in which a process does not pull a room again for an admission."""

    unknown_seconds: float = 5.0
    """Seconds in which a process does not ask ACS again for a room that ACS does not know."""

    remembered_rooms: int = 10_000
    """Rooms of which a process remembers whether they are here, and when they were pulled. Each
    takes some 200 bytes."""

    passes_seconds: float = 20.0
    """Seconds of a run of the passes over the rooms at ACS. The host ends a function after 30."""

    passes_overtime: float = 5.0
    """Seconds after these in which such a run can end what it has begun."""

    head_pages: int = 10
    """Pages of ACS's list on which a run looks for new rooms: 300 rooms a minute. Who makes more is
    seen by the next full pass."""

    unknown_kept: Ticks = DAY
    """Ticks after which ACS is asked once more for a room of events that it did not know."""

    named_rooms: int = 100
    """Rooms that each list of what the passes found names."""

    signed_writes: int = 100_000
    """Signed writes that a process remembers, so that nobody sends them again: as many as it can
    carry out while their signatures are good. They take some 30 MB."""

    health_seconds: float = 5.0
    """Seconds for a check of the storage. A probe does not wait longer."""

    clock_warning_seconds: float = 30.0
    """Seconds between the clocks of this process and of the storage, from which the log warns."""

    clock_refused_seconds: float = 300.0
    """Seconds between these clocks, from which nothing is changed: the log would have wrong
    times."""

    event_seconds: float = 15.0
    """Seconds for one event. Event Grid waits 30 for an answer to its delivery."""

    event_bytes: int = 896 * 1024
    """Compressed bytes of an event. It fits one entity (1 MiB) with its other properties."""

    event_id: int = 512
    """Characters of an id in an event. ACS's have some 90. A longer one is not cut, as it would
    then be the id of something else."""

    event_text: int = 256
    """Characters of a text for people in an event. What is longer is cut: a person's name must not
    cost their attendance."""

    event_room_id: int = 64
    """Characters of a room's id in an event."""

    event_phones: int = 350
    """Telephones in an event. It is as many as a call of ACS holds."""

    event_phone: int = 64
    """Characters of a telephone number. All of an event fit into one property (32K characters)."""

    call_length: Ticks = 7 * DAY
    """The longest length of a call that is believed. It is longer than any call of ACS."""

    event_ahead: Ticks = DAY
    """Ticks that an event may be ahead of this service's clock."""

    clock_skew_seconds: float = 30.0
    """Seconds that the clock of another instance may be ahead of this one's, and is believed."""

    loss_seconds: float = 300.0
    """Seconds after it was put out of a call in which a device that lost the connection is told
    so."""

    excerpt: int = 1_000
    """Characters of an event in quarantine that lists show."""

    quarantine_part_bytes: int = 11 * 64 * 1024
    """Compressed bytes of an event in quarantine in one row. Azurite holds a row that is replaced,
    with its data in base64, against its limit of 1 MiB."""

    call_events: int = 100_000
    """Call events from which one call is folded. What follows is not read: the call is
    incomplete."""

    kept_events: int = 1_000
    """Call events of a small call, which is folded anew for each answer. Of a larger one, what is
    older is kept folded."""

    fold_seconds: float = 60.0
    """Seconds that a large call is kept folded. An event that comes a minute late is seen after
    that."""

    fold_wait_seconds: float = 5.0
    """Seconds that a request waits for a large call to be folded. It is a part of those above."""

    folded_events: int = 400_000
    """Call events of all calls that are kept folded: four of the largest."""

    events: int = 100_000
    """Call events of several calls that are read for one answer: the time of a request."""

    calls: int = 5_000
    """Calls that are read for one answer: the time of a request."""

    activity_rows: int = 20_000
    """Hours of calls of a room that are looked at for one answer: the time of a request."""

    legs: int = 100
    """Legs of one person in a call. Of who comes back more often, those closest to each other
    become one: nobody makes an answer long."""

    roster_versions: int = 10_000
    """Versions of a roster that are read for one answer: the time of a request."""

    rooms_page: int = 30
    """Rooms on a page."""

    rooms_rows: int = 10
    """Rows that a page of rooms takes from each partition. Ids are random, so 30 rooms rarely have
    more than 10 in one partition. If they do, the page is shorter."""

    people_page: int = 100
    """People that a page of people has, of its rooms. A longer part of a name finds the others."""

    search_rows: int = 500
    """Rows that one round of a search takes from each partition. A search takes more each round,
    until it takes as many: some fifty milliseconds of work."""

    search_seconds: float = 0.5
    """Seconds after which a page of a search ends, however few rooms it has; and an empty page of
    calls, or of the rooms of a person."""

    calls_page: int = 30
    """Calls on a page."""

    calls_page_events: int = 5_000
    """Call events after which a page of calls ends."""

    missing: int = 100
    """People of a room that a page of live rooms names as missing, or a page of no-shows as absent.
    It counts all."""

    log_page: int = 100
    """Log records on a page."""

    log_page_rows: int = 500
    """Log records that a page of some of them is chosen from."""

    log_page_bytes: int = 256 * 1024
    """Compressed bytes of details after which a page of the log ends."""

    person_seconds: float = 2.0
    """Seconds after which a page of the attendance of a person, or of no-shows, begins no other
    room."""

    arrival_bytes: int = 4 * 1024
    """Compressed bytes of a detail that the order of arrival has, twice. Those of events have some
    200. A larger one is read from the log."""

    arrivals_page: int = 1_000
    """Log records on a page in the order of arrival: what one request reads."""

    arrivals_rows: int = 200
    """Log records that such a page of all rooms takes from each partition: 2,000 in all, as many as
    may come in a second."""

    arrivals_page_bytes: int = 1024 * 1024
    """Compressed bytes of details after which such a page ends."""

    quarantine_page: int = 30
    """Events on a page of the quarantine."""

    quarantine_rows: int = 10
    """Rows that a page of the quarantine takes from each partition, as for rooms."""

    erasure_seconds: float = 7.0
    """Seconds that a request works on an erasure. It ends a step, and answers, in what is left of
    its time."""

    erasure_hold_seconds: float = 5.0
    """Seconds after its time in which a process still holds an erasure, if it was killed."""

    erased_records: int = 1_000
    """Log records that one receipt of an erasure names."""

    erasure_rooms: int = 100
    """Rooms at ACS that a refused erasure names."""

    upkeep_seconds: float = 20.0
    """Seconds of a run of upkeep. The host ends a function after 30."""

    upkeep_overtime: float = 5.0
    """Seconds after these in which a run can end a step that it has begun."""

    export_seconds: float = 15.0
    """Seconds after which an export of the log begins no other file. The host ends a function after
    30."""

    upkeep_rooms: int = 16
    """Rooms of a partition that upkeep looks at side by side, as a whole: with more, the client
    would only wait for itself."""

    upkeep_rows: int = 100
    """Rows that upkeep removes at once: what one transaction of Table Storage holds."""


LIMITS = Limits()
"""The limits of the service. Types and texts that are made once have them, too."""
