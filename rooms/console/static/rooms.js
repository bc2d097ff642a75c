// Rooms: all of them, those with a call now, those that come next, and those that have ended.

import { html } from "htm/preact";
import { serviceNow } from "/console/api.js";
import { MOST_ROOMS, useLiveRooms } from "/console/live.js";
import { useLoaded, useNow, usePages } from "/console/loading.js";
import { useMe } from "/console/me.js";
import { Empty, Loading, More, Page, Problem } from "/console/parts.js";
import { filtersIn, RoomFilters } from "/console/room-filters.js";
import { ListedRooms, LiveRooms } from "/console/room-tables.js";
import { address } from "/console/route.js";
import { evenly, wholeList } from "/console/whole-list.js";

const EVERY_SECONDS = 60; // for the rooms that come next

const SHOWS = { "": "All", live: "Live", next: "Next", ended: "Ended" };

export function Rooms({ route: { query } }) {
  const show = Object.hasOwn(SHOWS, query.show ?? "") ? (query.show ?? "") : "";
  return html`<${Page} title="Rooms" actions=${html`<${NewRoom} />`}>
    <${Shows} query=${query} current=${show} />
    ${show === "live" ? html`<${Live} />` : html`<${Filtered} show=${show} query=${query} />`}
  <//>`;
}

function NewRoom() {
  const { mayManage } = useMe();
  return mayManage && html`<a class="button primary" href=${address(["new"])}>New room</a>`;
}

const Shows = ({ query, current }) => html`<nav class="tabs" aria-label="Which rooms">
  ${Object.entries(SHOWS).map(
    ([show, label]) =>
      html`<a
        href=${address(["rooms"], { ...query, show })}
        aria-current=${show === current ? "page" : undefined}
        >${label}</a
      >`,
  )}
</nav>`;

const Filtered = ({ show, query }) => html`
  <${RoomFilters} withState=${show !== "ended"} query=${query} />
  ${
    show === "next"
      ? html`<${Next} query=${query} />`
      : html`<${Newest} key=${show} ended=${show === "ended"} query=${query} />`
  }`;

/** The rooms page by page, newest first. */
function Newest({ ended, query }) {
  const filters = filtersIn(query);
  const state = ended ? "expired" : filters.state;
  const asked = { ...filters, state, include: "lastCall" };
  const pages = usePages("/rooms", asked, [JSON.stringify(asked)]);
  const filtered = ended || Object.keys(filters).length > 0;
  return html`
    <${Problem} failure=${pages.failure} />
    ${pages.loading && !pages.ready && html`<${Loading} lines=${6} />`}
    ${pages.ready && !pages.values.length && html`<${Nothing} filtered=${filtered} />`}
    ${
      pages.values.length > 0 &&
      html`<${ListedRooms} rooms=${pages.values} /><${More} pages=${pages} of="rooms" />`
    }
  `;
}

/** The rooms that are scheduled for later, the next first. */
function Next({ query }) {
  const filters = filtersIn(query);
  const load = (signal) => wholeList("/rooms", fromNowOn(filters), signal, MOST_ROOMS);
  const { data, at, failure } = useLoaded(load, [JSON.stringify(filters)], evenly(EVERY_SECONDS));
  const rooms = data?.value.toSorted((a, b) => a.scheduledStart.localeCompare(b.scheduledStart));
  return html`
    <${Problem} failure=${failure} at=${at} />
    ${!rooms && !failure && html`<${Loading} lines=${6} />`}
    ${rooms?.length === 0 && html`<${Nothing} filtered=${true} />`}
    ${rooms?.length > 0 && html`<${ListedRooms} rooms=${rooms} />`}
    ${data?.cut && html`<${Cut} />`}
  `;
}

function fromNowOn(filters) {
  const now = new Date(serviceNow()).toISOString();
  const asked = { ...filters, include: "lastCall" };
  return filters.scheduledFrom > now ? asked : { ...asked, scheduledFrom: now };
}

/** The rooms with a call, by its start. */
function Live() {
  const now = useNow();
  const { rooms, cut, at, failure } = useLiveRooms();
  return html`
    <${Problem} failure=${failure} at=${at} />
    ${!rooms && !failure && html`<${Loading} lines=${6} />`}
    ${rooms?.length === 0 && html`<${Empty} title="No live calls."><${All} /><//>`}
    ${rooms?.length > 0 && html`<${LiveRooms} rooms=${rooms} now=${now} />`}
    ${cut && html`<${Cut} />`}
  `;
}

const Cut = () => html`<p class="faint">Only some ${MOST_ROOMS} rooms are shown.</p>`;

const All = () => html`<a href=${address(["rooms"])}>All rooms</a>`;

function Nothing({ filtered }) {
  const { mayManage } = useMe();
  if (filtered) return html`<${Empty} title="No rooms match these filters."><${All} /><//>`;
  return html`<${Empty} title="No rooms yet.">
    ${mayManage && html`<a href=${address(["new"])}>Make the first one</a>, here, or `}
    ${mayManage ? "with" : "Create one with"} the SDK, or with <code>rooms create</code>.
  <//>`;
}
