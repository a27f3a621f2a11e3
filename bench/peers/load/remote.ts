import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

type Reply = { readonly result: unknown } | { readonly error: string };

/** A program of this folder in a process of its own, asked one thing at a time. */
export class Remote<Question, Answer> {
  readonly #file: URL;
  readonly #answerTimeoutMs: number;
  #child: ChildProcess | undefined = undefined;

  constructor(file: string, answerTimeoutMs = 60_000) {
    this.#file = new URL(file, import.meta.url);
    this.#answerTimeoutMs = answerTimeoutMs;
  }

  /**
   * Starts the program where it does not run.
   *
   * @throws where the program failed at it; or where it ended or does not answer, after which the next question
   * finds a new one: what an old one still does, or says later, disturbs nobody
   */
  async ask(question: Question): Promise<Answer> {
    const signal = AbortSignal.timeout(this.#answerTimeoutMs);
    const child = (this.#child ??= fork(this.#file, { execArgv: ['--import', 'tsx'] }));
    child.send(question as object);
    const [reply] = (await once(child, 'message', { signal }).catch(() => {
      this.stop();
      throw new Error('the load generator or the proxy under test no longer answers');
    })) as [Reply];
    if ('error' in reply) throw new Error(reply.error);
    return reply.result as Answer;
  }

  stop(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
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
