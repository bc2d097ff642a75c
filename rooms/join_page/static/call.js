// The call.

import { html } from "htm/preact";
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { lookUp } from "/join/static/api.js";
import { liveKit, stayInCall } from "/join/static/connection.js";
import { Controls } from "/join/static/controls.js";
import { everybody, follow } from "/join/static/happenings.js";
import { Heading } from "/join/static/parts.js";
import { isOn, publishChosen } from "/join/static/publishing.js";
import { Side } from "/join/static/side.js";
import { Sounds } from "/join/static/sounds.js";
import { Stage } from "/join/static/stage.js";
import { TimeLeft } from "/join/static/time-left.js";
import { Told, useTold } from "/join/static/told.js";
import { people } from "/join/static/words.js";

/**
 * Keeps this person in the call. Returns what there is to show of it: the `room` of the library, if
 * the connection is `lost`, and what the service last said: `capabilities`, `validUntil`, `token`.
 */
function useCall(link, say, over) {
  const [state, setState] = useState({});
  const [, changed] = useReducer((count) => count + 1, 0);
  const leaving = useRef(new AbortController());
  const set = (changes) => setState((known) => ({ ...known, ...changes }));
  const rights = ({ capabilities, validUntil }) => ({
    capabilities: new Set(capabilities.map(({ name }) => name)),
    validUntil,
  });
  const refresh = async () => {
    const found = await lookUp(link).catch(() => null);
    if (found?.admitted) set(rights(found));
  };
  const stay = async () => {
    const library = await liveKit();
    const steps = {
      entering: (room) => follow(room, library, { say, changed, roleChanged: refresh }),
      entered: (room, way) => {
        const now = rights(way);
        publishChosen(room, now.capabilities, say);
        set({ ...now, room, token: way.media.token, lost: false });
      },
      lost: () => set({ lost: true }),
    };
    return stayInCall(link, steps, leaving.current.signal);
  };
  useEffect(() => {
    stay().then(over, (failure) => over("refused", failure));
    return () => leaving.current.abort();
  }, []);
  return { ...state, refresh, leave: () => leaving.current.abort() };
}

/** `found` is what the service said of the link before. Calls `over` when the call is over. */
export function Call({ link, found, over }) {
  const { told, say } = useTold();
  const [side, setSide] = useState(null);
  const call = useCall(link, say, over);
  const title = found.title ?? "The call";
  if (!call.room)
    return html`<main class="message">
      <${Heading}>${title}<//>
      <p role="status">${call.lost ? "The media server cannot be reached. Trying again …" : "Joining …"}</p>
      <p><button type="button" class="quiet" onClick=${call.leave}>Leave</button></p>
    </main>`;
  const present = everybody(call.room);
  const away = call.lost || call.room.state !== "connected";
  return html`<div class="call">
    <header>
      <${Heading}>${title}<//>
      <span class="faint">${people(present.length)}</span>
      ${isOn("screen", call.room.localParticipant) && html`<span>You share your screen.</span>`}
      <${TimeLeft} until=${call.validUntil} refresh=${call.refresh} say=${say} />
    </header>
    <main class=${side ? "with-side" : ""}>
      <${Stage} present=${present} more=${() => setSide("people")} />
      ${
        side &&
        html`<${Side}
          show=${side}
          close=${() => setSide(null)}
          link=${link}
          call=${call}
          present=${present}
          say=${say}
        />`
      }
    </main>
    <${Told} told=${told} away=${away} />
    <${Sounds} room=${call.room} />
    <${Controls} call=${call} side=${side} setSide=${setSide} say=${say} />
  </div>`;
}
