import type { Endpoint } from '../model/endpoint.ts';
import { readHost } from '../model/host.ts';
import type { OptionReader } from '../base/options.ts';

/** A page that the service itself answers with. */
export interface FallbackPage {
  /** 200 to 599, except 204, 205 and 304, which have no body. @default 503 */
  readonly status?: number;
  /** @default 'text/html; charset=utf-8' */
  readonly contentType?: string;
  /** Sent as UTF-8. */
  readonly body: string;
}

/**
 * What answers while no server of the pool is available. Persistence never learns it, and it sets no cookie,
 * so that clients are back on their servers as soon as there are any.
 */
export type FallbackOptions = { readonly page: FallbackPage } | { readonly server: Endpoint };

/** {@link FallbackOptions}, complete. */
export type ResolvedFallback =
  | { readonly page: Required<FallbackPage>; readonly server?: undefined }
  | { readonly server: Endpoint; readonly page?: undefined };

export const fallbackPageDefaults = { status: 503, contentType: 'text/html; charset=utf-8' } as const;

const statusesWithoutBody: readonly number[] = [204, 205, 304];

/** Reads the fallback under `key`; undefined where there is none. */
export function readFallback(parent: OptionReader, key: string): ResolvedFallback | undefined {
  return parent.ifPresent(key, (reader) => {
    const fallback = reader.either<ResolvedFallback>({
      page: (of) => ({ page: readPage(of.child('page')) }),
      server: (of) => ({ server: readServer(of.child('server')) }),
    });
    reader.refuseUnknownKeys();
    return Object.freeze(fallback);
  });
}

function readPage(reader: OptionReader): Required<FallbackPage> {
  const page = {
    status: reader.integer('status', { min: 200, max: 599, default: fallbackPageDefaults.status }),
    contentType: reader.string('contentType', {
      pattern: /^[\x20-\x7e]{1,200}$/,
      expected: 'a media type in printable ASCII',
      default: fallbackPageDefaults.contentType,
    }),
    body: reader.string('body'),
  };
  if (statusesWithoutBody.includes(page.status)) reader.problem('status', 'a status that has a body');
  reader.refuseUnknownKeys();
  return Object.freeze(page);
}

function readServer(reader: OptionReader): Endpoint {
  const server = {
    host: readHost(reader, 'host'),
    port: reader.integer('port', { min: 1, max: 65535 }),
  };
  reader.refuseUnknownKeys();
  return Object.freeze(server);
}
