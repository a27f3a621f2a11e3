import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { askInfinitt } from '../../../src/command/wizard.ts';

let input: PassThrough;
let output: PassThrough;
let said: string;

beforeEach(() => {
  [input, output, said] = [new PassThrough(), new PassThrough(), ''];
  output.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
});

/** Types each answer once its question is there. */
async function type(...dialogue: readonly (readonly [question: string, answer: string])[]): Promise<void> {
  for (const [question, answer] of dialogue) {
    while (!said.endsWith(question)) await new Promise((resolve) => output.once('data', resolve));
    said = '';
    input.write(`${answer}\n`);
  }
}

const servers = [
  { name: 'INF_PACS1', host: '192.168.85.200' },
  { name: 'INF_PACS2', host: '192.168.85.201' },
];
const askVip = 'Virtual IP address of the services: ';
const askName = 'Name of real server 1: ';
const askNext = 'Name of real server 2 (empty to end): ';

describe('the set-up wizard', () => {
  it('asks for the address and the servers', async () => {
    const asked = askInfinitt({ vip: undefined, servers: [] }, input, output);
    await type(
      [askVip, ' 192.168.85.150 '],
      [askName, 'INF_PACS1'],
      ['Address of INF_PACS1: ', '192.168.85.200'],
      [askNext, 'INF_PACS2'],
      ['Address of INF_PACS2: ', '192.168.85.201'],
      ['Name of real server 3 (empty to end): ', ''],
    );
    expect(await asked).toEqual({ vip: '192.168.85.150', servers });
  });

  it('asks for what is not given alone', async () => {
    const asked = askInfinitt({ vip: undefined, servers }, input, output);
    await type([askVip, '192.168.85.150']);
    expect(await asked).toEqual({ vip: '192.168.85.150', servers });
  });

  it.each([
    [
      'an address that is none',
      [askVip, '192.168.85.300'],
      askVip,
      'expected the virtual IP address, got "192.168.85.300"',
    ],
    ['no name', [askName, ''], askName, "expected 1 to 64 letters, digits, '.', '_' or '-', got"],
    ['a name that is none', [askName, 'INF PACS1'], askName, 'expected 1 to 64 letters'],
  ] as const)(
    'refuses %s as soon as it is typed, and asks again',
    async (_, [question, wrong], again, problem) => {
      const vip = question === askVip ? undefined : '192.168.85.150';
      const asked = askInfinitt({ vip, servers: question === askVip ? servers : [] }, input, output);
      await type([question, wrong]);
      while (!said.endsWith(again)) await new Promise((resolve) => output.once('data', resolve));
      expect(said).toContain(`  ${problem}`);
      input.end();
      await expect(asked).rejects.toMatchObject({ code: 'SLUICE_ERR_STATE' });
    },
  );

  it('refuses a server whose address is that of the services, or of another server', async () => {
    const asked = askInfinitt({ vip: '192.168.85.150', servers: [] }, input, output);
    await type(
      [askName, 'INF_PACS1'],
      ['Address of INF_PACS1: ', '192.168.85.150'],
      ['Address of INF_PACS1: ', '192.168.85.200'],
      [askNext, 'INF_PACS1'],
      [askNext, 'INF_PACS2'],
      ['Address of INF_PACS2: ', '192.168.85.200'],
      ['Address of INF_PACS2: ', '192.168.85.201'],
      ['(empty to end): ', ''],
    );
    expect(await asked).toEqual({ vip: '192.168.85.150', servers });
  });
});
