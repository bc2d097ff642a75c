// A button that opens a list of further actions.

import { html } from "htm/preact";
import { useId, useRef } from "preact/hooks";

const GAP = 4; // pixels

/** The children are buttons and links. `of` is what the actions are of. */
export function Menu({ of, children }) {
  const id = useId();
  const [button, list] = [useRef(null), useRef(null)];
  const place = (event) => {
    if (event.newState !== "open") return;
    const { top, bottom, right } = button.current.getBoundingClientRect();
    const { style } = list.current;
    style.right = `${document.documentElement.clientWidth - right}px`;
    const above = bottom > innerHeight / 2;
    style.top = above ? "auto" : `${bottom + GAP}px`;
    style.bottom = above ? `${innerHeight - top + GAP}px` : "auto";
  };
  const close = () => list.current.hidePopover(); // the focus goes back to the button
  return html`<span class="more-actions">
    <button type="button" class="quiet" ref=${button} popovertarget=${id}>
      <span aria-hidden="true">⋯</span><span class="unseen">Actions for ${of}</span>
    </button>
    <div
      class="popover"
      popover="auto"
      id=${id}
      ref=${list}
      onBeforeToggle=${place}
      onClick=${close}
    >
      ${children}
    </div>
  </span>`;
}
