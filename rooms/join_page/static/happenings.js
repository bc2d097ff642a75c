// What happens in the call, in words, for those who see it and those who hear it read out.

import { choose, chosen } from "/join/static/choices.js";
import { called } from "/join/static/parts.js";
import { aRole } from "/join/static/words.js";

const FEW = 12; // of more people, who comes and goes is not told

/** The raw id in an identity of the media server, which is `<raw id>#<device>`. */
const rawIdOf = (participant) =>
  participant.identity.slice(0, participant.identity.lastIndexOf("#"));

/** What a participant is called. */
export const nameOf = (participant) => called(participant.name, rawIdOf(participant));

/** Everybody in the call; oneself first, then by the time of joining. */
export const everybody = (room) => [
  room.localParticipant,
  ...[...room.remoteParticipants.values()].toSorted((a, b) => a.joinedAt - b.joinedAt),
];

/**
 * Tells `say` in words what happens, calls `changed` after all that changes what is shown, and
 * `roleChanged` when the rights of this person have changed.
 */
export function follow(room, { RoomEvent, Track }, { say, changed, roleChanged }) {
  const tellFew = (text) => room.remoteParticipants.size < FEW && say(text);
  const muted = (publication, participant) => {
    const byOthers =
      participant.isLocal && publication.source === Track.Source.Microphone && chosen().microphone;
    if (!byOthers) return;
    choose({ microphone: false }); // also after the connection was lost
    say("Somebody has muted you.");
  };
  const role = (changes, participant) => {
    if (!participant.isLocal || !changes.role) return;
    say(`You are ${aRole(changes.role)} now.`);
    roleChanged();
  };
  const shares = (publication, participant) =>
    publication.source === Track.Source.ScreenShare &&
    say(`${nameOf(participant)} shares the screen.`);
  const told = {
    [RoomEvent.ParticipantConnected]: (participant) =>
      tellFew(`${nameOf(participant)} has joined.`),
    [RoomEvent.ParticipantDisconnected]: (participant) =>
      tellFew(`${nameOf(participant)} has left.`),
    [RoomEvent.TrackMuted]: muted,
    [RoomEvent.TrackPublished]: shares,
    [RoomEvent.ParticipantAttributesChanged]: role,
  };
  for (const [event, tell] of Object.entries(told)) room.on(event, tell);
  for (const event of CHANGES) room.on(RoomEvent[event], changed);
}

/** The events after which the call looks different. */
const CHANGES = [
  "ActiveSpeakersChanged",
  "AudioPlaybackStatusChanged",
  "ConnectionQualityChanged",
  "ConnectionStateChanged",
  "LocalTrackPublished",
  "LocalTrackUnpublished",
  "ParticipantAttributesChanged",
  "ParticipantConnected",
  "ParticipantDisconnected",
  "ParticipantPermissionsChanged",
  "TrackMuted",
  "TrackPublished",
  "TrackSubscribed",
  "TrackUnmuted",
  "TrackUnpublished",
  "TrackUnsubscribed",
];
