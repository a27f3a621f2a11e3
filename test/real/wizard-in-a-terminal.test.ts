import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readConfigFile } from '../../src/file/read-config-file.ts';
import { requireTools } from '../support/real-software.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { Terminal } from '../support/terminal.ts';

requireTools(['tmux'], 'tmux')('sluice init infinitt on a terminal', () => {
  const folder = temporaryFolder();
  let terminal: Terminal;
  let file: string;

  beforeEach(async ({ task }) => {
    file = join(folder, `${task.id}.yaml`);
    terminal = await Terminal.open(100, 30);
    await terminal.type(
      `${process.execPath} --import tsx src/command/main.ts init infinitt --out ${file}; echo "ended with $?"`,
    );
  });

  afterEach(() => terminal.close());

  it('asks, refuses wrong answers as they are typed, and writes the file', async () => {
    await terminal.answer(/Virtual IP address of the services: $/u, '192.168.85.300');
    await terminal.shown(/expected the virtual IP address, got "192\.168\.85\.300"/u);
    await terminal.answer(/got "192\.168\.85\.300".*\n.*of the services: $/u, '192.168.85.150');
    await terminal.answer(/Name of real server 1: $/u, 'INF PACS1');
    await terminal.answer(/expected 1 to 64 letters.*\nName of real server 1: $/u, 'INF_PACS1');
    await terminal.answer(/Address of INF_PACS1: $/u, '192.168.85.150');
    await terminal.answer(/expected .*\nAddress of INF_PACS1: $/u, '192.168.85.200');
    await terminal.answer(/Name of real server 2 \(empty to end\): $/u, '');
    await terminal.shown(/is written\. Next:\n.*sluice check .*\n[^]*ended with 0/u);
    const { value } = await readConfigFile(file);
    expect(value.services).toHaveLength(5);
    expect(value.services.map(({ host, servers }) => [host, servers])).toEqual(
      value.services.map(() => ['192.168.85.150', [{ name: 'INF_PACS1', host: '192.168.85.200' }]]),
    );
  });

  it.each(['C-c', 'C-d'])('ends at %s without a file', async (key) => {
    await terminal.shown(/Virtual IP address of the services: $/u);
    await terminal.press(key);
    await terminal.shown(/Nothing is written[^]*ended with 1/u);
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });
});
