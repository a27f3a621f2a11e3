import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeTar } from '../../../src/support/tar.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();

it('is what tar unpacks, for the owner alone', () => {
  const files = [
    { name: 'bundle/empty.txt', content: '' },
    { name: 'bundle/block.txt', content: 'x'.repeat(512) },
    { name: 'bundle/more.json', content: `${'ü'.repeat(700)}\n` },
  ];
  const archive = join(folder, 'bundle.tar');
  writeFileSync(archive, makeTar(files, Date.UTC(2026, 10, 30)));
  execFileSync('tar', ['-xf', archive, '-C', folder]);
  for (const { name, content } of files) {
    expect(readFileSync(join(folder, name), 'utf8')).toBe(content);
    expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
    expect(statSync(join(folder, name)).mtimeMs).toBe(Date.UTC(2026, 10, 30));
  }
});
