const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2009-02-06T12:14:14.655Z` */
export function isoTime(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

/** `Feb  6 12:14:14`, in the zone of this machine (RFC 3164, section 4.1.2). */
export function syslogTime(wallMs: number): string {
  const { month, day, time } = partsOf(wallMs);
  return `${month} ${String(day).padStart(2, ' ')} ${time}`;
}

/** `06/Feb/2009:12:14:14.655`, in the zone of this machine, as HAProxy writes it. */
export function haproxyTime(wallMs: number): string {
  const { year, month, day, time, ms } = partsOf(wallMs);
  return `${pad(day)}/${month}/${year}:${time}.${String(ms).padStart(3, '0')}`;
}

function partsOf(
  wallMs: number,
): Readonly<Record<'year' | 'day' | 'ms', number> & Record<'month' | 'time', string>> {
  const date = new Date(wallMs);
  return {
    year: date.getFullYear(),
    month: months[date.getMonth()] ?? '',
    day: date.getDate(),
    time: [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':'),
    ms: date.getMilliseconds(),
  };
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
