// The voices of the others.

import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { chosen } from "/join/static/choices.js";

/** All that is heard. Asks for a click where the browser plays nothing without one. */
export function Sounds({ room }) {
  const sounds = [...room.remoteParticipants.values()]
    .flatMap((participant) => [...participant.audioTrackPublications.values()])
    .filter(({ track }) => track);
  return html`
    ${sounds.map(({ trackSid, track }) => html`<${Sound} key=${trackSid} track=${track} />`)}
    ${
      !room.canPlaybackAudio &&
      html`<button type="button" class="large sound" onClick=${() => room.startAudio()}>
        Turn the sound on
      </button>`
    }
  `;
}

function Sound({ track }) {
  const element = useRef(null);
  useEffect(() => {
    const { current } = element;
    track.attach(current);
    const { audiooutput } = chosen();
    if (audiooutput !== "default") track.setSinkId(audiooutput).catch(() => {}); // it is gone
    return () => track.detach(current);
  }, [track]);
  return html`<audio ref=${element}></audio>`;
}
