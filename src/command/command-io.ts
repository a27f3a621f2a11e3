/** Standard output, or what stands for it. */
export type OutputStream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows' | 'write'>;

/** What a command has of the world. */
export interface CommandIo {
  readonly output: OutputStream;
  readonly errors: Pick<NodeJS.WriteStream, 'write'>;
  /** Whether somebody is there to answer questions. */
  readonly isInteractive: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/** The process's own. A reader that ends, as `head` does, ends what is printed and nothing else. */
export function processIo(): CommandIo {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const isInteractive = process.stdin.isTTY && process.stderr.isTTY;
  return { output: process.stdout, errors: process.stderr, isInteractive, env: process.env };
}

/** A terminal has colours, unless `NO_COLOR` (no-color.org) or a dumb terminal says otherwise. */
export function hasColours({ isTTY }: Pick<OutputStream, 'isTTY'>, env: NodeJS.ProcessEnv): boolean {
  return isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

/** What a command ends with. */
export const exitCodes = {
  /** The command did what it says. */
  done: 0,
  /** The balancer refused, or none answers; `check` has findings. */
  refused: 1,
  /** The command line or a configuration is wrong. */
  wrong: 2,
} as const;

export const exitCodesHelp = `
Exit codes: 0 done; 1 refused, or no balancer answers; 2 the command line or a configuration is wrong.`;
