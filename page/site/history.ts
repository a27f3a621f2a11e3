import type { Site } from './site.ts';

/** Points of a line at most. */
const maxPoints = 80;
/** From then on the oldest point goes. */
const longestStepMs = 30_000;
/** Rates are smoothed over about so long. */
const smoothingMs = 8_000;

interface Line {
  /** New sessions per second. */
  rate: number;
  total: number;
  readonly points: number[];
}

/** New sessions per second of every server in every service, now and over the last 40 minutes that the page was open. */
export class History {
  readonly #lines = new Map<string, Line>();
  #stepMs = 1_000;
  #atMs = 0;
  #stepAtMs = 0;
  #samples = 0;
  #bytes = 0;
  #byteRate = 0;

  /** Bytes to clients per second, all services together. */
  get byteRate(): number {
    return this.#byteRate;
  }

  /** New sessions per second, all services together. */
  get rate(): number {
    let total = 0;
    for (const { rate } of this.#lines.values()) total += rate;
    return total;
  }

  /** What lines show, whole minutes. */
  get minutes(): number {
    const [line] = this.#lines.values();
    return Math.round(((line?.points.length ?? 0) * this.#stepMs) / 60_000);
  }

  rateOf(service: string, server: string): number {
    return this.#lines.get(keyOf(service, server))?.rate ?? 0;
  }

  /** Oldest first. */
  pointsOf(service: string, server: string): readonly number[] {
    return this.#lines.get(keyOf(service, server))?.points ?? [];
  }

  /** Another overview. Those that come close together count as one. */
  take({ atMs, services }: Site): void {
    const isFirst = this.#samples === 0;
    const elapsedMs = atMs - this.#atMs;
    if (!isFirst && elapsedMs < 400) return;
    this.#samples += 1;
    // The first few count alike: a rate that begins with zero would be wrong for a while.
    const share = Math.max(1 - Math.exp(-elapsedMs / smoothingMs), 1 / Math.max(1, this.#samples - 1));
    const cells = services.flatMap((service) => service.cells);
    for (const { service, server, sessionsTotal } of cells) {
      const key = keyOf(service, server);
      const line = this.#lines.get(key) ?? { rate: 0, total: sessionsTotal, points: [] };
      this.#lines.set(key, line);
      // A listener that was replaced counts from the start.
      const fresh = isFirst ? 0 : (Math.max(0, sessionsTotal - line.total) * 1000) / elapsedMs;
      line.rate += (fresh - line.rate) * share;
      if (line.rate < 0.005) line.rate = 0;
      line.total = sessionsTotal;
    }
    const bytes = cells.reduce((total, cell) => total + cell.bytesFromServer, 0);
    const fresh = isFirst ? 0 : (Math.max(0, bytes - this.#bytes) * 1000) / elapsedMs;
    this.#byteRate += (fresh - this.#byteRate) * share;
    this.#bytes = bytes;
    this.#atMs = atMs;
    if (!isFirst) this.#addPoints(atMs);
  }

  #addPoints(atMs: number): void {
    if (atMs - this.#stepAtMs < this.#stepMs) return;
    this.#stepAtMs = atMs;
    let isFull = false;
    for (const line of this.#lines.values()) {
      line.points.push(line.rate);
      if (line.points.length > maxPoints) isFull = true;
    }
    if (!isFull) return;
    const halves = this.#stepMs < longestStepMs;
    for (const { points } of this.#lines.values()) {
      if (halves) points.splice(0, points.length, ...everySecond(points));
      else if (points.length > maxPoints) points.shift();
    }
    if (halves) this.#stepMs = Math.min(longestStepMs, this.#stepMs * 2);
  }
}

function everySecond(points: readonly number[]): readonly number[] {
  return points.filter((_, index) => (points.length - 1 - index) % 2 === 0);
}

function keyOf(service: string, server: string): string {
  return `${service}\n${server}`;
}
