import { readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { FileSink, streamSink } from '../../../src/records/line-sink.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('a file', () => {
  const folder = temporaryFolder();

  it('is made for its owner and group, and added to', async () => {
    const path = join(folder, 'added');
    for (const text of ['a\n', 'b\n']) {
      const sink = new FileSink(path);
      expect(await sink.write(Buffer.from(text))).toBe(2);
      await sink.close();
    }
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
    expect(statSync(path).mode & 0o027).toBe(0);
  });

  it('is made anew where it was renamed', async () => {
    const path = join(folder, 'rotated');
    const sink = new FileSink(path);
    await sink.write(Buffer.from('old\n'));
    renameSync(path, `${path}.1`);
    await sink.write(Buffer.from('still old\n'));
    await sink.reopen();
    await sink.write(Buffer.from('new\n'));
    await sink.close();
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('old\nstill old\n');
    expect(readFileSync(path, 'utf8')).toBe('new\n');
  });

  it('stays in use where the new one cannot be opened', async () => {
    const gone = join(folder, 'gone');
    const path = join(gone, 'log');
    const sink = new FileSink(path);
    await expect(sink.write(Buffer.from('a\n'))).rejects.toThrow('ENOENT');
    await expect(sink.reopen()).rejects.toThrow('ENOENT');
    await sink.close();
    const inFolder = new FileSink(join(folder, 'kept'));
    await inFolder.write(Buffer.from('a\n'));
    expect(await inFolder.write(Buffer.from('b\n'))).toBe(2);
    await inFolder.close();
    rmSync(gone, { recursive: true, force: true });
  });
});

describe('a stream', () => {
  it('takes bytes when its reader does', async () => {
    const stream = new PassThrough({ highWaterMark: 1 });
    const sink = streamSink(stream);
    const written = sink.write(Buffer.from('ab\n'));
    expect(stream.read(3)).toEqual(Buffer.from('ab\n'));
    expect(await written).toBe(3);
  });

  it('that breaks throws nothing, but rejects what it did not take', async () => {
    const stream = new Writable({
      write: (_chunk, _encoding, done) => {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      },
    });
    const sink = streamSink(stream);
    await expect(sink.write(Buffer.from('a\n'))).rejects.toThrow('EPIPE');
    await expect(sink.write(Buffer.from('b\n'))).rejects.toThrow();
  });
});
