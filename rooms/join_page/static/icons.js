// Icons of buttons. Their words stand beside them.

import { html } from "htm/preact";

const MICROPHONE =
  "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11a6 6 0 0 0 12 0M12 17v4";
const CAMERA = "M3 7h11a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H3zM15 11l6-3.5v9L15 13";
const CROSSED = "M4 3l16 18";

const PATHS = {
  microphone: MICROPHONE,
  "microphone-off": MICROPHONE + CROSSED,
  camera: CAMERA,
  "camera-off": CAMERA + CROSSED,
  screen: "M3 5h18v11H3zM8 20h8M12 16v4M12 13V8M9.5 10.5L12 8l2.5 2.5",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14a6.5 6.5 0 0 1 3.5 6",
  devices: "M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4",
  leave: "M3 14c0-6 18-6 18 0l-.5 2-4.5-1v-3c-3-1-5-1-8 0v3l-4.5 1z",
  close: "M6 6l12 12M18 6L6 18",
};

/** An icon by its name. */
export const Icon = ({ name }) =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;
