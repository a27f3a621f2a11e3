/** A promise, also where its `Promise` is not ours: tests in Jest, and programs in `node:vm`, have another one. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && Object.prototype.toString.call(value) === '[object Promise]';
}
