"""The service: its settings, and its parts, each built when it is first needed."""

import logging
import time
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies

from azure.data.tables.aio import TableClient

from rooms.acs.resource import Resource
from rooms.auth.authenticator import Authenticator
from rooms.auth.quota import Requests
from rooms.console.assets import read_console
from rooms.domain.events import EventSource
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.room import Room
from rooms.domain.roster import Roster
from rooms.domain.time import DAY, Ticks, now
from rooms.identity.local import LocalIdentities
from rooms.intake.envelope import read_event
from rooms.intake.recording import Intake, Read
from rooms.join_page.assets import read_join_page
from rooms.log_text import escaped
from rooms.managed_identity import identity
from rooms.media.carrier import Carrier, Entry
from rooms.media.none import NoCarrier
from rooms.pages.files import Page
from rooms.settings import Settings, read_settings, unknown_settings
from rooms.settings.entra import AUDIENCES_OF_THE_SDKS
from rooms.settings.storage import StorageAccount
from rooms.storage.accesses import Accesses
from rooms.storage.admissions import Admissions
from rooms.storage.adoption import Adoption
from rooms.storage.call_log import CallLog
from rooms.storage.calls import Calls
from rooms.storage.clock_check import ClockCheck
from rooms.storage.errors import StorageUnavailable
from rooms.storage.feed import Feed
from rooms.storage.guard import Guard
from rooms.storage.history import History
from rooms.storage.identities import Identities
from rooms.storage.imports import Imports
from rooms.storage.listed_rooms import ListedRooms
from rooms.storage.lists import Lists
from rooms.storage.live_rooms import LiveRooms
from rooms.storage.marks import Marks
from rooms.storage.moves import Moves
from rooms.storage.probes import Probes
from rooms.storage.pull_state import PullStates
from rooms.storage.quarantine import Quarantine
from rooms.storage.rooms import Rooms
from rooms.storage.single_flight import SingleFlight
from rooms.storage.table import Table
from rooms.storage.table_check import TableCheck

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

    from rooms.acs.pace import Pace
    from rooms.acs.passes.run import Passes
    from rooms.acs.pull import Pull
    from rooms.acs.rooms_api import RoomsApi
    from rooms.acs.through import Through
    from rooms.archive.container import Container
    from rooms.archive.export import Report as ExportReport
    from rooms.media.acs import AcsCalls
    from rooms.media.join_links import JoinLinks
    from rooms.media.reconciler import Reconciler
    from rooms.media.sweep import Sweep
    from rooms.storage.erasures import Erasures
    from rooms.upkeep.walk import Upkeep

# Parts of the media plane, of the move from ACS and of timers are imported where they are built:
# most cold starts need none of them.

_log = logging.getLogger(__name__)

_CHATTY = ("azure.core.pipeline.policies.http_logging_policy", "azure.identity")
"""Loggers that write two records of INFO for each storage request. The worker sends them all to
Application Insights."""

_CLIENT: dict[str, Any] = {
    "connection_timeout": 2,
    "read_timeout": 5,
    "retry_total": 3,
    "retry_status": 0,
    "retry_backoff_factor": 0.2,
    "use_env_settings": bool(getproxies()),
}
"""Options of the storage client: time-outs of one request and delay of retries, in seconds.

`Table` tries again itself after an answer that says that the storage failed: the client would wait
as long as the storage asks for.

If the environment names no proxy, aiohttp must not look for one, or for a .netrc: it does so in
other threads before each request, which takes a third of the request's time."""


class App:
    """The service. Parts that need the storage raise StorageUnavailable if none is configured.

    Raises:
        SettingsError: a setting cannot be used.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        clock: Callable[[], Ticks] = now,
        limits: Limits = LIMITS,
    ) -> None:
        for name in _CHATTY:
            logging.getLogger(name).setLevel(logging.WARNING)
        self.settings: Settings = read_settings(environment)
        for name, nearest in unknown_settings(environment).items():
            hint = f" Did you mean {nearest}?" if nearest else ""
            _log.warning(
                "%s: there is no such setting, so it has no effect.%s", escaped(name), hint
            )
        entra = self.settings.entra
        if entra is not None and entra.audiences >= AUDIENCES_OF_THE_SDKS:
            _log.info(
                "tokens for %s are accepted, which are good for all resources of ACS: set "
                "ROOMS_ENTRA_AUDIENCE to an audience of your own, like api://<application id>, "
                "unless unchanged SDKs send tokens",
                " and ".join(sorted(AUDIENCES_OF_THE_SDKS)),
            )
        self.clock = clock
        self.limits = limits
        if not self.settings.storages:
            _log.error(
                "no storage: set ROOMS_STORAGE to a connection string, or "
                "ROOMS_STORAGE__tableServiceUri"
            )

    @cached_property
    def authenticator(self) -> Authenticator:
        """Who may call."""
        return Authenticator(self.settings, limits=self.limits)

    @cached_property
    def requests(self) -> Requests | None:
        """How much each caller may ask, or None if they may ask all that they want."""
        quota = self.settings.quota
        return None if quota is None else Requests(quota, time.monotonic_ns)

    @cached_property
    def console(self) -> Page | None:
        """The console's files, or None if its libraries are not installed."""
        entra = self.settings.entra
        return read_console(None if entra is None else entra.console_sign_in)

    @cached_property
    def join_page(self) -> Page | None:
        """The join page's files, or None if its libraries are not installed or there is no media
        server to join on."""
        server = self.settings.media
        return None if server is None else read_join_page(server)

    @cached_property
    def table(self) -> Table:
        """The table that the settings name."""
        if not self.settings.storages:
            raise StorageUnavailable
        (client, guard), *further = map(self._guarded, self.settings.storages)
        return Table(client, guard, further, self.limits.spread_seconds)

    @cached_property
    def storage_answers(self) -> SingleFlight[None]:
        """Checks that the storage answers, once for all who ask at the same time."""

        async def ping(_: str) -> None:
            await self.table.ping()

        return SingleFlight(ping)

    @cached_property
    def rooms(self) -> Rooms:
        """The rooms, their rosters and their details."""
        if self.through is not None:
            return self.through
        moving = self.settings.moving
        observes = moving is not None and moving.mode == "observe"
        return Rooms(self.table, self.clock, self.limits, self._correct_call, observes=observes)

    @cached_property
    def moves(self) -> Moves:
        """The moves of rooms between ACS and this service."""
        return Moves(self.table, self.clock)

    @cached_property
    def lists(self) -> Lists:
        """Lists of rooms."""
        return Lists(self.table, self.history, self.limits)

    @cached_property
    def history(self) -> History:
        """Logs and rosters, also of deleted rooms."""
        return History(self.table, self.limits)

    @cached_property
    def feed(self) -> Feed:
        """Logs in the order of arrival."""
        return Feed(self.table, self.clock, self.limits)

    @cached_property
    def calls(self) -> Calls:
        """Calls, folded from their events."""
        return Calls(self.table, self.clock, self.limits)

    @cached_property
    def live_rooms(self) -> LiveRooms:
        """The rooms with a call now."""
        return LiveRooms(self.calls, self.history, self.clock)

    @cached_property
    def admissions(self) -> Admissions:
        """Who is in a call that may be full, and the record of decisions."""
        return Admissions(self.table, self.calls, self.clock)

    @cached_property
    def accesses(self) -> Accesses:
        """The record of who looked."""
        return Accesses(self.table, self.clock)

    @cached_property
    def quarantine(self) -> Quarantine:
        """Events that the service does not understand."""
        return Quarantine(self.table, self.clock, self.limits)

    @cached_property
    def erasures(self) -> "Erasures":
        """Erasures of persons."""
        from rooms.storage.erasures import Erasures

        reads_acs = self.settings.moving is not None
        return Erasures(self.table, self.clock, self.limits, reads_acs=reads_acs)

    @cached_property
    def intake(self) -> Intake:
        """Takes in the events that Event Grid delivers."""
        read = partial(read_event, sources=self.settings.event_sources)
        return self._intake("acs", read)

    @cached_property
    def livekit_intake(self) -> Intake:
        """Takes in the events that a LiveKit server sends."""
        from rooms.intake.livekit import read_webhook
        from rooms.media.livekit.carrier import mark_of

        return self._intake(
            "livekit", partial(read_webhook, mark=mark_of(self.settings.deployment))
        )

    @cached_property
    def identities(self) -> LocalIdentities:
        """Users and tokens of this service."""
        return LocalIdentities(Identities(self.table), self.clock)

    @cached_property
    def acs(self) -> Resource | None:
        """The resource of ACS. None: this service makes its users itself."""
        chosen = self.settings.acs
        return None if chosen is None else Resource(chosen, self.limits)

    @cached_property
    def rooms_at_acs(self) -> "RoomsApi | None":
        """The rooms of the resource of ACS, or None: this service has nothing to do with them."""
        if self.acs is None or self.settings.moving is None:
            return None
        from rooms.acs.rooms_api import RoomsApi

        return RoomsApi(self.acs)

    @cached_property
    def through(self) -> "Through | None":
        """The rooms, of which some are changed at ACS first, or None: in another mode."""
        moving = self.settings.moving
        if self.rooms_at_acs is None or moving is None or moving.mode != "through":
            return None
        assert self.pace is not None
        from rooms.acs.through import Through

        return Through(
            self.table,
            self.clock,
            self.limits,
            after_change=self._correct_call,
            acs=self.rooms_at_acs,
            marks=self.marks,
            pace=self.pace,
            states=self.pull_states,
            new=moving.new,
        )

    @cached_property
    def marks(self) -> Marks:
        """The marks of changes that are under way at ACS."""
        return Marks(self.table, self.clock, self.limits)

    @cached_property
    def adoption(self) -> Adoption:
        """Makes rooms of ACS those of this service."""
        return Adoption(self.table, self.clock, self.limits)

    @cached_property
    def imports(self) -> Imports:
        """Takes in rooms as they are at ACS."""
        moving = self.settings.moving
        marks = self.marks if moving is not None and moving.mode == "through" else None
        return Imports(self.adoption, marks, self.clock, self._correct_call, self.limits)

    @cached_property
    def pull(self) -> "Pull | None":
        """Makes what is here of a room as ACS has it, or None."""
        return None if self.rooms_at_acs is None else self._pull_from(self.rooms_at_acs)

    @cached_property
    def pull_states(self) -> PullStates:
        """How far the passes over the rooms at ACS have come."""
        chosen = self.settings.acs
        resource = "" if chosen is None else chosen.endpoint
        return PullStates(self.table, self.clock, self.limits, resource)

    @cached_property
    def pace(self) -> "Pace | None":
        """How fast ACS is asked in the background, or None."""
        moving = self.settings.moving
        if moving is None:
            return None
        from rooms.acs.pace import Pace

        return Pace(moving.requests, self.clock)

    @cached_property
    def passes(self) -> "Passes | None":
        """Finds what was changed at ACS, and settles what is in doubt, or None."""
        moving = self.settings.moving
        if self.acs is None or moving is None or self.pace is None:
            return None
        from rooms.acs.pace import PacedResource
        from rooms.acs.passes.run import Passes
        from rooms.acs.passes.work import Parts
        from rooms.acs.rooms_api import RoomsApi

        rooms_at_acs = RoomsApi(PacedResource(self.acs, self.pace))
        parts = Parts(
            rooms_at_acs,
            self._pull_from(rooms_at_acs),
            self.adoption,
            self.marks,
            self.pull_states,
            self.history,
            ListedRooms(self.table),
            self.calls,
        )
        return Passes(parts, self.pace, moving, self.clock, self.limits)

    @cached_property
    def media(self) -> Carrier:
        """What carries the calls."""
        server = self.settings.media
        if server is None:
            return NoCarrier()
        from rooms.media.livekit.carrier import LiveKit

        return LiveKit(server, self.settings.deployment, self.clock, self.limits)

    def entry_to(self, room: Room) -> Entry:
        """Returns how people get into the calls of a room."""
        return self.media if room.carrier == "own" else self.calls_at_acs

    @cached_property
    def calls_at_acs(self) -> "AcsCalls":
        """The calls that ACS carries."""
        from rooms.media.acs import AcsCalls

        return AcsCalls(self.acs, self.clock)

    @cached_property
    def join_links(self) -> "JoinLinks | None":
        """The links with which people join on the page of this service, or None."""
        server = self.settings.media if self.settings.join_page else None
        if server is None:
            return None
        from rooms.media.join_links import JoinLinks

        return JoinLinks(server.keys, self.clock)

    @cached_property
    def call_log(self) -> CallLog:
        """The record of what was done in calls."""
        return CallLog(self.table, self.limits, self.clock)

    @cached_property
    def probes(self) -> Probes:
        """What checks of the media server have heard of."""
        return Probes(self.table)

    @cached_property
    def reconciler(self) -> "Reconciler":
        """Makes the media server have what the rooms say."""
        from rooms.media.reconciler import Reconciler

        return Reconciler(self.media, self.rooms, self.call_log, self.clock, self.limits)

    @cached_property
    def sweep(self) -> "Sweep":
        """Looks at all calls that the media server has."""
        from rooms.media.repair import Repair
        from rooms.media.sweep import Sweep

        repair = Repair(self.calls, self.clock)
        return Sweep(self.media, self.reconciler, repair, self.clock, self.limits)

    @cached_property
    def upkeep(self) -> "Upkeep":
        """Removes what is older than the retention."""
        from rooms.upkeep.walk import Upkeep

        return Upkeep(
            self.table,
            self.rooms,
            self.clock,
            self.settings.expired_days * DAY,
            self.settings.retention_days * DAY,
            self.limits,
            reads_acs=self.settings.moving is not None,
        )

    @cached_property
    def archive(self) -> "Container | None":
        """Where the log is exported to, or None."""
        chosen = self.settings.archive
        if chosen is None:
            return None
        from rooms.archive.container import container_of

        return container_of(chosen)

    async def export_log(self) -> "ExportReport | None":
        """Exports the log of the days that have passed, as far as the time of a run allows. Returns
        None if there is no place for it. Raises ArchiveUnavailable."""
        if self.archive is None:
            return None
        from rooms.archive.export import Export

        return await Export(self.table, self.archive, self.clock).run(self.limits.export_seconds)

    def _pull_from(self, rooms_at_acs: "RoomsApi") -> "Pull":
        from rooms.acs.pull import Pull

        return Pull(
            rooms_at_acs, self.adoption, self.marks, self.pull_states, self.clock, self.limits
        )

    async def _correct_call(self, room_id: str, room: Room | None, roster: Roster) -> None:
        if self.settings.media is not None:
            await self.reconciler.after_change(room_id, room, roster)

    def _intake(self, source: EventSource, read: Read) -> Intake:
        return Intake(source, read, self.calls, self.call_log, self.quarantine, self.clock)

    def _guarded(self, account: StorageAccount) -> tuple[TableClient, Guard]:
        """Returns the table in a storage account, and what stands before it."""
        clock = ClockCheck()
        try:
            client = self._table_client(account, clock)
        except ValueError as error:
            _log.error("no storage: %s is not usable: %s", account.setting, error)
            raise StorageUnavailable from error
        accounts = len(self.settings.storages)
        check = TableCheck(client, self.settings.table_is_named, account.number, accounts)
        return client, Guard(check, clock, account.number)

    def _table_client(self, account: StorageAccount, clock: ClockCheck) -> TableClient:
        chosen, options = self.settings, {**_CLIENT, "raw_response_hook": clock}
        if account.connection_string:
            return TableClient.from_connection_string(
                account.connection_string, chosen.table, **options
            )
        assert account.uri
        return TableClient(account.uri, chosen.table, credential=self._storage_identity, **options)

    @cached_property
    def _storage_identity(self) -> "AsyncTokenCredential":
        """One for all accounts, which take the same token."""
        return identity("ROOMS_STORAGE__clientId", self.settings.storage_client_id)
