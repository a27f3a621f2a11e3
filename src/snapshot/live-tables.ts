import { stickStrategiesOf, type SourceIp, type SourceIpStrategy } from '../persistence/source-ip.ts';
import type { StickTable } from '../persistence/stick-table.ts';
import type { Service } from '../service/service.ts';
import type { TableDescription, TablePlace } from './snapshot.ts';

/** A stick table that services use now. */
export interface LiveTable extends TableDescription {
  readonly table: StickTable;
  /** The names of the servers that its services have. */
  readonly servers: ReadonlySet<string>;
}

/**
 * The stick tables of services, each once.
 *
 * @param named those that have a name
 */
export function liveTables(
  services: readonly Service[],
  named: ReadonlyMap<string, SourceIp>,
): readonly LiveTable[] {
  const uses = services.flatMap((service) => {
    const strategies = stickStrategiesOf(service.persistence);
    return strategies.map((strategy, position) => ({ service, strategy, position }));
  });
  const firsts = uses.filter(
    ({ strategy }, index) => uses.findIndex((use) => areOne(use.strategy, strategy)) === index,
  );
  return firsts.map(({ strategy }) => {
    const of = uses.filter((use) => areOne(use.strategy, strategy));
    const places = of.map(({ service, position }): TablePlace => ({ service: service.name, position }));
    const servers = new Set(of.flatMap(({ service }) => service.servers.map(({ name }) => name)));
    const { table, prefix } = strategy;
    const name = [...named].find(([, { table: other }]) => other.hasEntriesOf(table))?.[0];
    return {
      ...prefix,
      ...(name === undefined ? {} : { name }),
      places,
      servers,
      table,
      ttlMs: table.options.ttlMs,
    };
  });
}

/** Do both remember the same? */
function areOne(a: SourceIpStrategy, b: SourceIpStrategy): boolean {
  return a.table.hasEntriesOf(b.table);
}

/** Does what one table remembers belong into another one: the same kind of keys, in the same place or of the same name? */
export function isSameTable(a: TableDescription, b: TableDescription): boolean {
  if (a.prefixV4 !== b.prefixV4 || a.prefixV6 !== b.prefixV6) return false;
  const isSamePlace = (place: TablePlace): boolean =>
    b.places.some(({ service, position }) => service === place.service && position === place.position);
  return (a.name !== undefined && a.name === b.name) || a.places.some(isSamePlace);
}
