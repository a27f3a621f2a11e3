import type { PlainConfig } from '../config/plain-config.ts';
import type { DrainOptions } from '../listener/drain.ts';
import type { AddressPrefixOptions } from '../model/address-prefix.ts';
import type { AdminState } from '../model/server.ts';
import type { EntryBlock } from './entry-block.ts';

/** A drain under way. */
export interface DrainOrder extends Omit<DrainOptions, 'server' | 'deadlineMs'> {
  /** When its deadline is, milliseconds since 1970; undefined where it has none. */
  readonly deadlineAtMs?: number;
}

/** What a person ordered of a server, where that is not what the configuration says. */
export interface ServerOrder {
  readonly service: string;
  readonly server: string;
  readonly adminState: AdminState;
  readonly weight: number;
  /** What the configuration says. Where that changes, the order is out of date. */
  readonly configured: { readonly adminState: AdminState; readonly weight: number };
  readonly drain?: DrainOrder;
}

/** Where a stick table is used. */
export interface TablePlace {
  readonly service: string;
  /** Which of the service's tables, from 0. */
  readonly position: number;
}

/** What a stick table is, without its entries. */
export interface TableDescription extends Required<AddressPrefixOptions> {
  /** Undefined where its configuration gives it none. */
  readonly name?: string;
  readonly places: readonly TablePlace[];
  readonly ttlMs: number;
}

/** A stick table and what it remembers. */
export interface TableSnapshot extends TableDescription {
  readonly blocks: readonly EntryBlock[];
}

/** What a balancer knows beside its configuration. */
export interface Snapshot {
  /** When it was taken, milliseconds since 1970. */
  readonly atMs: number;
  /** Counts the processes that wrote its file one after the other, from 1; 0 for a snapshot that is of no file. */
  readonly generation: number;
  readonly orders: readonly ServerOrder[];
  readonly tables: readonly TableSnapshot[];
  /** Of a backup: the configuration, without orders. */
  readonly config?: PlainConfig;
}
