/** Where a request wants to. */
export interface Place {
  /** As it was sent, without the prefix and the query; nothing in it is decoded or resolved. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** @returns undefined where it is not under the prefix */
export function placeOf(url: string, prefix: string): Place | undefined {
  const mark = url.indexOf('?');
  const whole = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  if (!whole.startsWith(prefix)) return undefined;
  return { path: whole.slice(prefix.length), query };
}
