import { useEffect, useState } from 'preact/hooks';

/** Where the reader is: the part of the address behind `#/`. */
export interface Route {
  readonly view: string;
  readonly name: string | undefined;
  readonly query: URLSearchParams;
}

export function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/u, '').split('?');
  const [view = '', name] = path.split('/').map(decoded);
  return { view: view === '' ? 'overview' : view, name, query: new URLSearchParams(query) };
}

/** A hand-written address may be no URI component. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function linkTo(view: string, name?: string, query: Readonly<Record<string, string>> = {}): string {
  const path = name === undefined ? `#/${view}` : `#/${view}/${encodeURIComponent(name)}`;
  const text = new URLSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return readRoute(hash);
}
