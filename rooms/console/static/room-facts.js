// The title and the times of a room, as a form has them: texts by field.

import { fromField, moment, toField } from "/console/words.js";

export const LABELS = {
  title: "Title",
  externalId: "External id",
  scheduledStart: "Scheduled from",
  scheduledEnd: "Scheduled until",
  validFrom: "Open from",
  validUntil: "Open until",
};
export const SCHEDULE = ["scheduledStart", "scheduledEnd"];
export const VALIDITY = ["validFrom", "validUntil"];

const FIELDS = Object.keys(LABELS);
const TIMES = [...SCHEDULE, ...VALIDITY];
const DETAILS = FIELDS.filter((name) => !VALIDITY.includes(name));

/** Returns the texts of the fields. */
export const textsOf = (room) =>
  Object.fromEntries(
    FIELDS.map((name) => [name, TIMES.includes(name) ? textOf(room[name]) : (room[name] ?? "")]),
  );

const textOf = (time) => (time ? toField(time) : "");

/**
 * Returns the texts when some were typed. An end that was not typed follows its start. So do the
 * times at which the room is open, if the meeting would not be in them.
 */
export function completed(texts, typed) {
  const after = { ...texts, ...typed };
  const { scheduledStart: start, scheduledEnd: end } = texts;
  if (!start || !after.scheduledStart) return after;
  after.scheduledEnd = typed.scheduledEnd ?? moved(end, start, after.scheduledStart);
  if (after.validFrom <= after.scheduledStart && after.scheduledEnd <= after.validUntil)
    return after;
  after.validFrom = typed.validFrom ?? moved(texts.validFrom, start, after.scheduledStart);
  after.validUntil = typed.validUntil ?? moved(texts.validUntil, end, after.scheduledEnd);
  return after;
}

/** Returns a time, moved by as much as another one was. */
function moved(time, before, after) {
  const milliseconds = new Date(time).getTime() + (new Date(after) - new Date(before));
  return Number.isNaN(milliseconds) ? time : toField(milliseconds);
}

/** Returns what is wrong with the texts: sentences by field. */
export function wrongIn(texts) {
  const wrong = {};
  for (const [start, end] of [SCHEDULE, VALIDITY]) {
    if (!texts[start] && texts[end]) wrong[start] = "Set both times, or neither.";
    else if (texts[start] && !texts[end]) wrong[end] = "Set both times, or neither.";
    else if (texts[start] && texts[end] <= texts[start]) wrong[end] = "Must be after the start.";
  }
  return wrong;
}

/** Returns the body that changes when a room is open; null if nothing changes. */
export const changedValidity = (room, texts) => changedPart(room, texts, VALIDITY);

/** Returns the body that changes the details of a room; null if nothing changes. */
export function changedDetails(room, texts) {
  const schedule = changedPart(room, texts, SCHEDULE);
  const others = DETAILS.filter((name) => !SCHEDULE.includes(name) && isChanged(room, texts, name));
  if (!schedule && !others.length) return null;
  return { ...schedule, ...Object.fromEntries(others.map((name) => [name, texts[name] || null])) };
}

/** Returns both times if one of them changes. One that does not is as exact as it was. */
function changedPart(room, texts, names) {
  if (!names.some((name) => isChanged(room, texts, name))) return null;
  return Object.fromEntries(
    names.map((name) => [
      name,
      isChanged(room, texts, name) ? fromField(texts[name]) || null : room[name],
    ]),
  );
}

const isChanged = (room, texts, name) => textsOf(room)[name] !== texts[name];

/** Returns sentences that say what is different in a room now. */
export const differencesOf = (before, after) =>
  FIELDS.filter((name) => !isSame(before[name], after[name], TIMES.includes(name))).map(
    (name) =>
      `${LABELS[name]} is now ${TIMES.includes(name) ? when(after[name]) : quoted(after[name])}.`,
  );

/** A time is the same whether it has `Z` or `+00:00` at its end. */
const isSame = (one, other, isTime) =>
  isTime && one && other ? new Date(one) - new Date(other) === 0 : one === other;

const when = (time) => (time ? moment(time) : "empty");
const quoted = (text) => (text ? `“${text}”` : "empty");
