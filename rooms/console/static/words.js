// How times, lengths and people are written.

const SAME_DAY = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const OTHER_DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const EXACT = new Intl.DateTimeFormat(undefined, {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  timeZoneName: "short",
});
const UTC_IN_TEXT = /\b(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:Z| UTC)/g;

/** A time in the reader's zone; without the date if that is today's. */
export function moment(time, now = new Date()) {
  const date = new Date(time);
  return (date.toDateString() === now.toDateString() ? SAME_DAY : OTHER_DAY).format(date);
}

/** The same to the millisecond, with the zone. */
export const exact = (time) => EXACT.format(new Date(time));

/** A sentence of the service with its times in the reader's zone. */
export const localized = (text) =>
  text.replace(UTC_IN_TEXT, (_, day, time) => moment(`${day}T${time}Z`));

export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** m:ss, or h:mm:ss. */
export function length(seconds) {
  if (seconds === null || seconds === undefined) return "";
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A raw id, with its beginning and its end only if it is long. */
export const short = (rawId) =>
  rawId.length <= 30 ? rawId : `${rawId.slice(0, 14)}…${rawId.slice(-13)}`;

/** What a person is called: as the details of the room say, or as they call themselves, or else the raw id. */
export const called = (person) =>
  person.name || person.displayName || short(person.rawId ?? person.participantId ?? "somebody");

export const counted = (number, one, many = `${one}s`) =>
  `${number.toLocaleString()} ${number === 1 ? one : many}`;

/** The time of a datetime-local field as the service takes it; "" if it is empty, null if that cannot be meant. */
export function fromField(text) {
  const date = new Date(text);
  if (!text) return "";
  return date.getFullYear() >= 2000 && date.getFullYear() <= 9999 ? date.toISOString() : null;
}

/** And back. */
export function toField(time) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  return new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
