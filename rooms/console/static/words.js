// How times, lengths and people are written.

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const IN_A_YEAR = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, IN_A_YEAR);
const YEAR_DAY_AND_TIME = new Intl.DateTimeFormat(undefined, { ...IN_A_YEAR, year: "numeric" });
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const DAY_AND_CLOCK = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "medium",
});
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
const LONGEST_RAW_ID = 30;

/** A time in the reader's zone, to the minute: without its date on `day`, and its year in that. */
export function moment(time, day = new Date()) {
  const date = new Date(time);
  if (date.toDateString() === day.toDateString()) return TIME.format(date);
  const sameYear = date.getFullYear() === day.getFullYear();
  return (sameYear ? DAY_AND_TIME : YEAR_DAY_AND_TIME).format(date);
}

/** From when to when: "10:00 to 10:30". `until` is null for what goes on. */
export const range = (from, until) =>
  `${moment(from)} to ${until ? moment(until, new Date(from)) : "now"}`;

/** A time to the millisecond, with its date and zone. */
export const exact = (time) => EXACT.format(new Date(time));

/** A time to the second, for what moves; without its date if it is today. */
export function toTheSecond(time) {
  const date = new Date(time);
  const today = date.toDateString() === new Date().toDateString();
  return (today ? CLOCK : DAY_AND_CLOCK).format(date);
}

/** A sentence of the service, with its times in the reader's zone. */
export const localized = (text) =>
  text.replace(UTC_IN_TEXT, (_, day, time) => moment(`${day}T${time}Z`));

export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A length: "45 s", "12 min" or "1 h 02 min". */
export function length(seconds) {
  if (seconds === null || seconds === undefined) return "";
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `${Math.max(0, Math.floor(seconds))} s`;
  const hours = Math.floor(minutes / 60);
  return hours ? `${hours} h ${twoDigits(minutes % 60)} min` : `${minutes} min`;
}

/** A length to the second: "12 min 05 s". */
export function exactLength(seconds) {
  const text = length(seconds);
  return !text || seconds < 60 ? text : `${text} ${twoDigits(Math.floor(seconds) % 60)} s`;
}

const twoDigits = (number) => String(number).padStart(2, "0");

/** A raw id; of a long one only the beginning and the end. */
export const short = (rawId) =>
  rawId.length <= LONGEST_RAW_ID ? rawId : `${rawId.slice(0, 14)}…${rawId.slice(-13)}`;

/** The name of a person: from the room's details, or their own, or else the raw id. */
export const called = (person) =>
  person.name || person.displayName || short(person.rawId ?? person.participantId ?? "somebody");

/** All raw ids of a person. The one by which they are named is one of them. */
export const rawIdsOf = ({ rawId, rawIds }) => (rawIds?.length ? rawIds : [rawId]);

/** What there is to say of a person who is not known to have joined. */
export function didNotJoin({ status, estimated }) {
  if (status === "cancelled") return status;
  return `${estimated ? "≈ " : ""}${status === "expected" ? "not joined yet" : "did not join"}`;
}

/** Whether the calls of a room run at ACS. */
export const runsAtAcs = ({ carrier }) => carrier === "acs";

/** Whether people who are not invited can join a room. */
export const admitsGuests = ({ roomJoinPolicy }) => roomJoinPolicy === "CommunicationServiceUsers";

/** Who can join a room. */
export const whoCanJoin = (room) =>
  admitsGuests(room) ? "the invited, and every other ACS user as a guest" : "the invited";

/** "1 person", "1,200 people". */
export const counted = (number, singular, plural = `${singular}s`) =>
  `${number.toLocaleString()} ${number === 1 ? singular : plural}`;

export const people = (number) => counted(number, "person", "people");

/** The time of a datetime-local field, as the API takes it; "" if empty, null if half typed. */
export function fromField(text) {
  if (!text) return "";
  const date = new Date(text);
  const year = date.getFullYear();
  return year >= 2000 && year <= 9999 ? date.toISOString() : null;
}

/** A time of the API as the text of a datetime-local field. */
export function toField(time) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  return new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
