import { describe, expect, it } from 'vitest';
import { NameError } from '../../../../src/engine/names/name-error.ts';
import type { NameSource } from '../../../../src/engine/names/name-source.ts';
import type { NameAnswer } from '../../../../src/engine/names/name-state.ts';
import { Names } from '../../../../src/engine/names/names.ts';
import { IpAddress } from '../../../../src/model/address.ts';
import { VirtualClock } from '../../../../src/runtime/virtual-clock.ts';

/** Lookups that a test answers. */
class HandSource implements NameSource {
  readonly asked: {
    host: string;
    before: readonly string[];
    signal: AbortSignal;
    answer: (answer: NameAnswer) => void;
    fail: (problem: 'absent' | 'silent') => void;
  }[] = [];

  find(host: string, before: readonly string[], signal: AbortSignal): Promise<NameAnswer> {
    return new Promise((answer, reject) => {
      const fail = (problem: 'absent' | 'silent'): void => reject(new NameError(host, problem));
      this.asked.push({ host, before, signal, answer, fail });
    });
  }
}

function scene() {
  const clock = new VirtualClock();
  const log: string[] = [];
  const source = new HandSource();
  const runtime = {
    clock,
    random: () => 0.5,
    log: (level: string, message: string) => void log.push(`${level}: ${message}`),
  };
  const names = new Names(runtime, source);
  const told: string[] = [];
  const waiter = (id: string) => ({ onNameSettled: () => void told.push(id) });
  return { clock, log, source, names, told, waiter };
}

const addressOf = (text: string): IpAddress => IpAddress.parse(text)!;

describe('the names of an engine', () => {
  it('are looked up once for all who wait, and known to all who come later', async () => {
    const { clock, source, names, told, waiter } = scene();
    for (const id of ['first', 'second']) {
      expect(names.get('pacs1').look()).toBe('unknown');
      names.get('pacs1').wait(waiter(id));
    }
    names.get('pacs2').look();
    expect(source.asked.map(({ host }) => host)).toEqual(['pacs1', 'pacs2']);
    source.asked[0]!.answer({ addresses: ['10.0.0.1', '10.0.0.2'], holdMs: 10_000 });
    await clock.advance(0);
    expect(told).toEqual(['first', 'second']);
    expect(names.get('pacs1').look()).toBe('known');
    expect(names.get('pacs1').addresses(104)).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(names.get('pacs1').failure).toBeUndefined();
    expect(source.asked).toHaveLength(2);
    // The other one stays silent: that is its own affair.
    expect(names.get('pacs2').look()).toBe('unknown');
  });

  it('tell nobody who has left', async () => {
    const { clock, source, names, told, waiter } = scene();
    const name = names.get('pacs1');
    const leaver = waiter('leaver');
    name.look();
    name.wait(leaver);
    name.wait(waiter('stays'));
    name.leave(leaver);
    source.asked[0]!.answer({ addresses: ['10.0.0.1'], holdMs: 0 });
    await clock.advance(0);
    expect(told).toEqual(['stays']);
  });

  it('are looked up again while they are used, and serve meanwhile', async () => {
    const { clock, source, names, log } = scene();
    const name = names.get('pacs1');
    name.look();
    source.asked[0]!.answer({ addresses: ['10.0.0.1'], holdMs: 10_000 });
    await clock.advance(10_000);
    expect(source.asked).toHaveLength(2);
    expect(source.asked[1]!.before).toEqual(['10.0.0.1']);
    expect(name.look()).toBe('known');
    expect(name.isOutdated(addressOf('10.0.0.1'))).toBe(false);
    source.asked[1]!.answer({ addresses: ['10.0.0.2'], holdMs: 10_000 });
    await clock.advance(0);
    expect(name.isOutdated(addressOf('10.0.0.1'))).toBe(true);
    expect(names.isOutdated('pacs1', addressOf('10.0.0.2'))).toBe(false);
    expect(names.isOutdated('10.0.0.9', addressOf('10.0.0.9'))).toBe(false);
    expect(log).toEqual(['info: the addresses of pacs1 changed from 10.0.0.1 to 10.0.0.2']);
  });

  it('rest a minute after their last use, and are asked for anew at the next', async () => {
    const { clock, source, names } = scene();
    const name = names.get('pacs1');
    name.look();
    for (let asked = 1; asked <= 6; asked++) {
      expect(source.asked).toHaveLength(asked);
      source.asked.at(-1)!.answer({ addresses: ['10.0.0.1'], holdMs: 10_000 });
      await clock.advance(10_000);
    }
    expect(clock.pending).toBe(0);
    expect(name.isResting).toBe(true);
    await clock.advance(60_000);
    expect(source.asked).toHaveLength(6);
    expect(name.look()).toBe('unknown');
    expect(source.asked).toHaveLength(7);
    // A connection that is used again asks as well.
    source.asked.at(-1)!.answer({ addresses: ['10.0.0.1'], holdMs: 10_000 });
    await clock.advance(200_000);
    expect(name.isResting).toBe(true);
    const before = source.asked.length;
    expect(name.isOutdated(addressOf('10.0.0.1'))).toBe(false);
    expect(source.asked).toHaveLength(before + 1);
  });

  it('fail at their limit, and what comes later is not heard', async () => {
    const { clock, source, names, told, waiter, log } = scene();
    const name = names.get('pacs1');
    name.look();
    name.wait(waiter('client'));
    await clock.advance(9_999);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toEqual(['client']);
    expect(name.failure).toMatchObject({ code: 'EAI_AGAIN' });
    expect(source.asked[0]!.signal.aborted).toBe(true);
    source.asked[0]!.answer({ addresses: ['10.0.0.1'], holdMs: 0 });
    await clock.advance(0);
    expect(name.look()).toBe('failed');
    expect(log).toEqual(['warn: the lookup of pacs1 failed: no name server gives an answer']);
    await clock.advance(5_000);
    // The next lookup is under way, and who comes is not kept waiting for it.
    expect(source.asked).toHaveLength(2);
    expect(name.look()).toBe('failed');
    source.asked[1]!.answer({ addresses: ['10.0.0.1'], holdMs: 0 });
    await clock.advance(0);
    expect(name.look()).toBe('known');
    expect(log.at(-1)).toBe('info: the name pacs1 can be looked up again');
  });

  it('are used on while nobody tells anything', async () => {
    const { clock, source, names, log } = scene();
    const name = names.get('pacs1');
    name.look();
    source.asked[0]!.answer({ addresses: ['10.0.0.1'], holdMs: 0 });
    await clock.advance(1_000);
    for (const at of [1, 2]) {
      source.asked[at]!.fail('silent');
      await clock.advance(5_000);
      expect(name.look()).toBe('known');
    }
    expect(log).toEqual([
      'warn: the lookup of pacs1 failed: no name server gives an answer; the last addresses stay in use: 10.0.0.1',
    ]);
  });

  it('leave nothing behind once they are closed', async () => {
    const { clock, source, names, told, waiter } = scene();
    for (const host of ['pacs1', 'pacs2']) {
      names.get(host).look();
      names.get(host).wait(waiter(host));
    }
    source.asked[0]!.answer({ addresses: ['10.0.0.1'], holdMs: 0 });
    await clock.advance(0);
    names.close();
    expect(source.asked[1]!.signal.aborted).toBe(true);
    expect(clock.pending).toBe(0);
    names.get('pacs3').look();
    await clock.advance(60_000);
    expect([source.asked.length, told]).toEqual([2, ['pacs1']]);
  });
});
