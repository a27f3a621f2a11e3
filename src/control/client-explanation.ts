import type { Balancer } from '../balancer/balancer.ts';
import type { ServiceSession } from '../balancer/service-sessions.ts';
import { SluiceError } from '../base/errors.ts';
import { AddressBlock } from '../model/address-block.ts';
import type { Explanation } from '../pool/selector.ts';
import { isOfClient } from '../records/log-entry.ts';
import type { ServiceTable, TableEntry } from '../service/service-table.ts';

/** Where the next session of a client goes in a service, and what is known of the client there. */
export interface ClientExplanation extends Explanation {
  /** What the stick table remembers; undefined where it knows nothing, or there is none. */
  readonly entry?: TableEntry;
  /** Since its last use, milliseconds; undefined where that is not known, as with entries that keep for ever. */
  readonly unusedForMs?: number;
  /** Its sessions now, the longest first. */
  readonly sessions: readonly ServiceSession[];
}

/** What the control socket answers of a client, by service. @throws OptionsError where it is no IP address */
export async function explainClient(
  balancer: Balancer,
  client: string,
): Promise<Readonly<Record<string, ClientExplanation>>> {
  const explanations = [...balancer.explain(client)];
  const block = AddressBlock.parse(client);
  const sessions = (await balancer.sessions()).filter(
    (each) => block !== undefined && isOfClient(block, each.client),
  );
  const explained = explanations.map(async ([service, explanation]) => {
    const remembered = await rememberedBy(tableOf(balancer, service), client);
    const own = sessions.filter((session) => session.service === service);
    return [service, { ...explanation, ...remembered, sessions: own }] as const;
  });
  return Object.fromEntries(await Promise.all(explained));
}

async function rememberedBy(
  table: ServiceTable | undefined,
  client: string,
): Promise<Pick<ClientExplanation, 'entry' | 'unusedForMs'>> {
  const [entry] = (await table?.find(client)) ?? [];
  if (table === undefined || entry === undefined) return {};
  // While sessions hold an entry, its time does not run.
  const unusedForMs = entry.sessions > 0 ? 0 : table.ttlMs - entry.expiresInMs;
  return { entry, ...(Number.isFinite(unusedForMs) ? { unusedForMs } : {}) };
}

function tableOf(balancer: Balancer, service: string): ServiceTable | undefined {
  try {
    return balancer.table(service);
  } catch (error) {
    if (SluiceError.is(error) && error.code === 'SLUICE_ERR_NOT_FOUND') return undefined;
    throw error;
  }
}
