import { haveAddressInCommon } from '../../model/host.ts';
import { isPersistence } from '../../persistence/chain.ts';
import type { ResolvedHttpCookieOptions } from '../../persistence/http-cookie-options.ts';
import { linksIn } from '../links.ts';
import type { ResolvedListenerConfig } from '../resolved-config.ts';
import type { SmellRule, PlacedService } from '../rule.ts';

const longestName = 128;

/** Services that a browser cannot tell apart do not use one cookie for different servers. */
export const dupCookie: SmellRule = {
  id: 'dup-cookie',
  severity: 'warning',
  why:
    'A browser keeps one cookie for a name, a domain and a path, whatever the port (RFC 6265, section 8.5). Two services ' +
    'with other servers, or another `secret`, cannot read what the other one has set, and set it anew. A client that uses ' +
    'both loses its server at each change.',
  check({ services }, report) {
    const earlier: CookieUse[] = [];
    for (const use of services.flatMap(cookiesIn)) {
      const other = earlier.find((one) => one.listener !== use.listener && overwrite(one, use));
      earlier.push(use);
      if (other === undefined) continue;
      const { name } = use.options;
      const otherName = `${name}_${use.listener.name}`;
      const path = `${use.path}.name`;
      report({
        path,
        services: [use.listener.name, other.listener.name],
        message:
          `${use.listener.name} and ${other.listener.name} set the same cookie, ${name}, and cannot read each other's. Where ` +
          'clients use one host name for both, each overwrites the other. Give one of them another cookie name.',
        mend: otherName.length <= longestName ? [{ path, value: otherName }] : [],
      });
    }
  },
};

interface CookieUse {
  readonly listener: ResolvedListenerConfig;
  readonly options: ResolvedHttpCookieOptions;
  readonly path: string;
  /** What decides which server a cookie stands for. */
  readonly meaning: string;
}

/** The cookies of a service. Where another mode has one, it is refused. */
function cookiesIn({ service, at }: PlacedService): readonly CookieUse[] {
  const [listener] = service.listeners;
  if (listener.mode.name !== 'http') return [];
  return linksIn(listener.persistence, at('persistence')).flatMap(({ link, path }) =>
    !isPersistence(link) && link.kind === 'httpCookie'
      ? [{ listener, options: link, path, meaning: meaningOf(link, listener) }]
      : [],
  );
}

function overwrite(one: CookieUse, other: CookieUse): boolean {
  return one.meaning !== other.meaning && isOneCookie(one, other);
}

/** Without a domain, a cookie belongs to the host that set it, and that is known here by its address. */
function isOneCookie(
  { options: a, listener: one }: CookieUse,
  { options: b, listener: other }: CookieUse,
): boolean {
  if (a.name !== b.name || a.path !== b.path) return false;
  if (a.domain === undefined && b.domain === undefined) return haveAddressInCommon(one.host, other.host);
  return domainKey(a.domain) === domainKey(b.domain);
}

/** A leading dot means nothing: RFC 6265, section 5.2.3. */
function domainKey(domain: string | undefined): string | undefined {
  return domain?.replace(/^\./u, '').toLowerCase();
}

function meaningOf({ secret }: ResolvedHttpCookieOptions, listener: ResolvedListenerConfig): string {
  return JSON.stringify([secret, ...listener.pool.servers.map(({ name }) => name).sort()]);
}
