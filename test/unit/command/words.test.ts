import { describe, expect, it } from 'vitest';
import { wholeNumber } from '../../../src/command/arguments.ts';
import { hasColours } from '../../../src/command/command-io.ts';
import { leftInWords } from '../../../src/command/commands/drain.ts';
import { formatBytes } from '../../../src/command/format.ts';
import { paintStates } from '../../../src/command/overview/paint-states.ts';

describe('words of the command', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [2 ** 50, '1024.0 TiB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('says what a drain waits for, and how long silent flows last at most', () => {
    expect(leftInWords({ sessions: { DICOM: 2, MWL: 0 }, flows: {} })).toBe('DICOM 2, MWL 0');
    const one = { sessions: { NAMES: 1 }, flows: { NAMES: { count: 1, idleTimeoutMs: 30_000 } } };
    expect(leftInWords(one)).toBe(
      'NAMES 1; 1 of NAMES is a UDP flow, which ends 30s after its last datagram at the latest',
    );
    const some = { sessions: { CHECK: 3 }, flows: { CHECK: { count: 2, idleTimeoutMs: 60_000 } } };
    expect(leftInWords(some)).toContain('; 2 of CHECK are UDP flows, which end 1m after');
  });

  it('takes whole numbers within their range', () => {
    expect(wholeNumber(0, 256)('256')).toBe(256);
    for (const text of ['257', '-1', '1.5', '', '1e2'])
      expect(() => wholeNumber(0, 256)(text)).toThrow('0 to 256');
  });
});

describe('colours', () => {
  it('are for terminals that want them', () => {
    const terminal = { isTTY: true };
    expect(hasColours(terminal, {})).toBe(true);
    expect(hasColours({ isTTY: false }, {})).toBe(false);
    expect(hasColours(terminal, { NO_COLOR: '1' })).toBe(false);
    expect(hasColours(terminal, { TERM: 'dumb' })).toBe(false);
  });

  it('paint states alone, and take no room', () => {
    const lines = [
      'System Overview',
      '│ service │ state │',
      '│ down    │ up    │',
      '│ S       │ drain, up │',
    ];
    const painted = paintStates(lines);
    expect(painted[2]).toBe('│ down    │\u001b[32m up    \u001b[0m│');
    expect(painted[3]).toContain('\u001b[33m drain, up \u001b[0m');
    // eslint-disable-next-line no-control-regex -- what a terminal does not show
    expect(painted.map((line) => line.replaceAll(/\u001b\[\d+m/gu, ''))).toEqual(lines);
  });
});
