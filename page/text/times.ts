/** Zones that have a name of their own where `Intl` says an offset. */
const namedZones: Readonly<Record<string, string>> = { 'Asia/Seoul': 'KST' };

/** Writes wall-clock times, milliseconds since 1970, as the reader's clock shows them. */
export class Times {
  readonly #minute: Intl.DateTimeFormat;
  readonly #second: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #zone: Intl.DateTimeFormat;

  /** @param timeZone of the reader. @default the system's */
  constructor(locale: string, timeZone?: string) {
    const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone } as const;
    this.#minute = new Intl.DateTimeFormat('en-GB', clock);
    this.#second = new Intl.DateTimeFormat('en-GB', { ...clock, second: '2-digit' });
    this.#day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone });
    this.#zone = new Intl.DateTimeFormat(locale, { timeZoneName: 'short', timeZone });
  }

  /** `10:42`, and with its day where that is another one than now: `27 Nov 10:42`. */
  minute(atMs: number, nowMs: number): string {
    return this.#withDay(this.#minute.format(atMs), atMs, nowMs);
  }

  /** `10:42:07`, and with its day as `minute`. */
  second(atMs: number, nowMs: number): string {
    return this.#withDay(this.#second.format(atMs), atMs, nowMs);
  }

  /** `KST`. */
  zone(atMs: number): string {
    const named = namedZones[this.#zone.resolvedOptions().timeZone];
    if (named !== undefined) return named;
    const parts = this.#zone.formatToParts(atMs);
    return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  }

  #withDay(time: string, atMs: number, nowMs: number): string {
    const day = this.#day.format(atMs);
    return day === this.#day.format(nowMs) ? time : `${day} ${time}`;
  }
}
