import { readdirSync, readlinkSync } from 'node:fs';

/** What a process holds, apart from what it is doing. */
export interface Footprint {
  readonly descriptors: Readonly<Record<string, number>>;
  readonly handles: Readonly<Record<string, number>>;
  readonly heapMiB: number;
  readonly residentMiB: number;
}

export function measureFootprint(): Footprint {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    descriptors: tally(readdirSync('/proc/self/fd').map(kindOf)),
    handles: tally(
      process.getActiveResourcesInfo().filter((name) => name !== 'Timeout' && name !== 'Immediate'),
    ),
    heapMiB: Math.round((heapUsed + external) / 1_048_576),
    residentMiB: Math.round(rss / 1_048_576),
  };
}

/** The descriptor's target without its number: `socket:`, `pipe:`, `anon_inode:[eventpoll]`, … */
function kindOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`).replace(/\[\d+\]$/, '');
  } catch {
    // That of the folder itself, which is closed by now.
    return 'gone';
  }
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
