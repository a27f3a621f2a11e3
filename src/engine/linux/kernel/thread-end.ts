import { isMainThread } from 'node:worker_threads';
import type { Koffi } from './koffi.ts';

/**
 * Has C functions called when the thread ends. All threads of a process share its descriptors and its memory, so
 * what a worker leaves stays; and a worker that is terminated runs no JavaScript any more. Node calls its
 * environment's clean-up hooks however it ends, the last one added first.
 *
 * `add` and `remove` are native. Call them right next to the call whose result they keep: V8 ends a thread where
 * JavaScript is entered or loops, and never between two native calls.
 */
export interface ThreadEnd {
  /** Handed back to `add` and `remove`. */
  readonly isolate: number;
  /** What is called, with which argument; no such pair twice. */
  readonly add: (isolate: number, call: number, argument: number) => void;
  readonly remove: (isolate: number, call: number, argument: number) => void;
}

/**
 * @returns undefined on the main thread, with which the process ends
 * @throws Error where this build of Node.js does not export what it takes
 */
export function loadThreadEnd(koffi: Koffi): ThreadEnd | undefined {
  if (isMainThread) return undefined;
  const node = koffi.load(null);
  const call = (definition: string): never => node.func(definition) as never;
  const currentIsolate: () => number = call('uint64_t _ZN2v87Isolate10GetCurrentEv()');
  const parameters = '(uint64_t, uint64_t, uint64_t)';
  return {
    isolate: currentIsolate(),
    // AddEnvironmentCleanupHook(v8::Isolate *, void (*)(void *), void *), and its counterpart.
    add: call(`void _ZN4node25AddEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_${parameters}`),
    remove: call(`void _ZN4node28RemoveEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_${parameters}`),
  };
}
