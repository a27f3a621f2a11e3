import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../../src/file/read-config-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { failureOf, oneService } from './file-scene.ts';

const folder = temporaryFolder();

/** Writes a file. @returns its path */
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The one problem of a file, without the folder. */
async function problemOf(path: string, options = {}): Promise<string> {
  return (await failureOf(readConfigFile(path, options))).message.replaceAll(`${folder}/`, '');
}

describe('a file', () => {
  it.each(['pacs.yaml', 'pacs.yml', 'PACS.YAML'])('%s is YAML', async (name) => {
    const { value, path } = await readConfigFile(file(name, oneService()));
    expect(value.services).toHaveLength(1);
    expect(path).toBe(join(folder, name));
  });

  it('has a name that tells what it is', async () => {
    expect(await problemOf(file('pacs.conf', ''))).toBe(
      "pacs.conf: expected a name that ends in .json, .yaml, .yml, .ts, .mts, .js, .mjs, .cjs, got '.conf'",
    );
  });

  it('can be read', async () => {
    mkdirSync(join(folder, 'folder.yaml'));
    expect(await problemOf(join(folder, 'gone.yaml'))).toBe(
      'gone.yaml: expected a file that can be read, got none: there is no such file',
    );
    expect(await problemOf(join(folder, 'folder.yaml'))).toBe(
      'folder.yaml: expected a file that can be read, got a folder',
    );
  });

  it('has a limit of size', async () => {
    const path = file('large.yaml', oneService());
    await readConfigFile(path, { limits: { maxBytes: oneService().length } });
    expect(await problemOf(path, { limits: { maxBytes: oneService().length - 1 } })).toMatch(
      /got one of more than \d+ bytes/u,
    );
    // Without an end of its own.
    expect(await problemOf('/dev/zero.yaml')).toMatch(/no such file/u);
  });

  it('is UTF-8', async () => {
    const bytes = Buffer.from(`${oneService('# é')}x`, 'latin1');
    expect(await problemOf(file('latin.yaml', bytes))).toBe(
      'latin.yaml:6:7: expected a text of UTF-8, got other bytes',
    );
  });
});

describe('a secret', () => {
  const cookie = (secret: string): string =>
    oneService(`persistence: { kind: httpCookie, secret: ${secret} }`).replace('mode: tcp', 'mode: http');

  async function secretOf(text: string, options = {}): Promise<unknown> {
    const { value } = await readConfigFile(file('secret.yaml', text), options);
    return (value.services[0]?.persistence as { secret?: string } | undefined)?.secret;
  }

  it('may be in a file beside, whose last line break is none of it', async () => {
    file('cookie.secret', 'a b\n\n');
    expect(await secretOf(cookie('{ file: cookie.secret }'))).toBe('a b\n');
    expect(
      await secretOf(cookie('{ file: "${WHERE}/cookie.secret" }'), { environment: { WHERE: folder } }),
    ).toBe('a b\n');
    expect(await secretOf(cookie('stated'))).toBe('stated');
  });

  it('may be a header or the environment of a probe', async () => {
    file('token', 'Bearer x\n');
    const check = 'healthCheck: { probe: { kind: http, headers: { Authorization: { file: token } } } }';
    const { value } = await readConfigFile(file('header.yaml', oneService(check)));
    expect(value.services[0]?.healthCheck).toEqual({
      probe: { kind: 'http', headers: { Authorization: 'Bearer x' } },
    });
  });

  it('is looked for, and told where it is not found', async () => {
    file('long.secret', 'x'.repeat(100));
    expect(await problemOf(file('secret.yaml', cookie('{ file: gone }')))).toBe(
      'secret.yaml:6:46: services[0].persistence.secret.file: expected a file with the secret, got gone, none: there is no such file',
    );
    expect(await problemOf(join(folder, 'secret.yaml'), {})).toContain('gone');
    const long = file('secret.yaml', cookie('{ file: long.secret }'));
    expect(await problemOf(long, { limits: { maxSecretBytes: 99 } })).toContain('one of more than 99 bytes');
    expect(await problemOf(file('secret.yaml', cookie('{ fil: x }')))).toContain(
      "{ file: 'the path of a file that holds it' }",
    );
  });

  it('is in no message', async () => {
    const wrong = oneService('persistence: { kind: httpCookie, path: 5, secret: 4711 }').replace(
      'mode: tcp',
      'mode: http',
    );
    const { problems, message } = await failureOf(readConfigFile(file('secret.yaml', wrong)));
    expect(problems).toHaveLength(2);
    expect(message + JSON.stringify(problems)).not.toContain('4711');
  });

  it('is nowhere else: another option may not be an object', async () => {
    expect(await problemOf(file('secret.yaml', oneService('host: { file: cookie.secret }')))).toContain(
      'services[0].host',
    );
  });
});

describe('a module', () => {
  const config = { $schema: 'x', services: [{ name: 'DICOM', mode: 'tcp', port: 104, servers: [] }] };
  const json = JSON.stringify(config);

  it.each([
    ['itself', `export default ${json};`],
    ['a function', `export default () => (${json});`],
    ['a promise', `export default Promise.resolve(${json});`],
    ['a function of a promise', `export default async () => (${json});`],
  ])('exports a configuration: %s', async (what, text) => {
    const { value, document } = await readConfigFile(file(`${what.replaceAll(' ', '-')}.mjs`, text));
    expect(value).toEqual({ services: config.services });
    expect(document).toBeUndefined();
  });

  it('may be CommonJS, and is loaded anew when it has changed', async () => {
    const path = file('again.cjs', `module.exports = ${json};`);
    await readConfigFile(path);
    file('again.cjs', `/* changed */ module.exports = ${json.replace('104', '105')};`);
    const { utimes } = await import('node:fs/promises');
    await utimes(path, 1, 1);
    expect((await readConfigFile(path)).value.services[0]?.port).toBe(105);
  });

  it('tells its problems without a place', async () => {
    const path = file('wrong.mjs', `export default ${json.replace('104', '"x"')};`);
    expect(await problemOf(path)).toBe(
      'wrong.mjs: services[0].port: expected an integer from 0 to 65535, got "x" (string)',
    );
  });

  it.each([
    ['nothing.mjs', 'export const config = {};', /a default export .* got nothing/u],
    ['number.mjs', 'export default 5;', /a default export .* got 5/u],
    ['throws.mjs', '\nthrow new Error("no licence");', /^throws\.mjs:2:7: .*no licence/u],
    ['rejects.mjs', 'export default Promise.reject(new Error("no licence"));', /no licence/u],
    ['syntax.mjs', 'export default {\n,', /an error: /u],
  ])('%s is refused', async (name, text, problem) => {
    expect(await problemOf(file(name, text))).toMatch(problem);
  });

  it('is told what to do where Node.js reads no TypeScript', async () => {
    const importModule = (): Promise<never> =>
      Promise.reject(
        Object.assign(new TypeError('Unknown file extension'), { code: 'ERR_UNKNOWN_FILE_EXTENSION' }),
      );
    expect(await problemOf(file('config.ts', ''), { importModule })).toMatch(
      /^config\.ts: expected a Node\.js that reads TypeScript: 22\.18 or later; .*`--import tsx`.*\(\.mjs\), got Node\.js \d+/u,
    );
  });
});
