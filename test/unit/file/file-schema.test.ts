import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { describeConfigFile } from '../../../src/file/file-schema.ts';
import { infinittFile } from '../../../src/file/infinitt-file.ts';
import { rawValue } from '../../../src/file/file-node.ts';
import { read } from './file-scene.ts';

const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(describeConfigFile());

const service = { name: 'WEB', mode: 'http', port: 80, servers: [] };
const withOption = (option: object): unknown => ({ services: [{ ...service, ...option }] });

describe('the schema of configuration files', () => {
  it('accepts the file of the preset, as it is written', async () => {
    const text = infinittFile({ vip: '192.168.85.150', servers: [{ name: 'A', host: '192.168.85.200' }] });
    const { document } = await read(text);
    isValid(rawValue(document!.root));
    expect(isValid.errors).toBeNull();
  });

  it.each([
    { headTimeoutMs: '30s' },
    { headTimeoutMs: 'Infinity' },
    { headTimeoutMs: 500 },
    { maxHeadBytes: '64KiB' },
    { port: '${PORT}' },
    { name: '${NAME:-WEB}' },
    { abortOnClientEnd: '${ABORT}' },
    { persistence: { kind: 'httpCookie', secret: { file: 'cookie.secret' } } },
    { persistence: { kind: 'chain', of: [{ kind: 'sourceIp', ttlMs: '1h30m' }] } },
    { healthCheck: { probe: { kind: 'http', headers: { Authorization: { file: 'token' } } } } },
  ])('accepts %j', (option) => {
    expect(isValid(withOption(option))).toBe(true);
  });

  it.each([
    { headTimeoutMs: '30x' },
    { maxHeadBytes: '64KB' },
    { port: '80' },
    { name: 'a b' },
    { name: { file: 'x' } },
    { abortOnClientEnd: 'true' },
    { persistence: { kind: 'httpCookie', secret: { fil: 'x' } } },
    { heathCheck: {} },
  ])('refuses %j', (option) => {
    expect(isValid(withOption(option))).toBe(false);
  });

  it.each([
    { control: { path: '${RUNTIME_DIRECTORY:-.}/c.sock' } },
    { control: false, snapshotFile: false, accessLog: false, metrics: false, admin: false },
    { admin: { folder: 'admin', host: '::', https: 'selfSigned', hosts: ['lb1'], logInIdleMs: '1h' } },
    { admin: { folder: 'admin', https: { certificate: 'a.pem', key: '${KEY}' } } },
    { snapshotFile: { path: 'pacs.snapshot', intervalMs: '60s' } },
    {
      accessLog: {
        to: '-',
        format: 'haproxy',
        sampleRatio: 0.1,
        services: ['WEB'],
        maxBufferedBytes: '1MiB',
      },
    },
    { metrics: { host: '10.0.0.5', port: '${METRICS_PORT}' } },
  ])('accepts %j beside the services', (run) => {
    expect(isValid({ ...run, services: [service] })).toBe(true);
  });

  it.each([
    { control: true },
    { control: {} },
    { snapshotFile: 'pacs.snapshot' },
    { accessLog: { to: 'a.log', format: 'xml' } },
    { accessLog: { to: 'a.log', services: [] } },
    { metrics: { port: 70_000 } },
    { metric: { port: 1 } },
  ])('refuses %j beside the services', (run) => {
    expect(isValid({ ...run, services: [service] })).toBe(false);
  });

  it('knows $schema at the top, and nowhere else', () => {
    expect(isValid({ $schema: 'x', services: [service] })).toBe(true);
    expect(isValid(withOption({ $schema: 'x' }))).toBe(false);
  });
});
