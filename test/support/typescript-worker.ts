import { Worker } from 'node:worker_threads';

/**
 * Runs a function of a TypeScript module in a worker thread and gives what it returns.
 *
 * @param data what the function is given
 */
export function runInWorker<T>(module: URL, name: string, data: unknown): Promise<T> {
  const code = `
    import { parentPort, workerData } from 'node:worker_threads';
    import { register } from 'tsx/esm/api';
    register();
    const { module, name, data } = workerData;
    parentPort.postMessage(await (await import(module))[name](data));
  `;
  const worker = new Worker(code, { eval: true, workerData: { module: module.href, name, data } });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
    worker.once('exit', () => reject(new Error('the worker ended without a result')));
  });
}
