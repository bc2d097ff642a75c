// The pictures: people, and the screens that they share.

import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { tileSize } from "/join/static/layout.js";
import { Screen, Tile } from "/join/static/tile.js";

const MOST = 12; // tiles of people
const MOST_NARROW = 6;
const NARROW = 600; // pixels

/** Returns a reference for an element, and its size. */
function useSize() {
  const element = useRef(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) =>
      setSize({ width: contentRect.width, height: contentRect.height }),
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, size];
}

const spokeAt = (participant) => participant.lastSpokeAt?.getTime() ?? 0;

/** Returns who is shown: all, in their order, or else oneself and who has spoken last. */
function shownOf(present, most) {
  if (present.length <= most) return present;
  const [self, ...others] = present;
  const last = others.toSorted((a, b) => spokeAt(b) - spokeAt(a)).slice(0, most - 2);
  return [self, ...others.filter((participant) => last.includes(participant))];
}

/** Returns the screens that others share. One's own would show itself. */
const screensOf = (present) =>
  present
    .filter((participant) => !participant.isLocal)
    .flatMap((participant) =>
      [...participant.videoTrackPublications.values()]
        .filter(({ source, track }) => source === "screen_share" && track)
        .map((publication) => ({ participant, publication })),
    );

/** `more` opens the list of all. */
export function Stage({ present, more }) {
  const [element, size] = useSize();
  const shown = shownOf(present, size.width < NARROW ? MOST_NARROW : MOST);
  const left = present.length - shown.length;
  const screens = screensOf(present);
  const tile = screens.length ? null : tileSize(shown.length + (left ? 1 : 0), size);
  return html`<div class=${screens.length ? "stage sharing" : "stage"} ref=${element}>
    ${
      screens.length > 0 &&
      html`<div class="screens">
        ${screens.map((each) => html`<${Screen} key=${each.publication.trackSid} ...${each} />`)}
      </div>`
    }
    <ul class="tiles" aria-label="Pictures of people">
      ${shown.map(
        (participant) =>
          html`<${Tile} key=${participant.identity} participant=${participant} style=${tile} />`,
      )}
      ${
        left > 0 &&
        html`<li class="tile" style=${tile}>
          <button type="button" class="quiet" onClick=${more}>${left} more</button>
        </li>`
      }
    </ul>
  </div>`;
}
