import type { PathDetail } from './access-log-options.ts';
import { maskedPath } from './masked-path.ts';

/** What an access log tells of the target of a request. Many requests in a row may have the same one. */
export class AccessTarget {
  path: string | undefined = undefined;
  query: string | undefined = undefined;
  readonly #logPath: PathDetail;
  readonly #logQuery: boolean;
  #target: string | undefined = undefined;

  constructor(logPath: PathDetail, logQuery: boolean) {
    this.#logPath = logPath;
    this.#logQuery = logQuery;
  }

  /** @param target path and query as the client wrote them; undefined where there was no request. Hot path. */
  set(target: string | undefined): void {
    if (target === this.#target) return;
    this.#target = target;
    this.path = this.query = undefined;
    if (target === undefined) return;
    const mark = target.indexOf('?');
    const end = mark < 0 ? target.length : mark;
    // An absolute target may go without a path.
    const path = end === 0 ? '/' : target.slice(0, end);
    if (this.#logPath !== 'none') this.path = this.#logPath === 'whole' ? path : maskedPath(path);
    if (this.#logQuery && mark >= 0) this.query = target.slice(mark + 1);
  }
}
