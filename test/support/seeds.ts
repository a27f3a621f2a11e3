/** Runs a test once for each of so many seeds; a failure names its seed. `SLUICE_SEED` runs that one alone. */
export async function forEachSeed(
  count: number,
  test: (seed: number) => Promise<void> | void,
): Promise<void> {
  const only = process.env['SLUICE_SEED'];
  const seeds = only === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [Number(only)];
  for (const seed of seeds) {
    try {
      await test(seed);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`with seed ${seed} (SLUICE_SEED=${seed} runs it alone): ${message}`, { cause: error });
    }
  }
}
