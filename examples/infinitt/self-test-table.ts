import Table from 'cli-table3';

/** One row of the self-test's result. */
export interface Row {
  readonly service: string;
  readonly test: string;
  readonly passed: boolean;
  /** The server that the balancer chose. */
  readonly server: string;
  readonly detail: string;
  readonly tookMs: number;
}

export function formatRows(rows: readonly Row[]): string {
  const table = new Table({
    head: ['service', 'test', 'result', 'server', 'detail', 'ms'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'left', 'left', 'left', 'right'],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  for (const { service, test, passed, server, detail, tookMs } of rows) {
    table.push([service, test, passed ? 'pass' : 'FAIL', server, detail, tookMs]);
  }
  return table.toString();
}
