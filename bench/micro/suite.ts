import Benchmark from 'benchmark';

/** One line of a micro benchmark. */
export interface Case {
  readonly name: string;
  readonly run: () => void;
}

/** Seconds of measuring for each case. */
const maxTime = 0.4;

/**
 * Runs the cases one after the other and prints the nanoseconds that one call takes: in the fastest sample, which
 * others on the machine disturbed least, and on the average.
 */
export function measure(title: string, cases: readonly Case[]): void {
  console.log(`\n${title}`);
  const suite = new Benchmark.Suite();
  for (const { name, run } of cases) suite.add(name, run, { maxTime, minSamples: 10 });
  suite.on('cycle', (event: Benchmark.Event) => {
    const { name = '', stats } = event.target as unknown as Benchmark;
    const best = Math.min(...(stats.sample as number[])) * 1e9;
    const mean = stats.mean * 1e9;
    console.log(
      `  ${name.padEnd(42)} ${format(best)} ns/op, mean ${format(mean)} ±${stats.rme.toFixed(0)} %`,
    );
  });
  suite.run();
}

function format(nanoseconds: number): string {
  return nanoseconds.toFixed(nanoseconds < 100 ? 1 : 0).padStart(9);
}
