// The times that a report offers, in the reader's zone.

const MONDAY = 1;

/** Returns the beginning of a day, and that so many days later. Days of 23 hours are days. */
const dayAfter = (date, days) =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);

/** Returns [{name, from, until}]. `until` is exclusive. */
export function periods(now) {
  const today = dayAfter(now, 0);
  const monday = dayAfter(today, -((today.getDay() + 7 - MONDAY) % 7));
  const [year, month] = [today.getFullYear(), today.getMonth()];
  const days = {
    Today: [today, dayAfter(today, 1)],
    "This week": [monday, dayAfter(monday, 7)],
    "Last week": [dayAfter(monday, -7), monday],
    "This month": [new Date(year, month, 1), new Date(year, month + 1, 1)],
  };
  return Object.entries(days).map(([name, [from, until]]) => ({
    name,
    from: from.toISOString(),
    until: until.toISOString(),
  }));
}

/** Returns the time of an address: what it says, or else this week. */
export function periodOf({ from, until }, now) {
  const week = periods(now)[1];
  return from || until ? { from, until } : { from: week.from, until: week.until };
}

const DAYS = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** The days of a time in words; an end may be open. "" if an end is no time. */
export function daysOf({ from, until }) {
  if ([from, until].some((end) => end && Number.isNaN(Date.parse(end)))) return "";
  const last = until && new Date(Date.parse(until) - 1); // the end is exclusive
  if (!from) return `until ${DAYS.format(last)}`;
  if (!until) return `from ${DAYS.format(new Date(from))}`;
  return DAYS.formatRange(new Date(from), last);
}

/** A time as the text of a date field; "" if it is none. `days` moves it. */
export function toDateField(time, days = 0) {
  const date = dayAfter(new Date(time), days);
  if (Number.isNaN(date.getTime())) return "";
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((number) => String(number).padStart(2, "0"))
    .join("-");
}

/** The beginning of the day of a date field as the API takes it; "" if the field is empty. */
export function fromDateField(text, days = 0) {
  if (!text) return "";
  const [year, month, day] = text.split("-").map(Number);
  return new Date(year, month - 1, day + days).toISOString();
}
