import { httpMode } from '../http/http-mode.ts';
import type { ResolvedHttpOptions } from '../http/http-options.ts';
import type { Mode } from '../path/mode.ts';
import { tcpMode } from '../tcp/tcp-mode.ts';
import type { ResolvedTcpOptions } from '../tcp/tcp-options.ts';
import { udpMode } from '../udp/udp-mode.ts';
import type { ResolvedUdpOptions } from '../udp/udp-options.ts';

/** The mode of a listener, with its complete options. */
export type ResolvedMode =
  | { readonly name: 'tcp'; readonly options: ResolvedTcpOptions }
  | { readonly name: 'http'; readonly options: ResolvedHttpOptions }
  | { readonly name: 'udp'; readonly options: ResolvedUdpOptions };

/** `tcp`, `http` or `udp`. */
export type ModeName = ResolvedMode['name'];

/** Every mode by its name: the one list of them. */
export const modes: {
  readonly [Name in ModeName]: Mode<Extract<ResolvedMode, { readonly name: Name }>['options']>;
} = { tcp: tcpMode, http: httpMode, udp: udpMode };

/** What is known of any mode; its options are those that it has read. */
export function modeOf({ name }: ResolvedMode): Mode<unknown> {
  return modes[name];
}
