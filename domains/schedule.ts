import { CronError, parseCron } from "./cron";

const MINUTES = { minute: 1, hour: 60, day: 1440 } as const;

const RATE = /^rate\((1 (?:minute|hour|day)|(?:[2-9]|[1-9]\d{1,4}) (?:minutes|hours|days))\)$/;
const CRON = /^cron\((.*)\)$/;

/**
 * Why EventBridge Scheduler would refuse a schedule in UTC; undefined where it would not.
 *
 * Source: EventBridge Scheduler User Guide, "Schedule types on EventBridge Scheduler".
 */
export function scheduleRefusal(text: string): string | undefined {
  if (RATE.test(text)) {
    return undefined;
  }
  const [, fields] = CRON.exec(text) ?? [];
  if (fields === undefined) {
    return "is neither a rate nor a cron expression";
  }
  try {
    parseCron(fields);
    return undefined;
  } catch (error) {
    if (error instanceof CronError) {
      return error.message;
    }
    throw error;
  }
}

/**
 * The longest time between two starts of a schedule that is valid, in minutes. Undefined for a cron expression that
 * starts only once.
 */
export function longestPauseMinutes(schedule: string): number | undefined {
  const [count, unit] = RATE.exec(schedule)?.[1]?.split(" ") ?? [];
  if (unit !== undefined) {
    return Number(count) * MINUTES[unit.replace(/s$/, "") as keyof typeof MINUTES];
  }
  return parseCron(CRON.exec(schedule)?.[1] ?? "").longestPauseMinutes;
}
