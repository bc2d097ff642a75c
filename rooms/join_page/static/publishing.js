// What one sends into the call: camera, microphone, screen.

import { choose, chosen } from "/join/static/choices.js";
import { deviceProblem } from "/join/static/words.js";

/** What the library calls a source, and what somebody must be allowed for it. */
const SOURCES = {
  camera: { source: "camera", capability: "turnVideoOnOff", device: "videoinput" },
  microphone: { source: "microphone", capability: "muteUnmuteMic", device: "audioinput" },
  screen: { source: "screen_share", capability: "shareScreen" },
};

/** Whether the capabilities let somebody send that, and this browser can. */
export const may = (of, capabilities) =>
  capabilities.has(SOURCES[of].capability) &&
  (of !== "screen" || "getDisplayMedia" in navigator.mediaDevices);

/** Whether it is being sent. */
export function isOn(of, participant) {
  const sent = participant.getTrackPublication(SOURCES[of].source);
  return sent !== undefined && !sent.isMuted;
}

/** Sends it, or stops. Tells `say` what goes wrong. */
export async function turn(of, on, room, say) {
  const { localParticipant } = room;
  if (of !== "screen") choose({ [of]: on });
  try {
    if (of === "screen") await localParticipant.setScreenShareEnabled(on, { audio: true });
    else if (of === "camera") await localParticipant.setCameraEnabled(on, from(of));
    else await localParticipant.setMicrophoneEnabled(on, from(of));
  } catch (problem) {
    const declined = of === "screen" && problem.name === "NotAllowedError"; // in the browser's list
    if (!declined) say(deviceProblem(of, problem));
  }
}

const from = (of) => ({ deviceId: chosen()[SOURCES[of].device] });

/** Sends what somebody has chosen and may send, after they have come in. */
export function publishChosen(room, capabilities, say) {
  for (const of of ["microphone", "camera"])
    if (chosen()[of] && may(of, capabilities)) turn(of, true, room, say);
}
