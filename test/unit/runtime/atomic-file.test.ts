import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { chown, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeLeftovers, writeAtomically } from '../../../src/runtime/atomic-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('a file that is written whole or not at all', () => {
  it('is new, for its owner alone', async () => {
    const path = join(folder, 'new');
    await writeAtomically(path, 'content');
    expect(readFileSync(path, 'utf8')).toBe('content');
    expect(modeOf(path)).toBe(0o600);
    await writeAtomically(join(folder, 'shared'), Buffer.from([0, 255]), { mode: 0o644 });
    expect([...readFileSync(join(folder, 'shared'))]).toEqual([0, 255]);
    expect(modeOf(join(folder, 'shared'))).toBe(0o644);
  });

  it('is another file, with the permissions of the old one', async () => {
    const path = join(folder, 'old');
    writeFileSync(path, 'old');
    chmodSync(path, 0o640);
    const { ino } = statSync(path);
    await writeAtomically(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(modeOf(path)).toBe(0o640);
    expect(statSync(path).ino).not.toBe(ino);
  });

  it.runIf(process.getuid?.() === 0)('has the owner of the old one', async () => {
    const path = join(folder, 'owned');
    writeFileSync(path, 'old');
    await chown(path, 12_345, 54_321);
    await writeAtomically(path, 'new');
    expect(statSync(path)).toMatchObject({ uid: 12_345, gid: 54_321 });
  });

  it('is what a symbolic link points to, and the link stays', async () => {
    const [real, link, second] = ['real', 'link', 'second'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(join(folder, 'inner'));
    writeFileSync(real, 'old');
    symlinkSync('real', link);
    symlinkSync(join('..', 'link'), join(folder, 'inner', 'link'));
    await writeAtomically(join(folder, 'inner', 'link'), 'new');
    expect(readFileSync(real, 'utf8')).toBe('new');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    // One that points to nothing yet.
    symlinkSync('target', second);
    await writeAtomically(second, 'first');
    expect(lstatSync(second).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('first');
  });

  it('leaves nothing behind where it fails', async () => {
    const path = join(folder, 'a-folder');
    mkdirSync(path);
    writeFileSync(join(path, 'x'), '');
    await expect(writeAtomically(path, 'new')).rejects.toMatchObject({ syscall: 'rename' });
    await expect(writeAtomically(join(folder, 'no', 'file'), 'new')).rejects.toMatchObject({
      code: 'ENOENT',
    });
    symlinkSync('circle', join(folder, 'circle'));
    await expect(writeAtomically(join(folder, 'circle'), 'new')).rejects.toMatchObject({ code: 'ELOOP' });
    await rm(join(folder, 'circle'));
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is whole whenever it is read, with many writers at once', async () => {
    const path = join(folder, 'busy');
    const contents = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(10_000));
    writeFileSync(path, contents[0]!);
    const writes = Promise.all(contents.map((content) => writeAtomically(path, content)));
    let isDone = false;
    void writes.then(() => (isDone = true));
    for (let reads = 0; reads < 200 || !isDone; reads++) {
      expect(contents.includes(readFileSync(path, 'utf8'))).toBe(true);
      await Promise.resolve();
      if (reads % 10 === 0) await new Promise(setImmediate);
    }
    await writes;
  });
});

describe('a file that is written in pieces', () => {
  const pieces = temporaryFolder();
  const path = join(pieces, 'file');
  const names = (): Promise<readonly string[]> => readdir(pieces);

  it('holds them in order', async () => {
    await writeAtomically(path, [Buffer.from('wh'), Buffer.from('ole')]);
    expect(readFileSync(path, 'utf8')).toBe('whole');
  });

  it('is as before where its content fails, and nothing is left behind', async () => {
    await writeAtomically(path, 'good');
    const failing = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.from('half');
      await Promise.resolve();
      throw new Error('no more');
    };
    await expect(writeAtomically(path, failing())).rejects.toThrow('no more');
    expect(readFileSync(path, 'utf8')).toBe('good');
    expect(await names()).toEqual(['file']);
  });

  it('leaves files of processes that live, and those of another family', async () => {
    const gone = 2 ** 22 + 1;
    const kept = [`file.${process.pid}.1.tmp`, `file2.${gone}.1.tmp`, 'file.tmp', 'file.old'];
    for (const name of [...kept, `file.${gone}.1.tmp`]) await writeFile(join(pieces, name), '');
    await removeLeftovers(path);
    expect([...(await names())].sort()).toEqual(['file', ...kept].sort());
  });
});
