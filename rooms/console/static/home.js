// Home: what goes on now, what comes next, and what went wrong today.

import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { keyOf, MOST_ROOMS, useLiveRooms } from "/console/live.js";
import { LiveCard } from "/console/live-card.js";
import { useNow } from "/console/loading.js";
import { useMe } from "/console/me.js";
import { NoShows } from "/console/no-shows.js";
import { Empty, Loading, Page, Problem, Section } from "/console/parts.js";
import { RefusedJoins } from "/console/refused-joins.js";
import { address } from "/console/route.js";
import { useScheduled } from "/console/scheduled.js";
import { StartingSoon } from "/console/starting-soon.js";
import { counted, people } from "/console/words.js";

export function Home({ laptop }) {
  const now = useNow();
  const live = useLiveRooms();
  const scheduled = useScheduled(live.rooms, now);
  const answered = Boolean(live.rooms || live.failure);
  const summary = live.rooms && inWords(live.rooms, scheduled.late);
  useEffect(() => {
    document.title = titleOf(live.rooms?.length, scheduled.late?.length);
  }, [live.rooms?.length, scheduled.late?.length]);
  return html`<${Page}
    title="Home"
    actions=${html`<${NewRoom} />`}
    lead=${html`<span role="status">${summary}</span>`}
  >
    <div class="home">
      <${Live} live=${live} laptop=${laptop} now=${now} />
      <div>
        <${StartingSoon} scheduled=${scheduled} now=${now} />
        <${NoShows} ready=${answered} />
        <${RefusedJoins} now=${now} ready=${answered} />
      </div>
    </div>
  <//>`;
}

function NewRoom() {
  const { mayManage } = useMe();
  return mayManage && html`<a class="button primary" href=${address(["new"])}>New room</a>`;
}

/** The title of the tab: "Home, 3 live, 1 late". */
function titleOf(live, late) {
  const counts = [live && `${live} live`, late && `${late} late`].filter(Boolean);
  return `${["Home", ...counts].join(", ")} · Anteroom`;
}

function inWords(rooms, late = []) {
  const present = rooms.reduce((sum, { count }) => sum + count, 0);
  const missing = rooms.reduce((sum, { missingCount }) => sum + (missingCount ?? 0), 0);
  const over = rooms.filter(({ overdue }) => overdue).length;
  const calls = `${people(present)} in ${counted(rooms.length, "call")}`;
  return `${[
    rooms.length ? calls : "No live calls",
    missing && `${missing} missing`,
    over && `${over} probably over`,
    late.length && `${counted(late.length, "room")} should have begun`,
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
