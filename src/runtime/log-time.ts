const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2009-02-06T12:14:14.655Z`. Hot path of access logs, as the others. */
export function isoTime(wallMs: number): string {
  return `${isoSecond(wallMs)}.${milliseconds(wallMs)}Z`;
}

/** `Feb  6 12:14:14`, in the zone of this machine (RFC 3164, section 4.1.2). */
export function syslogTime(wallMs: number): string {
  return syslogSecond(wallMs);
}

/** `06/Feb/2009:12:14:14.655`, in the zone of this machine, as HAProxy writes it. */
export function haproxyTime(wallMs: number): string {
  return `${haproxySecond(wallMs)}.${milliseconds(wallMs)}`;
}

/** Wall-clock milliseconds since 1970 of a time as certificates have it: `Nov 30 12:14:14 2027 GMT`. */
export function parseTime(text: string): number {
  return Date.parse(text);
}

const isoSecond = onceASecond((date) => date.toISOString().slice(0, 19));

const syslogSecond = onceASecond((date) => {
  return `${monthOf(date)} ${String(date.getDate()).padStart(2, ' ')} ${clockOf(date)}`;
});

const haproxySecond = onceASecond((date) => {
  return `${pad(date.getDate())}/${monthOf(date)}/${date.getFullYear()}:${clockOf(date)}`;
});

/** Writes each second once: many lines are of the same one. */
function onceASecond(write: (date: Date) => string): (wallMs: number) => string {
  let second = NaN;
  let text = '';
  return (wallMs) => {
    const now = secondOf(wallMs);
    if (now !== second) {
      second = now;
      text = write(new Date(now * 1_000));
    }
    return text;
  };
}

/** Of the whole millisecond: the rest of a fraction must not round into the next one. */
function secondOf(wallMs: number): number {
  return Math.floor(Math.floor(wallMs) / 1_000);
}

function milliseconds(wallMs: number): string {
  const ms = Math.floor(wallMs) - secondOf(wallMs) * 1_000;
  return ms < 100 ? String(ms).padStart(3, '0') : String(ms);
}

function monthOf(date: Date): string {
  return months[date.getMonth()] ?? '';
}

function clockOf(date: Date): string {
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
