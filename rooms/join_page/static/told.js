// What has happened, in a line that is also read out.

import { html } from "htm/preact";
import { useRef, useState } from "preact/hooks";

const SECONDS = 6;
const MOST = 3;

/** Returns the lines that are told now, and `say`, which adds one for some seconds. */
export function useTold() {
  const [told, setTold] = useState([]);
  const number = useRef(0);
  const say = (text) => {
    number.current += 1;
    const line = { id: number.current, text };
    setTold((known) => [...known, line].slice(-MOST));
    setTimeout(() => setTold((known) => known.filter((one) => one !== line)), SECONDS * 1000);
  };
  return { told, say };
}

/** The lines, and that the connection is lost, for as long as it is `away`. */
export const Told = ({ told, away }) => html`<div class="told">
  <div role="status">
    ${away && html`<p class="lost">The connection is lost. Trying to come back …</p>`}
  </div>
  <div role="log" aria-label="What has happened">
    ${told.map(({ id, text }) => html`<p key=${id}><bdi>${text}</bdi></p>`)}
  </div>
</div>`;
