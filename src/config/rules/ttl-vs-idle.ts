import { isPersistence } from '../../persistence/chain.ts';
import { linksIn, type Link } from '../links.ts';
import type { SmellRule } from '../rule.ts';

const longestTimeoutMs = 2 ** 31 - 1;

/** A client is remembered for as long as its connection may be kept. */
export const ttlVsIdle: SmellRule = {
  id: 'ttl-vs-idle',
  severity: 'warning',
  why:
    'Between two requests an HTTP connection is idle, and idleness is no use of what is remembered of its client. Where ' +
    'that expires first, the next request on the same connection may go to another server. TCP sessions and UDP flows ' +
    'keep their entry as long as they live, however silent they are.',
  check({ services }, report) {
    for (const { service, at } of services) {
      const { mode, persistence } = service.listeners[0];
      if (mode.name !== 'http') continue;
      const { keepAliveTimeoutMs } = mode.options;
      const times = linksIn(persistence, at('persistence')).map(({ link }) => rememberedMs(link));
      const longestMs = Math.max(...times);
      if (times.length === 0 || longestMs >= keepAliveTimeoutMs) continue;
      const path = at('keepAliveTimeoutMs');
      report({
        path,
        services: [service.name],
        message:
          `${service.name} keeps idle connections for ${seconds(keepAliveTimeoutMs)}, and remembers their clients for ` +
          `${seconds(longestMs)} only: a client may change servers amid a connection. Remember it for longer, or lower ` +
          '`keepAliveTimeoutMs`.',
        mend: [{ path, value: Math.min(longestMs, longestTimeoutMs) }],
      });
    }
  },
};

/** How long a link remembers an idle client. Of a live one nothing is known, so it is not held against it. */
function rememberedMs(link: Link): number {
  if (isPersistence(link)) return Infinity;
  return link.kind === 'sourceIp' ? link.ttlMs : Math.min(link.maxIdleMs, link.maxLifeMs);
}

function seconds(ms: number): string {
  return ms === Infinity ? 'ever' : `${ms / 1000} s`;
}
