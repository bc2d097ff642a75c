// How long the room is still open, when that is not long.

import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { useNow } from "/join/static/clock.js";
import { countdown } from "/join/static/words.js";

const MINUTE = 60_000; // milliseconds
const SHOWN = 10 * MINUTE;

/** Minutes before the end at which it is said, and the service is asked if that has changed. */
const SAID = [10, 5, 1];

export function TimeLeft({ until, refresh, say }) {
  const left = Date.parse(until) - useNow();
  const reached = SAID.filter((minutes) => left <= minutes * MINUTE).length;
  useEffect(() => {
    if (!reached) return;
    const minutes = Math.ceil(left / MINUTE);
    if (minutes > 0)
      say(`The room closes in ${minutes === 1 ? "1 minute" : `${minutes} minutes`}.`);
    refresh();
  }, [reached]);
  if (left > SHOWN) return null;
  return html`<span class="time-left" role="timer">closes in ${countdown(left)}</span>`;
}
