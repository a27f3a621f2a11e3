import { processTree, read } from '../../../bench/peers/meter/process-tree.ts';

/** What a process and its children hold. */
export interface ProcessMemory {
  readonly processes: number;
  /** Resident memory, MiB; what several processes share is divided among them. */
  readonly residentMiB: number;
}

export function memoryOf(pid: number): ProcessMemory {
  const tree = processTree(pid).map((each) => read(`/proc/${each}/smaps_rollup`));
  const kibibytes = tree.map((text) => Number(/^Pss: +(\d+) kB/mu.exec(text)?.[1] ?? 0));
  return {
    processes: kibibytes.filter((each) => each > 0).length,
    residentMiB: kibibytes.reduce((sum, each) => sum + each, 0) / 1024,
  };
}

/** The most of each while something goes on. */
export class MemoryWatch {
  readonly #timer: NodeJS.Timeout;
  #most: ProcessMemory = { processes: 0, residentMiB: 0 };

  constructor(pid: number) {
    this.#timer = setInterval(() => {
      const { processes, residentMiB } = memoryOf(pid);
      this.#most = {
        processes: Math.max(this.#most.processes, processes),
        residentMiB: Math.max(this.#most.residentMiB, residentMiB),
      };
    }, 250);
  }

  end(): ProcessMemory {
    clearInterval(this.#timer);
    return this.#most;
  }
}
