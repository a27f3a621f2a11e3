/** What an image is made of, and what it runs. */
export interface Image {
  /** What it copies from the folder of its Dockerfile. */
  readonly copied: readonly string[];
  /** Entry point and command together. */
  readonly runs: readonly string[];
  readonly healthCheck: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Reads a Dockerfile, as far as this project writes them. */
export function readDockerfile(text: string): Image {
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  const argumentsOf = (instruction: string): readonly string[] =>
    lines
      .filter((line) => line.startsWith(`${instruction} `))
      .map((line) => line.slice(instruction.length + 1));
  const list = (instruction: string): readonly string[] =>
    argumentsOf(instruction).flatMap((line) => JSON.parse(line.slice(line.indexOf('['))) as string[]);
  return {
    copied: argumentsOf('COPY').flatMap((line) => line.split(' ').slice(0, -1)),
    runs: [...list('ENTRYPOINT'), ...list('CMD')],
    healthCheck: list('HEALTHCHECK'),
    env: Object.fromEntries(
      argumentsOf('ENV').flatMap((line) =>
        line.split(' ').map((each) => each.split('=') as [string, string]),
      ),
    ),
  };
}
