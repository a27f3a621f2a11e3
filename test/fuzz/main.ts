/** The program of `npm run fuzz`: one engine, as the environment and the command line say. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { rehearse } from './framing/rehearse.ts';
import { realStages } from './framing/real-stage.ts';
import { virtualStage } from './framing/virtual-stage.ts';

interface FuzzOptions {
  readonly engine: 'virtual' | 'linux' | 'portable';
  readonly minutes: number;
  readonly seed: number;
}

const program = new Command('fuzz')
  .description('Plays random HTTP exchanges through a service, and has llhttp judge what each side gets.')
  .addOption(
    new Option('--engine <name>', 'what the service stands on; SLUICE_IO_URING applies to linux')
      .choices(['virtual', 'linux', 'portable'])
      .default('virtual'),
  )
  .option('--minutes <number>', 'how long', positive, 1)
  .option('--seed <number>', 'of the first batch of plans', whole, Math.floor(Math.random() * 1e9))
  .parse();

const { engine, minutes, seed } = program.opts<FuzzOptions>();
const stages = engine === 'virtual' ? undefined : realStages(engine);
const startMs = performance.now();
let toldMs = startMs;

console.log(`${engine} engine, ${minutes} min, seed ${seed}`);
const { exchanges, failure } = await rehearse(stages === undefined ? virtualStage : () => stages.next(), {
  seed,
  exchanges: Infinity,
  limitMs: minutes * 60_000,
  onProgress: (played) => {
    if (performance.now() - toldMs < 10_000) return;
    toldMs = performance.now();
    console.log(`${Math.round((toldMs - startMs) / 1000)} s: ${played} exchanges, 0 differences`);
  },
});
await stages?.close();
if (failure !== undefined) console.error(`\n${failure}\n`);
console.log(`${exchanges} exchanges, ${failure === undefined ? 0 : 1} differences`);
process.exitCode = failure === undefined ? 0 : 1;

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0 is expected');
  return value;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('a whole number from 0 is expected');
  return value;
}
