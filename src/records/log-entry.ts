import type { ServiceEvents } from '../facts/service-events.ts';
import type { AddressBlock } from '../model/address-block.ts';
import { IpAddress } from '../model/address.ts';
import type { AccessLevel, AccessRecord } from './access-record.ts';

/** An event, as people are told of it. */
export interface EventEntry {
  readonly kind: 'event';
  readonly event: keyof ServiceEvents;
  readonly level: AccessLevel;
  /** One sentence. */
  readonly message: string;
  /** Wall-clock time, milliseconds since 1970. */
  readonly atMs: number;
  readonly service?: string;
  /** Address and port. */
  readonly client?: string;
  /** The event's own fields. */
  readonly [field: string]: unknown;
}

/** An order that somebody gave from outside, and that was carried out or begun. */
export interface OrderEntry {
  readonly kind: 'order';
  readonly order: string;
  readonly by: string;
  readonly message: string;
  /** Wall-clock time, milliseconds since 1970. */
  readonly atMs: number;
  readonly service?: string;
  readonly server?: string;
}

/** How a session, an exchange or a flow went. */
export interface AccessEntry {
  readonly kind: 'access';
  /** With a masked path, and without a query. */
  readonly record: AccessRecord;
}

/** One line of what a balancer tells of itself. */
export type LogEntry = EventEntry | OrderEntry | AccessEntry;

/** Which entries somebody wants. */
export interface LogFilter {
  /** Access records, changes of state and orders, or both. */
  readonly about: 'access' | 'state' | 'all';
  /** A service's name. What is of no service concerns each. Undefined for all services. */
  readonly service: string | undefined;
  /** Client addresses. Undefined for all clients, and for what is of no client. */
  readonly client: AddressBlock | undefined;
}

export const everything: LogFilter = { about: 'all', service: undefined, client: undefined };

export function isWanted({ about, service, client }: LogFilter, entry: LogEntry): boolean {
  if (about !== 'all' && (entry.kind === 'access') !== (about === 'access')) return false;
  return isAbout({ service, client }, entry.kind === 'access' ? entry.record : entry);
}

/** What an entry may be about. */
export interface LogSubject {
  readonly service?: unknown;
  readonly client?: unknown;
}

/** Is it about the service, and the client, that somebody asked for? */
export function isAbout(
  { service, client }: Pick<LogFilter, 'service' | 'client'>,
  entry: LogSubject,
): boolean {
  if (service !== undefined && entry.service !== undefined && entry.service !== service) return false;
  return client === undefined || (typeof entry.client === 'string' && isOfClient(client, entry.client));
}

/** @param endpoint `192.0.2.7:1234` or `[2001:db8::1]:1234` */
export function isOfClient(client: AddressBlock, endpoint: string): boolean {
  const address = IpAddress.parse(addressOf(endpoint));
  return address !== undefined && client.meets(address, 128);
}

/** The address of an endpoint, without brackets. */
export function addressOf(endpoint: string): string {
  return endpoint.replace(/:\d+$/u, '').replace(/^\[(.*)\]$/u, '$1');
}
