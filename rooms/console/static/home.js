// Home: what goes on now.

import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { keyOf, MOST_ROOMS, useLiveRooms } from "/console/live.js";
import { LiveCard } from "/console/live-card.js";
import { useNow } from "/console/loading.js";
import { useMe } from "/console/me.js";
import { Empty, Loading, Page, Problem, Section } from "/console/parts.js";
import { address } from "/console/route.js";
import { counted, people } from "/console/words.js";

export function Home({ laptop }) {
  const now = useNow();
  const live = useLiveRooms();
  const summary = live.rooms && inWords(live.rooms);
  useEffect(() => {
    document.title = titleOf(live.rooms?.length);
  }, [live.rooms?.length]);
  return html`<${Page}
    title="Home"
    actions=${html`<${NewRoom} />`}
    lead=${html`<span role="status">${summary}</span>`}
  >
    <${Live} live=${live} laptop=${laptop} now=${now} />
  <//>`;
}

function NewRoom() {
  const { mayManage } = useMe();
  return mayManage && html`<a class="button" href=${address(["new"])}>New room</a>`;
}

/** The title of the tab: "Home, 3 live". */
const titleOf = (live) => `Home${live ? `, ${live} live` : ""} · Anteroom`;

function inWords(rooms) {
  const present = rooms.reduce((sum, { count }) => sum + count, 0);
  const missing = rooms.reduce((sum, { missingCount }) => sum + (missingCount ?? 0), 0);
  const over = rooms.filter(({ overdue }) => overdue).length;
  const calls = `${people(present)} in ${counted(rooms.length, "call")}`;
  return `${[
    rooms.length ? calls : "No live calls",
    missing && `${missing} missing`,
    over && `${over} probably over`,
  ]
    .filter(Boolean)
    .join(", ")}.`;
}

const Live = ({ live: { rooms, cut, at, failure }, laptop, now }) => html`<${Section}
  title="Live"
  note=${rooms?.length || ""}
>
  <${Problem} failure=${failure} at=${at} />
  ${!rooms && !failure && html`<${Loading} lines=${4} />`}
  ${rooms?.length === 0 && html`<${Nothing} laptop=${laptop} />`}
  <div class="cards">
    ${rooms?.map((room) => html`<${LiveCard} key=${keyOf(room)} room=${room} now=${now} />`)}
  </div>
  ${cut && html`<p class="faint">Only the first ${MOST_ROOMS} rooms are shown.</p>`}
<//>`;

const Nothing = ({ laptop }) => html`<${Empty} title="No live calls.">
  A room appears here when the first event of its call arrives.
  ${laptop && html` <a href=${address(["play"])}>Play a meeting</a> to see one.`}
<//>`;
