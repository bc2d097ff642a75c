// What has happened, in a line that is also read out.

import { html } from "htm/preact";
import { useRef, useState } from "preact/hooks";

const SECONDS = 6; // for which a line is seen; screen readers find it after that, too
const MOST = 3;

/** Returns the last lines that were told, and `say`, which adds one. */
export function useTold() {
  const [told, setTold] = useState([]);
  const number = useRef(0);
  const say = (text) => {
    number.current += 1;
    const id = number.current;
    setTold((known) => [...known, { id, text }].slice(-MOST));
    const passes = (line) => (line.id === id ? { ...line, past: true } : line);
    setTimeout(() => setTold((known) => known.map(passes)), SECONDS * 1000);
  };
  return { told, say };
}

/** The lines, and that the connection is lost, for as long as it is `away`. */
export const Told = ({ told, away }) => html`<div class="told">
  <div role="status">
    ${away && html`<p class="lost">The connection is lost. Trying to come back …</p>`}
  </div>
  <div role="log" aria-label="What has happened">
    ${told.map(({ id, text, past }) => html`<p key=${id} class=${past ? "unseen" : ""}><bdi>${text}</bdi></p>`)}
  </div>
</div>`;
