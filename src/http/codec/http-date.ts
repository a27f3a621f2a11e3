const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const secondsOfDay = 86_400;

/** Length of `Sun, 06 Nov 1994 08:49:37 GMT`. */
export const httpDateBytes = 29;

/**
 * The time of an answer as its `Date` header says it, written once for all answers of one second (IMF-fixdate, RFC
 * 9110, section 5.6.7).
 */
export class HttpDate {
  readonly #bytes = Buffer.alloc(httpDateBytes);
  #second = -1;

  /** The bytes that write the second of `wallMs`, from 1970 to 9999; good until the next call. Hot path. */
  at(wallMs: number): Buffer {
    const second = Math.floor(wallMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#bytes.write(httpDate(second), 'latin1');
    }
    return this.#bytes;
  }
}

/** @param second whole seconds since 1970 */
function httpDate(second: number): string {
  const day = Math.floor(second / secondsOfDay);
  const ofDay = second % secondsOfDay;
  const time = [ofDay / 3600, (ofDay / 60) % 60, ofDay % 60].map((part) => pad(Math.floor(part), 2));
  const { year, month, dayOfMonth } = dateOf(day);
  return `${weekdays[(day + 4) % 7]}, ${pad(dayOfMonth, 2)} ${months[month]} ${pad(year, 4)} ${time.join(':')} GMT`;
}

/** The date of a day that is counted from 1 January 1970 on. */
function dateOf(day: number): { year: number; month: number; dayOfMonth: number } {
  let year = 1970;
  let rest = day;
  for (; rest >= daysOfYear(year); year++) rest -= daysOfYear(year);
  let month = 0;
  for (; rest >= lengthOf(month, year); month++) rest -= lengthOf(month, year);
  return { year, month, dayOfMonth: rest + 1 };
}

function lengthOf(month: number, year: number): number {
  return (daysOfMonth[month] ?? 31) + (month === 1 ? daysOfYear(year) - 365 : 0);
}

function daysOfYear(year: number): number {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 366 : 365;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
