import type { TestModule } from 'vitest/node';
import { DefaultReporter } from 'vitest/node';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Vitest's default report, with the name of every test that met real software, and a last line for machines:
 * `12 passed, 0 failed, 1 skipped`.
 */
export class SummaryReporter extends DefaultReporter {
  override onTestModuleEnd(module: TestModule): void {
    this.renderSucceed = module.project.name.startsWith('real');
    super.onTestModuleEnd(module);
  }

  override onTestRunEnd(...run: Parameters<DefaultReporter['onTestRunEnd']>): void {
    super.onTestRunEnd(...run);
    const [modules, unhandledErrors] = run;
    const counts: Counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) countModule(module, counts);
    const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`;
    this.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
  }
}

/** A file that does not load, or a suite whose hook fails, counts as one failure: its tests never ran. */
function countModule(module: TestModule, counts: Counts): void {
  counts.failed += module.errors().length;
  for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state !== 'pending') counts[state]++;
  }
}
