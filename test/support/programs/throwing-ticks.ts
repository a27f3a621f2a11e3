import { once } from 'node:events';
import { connect } from 'node:net';
import { LinuxEngine } from '../../../src/engine/linux/linux-engine.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';

/** An engine that echoes, and whose handlers throw in the tick behind each piece. Tells what came back, and what was caught. */
const caught: string[] = [];
process.on('uncaughtException', ({ message }) => void caught.push(message));

const engine = new LinuxEngine(systemRuntime);
const { port } = await engine.listen(
  { host: '127.0.0.1', port: 0 },
  {
    onAccept(connection) {
      connection.handler = {
        onConnect() {},
        onData(_connection, bytes, start, end) {
          connection.write(bytes, start, end);
          process.nextTick(fail);
        },
        onEnd() {},
        onDrain() {},
        onRelayed() {},
        onClose() {},
      };
      connection.resume();
    },
  },
);

function fail(): never {
  throw new Error('on purpose');
}

const socket = connect({ host: '127.0.0.1', port });
let echoed = '';
for (const letter of 'abc') {
  socket.write(letter);
  const [back] = (await once(socket, 'data')) as [Buffer];
  echoed += back.toString();
}
socket.destroy();
await engine.close();
process.send?.({ echoed, caught }, () => {
  process.disconnect();
});
