// How people, times and problems are written.

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, {
  dateStyle: "full",
  timeStyle: "short",
});
const UTC_IN_TEXT = /\b(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:Z| UTC)/g;

/** A time in the reader's zone, to the minute; with its date if it is not on the day of `now`. */
export function moment(time, now = Date.now()) {
  const date = new Date(time);
  const today = date.toDateString() === new Date(now).toDateString();
  return (today ? TIME : DAY_AND_TIME).format(date);
}

/** A sentence of the service, with its times in the reader's zone. */
export const localized = (text) =>
  text.replace(UTC_IN_TEXT, (_, day, time) => moment(`${day}T${time}Z`));

/** How long it takes until then: "2 days 3 h", "1 h 05 min" or "4:09". */
export function countdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days) return `${days === 1 ? "1 day" : `${days} days`} ${hours} h`;
  if (hours) return `${hours} h ${twoDigits(minutes)} min`;
  return `${minutes}:${twoDigits(seconds % 60)}`;
}

const twoDigits = (number) => String(number).padStart(2, "0");

/** "1 person", "12 people". */
export const people = (number) => (number === 1 ? "1 person" : `${number} people`);

/** "a Presenter", "an Attendee". */
export const aRole = (role) => `${/^[AEIOU]/.test(role) ? "an" : "a"} ${role}`;

/** The first letters of the first and the last word of a name. */
export function initials(name) {
  const words = name.trim().split(/\s+/u);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => [...word][0]?.toLocaleUpperCase()).join("");
}

const PROBLEMS = {
  NotAllowedError: (device) => `This page may not use the ${device}. Allow it beside the address.`,
  NotFoundError: (device) => `There is no ${device}.`,
  NotReadableError: (device) => `The ${device} is in use, or does not answer.`,
  OverconstrainedError: (device) => `The chosen ${device} is gone.`,
};

/** Why a camera, a microphone or the screen cannot be used. */
export const deviceProblem = (device, problem) =>
  PROBLEMS[problem.name]?.(device) ?? `The ${device} cannot be used: ${problem.message}`;
