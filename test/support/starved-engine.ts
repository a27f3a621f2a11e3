import type { ConnectionHandler, Engine } from '../../src/engine/engine.ts';
import { connectError } from '../../src/engine/common/system-errors.ts';

/**
 * An engine on a machine that lacks what a new connection needs: no connection to these ports comes to stand, as
 * where no local port is left (EADDRNOTAVAIL). All else is the engine's own.
 */
export function starve(engine: Engine, ports: ReadonlySet<number>, code = 'EADDRNOTAVAIL'): Engine {
  return {
    name: engine.name,
    listen: (options, acceptor) => engine.listen(options, acceptor),
    bindUdp: (options, handler) => engine.bindUdp(options, handler),
    connectUdp: (options, handler) => engine.connectUdp(options, handler),
    close: () => engine.close(),
    connect(options, handler) {
      if (!ports.has(options.port)) return engine.connect(options, handler);
      const cause = Object.assign(new Error(code), { code });
      const starved: ConnectionHandler = {
        onConnect: (connection) => {
          connection.reset();
        },
        onClose: (connection) => {
          handler.onClose(connection, connectError(options.host, options.port, cause));
        },
        onData: () => undefined,
        onEnd: () => undefined,
        onDrain: () => undefined,
        onRelayed: () => undefined,
      };
      return engine.connect(options, starved);
    },
  };
}
