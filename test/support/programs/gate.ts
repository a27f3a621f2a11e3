/** Lets threads on only when all have come. */
export interface Gate {
  readonly come: Int32Array;
  readonly count: number;
}

export function gateFor(count: number): Gate {
  return { come: new Int32Array(new SharedArrayBuffer(4)), count };
}

/** Not for the main thread: it blocks. */
export function passTogether({ come, count }: Gate): void {
  Atomics.add(come, 0, 1);
  while (Atomics.load(come, 0) < count);
}
