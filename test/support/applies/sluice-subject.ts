import { fork } from 'node:child_process';
import { once } from 'node:events';
import { sluiceConfig } from './scene-services.ts';
import type { StartSubject } from './subject.ts';

type Reply = { readonly result?: unknown } | { readonly error: string };

/** Sluice as it was built. */
export function sluice(engine: 'linux' | 'portable', workers: number): StartSubject {
  return async (first) => {
    const program = new URL('./sluice-program.mjs', import.meta.url);
    const child = fork(program, { execArgv: ['--expose-gc'] });
    const exited = once(child, 'exit');
    const ask = async (question: object | string): Promise<unknown> => {
      const answered = once(child, 'message') as Promise<[Reply]>;
      const ended = exited.then(() => [{ error: 'the balancer has ended' }] as [Reply]);
      child.send(question);
      const [reply] = await Promise.race([answered, ended]);
      if ('error' in reply) throw new Error(reply.error);
      return reply.result;
    };
    await ask(sluiceConfig(first, engine, workers));
    return {
      pid: child.pid ?? 0,
      apply: async (services) => {
        await ask(sluiceConfig(services, engine, workers));
      },
      heapMiB: async () => (await ask('heap')) as number,
      [Symbol.asyncDispose]: async () => {
        child.kill('SIGKILL');
        await exited;
      },
    };
  };
}
