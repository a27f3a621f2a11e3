import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readCommandLine } from '../../../examples/infinitt/command-line.ts';

describe('the command line of run-infinitt', () => {
  let printed = '';

  beforeEach(() => {
    printed = '';
    const print = (text: unknown): boolean => {
      printed += String(text);
      return true;
    };
    vi.spyOn(process.stdout, 'write').mockImplementation(print);
    vi.spyOn(process.stderr, 'write').mockImplementation(print);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it.each([
    [['--ports', 'webb=80'], "got 'webb=80'"],
    [['--server', 'INF_PACS1'], 'expected NAME=HOST'],
    [['--port-offset', '-1'], 'from 0 to 65000'],
    [['--vip', 'pacs.example'], 'expected an IP address'],
    [['--engine', 'quantum'], 'auto, portable, linux'],
    [['--selftest'], '--self-test'],
    [['surplus'], 'too many arguments'],
  ])('refuses %j with exit code 2 and a clear message', (args, message) => {
    expect(readCommandLine(args)).toBe(2);
    expect(printed).toContain(message);
  });

  it('refuses a bad flag in the environment, too', () => {
    vi.stubEnv('SLUICE_SERVERS', 'A=127.0.0.1,B');
    expect(readCommandLine([])).toBe(2);
    expect(printed).toContain('SLUICE_SERVERS');
  });

  it('explains every flag with --help', () => {
    expect(readCommandLine(['--help'])).toBe(0);
    for (const flag of [
      'vip',
      'server',
      'ports',
      'server-ports',
      'port-offset',
      'engine',
      'json',
      'self-test',
    ]) {
      expect(printed).toContain(`--${flag}`);
    }
  });
});
