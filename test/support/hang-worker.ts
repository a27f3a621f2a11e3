import { Session } from 'node:inspector';

interface Attached {
  readonly params: { readonly sessionId: string; readonly workerInfo: { readonly title: string } };
}

/**
 * Has the worker thread of that name in this process loop for ever, by the way of a debugger: it needs no help of the
 * worker. The session stays: ending it would wait for the worker.
 */
export async function hangWorker(name: string): Promise<void> {
  const session = new Session();
  session.connect();
  const post = (method: string, params: object): void => {
    session.post(method, params);
  };
  const expression = { id: 1, method: 'Runtime.evaluate', params: { expression: 'for (;;);' } };
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
