// The picture of one person, or of the screen that they share.

import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { nameOf } from "/join/static/happenings.js";
import { Icon } from "/join/static/icons.js";
import { isOn } from "/join/static/publishing.js";
import { initials } from "/join/static/words.js";

const POOR = { poor: "Poor connection", lost: "No connection" };

/** A video of the library. */
function Video({ track, ...rest }) {
  const element = useRef(null);
  useEffect(() => {
    const { current } = element;
    track.attach(current);
    return () => track.detach(current);
  }, [track]);
  return html`<video ...${rest} ref=${element} playsinline muted></video>`;
}

/** The tile of a person. `style` says its size, or is null where the style sheet does. */
export function Tile({ participant, style }) {
  const name = nameOf(participant);
  const camera = participant.getTrackPublication("camera");
  const visible = isOn("camera", participant) && camera.track;
  const hasMicrophone = participant.permissions?.canPublish;
  const muted = hasMicrophone && !isOn("microphone", participant);
  return html`<li
    class=${participant.isSpeaking ? "tile speaking" : "tile"}
    style=${style}
    data-person=${name}
  >
    ${
      visible
        ? html`<${Video}
            track=${camera.track}
            class=${participant.isLocal ? "mirrored" : ""}
            aria-label=${`Video of ${name}`}
          />`
        : html`<span class="initials" aria-hidden="true">${initials(name)}</span>`
    }
    <p class="name">
      ${muted && html`<${Icon} name="microphone-off" /><span class="unseen">Muted: </span>`}
      <bdi>${name}</bdi>${participant.isLocal && " (you)"}
    </p>
    <${Quality} participant=${participant} />
  </li>`;
}

const Quality = ({ participant }) =>
  POOR[participant.connectionQuality] &&
  html`<p class="quality">${POOR[participant.connectionQuality]}</p>`;

/** The screen that somebody else shares. */
export function Screen({ participant, publication }) {
  const name = nameOf(participant);
  return html`<div class="screen">
    <${Video} track=${publication.track} aria-label=${`Screen of ${name}`} />
    <p class="name">Screen of <bdi>${name}</bdi></p>
  </div>`;
}
