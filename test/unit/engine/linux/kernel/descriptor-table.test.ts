import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { growDescriptorTable } from '../../../../../src/engine/linux/kernel/descriptor-table.ts';
import { descriptorBudget } from '../../../../../src/engine/budget/descriptor-limit.ts';
import { loadLibc } from '../../../../../src/engine/linux/kernel/libc.ts';
import { linuxProblem } from '../../../../../src/engine/linux/self-test.ts';

describe('the table of descriptors', () => {
  it('is grown to the limit, 65,536 at most, and everything is closed again', () => {
    const open = new Set<number>();
    const calls = {
      epollCreate: () => (open.add(20), 20),
      duplicate: (_original: number, _command: number, lowest: number) => (open.add(lowest), lowest),
      close: (descriptor: number) => (open.delete(descriptor) ? 0 : -1),
    };
    const asked: number[] = [];
    const duplicate = (original: number, command: number, lowest: number): number => {
      asked.push(lowest);
      return calls.duplicate(original, command, lowest);
    };
    growDescriptorTable({ ...calls, duplicate }, 20_000);
    growDescriptorTable({ ...calls, duplicate }, Infinity);
    expect([asked, open.size]).toEqual([[19_999, 65_535], 0]);
  });

  it('stays as it is where the system refuses', () => {
    const closed: number[] = [];
    const close = (descriptor: number): number => closed.push(descriptor);
    growDescriptorTable({ epollCreate: () => -1, duplicate: () => -1, close }, 1024);
    growDescriptorTable({ epollCreate: () => 20, duplicate: () => -1, close }, 1024);
    expect(closed).toEqual([20]);
  });

  it.skipIf(linuxProblem() !== undefined)('is large once the Linux engine is loaded', () => {
    loadLibc();
    const size = Number(/^FDSize:\s+(\d+)/mu.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
    expect(size).toBeGreaterThanOrEqual(Math.min(descriptorBudget().limit, 65_536));
  });
});
