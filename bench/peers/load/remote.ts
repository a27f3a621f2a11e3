import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

type Reply = { readonly result: unknown } | { readonly error: string };

const answerTimeoutMs = 60_000;

/** A program of this folder in a process of its own, asked one thing at a time. */
export class Remote<Question, Answer> {
  readonly #child: ChildProcess;

  constructor(file: string) {
    this.#child = fork(new URL(file, import.meta.url), { execArgv: ['--import', 'tsx'] });
  }

  /** @throws where the program failed at it or ended */
  async ask(question: Question): Promise<Answer> {
    const signal = AbortSignal.timeout(answerTimeoutMs);
    this.#child.send(question as object);
    const [reply] = (await once(this.#child, 'message', { signal }).catch(() => {
      throw new Error('the load generator or the proxy under test no longer answers');
    })) as [Reply];
    if ('error' in reply) throw new Error(reply.error);
    return reply.result as Answer;
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}

/** The other end: answers what the bench asks, and ends when the bench does. */
export function answerQuestions(answer: (question: never) => Promise<unknown>): void {
  const reply = (message: Reply): void => void process.send?.(message);
  process.on('message', (question) => {
    answer(question as never).then(
      (result) => reply({ result }),
      (error: unknown) => reply({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}
