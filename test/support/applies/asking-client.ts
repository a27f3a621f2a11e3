import { connect } from 'node:net';
import { LongestGap } from './longest-gap.ts';

/** What became of one client's requests. */
export interface AskingOutcome {
  readonly answers: number;
  readonly failures: readonly string[];
  readonly longestGapMs: number;
}

const request = 'GET / HTTP/1.1\r\nHost: pacs.test\r\nConnection: close\r\n\r\n';

/** Asks one thing after the other, each on a new connection, and notes for how long no answer came. */
export async function askAgainAndAgain(port: number, isOver: () => boolean): Promise<AskingOutcome> {
  const gap = new LongestGap();
  const failures: string[] = [];
  let answers = 0;
  while (!isOver()) {
    const problem = await ask(port);
    if (problem === undefined) {
      answers += 1;
      gap.answered();
    } else {
      failures.push(problem);
    }
  }
  return { answers, failures, longestGapMs: gap.ms };
}

/** @returns what went wrong, if anything did */
function ask(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    connect({ port, host: '127.0.0.1', noDelay: true })
      .setEncoding('latin1')
      .on('data', (text: string) => (answer += text))
      .on('error', ({ message }) => resolve(message))
      .on('close', () => resolve(/^HTTP\/1\.1 200 .*hello$/su.test(answer) ? undefined : `got '${answer}'`))
      .write(request);
  });
}
