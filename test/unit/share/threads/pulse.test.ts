import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../src/runtime/virtual-clock.ts';
import { Heartbeat, hungReason, Pulse, Watchdog } from '../../../../src/share/threads/pulse.ts';

function watch(...clocks: VirtualClock[]) {
  const givenUp: string[] = [];
  const patients = clocks.map((_, index) => ({
    pulse: new Pulse(),
    giveUp: (reason: string) => void givenUp.push(`${index}: ${reason}`),
  }));
  const main = new VirtualClock();
  const watchdog = new Watchdog(main, () => patients);
  watchdog.start();
  return { givenUp, patients, main, watchdog };
}

describe('the watch over workers', () => {
  it('gives up the one that has not beaten for 10 s, once', async () => {
    const [hanging, busy] = [new VirtualClock(), new VirtualClock()];
    const { givenUp, patients, main } = watch(hanging, busy);
    new Heartbeat(patients[0]!.pulse.memory, hanging);
    new Heartbeat(patients[1]!.pulse.memory, busy);
    const turn = async (): Promise<void> => {
      await busy.advance(250);
      await main.advance(250);
    };
    await hanging.advance(5_000);
    for (let turns = 0; turns < 40; turns++) await turn();
    expect(givenUp).toEqual([]);
    for (let turns = 0; turns < 80; turns++) await turn();
    expect(givenUp).toEqual([`0: ${hungReason}`]);
  });

  it('blames nobody for what is late here: looks are counted, not time', async () => {
    const worker = new VirtualClock();
    const { givenUp, patients, main } = watch(worker);
    new Heartbeat(patients[0]!.pulse.memory, worker);
    for (let stalls = 0; stalls < 50; stalls++) {
      // However long this thread stood still: one look, and then the worker goes on as well.
      await main.advance(500);
      await worker.advance(250);
    }
    expect(givenUp).toEqual([]);
  });

  it('waits for a worker that has not begun', async () => {
    const { givenUp, main, watchdog } = watch(new VirtualClock());
    await main.advance(60_000);
    expect(givenUp).toEqual([]);
    watchdog.stop();
    expect(main.pending).toBe(0);
  });

  it('leaves no timer behind', async () => {
    const worker = new VirtualClock();
    const heartbeat = new Heartbeat(new Pulse().memory, worker);
    await worker.advance(1_000);
    heartbeat.stop();
    expect(worker.pending).toBe(0);
  });
});
