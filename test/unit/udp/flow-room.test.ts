import { describe, expect, it } from 'vitest';
import { FlowRoom, type FlowHolder } from '../../../src/udp/flow-room.ts';
import { FakeUdpEngine } from './fake-udp-engine.ts';

/** A service whose flows are nothing but a number. */
class Holder implements FlowHolder {
  size: number;
  surplus: number;
  readonly #freed: () => void;

  constructor(size: number, surplus: number, freed: () => void = () => undefined) {
    this.size = size;
    this.surplus = surplus;
    this.#freed = freed;
  }

  giveUpFlow(): boolean {
    if (this.size === 0) return false;
    this.size -= 1;
    this.#freed();
    return true;
  }
}

describe('the room that UDP services share', () => {
  function scene(...sizes: (readonly [size: number, surplus: number])[]): {
    readonly makeRoom: () => boolean;
    readonly holders: readonly Holder[];
  } {
    const engine = new FakeUdpEngine();
    const room = new FlowRoom();
    engine.mostPorts = 0;
    const holders = sizes.map(([size, surplus]) => new Holder(size, surplus, () => (engine.mostPorts = 1)));
    for (const holder of holders) room.join(holder, engine);
    return { makeRoom: () => room.makeRoom(engine), holders };
  }

  it('is made by the service with the most flows that nobody answered', () => {
    const { makeRoom, holders } = scene([300, -18], [160, 140], [20, 5]);
    expect(makeRoom()).toBe(true);
    expect(holders.map(({ size }) => size)).toEqual([300, 159, 20]);
  });

  it('else by the one with the most flows', () => {
    const { makeRoom, holders } = scene([10, 0], [300, -18], [160, 0]);
    expect(makeRoom()).toBe(true);
    expect(holders.map(({ size }) => size)).toEqual([10, 299, 160]);
  });

  it('cannot be made where there is no flow', () => {
    expect(scene().makeRoom()).toBe(false);
  });

  it('costs nobody anything while there is some, or where the engine has no limit', () => {
    const engine = new FakeUdpEngine();
    const room = new FlowRoom();
    const holder = new Holder(5, 5);
    room.join(holder, engine);
    expect(room.makeRoom(engine)).toBe(true);
    engine.mostPorts = 0;
    room.leave(holder);
    expect(room.makeRoom(engine)).toBe(false);
    expect(holder.size).toBe(5);
  });
});
