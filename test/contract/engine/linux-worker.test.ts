import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { linuxProblem } from '../../../src/engine/linux/self-test.ts';

const source = (file: string): string => new URL(`../../../src/${file}`, import.meta.url).href;

/** Echoes in a worker thread, and tells the port. */
const worker = `
  import { parentPort } from 'node:worker_threads';
  import { register } from 'tsx/esm/api';
  register();
  const { LinuxEngine } = await import('${source('engine/linux/linux-engine.ts')}');
  const { systemRuntime } = await import('${source('runtime/system-runtime.ts')}');
  const nothing = () => undefined;
  const handler = {
    onConnect: nothing,
    onData: (connection, bytes, start, end) => connection.write(bytes, start, end),
    onEnd: (connection) => connection.end(),
    onDrain: nothing,
    onRelayed: nothing,
    onClose: nothing,
  };
  const engine = new LinuxEngine(systemRuntime);
  const listener = await engine.listen({ host: '127.0.0.1', port: 0 }, {
    onAccept: (connection) => {
      connection.handler = handler;
      connection.resume();
    },
  });
  parentPort.on('message', async () => {
    await engine.close();
    parentPort.close();
  });
  parentPort.postMessage(listener.port);
`;

/** Talks to the worker, then lets it end in the one or the other way. */
const program = `
  import { once } from 'node:events';
  import { connect } from 'node:net';
  import { Worker } from 'node:worker_threads';
  const worker = new Worker(process.argv[2], { eval: true });
  const [port] = await once(worker, 'message');
  const client = connect(port, '127.0.0.1').on('error', () => undefined);
  client.write('hello');
  const [answer] = await once(client, 'data');
  const gone = once(worker, 'exit');
  if (process.argv[1] === 'close') worker.postMessage('close');
  else await worker.terminate();
  await gone;
  client.destroy();
  console.log(String(answer));
`;

describe.skipIf(linuxProblem() !== undefined)('the linux engine in a worker thread', () => {
  it.each(['close', 'terminate'])('serves, and leaves the process alive after %s', async (ending) => {
    const run = promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program, ending, worker],
      { timeout: 10_000 },
    );
    expect((await run).stdout).toBe('hello\n');
  });
});
