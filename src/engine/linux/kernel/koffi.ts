import { createRequire } from 'node:module';

/** A library that is loaded; functions are declared as in C. */
export interface Library {
  func(definition: string): (...values: never[]) => unknown;
}

/** The part of koffi that is used here. It is an optional dependency, so nothing imports its types either. */
export interface Koffi {
  /** @param path null for the node binary */
  load(path: string | null): Library;
  errno: () => number;
  view(address: bigint, length: number): ArrayBuffer;
}

/** @throws Error where it is not installed, or does not work here */
export function loadKoffi(): Koffi {
  try {
    // In here: a bundle in CommonJS has no such URL, and does without this engine.
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch (cause) {
    throw new Error(`the optional dependency koffi cannot be loaded (${reasonOf(cause)})`, { cause });
  }
}

/** The first line of an error: Node appends the stack of requires. */
export function reasonOf(cause: unknown): string {
  return String(cause instanceof Error ? cause.message : cause).split('\n', 1)[0] ?? '';
}
