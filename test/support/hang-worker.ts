import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

interface Attached {
  readonly params: { readonly sessionId: string; readonly workerInfo: { readonly title: string } };
}

/** Has the worker thread of that name in this process loop for ever. */
export function hangWorker(name: string): Promise<void> {
  return evaluateIn(name, 'for (;;);');
}

/**
 * Has the worker thread of that name in this process do nothing else until it is released.
 *
 * @returns releases it; the thread is held by the time that there is such a function
 */
export async function holdWorker(name: string): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-hold-'));
  const [held, released] = [join(folder, 'held'), join(folder, 'released')];
  await evaluateIn(
    name,
    `const fs = process.getBuiltinModule('fs');
    fs.writeFileSync(${JSON.stringify(held)}, '');
    while (!fs.existsSync(${JSON.stringify(released)}));
    fs.rmSync(${JSON.stringify(folder)}, { recursive: true });`,
  );
  while (!existsSync(held)) await setImmediate();
  return () => {
    writeFileSync(released, '');
  };
}

/** By the way of a debugger, which needs no help of the worker. The session stays: ending it would wait for the worker. */
async function evaluateIn(name: string, code: string): Promise<void> {
  const session = new Session();
  session.connect();
  const post = (method: string, params: object): void => {
    session.post(method, params);
  };
  const expression = { id: 1, method: 'Runtime.evaluate', params: { expression: `{ ${code} }` } };
  await new Promise<void>((resolve) => {
    const attached = 'NodeWorker.attachedToWorker' as 'inspectorNotification';
    const onAttached = (message: unknown): void => {
      const { sessionId, workerInfo } = (message as Attached).params;
      if (!workerInfo.title.endsWith(name)) return;
      session.off(attached, onAttached);
      post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify(expression) });
      resolve();
    };
    session.on(attached, onAttached);
    post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  });
}
