import { namesIn, withEdit } from '../../src/base/edit.ts';
import type { Finding } from '../../src/base/finding.ts';
import type { PlainServiceConfig } from '../../src/config/plain-config.ts';

export const copyModes = ['tcp', 'http', 'udp', 'tcp+udp'] as const;
export const persistenceKinds = ['none', 'sourceIp', 'httpCookie'] as const;
export const probeKinds = ['connect', 'http', 'nodeStatus'] as const;

/** What somebody has filled in. What is undefined is as in the original. */
export interface CopyDraft {
  readonly name: string;
  readonly port: string;
  readonly mode?: string | undefined;
  readonly persistence?: string | undefined;
  readonly probe?: string | undefined;
  /** Options that mends have put in place. */
  readonly mends?: Readonly<Record<string, unknown>>;
}

/** `sourceIp`, or for a chain `httpCookie+sourceIp`. */
export function kindOfPersistence({ persistence }: PlainServiceConfig): string {
  return linksOf(persistence).map(kindOf).join('+') || 'none';
}

export function kindOfProbe(original: PlainServiceConfig): string {
  return kindOf(probeOf(original));
}

/** A draft with another choice; what a mend put there before goes. */
export function withChoice(
  draft: CopyDraft,
  option: 'mode' | 'persistence' | 'probe',
  value: string | undefined,
): CopyDraft {
  const gone = { mode: ['persistence', 'healthCheck'], persistence: ['persistence'], probe: ['healthCheck'] }[
    option
  ];
  const mends = Object.fromEntries(
    Object.entries(draft.mends ?? {}).filter(([name]) => !gone.includes(name)),
  );
  return { ...draft, [option]: value, mends };
}

/** What `duplicate` is asked to change, with as much of the original as can be. */
export function changesOfCopy(
  original: PlainServiceConfig,
  { name, port, mode, persistence, probe, mends = {} }: CopyDraft,
): Readonly<Record<string, unknown>> {
  const check = Object(original['healthCheck']) as object;
  return {
    ...{ name, port: /^\d+$/u.test(port) ? Number(port) : port },
    ...(mode === undefined ? {} : { mode }),
    ...(persistence === undefined
      ? {}
      : { persistence: ofKind(persistence, linksOf(original['persistence'])) }),
    ...(probe === undefined ? {} : { healthCheck: { ...check, probe: ofKind(probe, [probeOf(original)]) } }),
    ...mends,
  };
}

/** What a check of a draft says of where the copy stands. */
export interface CheckedCopy {
  readonly copy: PlainServiceConfig;
  readonly path: string;
}

/**
 * A draft with a finding mended. Of a mend that changes other services too, the copy's part is made: `duplicate` changes no other.
 *
 * @returns undefined where people must decide
 */
export function mended(
  draft: CopyDraft,
  { copy, path }: CheckedCopy,
  { mend }: Finding,
): CopyDraft | undefined {
  const own = mend.filter((edit) => edit.path.startsWith(`${path}.`));
  if (own.length === 0) return undefined;
  const mends = new Map(Object.entries(draft.mends ?? {}));
  let next: unknown = { ...copy, ...draft.mends };
  for (const edit of own) {
    const inner = edit.path.slice(path.length + 1);
    const [option] = namesIn(inner) ?? [];
    next = withEdit(next, { ...edit, path: inner });
    if (typeof option === 'string') mends.set(option, (next as Readonly<Record<string, unknown>>)[option]);
  }
  const changed = Object.fromEntries(mends);
  return {
    ...draft,
    ...('persistence' in changed ? { persistence: kindOfPersistence({ ...copy, ...changed }) } : {}),
    ...('healthCheck' in changed ? { probe: kindOfProbe({ ...copy, ...changed }) } : {}),
    mends: changed,
  };
}

function probeOf(original: PlainServiceConfig): unknown {
  return (Object(original['healthCheck']) as { readonly probe?: unknown }).probe;
}

function linksOf(persistence: unknown): readonly unknown[] {
  const { of } = Object(persistence) as { readonly of?: unknown };
  return Array.isArray(of) ? of : persistence === undefined ? [] : [persistence];
}

function kindOf(spec: unknown): string {
  const { kind } = Object(spec) as { readonly kind?: unknown };
  return typeof kind === 'string' ? kind : 'none';
}

/** The spec of a kind among those that there are; otherwise one with its defaults. */
function ofKind(kind: string, specs: readonly unknown[]): unknown {
  return specs.find((spec) => kindOf(spec) === kind) ?? { kind };
}
