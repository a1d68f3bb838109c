/** What is asked of a cron expression in UTC. */
export interface Cron {
  /** The longest time between two starts; undefined if there is only one. */
  readonly longestPauseMinutes: number | undefined;
}

interface Field {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  /** Words for numbers, the least first. */
  readonly words?: readonly string[];
}

const MINUTES: Field = { name: "minutes", minimum: 0, maximum: 59 };
const HOURS: Field = { name: "hours", minimum: 0, maximum: 23 };
const DAYS_OF_MONTH: Field = { name: "day-of-month", minimum: 1, maximum: 31 };
const MONTHS: Field = {
  name: "month",
  minimum: 1,
  maximum: 12,
  words: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
const DAYS_OF_WEEK: Field = {
  name: "day-of-week",
  minimum: 1,
  maximum: 7,
  words: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
};
const YEARS: Field = { name: "year", minimum: 1970, maximum: 2199 };

/** Years before it are over; nothing here may ask the clock. */
const FIRST_YEAR = 2024;

/** After as many years the days of the week fall on the same dates again. */
const CYCLE = 28;

const MILLISECONDS_A_DAY = 86_400_000;

/** What has been read: several checks ask for the same expression. */
const parsed = new Map<string, Cron>();

export class CronError extends Error {}

/** A day of a month, with what fields speak of. */
interface Day {
  readonly date: number;
  /** 1 for Sunday, as EventBridge counts. */
  readonly weekday: number;
  readonly lastDate: number;
}

/**
 * Reads the fields of a cron expression as EventBridge Scheduler does.
 *
 * Source: EventBridge Scheduler User Guide, "Schedule types on EventBridge Scheduler".
 *
 * @throws CronError if it is none
 */
export function parseCron(text: string): Cron {
  const known = parsed.get(text) ?? read(text);
  parsed.set(text, known);
  return known;
}

function read(text: string): Cron {
  const fields = text.split(" ");
  const [minutes = "", hours = "", date = "", month = "", weekday = "", year = ""] = fields;
  if (fields.length !== 6) {
    throw new CronError(`has ${fields.length} fields, not 6 with one space between them`);
  }
  if ((date === "?") === (weekday === "?")) {
    throw new CronError('needs "?" as day-of-month or as day-of-week, and not as both');
  }
  const minuteList = values(MINUTES, minutes);
  const times = values(HOURS, hours).flatMap((hour) => minuteList.map((minute) => hour * 60 + minute));
  const months = values(MONTHS, month);
  const startsOn = weekday === "?" ? dateRule(date) : weekdayRule(weekday);
  const years = values(YEARS, year)
    .filter((one) => one >= FIRST_YEAR)
    .slice(0, CYCLE);
  const days = years.flatMap((one) => months.flatMap((other) => daysOf(one, other, startsOn)));
  if (days.length === 0) {
    throw new CronError("never starts");
  }
  return { longestPauseMinutes: longestPause(times, days) };
}

/** `times` are minutes since midnight, `days` are counted since 1970, as far as their pattern needs to repeat. */
function longestPause(times: readonly number[], days: readonly number[]): number | undefined {
  const night = 1440 + (times[0] ?? 0) - (times.at(-1) ?? 0);
  const pauses = [...steps(times), ...steps(days).map((between) => (between - 1) * 1440 + night)];
  return pauses.length === 0 ? undefined : Math.max(...pauses);
}

/** How far each number is from the one before it. */
function steps(numbers: readonly number[]): number[] {
  return numbers.slice(1).map((number, index) => number - (numbers[index] ?? number));
}

function daysOf(year: number, month: number, startsOn: (day: Day) => boolean): number[] {
  const first = Date.UTC(year, month - 1, 1) / MILLISECONDS_A_DAY;
  const lastDate = Date.UTC(year, month, 1) / MILLISECONDS_A_DAY - first;
  return Array.from({ length: lastDate }, (_, index) => index + 1)
    .filter((date) => startsOn({ date, weekday: weekdayOf(first + date - 1), lastDate }))
    .map((date) => first + date - 1);
}

/** 1970 began on a Thursday, the fifth day of a week that begins on Sunday. */
function weekdayOf(day: number): number {
  return ((day + 4) % 7) + 1;
}

function dateRule(text: string): (day: Day) => boolean {
  if (text === "L") {
    return ({ date, lastDate }) => date === lastDate;
  }
  const [, nearest] = /^(\d+)W$/i.exec(text) ?? [];
  if (nearest !== undefined) {
    const wanted = value(DAYS_OF_MONTH, nearest);
    return (day) => day.date === nearestWorkday(wanted, day);
  }
  const dates = values(DAYS_OF_MONTH, text);
  return ({ date }) => dates.includes(date);
}

/** The working day next to a date within its month; the date itself where the month does not have it. */
function nearestWorkday(wanted: number, { date, weekday, lastDate }: Day): number {
  const weekdayThen = (((weekday - 1 + wanted - date) % 7) + 7) % 7;
  if (weekdayThen === 6) {
    return wanted === 1 ? 3 : wanted - 1;
  }
  if (weekdayThen === 0) {
    return wanted === lastDate ? wanted - 2 : wanted + 1;
  }
  return wanted;
}

function weekdayRule(text: string): (day: Day) => boolean {
  if (text === "L") {
    return ({ weekday }) => weekday === DAYS_OF_WEEK.maximum;
  }
  const [, last] = /^(\w+)L$/i.exec(text) ?? [];
  if (last !== undefined) {
    const wanted = value(DAYS_OF_WEEK, last);
    return ({ date, weekday, lastDate }) => weekday === wanted && date > lastDate - 7;
  }
  const [, nth, count] = /^(\w+)#(\d+)$/.exec(text) ?? [];
  if (nth !== undefined && count !== undefined) {
    const wanted = value(DAYS_OF_WEEK, nth);
    const week = value({ name: "number of a week in a month", minimum: 1, maximum: 5 }, count);
    return ({ date, weekday }) => weekday === wanted && Math.ceil(date / 7) === week;
  }
  const weekdays = values(DAYS_OF_WEEK, text);
  return ({ weekday }) => weekdays.includes(weekday);
}

/** The numbers that a field lists, ascending. */
function values(field: Field, text: string): number[] {
  const listed = text.split(",").flatMap((item) => range(field, item));
  return [...new Set(listed)].sort((one, other) => one - other);
}

/** "*", "5", "5-9", and each with "/2" behind it; from a single number steps go on to the end. */
function range(field: Field, item: string): number[] {
  const [, from = "", to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(item) ?? [];
  if (from === "" || (from === "*" && to !== undefined)) {
    throw new CronError(`has "${item}" as ${field.name}, which EventBridge Scheduler cannot read`);
  }
  const first = from === "*" ? field.minimum : value(field, from);
  const endless = from === "*" || step !== undefined ? field.maximum : first;
  const last = to === undefined ? endless : value(field, to);
  if (last < first) {
    throw new CronError(`has "${item}" as ${field.name}, which ends before it begins`);
  }
  const width = step === undefined ? 1 : value({ ...field, minimum: 1, words: undefined, name: "step" }, step);
  return Array.from({ length: Math.floor((last - first) / width) + 1 }, (_, index) => first + index * width);
}

function value({ name, minimum, maximum, words = [] }: Field, text: string): number {
  const word = words.indexOf(text.toUpperCase());
  const number = word < 0 && /^\d{1,4}$/.test(text) ? Number(text) : minimum + word;
  if (number < minimum || number > maximum) {
    const named = words.length === 0 ? "" : ` or ${words[0] ?? ""} to ${words.at(-1) ?? ""}`;
    throw new CronError(`has "${text}" as ${name}, which is ${minimum} to ${maximum}${named}`);
  }
  return number;
}
