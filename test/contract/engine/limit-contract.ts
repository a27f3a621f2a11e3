import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SluiceError } from '../../../src/base/errors.ts';
import type { DescriptorBudget } from '../../../src/engine/budget/descriptor-budget.ts';
import type { Connection } from '../../../src/engine/engine.ts';
import { turns } from './condition.ts';
import { promiseOf, type EngineFixture } from './engine-fixture.ts';
import { Recorder } from './recorder.ts';

/** What is left to others once the descriptors for clients are taken. */
export function describeLimit(fixture: () => EngineFixture): void {
  describe('with no descriptor left for clients', () => {
    let budget: DescriptorBudget;
    let taken = 0;

    /** What the portable engine keeps for clients that wait: as many as the backlog. */
    const waitingRoom = (): number => Math.min(511, budget.waitingRoom);

    function giveBack(): void {
      budget.giveBack('other', taken);
      taken = 0;
    }

    /** The others leave clients in the backlog. */
    const takesWaiting = (): boolean => fixture().engine.name === 'portable';

    beforeEach(({ skip }) => {
      budget = fixture().world.budget;
      skip(budget.limit === Infinity, 'this system does not tell its limit');
      taken = budget.capacity - waitingRoom();
      budget.take('other', taken);
    });
    afterEach(giveBack);

    it('has clients wait, and serves them as soon as there are descriptors', async () => {
      const accepted: Connection[] = [];
      const { promise, resolve } = promiseOf<undefined>();
      const listener = await fixture().listen((connection) => {
        connection.handler = new Recorder();
        accepted.push(connection);
        if (accepted.length === 2) resolve(undefined);
      });
      // Who leaves them in the backlog uses what is left.
      if (!takesWaiting()) budget.take('other', waitingRoom());
      const clients = [fixture().dial(listener.port), fixture().dial(listener.port)];
      await Promise.all(clients.map(({ socket }) => once(socket, 'connect')));
      await turns();
      expect(accepted).toHaveLength(0);
      expect(fixture().log.filter((line) => line.includes('clients wait'))).toHaveLength(1);
      if (!takesWaiting()) budget.giveBack('other', waitingRoom());
      giveBack();
      await promise;
      expect(clients.map(({ isClosed }) => isClosed)).toEqual([false, false]);
      expect(fixture().log.filter((line) => line.includes('again')).length).toBeLessThanOrEqual(1);
    });

    it('connects to servers all the same', async () => {
      const { recorder } = await fixture().outgoing();
      expect(recorder.events).toContain('connect');
    });

    it('admits no more flows than there are descriptors for, however many begin at once', async () => {
      const { engine } = fixture();
      if (engine.hasFlowRoom === undefined) return;
      giveBack();
      taken = budget.capacity - 20;
      budget.take('other', taken);
      const silent = { onDatagram: () => undefined, onError: () => undefined };
      const ports = [];
      for (; engine.hasFlowRoom() && ports.length < 100;)
        ports.push(engine.connectUdp({ host: '127.0.0.1', port: 9 }, silent));
      expect(ports.length).toBeLessThanOrEqual(20);
      expect(ports.length).toBeGreaterThan(5);
      await turns();
      expect(engine.hasFlowRoom()).toBe(false);
      ports[0]?.close();
      while (!engine.hasFlowRoom()) await turns(1);
      for (const port of ports) port.close();
      await turns();
      expect(budget.flows.unopened).toBe(0);
    });

    it('refuses a UDP port, unless it may use the reserve', async () => {
      budget.take('other', waitingRoom());
      taken += waitingRoom();
      const { promise, resolve } = promiseOf<SluiceError>();
      const handler = {
        onDatagram: () => undefined,
        onError: (_port: unknown, error: SluiceError) => resolve(error),
      };
      const to = { host: '127.0.0.1', port: 9 };
      const refused = fixture().engine.connectUdp(to, handler);
      refused.sendConnected(Buffer.from('x'), 0, 1);
      expect(await promise).toMatchObject({ code: 'SLUICE_ERR_CONNECT', side: 'local' });
      refused.close();

      const echo = await fixture().engine.bindUdp(
        { host: '127.0.0.1', port: 0 },
        {
          onDatagram: (port, bytes, start, end, source, sourcePort) =>
            port.send(bytes, start, end, source, sourcePort),
          onError: () => undefined,
        },
      );
      const answer = promiseOf<number>();
      const check = fixture().engine.connectUdp(
        { host: '127.0.0.1', port: echo.port, usesReserve: true },
        { onDatagram: (_port, _bytes, start, end) => answer.resolve(end - start), onError: () => undefined },
      );
      check.sendConnected(Buffer.from('hello'), 0, 5);
      expect(await answer.promise).toBe(5);
    });
  });
}
