// One room: what there is to know of it now, its people, its calls, its log; and what to do.

import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get, ofRoom } from "/console/api.js";
import { CallView } from "/console/call.js";
import { JoinAs } from "/console/join-as.js";
import { useLoaded } from "/console/loading.js";
import { Log } from "/console/log.js";
import { useMe } from "/console/me.js";
import { AtAcs, Empty, Guests, Loading, Page, Problem, State } from "/console/parts.js";
import { DeleteRoom } from "/console/room-delete.js";
import { EditRoom } from "/console/room-edit.js";
import { Overview } from "/console/room-overview.js";
import { rightsIn } from "/console/room-rights.js";
import { readRoom } from "/console/room-version.js";
import { address, focusHeading } from "/console/route.js";

const EVERY_SECONDS = 5;

const TABS = { "": "Overview", call: "Calls", log: "Log" };

/** Returns the room as readRoom does, or with null for it if only its events are known. */
async function readIfKnown(roomId, signal) {
  try {
    return await readRoom(roomId, signal);
  } catch (failure) {
    if (failure.status === 404) return { room: null };
    throw failure;
  }
}

/** Returns the call that goes on, with who is in it; null if there is none. */
async function callNow(roomId, signal) {
  try {
    return (await get(ofRoom(roomId, "presence"), {}, signal)).call;
  } catch (failure) {
    if (failure.status === 404) return null; // nothing is known of the room
    throw failure;
  }
}

export function Room({ route }) {
  const [, roomId, asked = "", callId] = route.path;
  const tab = Object.hasOwn(TABS, asked) ? asked : "";
  const known = useLoaded((signal) => readIfKnown(roomId, signal), [roomId], EVERY_SECONDS);
  const presence = useLoaded((signal) => callNow(roomId, signal), [roomId], EVERY_SECONDS);
  const [told, setTold] = useState("");
  const [dialog, open] = useDialog((text) => {
    setTold(text);
    known.reload();
    presence.reload();
  });
  const read = known.data;
  const room = read?.room;
  const rights = rightsIn(room ?? null, useMe());
  const failed = known.failure ? known : presence;
  useFocusKept();
  return html`<${Page}
    title=${room?.title ?? `Room ${roomId}`}
    trail=${[["Rooms", address(["rooms"])]]}
    badge=${html`<${Badges} room=${room} call=${presence.data} />`}
    actions=${room && html`<${Actions} read=${read} rights=${rights} open=${open} />`}
    lead=${html`<code>${roomId}</code>`}
  >
    <p role="status" class="told">${told}</p>
    <${Tabs} roomId=${roomId} room=${room} current=${tab} />
    <${Problem} failure=${failed.failure} at=${failed.at} />
    ${!read && !known.failure && html`<${Loading} lines=${6} />`}
    ${read && !room && html`<${NotCreatedHere} />`}
    ${
      read &&
      tab === "" &&
      html`<${Overview} roomId=${roomId} read=${read} call=${presence.data} rights=${rights} open=${open} />`
    }
    ${
      read &&
      tab === "call" &&
      html`<${CallView}
        key=${callId}
        roomId=${roomId}
        room=${room}
        present=${presence.data}
        callId=${callId}
      />`
    }
    ${tab === "log" && html`<${Log} roomId=${roomId} route=${route} />`}
    ${dialog}
  <//>`;
}

const Badges = ({ room, call }) => html`
  ${room && html`<${State} of=${room.state} />`} ${call && html`<${State} of="live" />`}
  ${room && html`<${Guests} room=${room} /><${AtAcs} room=${room} />`}
`;

/**
 * Returns the dialog that is open, and what opens one: it gets a function of `close`, to which
 * `done` is told what has been done, if anything.
 */
function useDialog(done) {
  const [dialog, setDialog] = useState(null);
  const close = (text) => {
    setDialog(null);
    if (text) done(text);
  };
  return [dialog?.(close), (shown) => setDialog(() => shown)];
}

/** Moves the focus to the heading if what had it is gone, as a button is after what it did. */
function useFocusKept() {
  const focused = useRef(null);
  useEffect(() => {
    const isNowhere = () => document.activeElement === document.body;
    if (!isNowhere()) focused.current = document.activeElement;
    else if (focused.current?.isConnected === false)
      setTimeout(() => isNowhere() && focusHeading()); // a dialog may move it back
  });
}

function Actions({ read, rights, open }) {
  const { room } = read;
  const join = (close) => html`<${JoinAs} room=${room} close=${close} />`;
  const edit = (close) => html`<${EditRoom} read=${read} rights=${rights} close=${close} />`;
  const remove = (close) => html`<${DeleteRoom} read=${read} close=${close} />`;
  const button = (label, kind, dialog) =>
    html`<button type="button" class=${kind} onClick=${() => open(dialog)}>${label}</button>`;
  return html`
    ${rights.link && room.participants.length > 0 && button("Join", "primary", join)}
    ${rights.describe && button("Edit", undefined, edit)}
    ${rights.change && button("Delete", "danger", remove)}
  `;
}

function Tabs({ roomId, room, current }) {
  return html`<nav class="tabs" aria-label="Room">
    ${Object.entries(TABS).map(
      ([name, label]) => html`<a
        href=${address(["room", roomId, ...(name ? [name] : [])])}
        aria-current=${name === current ? "page" : undefined}
        >${label}</a
      >`,
    )}
    ${
      room &&
      room.state !== "deleted" &&
      html`<a href=${address(["access"], { room: roomId })}>Check access</a>`
    }
  </nav>`;
}

const NotCreatedHere = () => html`<${Empty} title="This room was not created here.">
  <p>Or its data were deleted. Its calls are shown if their events arrived.</p>
<//>`;
