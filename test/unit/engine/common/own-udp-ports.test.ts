import { describe, expect, it } from 'vitest';
import { OwnUdpPorts } from '../../../../src/engine/common/own-udp-ports.ts';
import { IpAddress } from '../../../../src/model/address.ts';

const at = (text: string): IpAddress => IpAddress.parse(text)!;

describe('the UDP ports of this process', () => {
  it('are known by address and port', () => {
    const ports = new OwnUdpPorts();
    ports.add(at('192.0.2.150'), 137);
    expect(ports.has(at('192.0.2.150'), 137)).toBe(true);
    expect(ports.has(at('::ffff:192.0.2.150'), 137)).toBe(true);
    expect(ports.has(at('192.0.2.150'), 138)).toBe(false);
    expect(ports.has(at('127.0.0.1'), 137)).toBe(false);
    ports.delete(at('192.0.2.150'), 137);
    expect(ports.has(at('192.0.2.150'), 137)).toBe(false);
  });

  it('are those of any address of this machine where one is bound to all', () => {
    const ports = new OwnUdpPorts();
    ports.add(at('::'), 137);
    expect(['127.0.0.1', '127.0.0.9', '::1', '203.0.113.1'].map((text) => ports.has(at(text), 137))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    ports.delete(at('::'), 137);
    expect(ports.has(at('127.0.0.1'), 137)).toBe(false);
  });

  it('may have one number at many addresses', () => {
    const ports = new OwnUdpPorts();
    const own = Array.from({ length: 6 }, (_, index) => at(`127.0.0.${10 + index}`));
    for (const address of own) ports.add(address, 137);
    for (const address of own) expect(ports.has(address, 137)).toBe(true);
    expect(ports.has(at('203.0.113.1'), 137)).toBe(false);
    for (const address of own.reverse()) ports.delete(address, 137);
    for (const address of own) expect(ports.has(address, 137)).toBe(false);
  });

  it('are seen by all threads, and go with theirs', () => {
    const main = new OwnUdpPorts(undefined, 1);
    const worker = new OwnUdpPorts(main.memory, 8);
    const other = new OwnUdpPorts(main.memory, 9);
    worker.add(at('192.0.2.1'), 40_000);
    other.add(at('192.0.2.1'), 40_001);
    expect(main.has(at('192.0.2.1'), 40_000)).toBe(true);
    expect(other.has(at('192.0.2.1'), 40_000)).toBe(true);
    main.clearThread(7);
    expect(main.has(at('192.0.2.1'), 40_000)).toBe(false);
    expect(main.has(at('192.0.2.1'), 40_001)).toBe(true);
  });
});
