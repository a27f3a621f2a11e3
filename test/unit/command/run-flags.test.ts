import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFlags } from '../../../src/command/run-flags.ts';
import type { ResolvedRunOptions } from '../../../src/file/run-options.ts';
import { accessLogDefaults, resolveAccessLogOptions } from '../../../src/records/access-log-options.ts';

const flags = { watch: false, grace: 30_000, recent: 500 };
const metrics = { host: '10.0.0.5', port: 9464 };
const nothing = {
  control: undefined,
  snapshotFile: false,
  accessLog: false,
  metrics: false,
  reloadGraceMs: Infinity,
  admin: false,
} as const;
const whole: ResolvedRunOptions = {
  control: { path: '/run/a.sock' },
  snapshotFile: { path: '/var/a.snapshot', intervalMs: 60_000 },
  accessLog: resolveAccessLogOptions({ to: '/var/a.log', format: 'haproxy', level: 'warn' }),
  metrics,
  reloadGraceMs: 43_200_000,
  admin: false,
};

describe('flags of a run', () => {
  it('change nothing where there are none', () => {
    expect(withFlags(whole, flags, '/run/a.sock')).toEqual(whole);
    expect(withFlags(nothing, flags, false)).toEqual({ ...nothing, control: false });
  });

  it('say all where the file says nothing', () => {
    const given = { ...flags, reloadGrace: 5000, snapshot: 'b.snapshot', accessLog: 'b.log', metrics };
    expect(withFlags(nothing, given, '/run/b.sock')).toEqual({
      control: { path: '/run/b.sock' },
      snapshotFile: { path: resolve('b.snapshot'), intervalMs: 30_000 },
      accessLog: { ...accessLogDefaults, to: resolve('b.log'), services: undefined },
      metrics,
      reloadGraceMs: 5000,
      admin: false,
    });
  });

  it.each([
    [{ snapshot: '/b' }, { snapshotFile: { path: '/b', intervalMs: 60_000 } }],
    [{ accessLog: '-' }, { accessLog: { ...whole.accessLog, to: '-' } }],
    [{ logFormat: 'json' }, { accessLog: { ...whole.accessLog, format: 'json' } }],
    [{ snapshot: false }, { snapshotFile: false }],
    [{ accessLog: false, logFormat: 'json' }, { accessLog: false }],
    [{ metrics: false }, { metrics: false }],
    [{ reloadGrace: 0 }, { reloadGraceMs: 0 }],
    [{ metrics: { host: '127.0.0.1', port: 1 } }, { metrics: { host: '127.0.0.1', port: 1 } }],
  ] as const)('%j takes the place of that alone', (given, changed) => {
    expect(withFlags(whole, { ...flags, ...given }, '/run/a.sock')).toEqual({ ...whole, ...changed });
  });

  it('do not begin a log that only has a format', () => {
    expect(withFlags(nothing, { ...flags, logFormat: 'haproxy' }, false).accessLog).toBe(false);
  });
});
