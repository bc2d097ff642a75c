// The page of examples/call.py. After a loss of the connection it asks for admission again: so
// everybody is back after an outage, and who may not come back hears why.

import { DisconnectReason, Room, RoomEvent, Track } from "/livekit-client.esm.mjs";

const PAUSE = 2000;

/** What is said when the call is over for this person. Any other reason is a loss. */
const OVER = {
  [DisconnectReason.CLIENT_INITIATED]: "You have left.",
  [DisconnectReason.DUPLICATE_IDENTITY]: "You are in the call elsewhere.",
  [DisconnectReason.PARTICIPANT_REMOVED]: "You were removed from the call.",
  [DisconnectReason.ROOM_DELETED]: "The call has ended.",
};

const PUBLISH = {
  microphone: (me, on) => me.setMicrophoneEnabled(on),
  camera: (me, on) => me.setCameraEnabled(on),
  screen_share: (me, on) => me.setScreenShareEnabled(on),
};

/** The ids of the connection that this page had last. */
let lost = {};

const form = document.querySelector("form");
const controls = document.getElementById("controls");

// After a reload, the page takes its own place in the call, and is not there twice.
sessionStorage.device ??= crypto.randomUUID().replaceAll("-", "");

for (const [name, value] of new URLSearchParams(location.search)) {
  if (form.elements[name]) form.elements[name].value = value;
}

form.onsubmit = async (event) => {
  event.preventDefault();
  form.hidden = true;
  lost = {}; // who clicks wants to come in, whatever was before
  await stayInCall();
  form.hidden = false;
};

/** Stays in the call until it is over for this person, or they are refused. */
async function stayInCall() {
  for (;;) {
    const { status, messages, media } = await admission();
    show(messages);
    if (media) {
      const over = OVER[await beInCall(media)];
      if (over) return show([over]);
    } else if (status !== 503) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

async function admission() {
  const body = new URLSearchParams(new FormData(form));
  body.set("device", sessionStorage.device);
  for (const [name, id] of Object.entries(lost)) body.set(name, id);
  try {
    const answer = await fetch("/join", { method: "POST", body });
    return { status: answer.status, ...(await answer.json()) };
  } catch {
    return { status: 503, messages: ["The server does not answer. Trying again ..."] };
  }
}

/** Connects, and returns why the connection has ended; undefined if there was none. */
async function beInCall({ url, token }) {
  const room = new Room();
  const ended = new Promise((resolve) => room.on(RoomEvent.Disconnected, resolve));
  const remember = async () => {
    const callId = await room.getSid();
    if (callId) lost = { callId, participantId: room.localParticipant.sid };
  };
  room
    .on(RoomEvent.Reconnected, remember)
    .on(RoomEvent.TrackSubscribed, (track, _, participant) => add(track, participant.name))
    .on(RoomEvent.TrackUnsubscribed, remove)
    .on(RoomEvent.LocalTrackPublished, ({ track }) => track.kind === "video" && add(track, "You"))
    .on(RoomEvent.LocalTrackUnpublished, ({ track }) => remove(track))
    .on(RoomEvent.ParticipantPermissionsChanged, () => showControls(room))
    .on(RoomEvent.ParticipantAttributesChanged, ({ role }, participant) => {
      if (role && participant.isLocal) show([`You are now in as ${role}.`]);
    });
  try {
    await room.connect(url, token);
    await remember();
  } catch {
    return undefined;
  }
  showControls(room);
  const reason = await ended;
  controls.hidden = true;
  document.getElementById("tiles").replaceChildren();
  return reason;
}

/** Shows a button for each thing that the role of this person may publish. */
function showControls(room) {
  const me = room.localParticipant;
  const { canPublish, canPublishSources } = me.permissions;
  for (const [source, publish] of Object.entries(PUBLISH)) {
    const button = document.getElementById(source);
    button.hidden = !(canPublish && canPublishSources.includes(Track.sourceToProto(source)));
    button.onclick = async () => {
      const published = me.getTrackPublication(source);
      await publish(me, !published || published.isMuted).catch(({ message }) => show([message]));
    };
  }
  document.getElementById("leave").onclick = () => room.disconnect();
  controls.hidden = false;
}

function add(track, name) {
  const tile = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.textContent = track.kind === "video" ? name : "";
  tile.append(track.attach(), caption);
  document.getElementById("tiles").append(tile);
}

function remove(track) {
  for (const element of track.detach()) element.closest("figure")?.remove();
}

function show(messages) {
  const lines = messages.map((message) => {
    const line = document.createElement("li");
    line.textContent = message; // never as HTML: names and messages come from outside
    return line;
  });
  document.getElementById("messages").replaceChildren(...lines);
}
