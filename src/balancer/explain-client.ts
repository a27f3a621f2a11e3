import type { Explanation } from '../pool/selector.ts';
import type { Service } from '../service/service.ts';

/**
 * Where the next new session of a client would go now, by service; in a service of TCP and UDP by UDP, where it has no
 * server by TCP.
 */
export function explainClient(
  services: readonly Service[],
  client: string,
): ReadonlyMap<string, Explanation> {
  const explained = new Map<string, Explanation>();
  for (const part of services.flatMap(({ listeners }) => listeners)) {
    const known = explained.get(part.name);
    if (known?.server !== undefined) continue;
    const answer = part.explain(client);
    if (known === undefined || answer.server !== undefined) explained.set(part.name, answer);
  }
  return explained;
}
